//! A provider that keeps to nothing: whatever a call's header `x-rogue` names it sends, byte by byte, and nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// One way to answer.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// These bytes, and then the connection is closed.
    Says(Vec<u8>),
    /// The first once, the second again and again, until nobody listens.
    Endless(Vec<u8>, Vec<u8>),
    /// The first once, the second again and again, with a pause after each.
    Dribbles(Vec<u8>, Vec<u8>, Duration),
    /// These bytes, and then nothing any more.
    Hangs(Vec<u8>),
}

/// A head of 200 with these further lines, and what follows it.
pub(crate) fn ok(lines: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{lines}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A whole answer in JSON.
pub(crate) fn json(body: &str) -> Vec<u8> {
    let lines = format!(
        "content-type: application/json\r\ncontent-length: {}\r\n",
        body.len()
    );
    ok(&lines, body.as_bytes())
}

/// A provider, until it is dropped.
#[derive(Debug)]
pub(crate) struct Rogue {
    pub(crate) address: SocketAddr,
    _serving: JoinSet<()>,
}

impl Rogue {
    /// Listens, and answers by these names.
    pub(crate) async fn raise(manners: Vec<(&'static str, Manner)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut calls = JoinSet::new();
            while let Ok((stream, _peer)) = listener.accept().await {
                let manners = manners.clone();
                calls.spawn(async move {
                    // Whoever hangs up has had enough.
                    let _ended = serve(stream, &manners).await.is_ok();
                });
            }
        });
        Self {
            address,
            _serving: serving,
        }
    }

    /// The part of a configuration that sends one model here.
    pub(crate) fn config(&self) -> String {
        format!(
            "[[upstream]]\nname = \"rogue\"\nkind = \"compatible\"\nbase_url = \"http://{}/v1\"\n\
             [[route]]\nmodels = [\"gpt-5-nano\"]\nupstreams = [\"rogue\"]",
            self.address
        )
    }
}

async fn serve(stream: TcpStream, manners: &[(&str, Manner)]) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut name, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let line = line.trim_end();
        match line.split_once(": ") {
            Some((header, value)) if header.eq_ignore_ascii_case("x-rogue") => {
                value.clone_into(&mut name);
            }
            Some((header, value)) if header.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap_or(0);
            }
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    stream.read_exact(&mut vec![0; length]).await?;
    let mut stream = stream.into_inner();
    let manner = manners.iter().find(|(known, _)| *known == name);
    match manner.map(|(_, manner)| manner) {
        None => stream.write_all(b"no such manner").await,
        Some(Manner::Says(bytes)) => stream.write_all(bytes).await,
        Some(Manner::Endless(first, then)) => {
            stream.write_all(first).await?;
            loop {
                stream.write_all(then).await?;
            }
        }
        Some(Manner::Dribbles(first, then, pause)) => {
            stream.write_all(first).await?;
            loop {
                stream.write_all(then).await?;
                sleep(*pause).await;
            }
        }
        Some(Manner::Hangs(bytes)) => {
            stream.write_all(bytes).await?;
            // Until the other end closes.
            stream.read_to_end(&mut Vec::new()).await.map(|_len| ())
        }
    }
}

//! A provider that streams one short answer to every call, and remembers what it was asked, byte by byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The answer to every call: a stream with its usage at the end, beside the last choice.
const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
    data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}],\
    \"usage\":{\"prompt_tokens\":10,\"completion_tokens\":1,\"total_tokens\":11}}\n\ndata: [DONE]\n\n";

/// The provider, until it is dropped.
#[derive(Debug)]
pub(crate) struct Overheard {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    _serving: JoinSet<()>,
}

impl Overheard {
    pub(crate) async fn raise() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let mut serving = JoinSet::new();
        let keeps = Arc::clone(&asked);
        serving.spawn(async move {
            while let Ok((stream, _peer)) = listener.accept().await {
                // One call after the other is enough here.
                let _ended = answer(stream, &keeps).await.is_ok();
            }
        });
        Self {
            address,
            asked,
            _serving: serving,
        }
    }

    /// What it was asked last.
    pub(crate) fn last(&self) -> String {
        self.asked.lock().unwrap().last().cloned().unwrap()
    }
}

async fn answer(mut stream: TcpStream, asked: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = vec![0; 4096];
        let count = stream.read(&mut piece).await?;
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            length.is_some_and(|length| body.len() >= length.parse().unwrap())
        });
        if whole {
            asked.lock().unwrap().push(text);
            break;
        }
        if count == 0 {
            return Ok(());
        }
    }
    stream.write_all(ANSWER.as_bytes()).await?;
    stream.shutdown().await
}

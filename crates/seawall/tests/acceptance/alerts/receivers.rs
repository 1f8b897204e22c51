//! Somebody who is told: a web server that keeps what it was sent and answers as the test says, and a mail server.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::patience::within;

/// A request that came.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) path: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
}

impl Received {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The alert's id, by which a receiver knows a second one of the same.
    pub(super) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }
}

/// A web server.
#[derive(Debug)]
pub(super) struct Web {
    pub(super) address: SocketAddr,
    /// The statuses of the next answers; 200 where there is none.
    answers: Arc<Mutex<VecDeque<u16>>>,
    received: mpsc::UnboundedReceiver<Received>,
    _task: JoinSet<()>,
}

impl Web {
    pub(super) async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answers: Arc<Mutex<VecDeque<u16>>> = Arc::default();
        let (tell, received) = mpsc::unbounded_channel();
        let mut task = JoinSet::new();
        let plan = Arc::clone(&answers);
        task.spawn(async move {
            while let Ok((stream, _from)) = listener.accept().await {
                read(stream, &plan, &tell).await;
            }
        });
        Self {
            address,
            answers,
            received,
            _task: task,
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn answer(&self, statuses: impl IntoIterator<Item = u16>) {
        self.answers.lock().unwrap().extend(statuses);
    }

    /// What came and was not looked at yet.
    pub(super) fn received_so_far(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.received.try_recv().ok()).collect()
    }

    pub(super) async fn next(&mut self) -> Received {
        within("a request", self.received.recv()).await.unwrap()
    }
}

/// What is answered was told to the test before.
async fn read(
    stream: TcpStream,
    plan: &Mutex<VecDeque<u16>>,
    tell: &mpsc::UnboundedSender<Received>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let status = plan.lock().unwrap().pop_front().unwrap_or(200);
    // Not the end of the test if the server is killed meanwhile.
    let answer =
        format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let body = String::from_utf8(body).unwrap();
    tell.send(Received {
        path,
        headers,
        body,
    })
    .ok();
    stream.write_all(answer.as_bytes()).await.ok()
}

/// A mail as it was handed in.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    pub(super) to: String,
    pub(super) message: String,
}

/// A mail server.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) address: SocketAddr,
    received: mpsc::UnboundedReceiver<Mail>,
    _task: JoinSet<()>,
}

impl Post {
    pub(super) async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, received) = mpsc::unbounded_channel();
        let mut task = JoinSet::new();
        task.spawn(async move {
            while let Ok((stream, _from)) = listener.accept().await {
                if let Some(mail) = converse(stream).await {
                    tell.send(mail).ok();
                }
            }
        });
        Self {
            address,
            received,
            _task: task,
        }
    }

    pub(super) async fn next(&mut self) -> Mail {
        within("a mail", self.received.recv()).await.unwrap()
    }
}

/// SMTP, as far as a sender needs it.
async fn converse(stream: TcpStream) -> Option<Mail> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 post.test\r\n").await.ok()?;
    let mut mail = Mail {
        to: String::new(),
        message: String::new(),
    };
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            break;
        }
        let command = line.trim_end();
        let answer = match command.get(..4).unwrap_or("") {
            "RCPT" => {
                command.clone_into(&mut mail.to);
                "250 known"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                while !mail.message.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut mail.message).await.ok()?;
                }
                "250 taken"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await.ok();
                break;
            }
            _ => "250 fine",
        };
        stream
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
    }
    (!mail.message.is_empty()).then_some(mail)
}

//! A provider on a free port, and a client that sees every byte, also of answers that break off.

use std::net::SocketAddr;

use serde_json::Value;
use sim::{Options, Sim};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// A provider that runs until it is stopped.
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinSet<Result<(), sim::SimError>>,
}

/// The bytes of an answer, as far as they came.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0 where there was no answer at all.
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    /// Whether the body came to its announced end.
    pub(crate) whole: bool,
}

/// A clock that stands still.
pub(crate) fn noon() -> u64 {
    1_800_000_000
}

pub(crate) async fn provider() -> Provider {
    Provider::start(Options::new(noon)).await
}

impl Provider {
    pub(crate) async fn start(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let mut serving = JoinSet::new();
        let sim = Sim::new(options).unwrap();
        serving.spawn(sim.serve(listener, async move {
            stopped.await.ok();
        }));
        Self {
            address,
            stop,
            serving,
        }
    }

    /// Stops it and waits until every connection is closed.
    pub(crate) async fn stop(mut self) {
        self.stop.send(()).unwrap();
        self.serving.join_next().await.unwrap().unwrap().unwrap();
    }

    /// Sends a chat request with these further headers, one per line.
    pub(crate) async fn chat(&self, body: &str, headers: &[&str]) -> Answer {
        self.send("POST", "/v1/chat/completions", headers, body)
            .await
    }

    pub(crate) async fn image(&self, body: &str, headers: &[&str]) -> Answer {
        self.send("POST", "/v1/images/generations", headers, body)
            .await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.send("GET", path, &[], "").await.json()
    }

    /// Sends a request with a key, on a connection of its own, and reads to the end.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> Answer {
        let mut all = vec!["authorization: Bearer sk-test-0123456789abcd"];
        all.extend(headers);
        self.send_bare(method, path, &all, body).await
    }

    pub(crate) async fn send_bare(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> Answer {
        let mut stream = self.open(method, path, headers, body).await;
        let mut bytes = Vec::new();
        // A reset instead of an orderly end is an end as well.
        stream.read_to_end(&mut bytes).await.ok();
        Answer::read(&bytes)
    }

    /// Sends a request and leaves the answer to the caller.
    pub(crate) async fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let len = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\ncontent-length: {len}\r\n{lines}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    /// The bill in dollars.
    pub(crate) async fn usd(&self) -> String {
        self.get("/sim/billed").await["usd"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The only line of the ledger.
    pub(crate) async fn line(&self) -> Value {
        let mut ledger = self.get("/sim/ledger").await;
        let lines = ledger["data"].as_array_mut().unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let Some((head, rest)) = text.split_once("\r\n\r\n") else {
            return Self {
                status: 0,
                head: text,
                body: String::new(),
                whole: false,
            };
        };
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Self {
            status,
            head: head.to_owned(),
            body: rest.to_owned(),
            whole: true,
        };
        if let Some(len) = answer.header("content-length") {
            answer.whole = rest.len() == len.parse::<usize>().unwrap();
        } else {
            (answer.body, answer.whole) = dechunked(rest);
        }
        answer
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The data of each event.
    pub(crate) fn events(&self) -> Vec<&str> {
        self.body
            .split("\n\n")
            .filter(|event| !event.is_empty())
            .map(|event| {
                event
                    .strip_prefix("data: ")
                    .unwrap_or_else(|| panic!("{event}"))
            })
            .collect()
    }

    /// The events that are JSON.
    pub(crate) fn chunks(&self) -> Vec<Value> {
        let json = self.events().into_iter().filter(|event| *event != "[DONE]");
        json.map(|event| serde_json::from_str(event).unwrap())
            .collect()
    }

    /// The text of the first choice.
    pub(crate) fn text(&self) -> String {
        if self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/event-stream"))
        {
            let chunks = self.chunks();
            let of_first = |chunk: &Value| {
                let choice = chunk["choices"]
                    .get(0)
                    .filter(|choice| choice["index"] == 0)?;
                choice["delta"]["content"].as_str().map(str::to_owned)
            };
            return chunks.iter().filter_map(of_first).collect();
        }
        self.json()["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// The bytes of a chunked body, and whether its end came.
fn dechunked(mut rest: &str) -> (String, bool) {
    let mut body = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return (body, true);
        }
        let Some(piece) = after.get(..size) else {
            break;
        };
        body.push_str(piece);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    (body, false)
}

/// Tokens of a text, by the real tokenizer.
pub(crate) fn tokens(text: &str) -> usize {
    bpe_openai::o200k_base().count(text)
}

/// A short chat: 3 + 3 + 1 + 2 = 9 prompt tokens.
pub(crate) const HELLO: &str =
    r#"{"model":"gpt-5-mini","messages":[{"role":"user","content":"Hello world"}]}"#;

/// The same with further members.
pub(crate) fn hello(members: &str) -> String {
    HELLO.replacen('{', &format!("{{{members},"), 1)
}

//! The closed loop: so many connections, each with one call under way at any time, for so many seconds.
//!
//! It checks the status and every byte of every answer. It never retries: a call that went wrong is counted, named and
//! left.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::answers::{self, Shape};
use crate::decoder::{Answer, Decoder, Malformed};
use crate::latency::Latencies;

/// After the end of the run, how long a call under way may still take.
const GRACE: Duration = Duration::from_secs(10);

/// How many calls of one connection may go wrong before it gives up, so that a dead target ends the run early.
const PATIENCE: u64 = 20;

/// How many bytes of the first wrong answer the report quotes.
const QUOTED: usize = 600;

/// What to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the calls go.
    pub target: SocketAddr,
    /// The bearer token of every call.
    pub key: String,
    /// One JSON answer or a stream.
    pub shape: Shape,
    /// How many connections, each with one call at a time.
    pub connections: usize,
    /// For how long new calls are started.
    pub duration: Duration,
}

/// What came out, as printed in JSON.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Calls answered with the expected bytes.
    pub calls: u64,
    /// The same per second, rounded down.
    pub calls_per_second: u64,
    /// Half of the calls took no longer, in microseconds.
    pub p50_us: Option<u32>,
    /// 99 of 100 calls took no longer, in microseconds.
    pub p99_us: Option<u32>,
    /// Calls that went wrong.
    pub errors: u64,
    /// How they went wrong: `status 429`, `body`, `connection`, `timeout`.
    pub errors_by_kind: BTreeMap<String, u64>,
    /// The beginning of the first wrong answer of a connection.
    pub first_error: Option<String>,
}

/// How one call went wrong.
#[derive(Debug, thiserror::Error)]
enum Wrong {
    #[error("status {status}: {quoted}")]
    Status { status: u16, quoted: String },
    #[error("the body is not the provider's: {quoted}")]
    Body { quoted: String },
    #[error("connection: {0}")]
    Connection(#[from] std::io::Error),
    #[error("the connection closed within an answer")]
    Closed,
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("no answer within {} s of the end of the run", GRACE.as_secs())]
    Timeout,
}

impl Wrong {
    fn kind(&self) -> String {
        match self {
            Self::Status { status, .. } => format!("status {status}"),
            Self::Body { .. } | Self::Malformed(_) => "body".to_owned(),
            Self::Connection(_) | Self::Closed => "connection".to_owned(),
            Self::Timeout => "timeout".to_owned(),
        }
    }
}

/// What one connection saw.
#[derive(Debug, Default)]
struct Seen {
    latencies: Latencies,
    errors_by_kind: BTreeMap<String, u64>,
    first_error: Option<String>,
}

impl Seen {
    fn wrong(&mut self, wrong: &Wrong) {
        *self.errors_by_kind.entry(wrong.kind()).or_default() += 1;
        self.first_error.get_or_insert_with(|| wrong.to_string());
    }

    fn errors(&self) -> u64 {
        self.errors_by_kind.values().sum()
    }
}

/// Runs the plan and reports. Errors of calls are part of the report.
pub async fn run(plan: Plan) -> Report {
    let request = request(&plan);
    let expected = answers::expected(plan.shape);
    let begin = Instant::now();
    let end = begin + plan.duration;
    let mut connections = JoinSet::new();
    for _ in 0..plan.connections {
        let task = Connection {
            target: plan.target,
            request: request.clone(),
            expected: expected.clone(),
            end,
            stream: None,
            buffer: Vec::with_capacity(64 * 1024),
        };
        connections.spawn(task.calls());
    }
    let mut report = Report::default();
    let mut latencies = Latencies::default();
    for seen in connections.join_all().await {
        latencies.append(seen.latencies);
        for (kind, count) in seen.errors_by_kind {
            report.errors += count;
            *report.errors_by_kind.entry(kind).or_default() += count;
        }
        report.first_error = report.first_error.or(seen.first_error);
    }
    let micros = u64::try_from(begin.elapsed().as_micros())
        .unwrap_or(u64::MAX)
        .max(1);
    report.calls = u64::try_from(latencies.len()).unwrap_or(u64::MAX);
    report.calls_per_second = report.calls.saturating_mul(1_000_000) / micros;
    report.p50_us = latencies.percentile(500);
    report.p99_us = latencies.percentile(990);
    report
}

/// The bytes of a call, the same for every one.
fn request(plan: &Plan) -> Bytes {
    let body = answers::request_body(plan.shape);
    Bytes::from(format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\naccept: application/json\r\n\
         content-type: application/json\r\nuser-agent: bench-load\r\ncontent-length: {}\r\n\r\n{body}",
        plan.target,
        plan.key,
        body.len(),
    ))
}

/// One connection and the calls it makes, one after the other.
struct Connection {
    target: SocketAddr,
    request: Bytes,
    expected: Bytes,
    end: Instant,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    async fn calls(mut self) -> Seen {
        let mut seen = Seen::default();
        loop {
            let begin = Instant::now();
            if begin >= self.end || seen.errors() >= PATIENCE {
                return seen;
            }
            let outcome = match timeout_at(self.end + GRACE, self.call()).await {
                Ok(outcome) => outcome,
                Err(_elapsed) => Err(Wrong::Timeout),
            };
            match outcome {
                Ok(()) => seen.latencies.push(begin.elapsed()),
                Err(wrong) => {
                    // What is left on a connection after a wrong answer is anybody's guess.
                    self.stream = None;
                    seen.wrong(&wrong);
                }
            }
        }
    }

    async fn call(&mut self) -> Result<(), Wrong> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.target).await?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        stream.write_all(&self.request).await?;
        let answer = self.read(&mut stream).await?;
        if answer.status != StatusCode::OK.as_u16() {
            return Err(Wrong::Status {
                status: answer.status,
                quoted: quoted(&answer.body),
            });
        }
        if answer.body != self.expected {
            return Err(Wrong::Body {
                quoted: quoted(&answer.body),
            });
        }
        if !answer.close {
            self.stream = Some(stream);
        }
        Ok(())
    }

    /// Reads one answer; bytes beyond it would be an answer to a question nobody asked.
    async fn read(&mut self, stream: &mut TcpStream) -> Result<Answer, Wrong> {
        self.buffer.clear();
        let mut decoder = Decoder::default();
        loop {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(Wrong::Closed);
            }
            if let Some(answer) = decoder.advance(&self.buffer)? {
                return if answer.taken == self.buffer.len() {
                    Ok(answer)
                } else {
                    Err(Wrong::Body {
                        quoted: quoted(&self.buffer),
                    })
                };
            }
        }
    }
}

fn quoted(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..QUOTED).unwrap_or(bytes)).into_owned()
}

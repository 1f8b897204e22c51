//! The load: so many connections, for so many seconds, each with at most one call under way.
//!
//! Without a rate the loop is closed: a connection begins its next call when the last one ended. With a rate it is open:
//! calls are due at fixed moments, whatever became of those before, and one that begins late because its connection was
//! busy counts from when it was due.
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
use tokio::time::{Instant, sleep_until, timeout_at};

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
    /// Calls a second over all connections, due at even distances; `None`: as many as can be.
    pub rate: Option<u32>,
    /// Whether an answer may have other bytes than the provider's: some proxies write it anew.
    pub any_body: bool,
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
    for number in 0..plan.connections {
        let pace = plan
            .rate
            .map(|rate| Pace::new(begin, rate, number, plan.connections));
        let task = Connection {
            target: plan.target,
            request: request.clone(),
            expected: (!plan.any_body).then(|| expected.clone()),
            end,
            pace,
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

/// When the calls of one connection are due.
#[derive(Debug)]
struct Pace {
    due: Instant,
    every: Duration,
}

impl Pace {
    /// Connection `number` of `connections` that share `rate` calls a second, the first of them from `begin` on.
    fn new(begin: Instant, rate: u32, number: usize, connections: usize) -> Self {
        let apart = Duration::from_secs(1) / rate.max(1);
        let times = |count: usize| apart * u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            due: begin + times(number),
            every: times(connections),
        }
    }

    /// Waits until the next call is due, or for the end. The moment from which the call counts: when it was due, if that
    /// has passed; else now, so that a timer that rings late is not taken for a slow answer.
    async fn next(&mut self, end: Instant) -> Instant {
        let due = self.due;
        self.due += self.every;
        if due <= Instant::now() {
            return due;
        }
        sleep_until(due.min(end)).await;
        Instant::now()
    }
}

/// One connection and the calls it makes, one after the other.
struct Connection {
    target: SocketAddr,
    request: Bytes,
    /// `None`: any bytes will do.
    expected: Option<Bytes>,
    end: Instant,
    pace: Option<Pace>,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    async fn calls(mut self) -> Seen {
        let mut seen = Seen::default();
        loop {
            let begin = match &mut self.pace {
                Some(pace) => pace.next(self.end).await,
                None => Instant::now(),
            };
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
        if self
            .expected
            .as_ref()
            .is_some_and(|expected| answer.body != *expected)
        {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn connections_share_a_rate_and_take_turns_at_even_distances() {
        let begin = Instant::now();
        let end = begin + Duration::from_secs(60);
        let mut due = Vec::new();
        for number in 0..2 {
            let mut pace = Pace::new(begin, 100, number, 2);
            due.extend([pace.due, pace.due + pace.every]);
            assert!(pace.next(end).await >= begin);
        }
        due.sort_unstable();
        let millis: Vec<u128> = due.iter().map(|due| (*due - begin).as_millis()).collect();
        assert_eq!(millis, [0, 10, 20, 30]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_begins_late_counts_from_when_it_was_due() {
        let begin = Instant::now();
        let end = begin + Duration::from_secs(60);
        let mut pace = Pace::new(begin, 100, 0, 1);
        assert_eq!(pace.next(end).await, begin);
        // The first call took a second; the 99 that were due meanwhile begin late.
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(pace.next(end).await, begin + Duration::from_millis(10));
    }
}

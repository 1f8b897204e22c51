//! Answers that come as a stream: passed on as they arrive, metered on the way, settled at their end.
//!
//! The body is pulled by the client's connection, piece by piece; whatever has arrived goes out in one piece. If the
//! client goes away the body is dropped, and what is left of the stream is read on without it, up to a bound, so that the
//! usage at its end is known. Beyond that bound the call is charged its hold.

mod changed;
mod first;
mod metered;

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use http::header::{HeaderValue, TRAILER};
use http_body::Frame;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::task::TaskTracker;
use upstream::Answer;

use super::Streaming;
use super::attempt::UnderWay;
use super::failed::Failed;
use crate::tell::headers;
use metered::{End, Metered};

/// What goes out in one piece at most.
const PIECE: usize = 64 * 1024;

/// Begins to pass on a stream. Where another account could still be asked (`more`), nothing goes out before the stream has
/// said something that is no error; what failed until then comes back.
pub(super) async fn begin(
    call: UnderWay,
    answer: http::Response<Answer>,
    (stream, more): (Streaming, bool),
) -> Result<Response, Box<Failed>> {
    let (mut head, body) = answer.into_parts();
    let provider_request = headers::identify(&mut head.headers, call.held.request);
    let mut metered = Box::new(Metered::new(
        call,
        body,
        (stream, head.status, provider_request),
    ));
    if more && let Err(end) = metered.first_word().await {
        return Err(metered.failed(end, head));
    }
    let call = metered.call();
    call.tell_served(&mut head.headers);
    headers::headroom(&mut head.headers, &call.headroom);
    head.headers.insert(
        TRAILER,
        HeaderValue::from_static("x-seawall-cost-usd, x-seawall-headroom-usd, x-seawall-binding"),
    );
    let settings = call.held.gateway.settings();
    let (idle, drain) = (settings.idle_timeout, settings.drain_after_disconnect);
    let tasks = call.held.gateway.parts().tasks.clone();
    let wake_at = metered.deadline().min(Instant::now() + idle);
    let passing = Passing {
        state: State::Passing(metered),
        timer: Box::pin(sleep_until(wake_at)),
        idle,
        drain,
        tasks,
    };
    Ok(Response::from_parts(head, Body::new(passing)))
}

enum State {
    /// The stream goes on.
    Passing(Box<Metered>),
    /// It ended; the last piece waits for the settlement, so that whoever saw the end sees it in the figures.
    Settling {
        last: Bytes,
        settled: BoxFuture<'static, HeaderMap>,
    },
    /// Settled; the trailers are left to be sent.
    Trailers(HeaderMap),
    Over,
}

/// The body of a stream's answer.
struct Passing {
    state: State,
    timer: Pin<Box<Sleep>>,
    idle: std::time::Duration,
    drain: std::time::Duration,
    tasks: TaskTracker,
}

impl http_body::Body for Passing {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Passing(metered) => {
                    if let Some(piece) = self.pass(metered, context) {
                        return piece.map(|piece| Some(Ok(Frame::data(piece))));
                    }
                }
                State::Settling { last, mut settled } => match settled.as_mut().poll(context) {
                    Poll::Pending => {
                        self.state = State::Settling { last, settled };
                        return Poll::Pending;
                    }
                    Poll::Ready(trailers) => {
                        self.state = State::Trailers(trailers);
                        if !last.is_empty() {
                            return Poll::Ready(Some(Ok(Frame::data(last))));
                        }
                    }
                },
                State::Trailers(trailers) => {
                    return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
                }
                State::Over => return Poll::Ready(None),
            }
        }
    }
}

impl Passing {
    /// Takes what has arrived. `None`: the stream has ended, and is being settled.
    fn pass(
        &mut self,
        mut metered: Box<Metered>,
        context: &mut Context<'_>,
    ) -> Option<Poll<Bytes>> {
        let mut moved = false;
        let end = loop {
            match metered.poll_upstream(context) {
                Poll::Ready(Some(end)) => break end,
                Poll::Ready(None) => moved = true,
                // What comes after the end can only be the connection's own; nobody is kept waiting for it.
                Poll::Pending if metered.is_done() => break End::Complete,
                Poll::Pending if metered.has_output() => {
                    let piece = metered.take_output();
                    self.rest(metered, moved);
                    return Some(Poll::Ready(piece));
                }
                Poll::Pending => {
                    if moved {
                        self.put_off(&metered);
                    }
                    if self.timer.as_mut().poll(context).is_ready() {
                        break End::TimedOut;
                    }
                    self.state = State::Passing(metered);
                    return Some(Poll::Pending);
                }
            }
            if metered.output_len() >= PIECE {
                let piece = metered.take_output();
                self.rest(metered, moved);
                return Some(Poll::Ready(piece));
            }
        };
        metered.tell_end(&end);
        let last = metered.take_output();
        self.state = State::Settling {
            last,
            settled: Box::pin(metered.settle(end)),
        };
        None
    }

    fn rest(&mut self, metered: Box<Metered>, moved: bool) {
        if moved {
            self.put_off(&metered);
        }
        self.state = State::Passing(metered);
    }

    /// The provider gave a sign of life.
    fn put_off(&mut self, metered: &Metered) {
        let wake_at = metered.deadline().min(Instant::now() + self.idle);
        self.timer.as_mut().reset(wake_at);
    }
}

impl Drop for Passing {
    /// The client has gone before the end: what is left goes on without it.
    fn drop(&mut self) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Passing(metered) => {
                let until = metered.deadline().min(Instant::now() + self.drain);
                self.tasks.spawn(metered.drain(until));
            }
            State::Settling { settled, .. } => {
                self.tasks.spawn(async move {
                    let _nobody_reads_them = settled.await;
                });
            }
            State::Trailers(_) | State::Over => {}
        }
    }
}

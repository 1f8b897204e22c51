//! The beginning of a stream, held back until it is known to be one: some providers answer well and say in the first event
//! that they do not. Until something went out another account can still serve the call.
//!
//! Only comments and errors are held back, and no more of them than go out in one piece anyway; a stream that says anything
//! else has begun.

use std::future::poll_fn;

use http::response::Parts;
use tokio::time::{Instant, timeout_at};

use super::PIECE;
use super::metered::{End, Metered};
use crate::call::failed::Failed;
use crate::call::plain::{self, Cut};

impl Metered {
    /// Reads until the stream has begun. The error is how it ended before that; [`End::Complete`] where it said itself that
    /// it failed.
    pub(super) async fn first_word(&mut self) -> Result<(), End> {
        let idle = self.call().held.gateway.settings().idle_timeout;
        while !self.has_begun() {
            if self.has_failed() {
                return Err(End::Complete);
            }
            let until = self.deadline().min(Instant::now() + idle);
            let read = timeout_at(until, poll_fn(|context| self.poll_upstream(context))).await;
            let Some(end) = read.unwrap_or(Some(End::TimedOut)) else {
                continue;
            };
            if !self.has_begun() {
                return Err(end);
            }
            self.end_later(end);
        }
        Ok(())
    }

    fn has_begun(&self) -> bool {
        self.has_said_something() || self.output_len() >= PIECE
    }

    /// The stream that failed before it began, as the client would be told: its own words, where it had any.
    pub(super) fn failed(mut self: Box<Self>, end: End, head: Parts) -> Box<Failed> {
        if self.has_failed() {
            let body = self.take_output();
            return self.into_failed(end, (head, body));
        }
        let cut = match end {
            End::Complete | End::Broken => Cut::Connection,
            End::TooLong => Cut::TooLong,
            End::TimedOut => Cut::TooLate,
        };
        let (call, provider_request) = self.into_call();
        plain::failed(call, &cut, provider_request)
    }
}

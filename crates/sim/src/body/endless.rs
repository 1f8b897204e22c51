//! A stream that never ends by itself: bounded at 64 MiB, and billed for what was made when it is over.

use std::fmt;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;

use super::{Cut, Pauses, data, flush_first};

/// How many bytes are made before the connection is closed.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Given the number of tokens that were made, sees to their being paid.
type Settle = Box<dyn FnOnce(u64) + Send>;

/// The same chunk over and over.
pub(crate) struct Endless {
    chunk: Bytes,
    tokens_per_chunk: u64,
    made: u64,
    left: usize,
    pauses: Pauses,
    flushed: bool,
    settle: Option<Settle>,
}

impl Endless {
    /// Sends this chunk, of so many tokens, until the other side has enough.
    pub(crate) fn new(chunk: Bytes, tokens_per_chunk: u64, pauses: Pauses, settle: Settle) -> Self {
        let settle = Some(settle);
        Self {
            chunk,
            tokens_per_chunk,
            made: 0,
            left: MOST_BYTES,
            pauses,
            flushed: false,
            settle,
        }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        ready!(self.pauses.poll(cx));
        if self.left < self.chunk.len() {
            return flush_first(&mut self.flushed, cx);
        }
        self.left -= self.chunk.len();
        self.made += self.tokens_per_chunk;
        self.pauses.begin();
        data(self.chunk.clone())
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        if let Some(settle) = self.settle.take() {
            settle(self.made);
        }
    }
}

impl fmt::Debug for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endless")
            .field("made", &self.made)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

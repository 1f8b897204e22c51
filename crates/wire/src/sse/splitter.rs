//! Cuts a stream of bytes into events, wherever the network cut it.
//!
//! An event ends with a blank line, and that line belongs to it, so the events put together are the stream. Lines end
//! with `\n`, `\r\n` or `\r`. A `\r` that ends a blank line at the end of a chunk may still be followed by its `\n`, so
//! that event waits for the next chunk; only streams with bare `\r` notice.

/// An event is larger than the splitter's bound. Nothing more comes out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {limit} bytes")]
pub struct TooLong {
    /// The bound, in bytes.
    pub limit: usize,
}

/// Where in a line the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// At its first byte, or inside the byte order mark before the very first one.
    Start,
    /// Past its first byte.
    Inside,
    /// After the `\r` that ended it.
    AfterCr,
    /// After the `\r` that ended a blank one: the event is complete but for a `\n`.
    AfterBlankCr,
    /// Broken by an event that was too long.
    Dead,
}

/// A byte order mark, which may stand at the beginning and is no part of the first line.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Cuts a stream into events, holding at most one incomplete event of at most `limit` bytes.
#[derive(Debug)]
pub struct Splitter {
    pending: Vec<u8>,
    at: At,
    /// How much of a byte order mark may still come; only at the very beginning.
    mark: &'static [u8],
    limit: usize,
}

impl Splitter {
    /// A splitter at the beginning of a stream whose events have at most `limit` bytes.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self {
            pending: Vec::new(),
            at: At::Start,
            mark: MARK,
            limit,
        }
    }

    /// Takes the next bytes of the stream, and calls `each` for every event they complete. Events that lie in one chunk
    /// are not copied.
    ///
    /// # Errors
    /// [`TooLong`], now and from now on, after the events before it were handed out.
    pub fn push(&mut self, chunk: &[u8], mut each: impl FnMut(&[u8])) -> Result<(), TooLong> {
        let mut begin = 0;
        let mut here = 0;
        while let Some((next, complete)) = self.step(chunk, here) {
            here = next;
            if complete {
                self.give(chunk.get(begin..here).unwrap_or_default(), &mut each)?;
                begin = here;
            }
        }
        self.keep(chunk.get(begin..).unwrap_or_default())
    }

    /// The end of the stream: what is left, complete or not. A stream that ended well leaves nothing.
    #[must_use]
    pub fn finish(self) -> Option<Vec<u8>> {
        (!self.pending.is_empty()).then_some(self.pending)
    }

    /// Goes on from `here` to the next byte that changes something. `None` at the end of the chunk; else where it is
    /// now, and whether an event is complete there.
    fn step(&mut self, chunk: &[u8], here: usize) -> Option<(usize, bool)> {
        let rest = chunk.get(here..).filter(|rest| !rest.is_empty())?;
        let byte = rest.first().copied()?;
        let next = here.saturating_add(1);
        match self.at {
            At::Dead => None,
            At::Start if self.mark.first() == Some(&byte) => {
                self.mark = self.mark.get(1..).unwrap_or_default();
                Some((next, false))
            }
            At::Start => {
                self.mark = &[];
                self.at = match byte {
                    b'\n' => return Some((next, true)),
                    b'\r' => At::AfterBlankCr,
                    _ => At::Inside,
                };
                Some((next, false))
            }
            At::Inside => {
                let end = here.saturating_add(memchr::memchr2(b'\n', b'\r', rest)?);
                self.at = if chunk.get(end) == Some(&b'\n') {
                    At::Start
                } else {
                    At::AfterCr
                };
                Some((end.saturating_add(1), false))
            }
            At::AfterCr => {
                self.at = At::Start;
                Some((if byte == b'\n' { next } else { here }, false))
            }
            At::AfterBlankCr => {
                self.at = At::Start;
                Some((if byte == b'\n' { next } else { here }, true))
            }
        }
    }

    fn give(&mut self, end: &[u8], each: &mut impl FnMut(&[u8])) -> Result<(), TooLong> {
        if self.pending.is_empty() {
            if end.len() > self.limit {
                return self.die();
            }
            each(end);
            return Ok(());
        }
        self.keep(end)?;
        each(&self.pending);
        self.pending.clear();
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        let fits = self.pending.len().saturating_add(bytes.len()) <= self.limit;
        if self.at == At::Dead || !fits {
            return self.die();
        }
        self.pending.extend_from_slice(bytes);
        Ok(())
    }

    fn die(&mut self) -> Result<(), TooLong> {
        self.at = At::Dead;
        self.pending = Vec::new();
        Err(TooLong { limit: self.limit })
    }
}

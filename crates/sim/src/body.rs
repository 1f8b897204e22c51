//! The body of an answer: whole, cut off, streamed or endless. It hands bytes to HTTP and closes where it was told to;
//! what the bytes say was decided before.

mod endless;

use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

pub(crate) use endless::Endless;

use crate::chat::stream::{Chunks, Step};
use crate::delivery::Slot;
use crate::ledger::Ticket;

/// The connection is to be closed here and now, without another byte.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("closed on purpose")]
pub(crate) struct Cut;

/// A call whose usage is yet to be handed over, and the connection it goes to.
#[derive(Debug)]
pub(crate) struct Delivering {
    pub(crate) ticket: Ticket,
    pub(crate) slot: Arc<Slot>,
}

/// What is left to send of a body.
#[derive(Debug)]
pub(crate) enum SimBody {
    /// One piece; with the usage in it, where there is one to deliver.
    Whole(Option<Bytes>, Option<Delivering>),
    /// A piece of an answer that was announced as longer, or at no length, and then the connection is closed.
    Part {
        piece: Bytes,
        announced: Option<u64>,
        flushed: bool,
    },
    /// Chunks.
    Stream(Box<Streaming>),
    /// The same chunk for ever.
    Endless(Box<Endless>),
}

/// A stream on its way.
#[derive(Debug)]
pub(crate) struct Streaming {
    source: Source,
    delivering: Option<Delivering>,
    /// Held to the end of the stream where no usage is to be delivered.
    _ticket: Option<Ticket>,
    pauses: Pauses,
    flushed: bool,
}

/// Where the pieces of a stream come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// A chat, made piece by piece.
    Chat(Chunks),
    /// Pieces that are made.
    Ready(std::vec::IntoIter<Step>),
}

impl Source {
    fn next(&mut self) -> Step {
        match self {
            Self::Chat(chunks) => chunks.next(),
            Self::Ready(steps) => steps.next().unwrap_or(Step::End),
        }
    }
}

/// The waits between chunks.
#[derive(Debug)]
pub(crate) struct Pauses {
    each: Duration,
    now: Option<Pin<Box<Sleep>>>,
}

impl Pauses {
    /// So long after each chunk.
    pub(crate) fn new(each: Duration) -> Self {
        Self { each, now: None }
    }

    fn begin(&mut self) {
        if !self.each.is_zero() {
            self.now = Some(Box::pin(tokio::time::sleep(self.each)));
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(now) = &mut self.now {
            ready!(now.as_mut().poll(cx));
            self.now = None;
        }
        Poll::Ready(())
    }
}

impl SimBody {
    /// A body in one piece, of which nobody keeps account.
    pub(crate) fn whole(text: String) -> Self {
        Self::Whole(Some(Bytes::from(text)), None)
    }

    /// The first bytes of an answer, and then nothing more.
    pub(crate) fn part(piece: Bytes, bytes: usize) -> Self {
        let announced = u64::try_from(piece.len()).ok();
        Self::Part {
            piece: piece.slice(..bytes.min(piece.len())),
            announced,
            flushed: false,
        }
    }

    /// A stream of which nothing comes.
    pub(crate) fn no_stream() -> Self {
        Self::Part {
            piece: Bytes::new(),
            announced: None,
            flushed: false,
        }
    }

    /// A stream whose usage, where it has one, is watched until it is delivered.
    pub(crate) fn stream(
        source: Source,
        ticket: Ticket,
        slot: Option<Arc<Slot>>,
        delay: Duration,
    ) -> Self {
        let (delivering, ticket) = match slot {
            Some(slot) => (Some(Delivering { ticket, slot }), None),
            None => (None, Some(ticket)),
        };
        let pauses = Pauses::new(delay);
        Self::Stream(Box::new(Streaming {
            source,
            delivering,
            _ticket: ticket,
            pauses,
            flushed: false,
        }))
    }
}

/// Lets HTTP flush what it has before the connection is closed: pending once, ready at once.
fn flush_first(flushed: &mut bool, cx: &Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
    if *flushed {
        return Poll::Ready(Some(Err(Cut)));
    }
    *flushed = true;
    cx.waker().wake_by_ref();
    Poll::Pending
}

fn data(bytes: Bytes) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
    Poll::Ready(Some(Ok(Frame::data(bytes))))
}

/// Says that the usage is among the bytes that go now.
fn deliver(delivering: &mut Option<Delivering>) {
    if let Some(Delivering { ticket, slot }) = delivering.take() {
        slot.arm(ticket);
    }
}

impl Streaming {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        ready!(self.pauses.poll(cx));
        if self.flushed {
            return Poll::Ready(Some(Err(Cut)));
        }
        match self.source.next() {
            Step::Text(bytes) => {
                self.pauses.begin();
                data(bytes)
            }
            Step::Usage(bytes) => {
                deliver(&mut self.delivering);
                data(bytes)
            }
            Step::Other(bytes) => data(bytes),
            Step::Cut => flush_first(&mut self.flushed, cx),
            Step::End => Poll::Ready(None),
        }
    }
}

impl http_body::Body for SimBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match &mut *self {
            Self::Whole(bytes, delivering) => match bytes.take() {
                Some(bytes) => {
                    deliver(delivering);
                    data(bytes)
                }
                None => Poll::Ready(None),
            },
            Self::Part { piece, flushed, .. } => {
                if piece.is_empty() {
                    flush_first(flushed, cx)
                } else {
                    data(std::mem::take(piece))
                }
            }
            Self::Stream(stream) => stream.poll(cx),
            Self::Endless(endless) => endless.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None, _))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes, _) => {
                let len = bytes.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(len).unwrap_or(u64::MAX))
            }
            Self::Part {
                announced: Some(announced),
                ..
            } => SizeHint::with_exact(*announced),
            Self::Part { .. } | Self::Stream(_) | Self::Endless(_) => SizeHint::default(),
        }
    }
}

//! Knows whether the bytes with a call's usage were taken by the operating system. It sits between HTTP and the
//! socket: the body says when it hands the usage over, and the first write that empties the buffer after that has
//! delivered it. It never changes, delays or reorders a byte.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::ledger::Ticket;
use crate::ledger::line::Delivery;

/// The call of a connection whose usage is on its way. HTTP/1 answers one call at a time, so there is one at most.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    armed: AtomicBool,
    ticket: Mutex<Option<Ticket>>,
}

impl Slot {
    /// Says that the usage of this call is among the bytes handed over just now.
    pub(crate) fn arm(&self, ticket: Ticket) {
        *self.ticket.lock().unwrap_or_else(PoisonError::into_inner) = Some(ticket);
        self.armed.store(true, Ordering::Release);
    }

    /// Runs one write of everything that is buffered, and notes whether that delivered the usage.
    fn write(
        &self,
        len: usize,
        write: impl FnOnce() -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if !self.armed.load(Ordering::Acquire) {
            return write();
        }
        let mut ticket = self.ticket.lock().unwrap_or_else(PoisonError::into_inner);
        // Marked before the write: the reader at the other end can have the bytes before this call returns, and what
        // it asks of the ledger then must not be the state of a moment ago.
        mark(ticket.as_ref(), Delivery::Writing);
        let result = write();
        if matches!(result, Poll::Ready(Ok(written)) if written == len) {
            mark(ticket.as_ref(), Delivery::Done);
            self.armed.store(false, Ordering::Release);
            ticket.take();
        } else {
            mark(ticket.as_ref(), Delivery::Not);
        }
        result
    }
}

fn mark(ticket: Option<&Ticket>, delivery: Delivery) {
    if let Some(ticket) = ticket {
        ticket.line().set_delivery(delivery);
    }
}

/// A TCP connection that tells its slot what was written.
#[derive(Debug)]
pub(crate) struct Watched {
    stream: TokioIo<TcpStream>,
    slot: Arc<Slot>,
}

impl Watched {
    /// Watches this connection.
    pub(crate) fn new(stream: TcpStream, slot: Arc<Slot>) -> Self {
        Self {
            stream: TokioIo::new(stream),
            slot,
        }
    }
}

impl Read for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl Write for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let stream = Pin::new(&mut this.stream);
        this.slot.write(buf.len(), || stream.poll_write(cx, buf))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    /// One flat buffer, so that a write of all that it offers is a write of all that is buffered.
    fn is_write_vectored(&self) -> bool {
        false
    }
}

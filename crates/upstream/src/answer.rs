//! The body of a provider's answer, and the connection that it comes over.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::conceal::{Concealer, Needle};
use crate::connection::Connection;
use crate::idle::{Host, Idle};

/// What a provider answers, piece by piece. Pulling it drives its connection, so a body that nobody pulls stands still.
///
/// At its end the connection is kept for the next call; dropped before, it closes the connection.
pub struct Answer {
    incoming: Incoming,
    concealer: Concealer,
    /// Trailers that came while an end of the body waited.
    behind: Option<Frame<Bytes>>,
    connection: Option<Connection>,
    host: Host,
    idle: Arc<Idle>,
}

impl Answer {
    pub(crate) fn new(
        (incoming, needle): (Incoming, Needle),
        connection: Connection,
        (host, idle): (Host, Arc<Idle>),
    ) -> Self {
        Self {
            incoming,
            concealer: Concealer::new(needle),
            behind: None,
            connection: Some(connection),
            host,
            idle,
        }
    }

    /// The next piece as the provider sent it.
    fn poll_raw(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let mut piece = Pin::new(&mut self.incoming).poll_frame(context);
        if piece.is_pending()
            && let Some(connection) = &mut self.connection
        {
            connection.drive(context);
            piece = Pin::new(&mut self.incoming).poll_frame(context);
        }
        if matches!(piece, Poll::Ready(None)) {
            self.give_back(context);
        }
        piece
    }

    /// The connection, where it has no more to bring for this call, goes back to those that are kept.
    fn give_back(&mut self, context: &mut Context<'_>) {
        if let Some(mut connection) = self.connection.take()
            && connection.is_free(context)
        {
            self.idle.keep(&self.host, connection);
        }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        if let Some(behind) = this.behind.take() {
            return Poll::Ready(Some(Ok(behind)));
        }
        loop {
            let frame = match std::task::ready!(this.poll_raw(context)) {
                Some(Ok(frame)) => frame,
                Some(Err(broken)) => return Poll::Ready(Some(Err(broken))),
                None => {
                    return Poll::Ready(this.concealer.rest().map(|rest| Ok(Frame::data(rest))));
                }
            };
            match frame.into_data() {
                Ok(data) => {
                    let told = this.concealer.pass(data);
                    if !told.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(told))));
                    }
                }
                Err(trailers) => {
                    let first = match this.concealer.rest() {
                        Some(rest) => {
                            this.behind = Some(trailers);
                            Frame::data(rest)
                        }
                        None => trailers,
                    };
                    return Poll::Ready(Some(Ok(first)));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.concealer.holds() && self.behind.is_none() && self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // Not the provider's own: what is taken out makes it another.
        SizeHint::default()
    }
}

impl Drop for Answer {
    /// A stream whose last event has been seen may be left a moment before its formal end; if that end has arrived, the
    /// connection is as good as new.
    fn drop(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        if let Some(connection) = &mut self.connection {
            connection.drive(&mut context);
        }
        if matches!(
            Pin::new(&mut self.incoming).poll_frame(&mut context),
            Poll::Ready(None)
        ) {
            self.give_back(&mut context);
        }
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}

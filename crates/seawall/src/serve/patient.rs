//! A client's connection that does not wait for ever to be read: whoever takes nothing of its answer for too long is gone
//! for us, and its place, its call and its provider's connection are let go.
//!
//! At the end it lingers: what a client still sends is read and thrown away for a moment. Closing with bytes unread would
//! reset the connection, and the client would lose the very answer that says its body is too large.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// How long a connection is still read after its last answer.
const LINGER: Duration = Duration::from_secs(2);
/// Bytes that are thrown away meanwhile at most.
const MOST_THROWN_AWAY: usize = 64 * 1024 * 1024;

/// A connection with a bound on how long a write may make no progress at all.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Until when the write that is stuck now may be; nothing while none is.
    stuck: Option<Pin<Box<Sleep>>>,
    /// Until when it lingers; nothing until its writing half is shut.
    lingers: Option<Pin<Box<Sleep>>>,
    thrown_away: usize,
}

impl<S> Patient<S> {
    pub(super) const fn new(stream: S, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            stuck: None,
            lingers: None,
            thrown_away: 0,
        }
    }

    /// What a write came to, or that it has been stuck for too long.
    fn bounded<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let stuck = self
            .stuck
            .get_or_insert_with(|| Box::pin(sleep(self.patience)));
        if stuck.as_mut().poll(context).is_ready() {
            // Should it be asked again, it answers the same.
            stuck.as_mut().reset(Instant::now());
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + Unpin> Patient<S> {
    /// Reads until the client has closed, too, or a bound is reached.
    fn linger(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let lingers = self.lingers.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if lingers.as_mut().poll(context).is_ready() {
            lingers.as_mut().reset(Instant::now());
            return Poll::Ready(Ok(()));
        }
        let mut space = [0; 8192];
        while self.thrown_away < MOST_THROWN_AWAY {
            let mut buffer = ReadBuf::new(&mut space);
            match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    self.thrown_away = self.thrown_away.saturating_add(buffer.filled().len());
                }
                // It is closed, or broken, which is the same now.
                Poll::Ready(_) => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.bounded(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.bounded(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingers.is_none() {
            let shut = Pin::new(&mut self.stream).poll_shutdown(context);
            match self.bounded(shut, context) {
                Poll::Ready(Ok(())) => {}
                not_shut => return not_shut,
            }
        }
        self.linger(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_waited_for_no_longer_than_allowed() {
        let (ours, theirs) = duplex(8);
        let mut ours = Patient::new(ours, PATIENCE);
        let began = Instant::now();
        let error = ours.write_all(&[7; 100]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed(), PATIENCE);
        drop(theirs);
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_a_little_now_and_then_is_waited_for() {
        let (ours, mut theirs) = duplex(8);
        let mut ours = Patient::new(ours, PATIENCE);
        let reading = async {
            let mut bytes = [0; 8];
            for _ in 0..20 {
                sleep(PATIENCE / 2).await;
                theirs.read_exact(&mut bytes).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(ours.write_all(&[7; 160]), reading);
        written.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_client_still_sends_at_the_end_is_taken_and_thrown_away() {
        let (ours, mut theirs) = duplex(8);
        let mut ours = Patient::new(ours, PATIENCE);
        let sending = async {
            theirs.write_all(&[7; 1_000]).await.unwrap();
            let mut nothing = Vec::new();
            theirs.read_to_end(&mut nothing).await.unwrap();
            drop(theirs);
        };
        let began = Instant::now();
        let (shut, ()) = tokio::join!(ours.shutdown(), sending);
        shut.unwrap();
        assert!(began.elapsed() < LINGER);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_close_is_let_go_after_a_moment() {
        let (ours, mut theirs) = duplex(8);
        let mut ours = Patient::new(ours, PATIENCE);
        let began = Instant::now();
        let dribbling = async {
            while theirs.write_all(&[7]).await.is_ok() {
                sleep(LINGER / 10).await;
            }
        };
        let shut = async {
            let shut = ours.shutdown().await;
            drop(ours);
            shut
        };
        let (shut, ()) = tokio::join!(shut, dribbling);
        shut.unwrap();
        assert!(began.elapsed() < LINGER * 2);
    }
}

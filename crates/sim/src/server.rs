//! Connections: accepted, bounded, served over HTTP/1.1 with keep-alive, and closed when the server stops. It never
//! looks into a request.

use std::future::Future;
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::delivery::{Slot, Watched};
use crate::provider::Provider;
use crate::route;
use crate::{Options, SimError};

/// The most connections at one time; further ones wait in the listener's queue.
const MOST_CONNECTIONS: usize = 16_384;
/// How long running calls may go on after the stop.
const GRACE: Duration = Duration::from_secs(1);
/// The pause after an error of the listener, such as no file descriptor being left.
const LISTENER_PAUSE: Duration = Duration::from_millis(50);
/// After so many errors in a row the listener is given up.
const LISTENER_ERRORS: u32 = 200;

/// A simulated provider, ready to serve.
#[derive(Debug)]
pub struct Sim {
    provider: Arc<Provider>,
}

/// When connections are to end.
#[derive(Clone, Debug, Default)]
struct Stopping {
    /// No further call on any connection.
    politely: CancellationToken,
    /// At once.
    now: CancellationToken,
}

impl Sim {
    /// Sets up a provider.
    ///
    /// # Errors
    /// A price table that cannot be read, or a ledger file that cannot be opened.
    pub fn new(options: Options) -> Result<Self, SimError> {
        Provider::new(&options).map(|provider| Self {
            provider: Arc::new(provider),
        })
    }

    /// Serves connections of this listener until `stop` is ready. Running calls then have a second to end; what is
    /// left is closed.
    ///
    /// # Errors
    /// [`SimError::Accept`] when the listener fails again and again.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), SimError> {
        let tasks = TaskTracker::new();
        let stopping = Stopping::default();
        let served = {
            let accepting = accept(&self.provider, &listener, &tasks, &stopping);
            let mut stop = pin!(stop);
            tokio::select! {
                error = accepting => Err(error),
                () = &mut stop => Ok(()),
            }
        };
        drop(listener);
        stopping.politely.cancel();
        tasks.close();
        if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
            stopping.now.cancel();
            tasks.wait().await;
        }
        served
    }
}

/// Accepts connections for ever; returns the error after which there is no use in going on.
async fn accept(
    provider: &Arc<Provider>,
    listener: &TcpListener,
    tasks: &TaskTracker,
    stopping: &Stopping,
) -> SimError {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut errors = 0;
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            // The semaphore is never closed while it is in scope; were it, there would be nobody left to serve.
            return SimError::Accept(ErrorKind::BrokenPipe.into());
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                errors = 0;
                tasks.spawn(connection(
                    Arc::clone(provider),
                    stream,
                    stopping.clone(),
                    permit,
                ));
            }
            Err(error) if peer_gone(error.kind()) => {}
            Err(error) if errors < LISTENER_ERRORS => {
                errors += 1;
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(LISTENER_PAUSE).await;
            }
            Err(error) => return SimError::Accept(error),
        }
    }
}

/// Whether the error is of a connection that went away before it was accepted, not of the listener.
fn peer_gone(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
    )
}

/// Serves one connection to its end.
async fn connection(
    provider: Arc<Provider>,
    stream: TcpStream,
    stopping: Stopping,
    _permit: OwnedSemaphorePermit,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set");
    }
    let slot = Arc::new(Slot::default());
    let watched = Watched::new(stream, Arc::clone(&slot));
    let service =
        service_fn(move |request| route::serve(Arc::clone(&provider), Arc::clone(&slot), request));
    let mut serving = pin!(
        http1::Builder::new()
            .header_read_timeout(None)
            .serve_connection(watched, service)
    );
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stopping.politely.cancelled() => {
            serving.as_mut().graceful_shutdown();
            tokio::select! {
                ended = serving => ended,
                () = stopping.now.cancelled() => return,
            }
        }
    };
    // Half of the connections here end in an error on purpose.
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended early");
    }
}

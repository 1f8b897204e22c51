//! Connections: accepted, bounded, served over HTTP/1.1, and ended when the server stops. It never looks into a request.

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::patient::Patient;
use crate::config::Connections;

/// The pause after an error of the listener, such as no file descriptor being left.
const LISTENER_PAUSE: Duration = Duration::from_millis(50);
/// Hyper's own bound, under which it needs no memory for the headers' places.
const USUAL_HEADERS: usize = 100;

/// The connections of a server.
#[derive(Debug)]
pub(crate) struct Served {
    router: Router,
    bounds: Connections,
    /// No further request on any connection.
    politely: CancellationToken,
    /// Every connection ends at once.
    now: CancellationToken,
    tasks: TaskTracker,
}

impl Served {
    pub(crate) fn new(router: Router, bounds: Connections) -> Arc<Self> {
        Arc::new(Self {
            router,
            bounds,
            politely: CancellationToken::new(),
            now: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Accepts connections until `stop` is ready. Those that are open then go on with their running requests.
    pub(crate) async fn accept(
        self: &Arc<Self>,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) {
        let places = Arc::new(Semaphore::new(self.bounds.most));
        let mut stop = pin!(stop);
        loop {
            let next = async {
                // Never closed, so there is always a place sooner or later.
                let place = Arc::clone(&places).acquire_owned().await.ok();
                (listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                accepted = next => accepted,
                () = &mut stop => break,
            };
            match (accepted, place) {
                (Ok((stream, peer)), Some(place)) => {
                    self.tasks
                        .spawn(Arc::clone(self).connection(stream, peer, place));
                }
                (Err(error), _) if !peer_gone(error.kind()) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(LISTENER_PAUSE).await;
                }
                _ => {}
            }
        }
        self.politely.cancel();
        self.tasks.close();
    }

    /// Waits until every connection has ended.
    pub(crate) async fn ended(&self) {
        self.tasks.wait().await;
    }

    /// Ends every connection.
    pub(crate) async fn end(&self) {
        self.now.cancel();
        self.tasks.wait().await;
    }

    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        _place: OwnedSemaphorePermit,
    ) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
        let heard = Arc::new(AtomicBool::new(false));
        let (hears, router) = (
            Arc::clone(&heard),
            TowerToHyperService::new(self.router.clone()),
        );
        let service = service_fn(move |mut request: Request<Incoming>| {
            hears.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.call(request)
        });
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(self.bounds.idle_timeout);
        if self.bounds.most_headers != USUAL_HEADERS {
            builder.max_headers(self.bounds.most_headers);
        }
        let stream = Patient::new(stream, self.bounds.write_timeout);
        let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut first_head = pin!(tokio::time::sleep(self.bounds.header_timeout));
        let mut waiting = true;
        let mut polite = false;
        let ended = loop {
            tokio::select! {
                ended = serving.as_mut() => break ended,
                () = &mut first_head, if waiting => {
                    // Whoever has not even asked by now may be many, and holds a place.
                    if !heard.load(Ordering::Relaxed) {
                        return;
                    }
                    waiting = false;
                }
                () = self.politely.cancelled(), if !polite => {
                    polite = true;
                    serving.as_mut().graceful_shutdown();
                }
                () = self.now.cancelled() => return,
            }
        };
        if let Err(error) = ended {
            tracing::trace!(%error, "a connection ended early");
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

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;

    fn bounds() -> Connections {
        Connections {
            header_timeout: Duration::from_millis(50),
            idle_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            most_headers: 8,
            most: 16,
        }
    }

    /// Serves a router, and gives the address and what stops accepting.
    async fn served(router: Router) -> (Arc<Served>, SocketAddr, oneshot::Sender<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = Served::new(router, bounds());
        let (stop, stopped) = oneshot::channel::<()>();
        let accepting = Arc::clone(&served);
        TaskTracker::new().spawn(async move {
            accepting
                .accept(listener, async { drop(stopped.await) })
                .await;
        });
        (served, address, stop)
    }

    async fn said(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn a_caller_that_dribbles_its_first_head_is_cut_off() {
        let (_served, address, _stop) = served(Router::new()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
        assert_eq!(said(&mut stream).await, "");
    }

    #[tokio::test]
    async fn more_headers_than_allowed_are_refused() {
        let (_served, address, _stop) = served(Router::new()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head: String = (0..9).map(|n| format!("x-{n}: 1\r\n")).collect();
        stream
            .write_all(format!("GET / HTTP/1.1\r\n{head}\r\n").as_bytes())
            .await
            .unwrap();
        let said = said(&mut stream).await;
        assert!(said.starts_with("HTTP/1.1 431 "), "{said}");
    }

    #[tokio::test]
    async fn a_running_request_is_answered_after_the_stop_and_an_idle_connection_ends() {
        let (running, mut runs) = tokio::sync::mpsc::channel::<oneshot::Sender<()>>(1);
        let slow = get(move || async move {
            let (go, went) = oneshot::channel();
            running.send(go).await.unwrap();
            went.await.unwrap();
            "done"
        });
        let (served, address, stop) = served(Router::new().route("/", slow)).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .unwrap();
        let go = runs.recv().await.unwrap();
        stop.send(()).unwrap();
        assert_eq!(said(&mut idle).await, "");
        go.send(()).unwrap();
        assert!(said(&mut stream).await.ends_with("done"));
        served.ended().await;
    }
}

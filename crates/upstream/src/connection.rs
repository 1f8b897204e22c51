//! One connection to a provider, run by the call that uses it.
//!
//! Nothing runs in the background: whoever waits for an answer, or for the next piece of it, drives the connection. So what
//! has arrived is taken in one turn, and a call needs no other task to get on.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Context;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::ServiceExt as _;

type Io = MaybeHttpsStream<TokioIo<TcpStream>>;
type Running = Pin<Box<http1::Connection<Io, Full<Bytes>>>>;
/// Why there is no connection, or none any more.
pub(crate) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// A connection over which one call at a time can be made.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    /// `None`: it has ended.
    running: Option<Running>,
}

impl Connection {
    /// Connects to the host of an address.
    pub(crate) async fn open(
        connector: HttpsConnector<HttpConnector>,
        to: Uri,
    ) -> Result<Self, Trouble> {
        let io = connector.oneshot(to).await?;
        let (sender, running) = http1::handshake(io).await?;
        Ok(Self {
            sender,
            running: Some(Box::pin(running)),
        })
    }

    /// Reads and writes as far as that goes at once. The task is woken when it goes on.
    pub(crate) fn drive(&mut self, context: &mut Context<'_>) {
        drive(&mut self.running, context);
    }

    /// Whether the next call can be sent. Notices if the provider has closed the connection, as far as that is known here.
    pub(crate) fn is_free(&mut self, context: &mut Context<'_>) -> bool {
        self.drive(context);
        self.running.is_some() && self.sender.is_ready()
    }

    /// Sends a request and waits for the head of the answer. The error has the request where nothing of it was sent.
    pub(crate) async fn ask(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Full<Bytes>>>> {
        let mut answer = pin!(self.sender.try_send_request(request));
        let running = &mut self.running;
        poll_fn(|context| {
            drive(running, context);
            answer.as_mut().poll(context)
        })
        .await
    }
}

fn drive(running: &mut Option<Running>, context: &mut Context<'_>) {
    let ended = running
        .as_mut()
        .is_some_and(|connection| connection.as_mut().poll(context).is_ready());
    if ended {
        // What is still waited for learns of the end, or of the error, when this is dropped.
        *running = None;
    }
}

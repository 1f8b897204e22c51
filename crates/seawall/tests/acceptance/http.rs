//! A small HTTP client: connections that are kept, answers that are read whole, and answers that are left in the
//! middle. It follows nothing and repeats nothing.

use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde_json::Value;

use crate::patience::within;

/// A request that is ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Ask {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body.to_string())
    }

    pub(crate) fn json(self, body: impl Into<Bytes>) -> Self {
        let with_type = self.header("content-type", "application/json");
        Self {
            body: body.into(),
            ..with_type
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn bearer(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    fn request(&self, to: SocketAddr) -> Request<Full<Bytes>> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(format!("http://{to}{}", self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(self.body.clone())).unwrap()
    }
}

/// An answer, as far as it came.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: HeaderMap,
    /// Whether the body came to its end.
    pub(crate) whole: bool,
}

impl Answer {
    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// A header that has to be there.
    pub(crate) fn must(&self, name: &str) -> &str {
        self.header(name)
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The `error` of an answer that is one.
    pub(crate) fn error(&self) -> Value {
        let mut body = self.json();
        assert!(body["error"].is_object(), "{self:?}");
        body["error"].take()
    }

    /// The code of an error; empty where there is none.
    pub(crate) fn code(&self) -> String {
        serde_json::from_slice::<Value>(&self.body)
            .ok()
            .and_then(|body| body["error"]["code"].as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// The data of each event of a stream.
    pub(crate) fn events(&self) -> Vec<&str> {
        self.text()
            .split("\n\n")
            .filter_map(|event| event.trim().strip_prefix("data: "))
            .collect()
    }
}

/// A connection that gave no answer, or not even a status.
#[derive(Clone, Debug)]
pub(crate) struct Broken(pub(crate) String);

/// The client. Its connections are kept and used again.
#[derive(Clone, Debug)]
pub(crate) struct Http(Client<HttpConnector, Full<Bytes>>);

impl Http {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self(
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .build(connector),
        )
    }

    /// Sends a request and reads the answer to its end, or to where it breaks off.
    pub(crate) async fn send(&self, to: SocketAddr, ask: &Ask) -> Result<Answer, Broken> {
        let response = self.open(to, ask).await?;
        Ok(within("the end of an answer", read(response, usize::MAX)).await)
    }

    /// Sends a request and leaves the answer after so many pieces of its body: the connection is closed in the middle.
    pub(crate) async fn send_and_leave(
        &self,
        to: SocketAddr,
        ask: &Ask,
        pieces: usize,
    ) -> Result<Answer, Broken> {
        let response = self.open(to, ask).await?;
        Ok(within("the beginning of an answer", read(response, pieces)).await)
    }

    /// Sends a request and waits for the head of the answer.
    pub(crate) async fn open(
        &self,
        to: SocketAddr,
        ask: &Ask,
    ) -> Result<Response<Incoming>, Broken> {
        let sent = self.0.request(ask.request(to));
        within("an answer", sent)
            .await
            .map_err(|error| Broken(format!("{error:?}")))
    }
}

async fn read(response: Response<Incoming>, pieces: usize) -> Answer {
    let (head, mut incoming) = response.into_parts();
    let mut answer = Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: Bytes::new(),
        trailers: HeaderMap::new(),
        whole: false,
    };
    let mut body = BytesMut::new();
    for _ in 0..pieces {
        match incoming.frame().await {
            None => {
                answer.whole = true;
                break;
            }
            Some(Err(_broken)) => break,
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => body.extend_from_slice(&data),
                Err(frame) => answer
                    .trailers
                    .extend(frame.into_trailers().unwrap_or_default()),
            },
        }
    }
    answer.body = body.freeze();
    answer
}

//! Sending one request.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

use crate::connection::Connection;
use crate::idle::Idle;
use crate::{Account, Answer, headers};

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// There are no certificates to trust.
#[derive(Debug, thiserror::Error)]
#[error("the system's certificates cannot be read: {0}")]
pub struct ClientError(String);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The request never reached the provider, so it cannot have cost anything.
    #[error("cannot connect: {0}")]
    NotSent(String),
    /// It was sent, or may have been, and the connection failed before an answer began.
    #[error("the connection failed before an answer: {0}")]
    NoAnswer(String),
    /// It was sent, and no answer began in the time allowed.
    #[error("no answer within {} seconds", .0.as_secs())]
    TimedOut(Duration),
}

/// Connections to providers, kept for the next call. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    connector: HttpsConnector<HttpConnector>,
    idle: Arc<Idle>,
}

impl Client {
    /// A client that trusts the system's certificates. Verification cannot be switched off. A system without any
    /// certificates can still reach plain-http addresses.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn new() -> Result<Self, ClientError> {
        let mut roots = rustls::RootCertStore::empty();
        let (_added, _unusable) =
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| ClientError(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self {
            connector,
            idle: Arc::default(),
        })
    }

    /// Posts a body to a route of an account and waits for the beginning of the answer; `model` as the provider knows it. The
    /// caller's `headers` go along, but for those that are ours or the connection's; the answer's come back likewise
    /// cleaned. A redirect is an answer like any other: nothing follows it.
    ///
    /// # Errors
    /// [`SendError`], which says whether the call may have cost money.
    pub async fn post(
        &self,
        account: &Account,
        (route, model): (&str, &str),
        (headers, body): (HeaderMap, Bytes),
        patience: Duration,
    ) -> Result<Response<Answer>, SendError> {
        let request = prepare(account, (Method::POST, route, model), headers, body)?;
        self.send(account, request, patience).await
    }

    /// Asks an account for something that costs nothing and is of no model, such as `/models`.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn get(
        &self,
        account: &Account,
        route: &str,
        patience: Duration,
    ) -> Result<Response<Answer>, SendError> {
        let nothing = (HeaderMap::new(), Bytes::new());
        let request = prepare(account, (Method::GET, route, ""), nothing.0, nothing.1)?;
        self.send(account, request, patience).await
    }

    async fn send(
        &self,
        account: &Account,
        request: Request<Full<Bytes>>,
        patience: Duration,
    ) -> Result<Response<Answer>, SendError> {
        let mut response = tokio::time::timeout(patience, self.answered(account, request))
            .await
            .map_err(|_elapsed| SendError::TimedOut(patience))??;
        headers::clean_response(response.headers_mut());
        account.needle().clean(response.headers_mut());
        Ok(response)
    }

    /// Over a connection that is kept, or a new one. One that was kept may turn out to be closed before anything was sent
    /// over it; then the request goes over another.
    pub(crate) async fn answered(
        &self,
        account: &Account,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Answer>, SendError> {
        let host = account.host();
        loop {
            let (mut connection, kept) = match self.idle.take(host).await {
                Some(connection) => (connection, true),
                None => (self.connect(account).await?, false),
            };
            match connection.ask(request).await {
                Ok(answer) => {
                    let home = (host.clone(), Arc::clone(&self.idle));
                    let needle = account.needle().clone();
                    let whole = |body| Answer::new((body, needle), connection, home);
                    return Ok(answer.map(whole));
                }
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) if kept => request = unsent,
                    Some(_unsent) => return Err(SendError::NotSent(explain(failed.error()))),
                    None => return Err(SendError::NoAnswer(explain(failed.error()))),
                },
            }
        }
    }

    async fn connect(&self, account: &Account) -> Result<Connection, SendError> {
        Connection::open(self.connector.clone(), account.base().clone())
            .await
            .map_err(|error| SendError::NotSent(explain(&*error)))
    }
}

fn prepare(
    account: &Account,
    (method, route, model): (Method, &str, &str),
    headers: HeaderMap,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, SendError> {
    let path = account.path(route, model).ok_or_else(|| {
        SendError::NotSent(format!("{model:?} cannot stand in the path of {route}"))
    })?;
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = path;
    *request.headers_mut() = headers;
    let headers = request.headers_mut();
    headers::clean_request(headers);
    headers.insert(header::HOST, account.host_header().clone());
    headers.insert(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    );
    if let Some((name, value)) = account.profile().header {
        // A caller who knows better which version he speaks may say so.
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    if let Some((name, value)) = account.credential() {
        headers.insert(name, value.clone());
    }
    Ok(request)
}

/// An error and what it stems from. Neither names a credential: they come from the connection.
fn explain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

//! A client of the administration API.

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::environment::Environment;
use crate::exit::{Exit, Failure};
use crate::random;

/// Where a server is unless something else is said.
const USUAL: &str = "http://127.0.0.1:8080";
/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one may take for which the server asks a provider, page by page.
const LONG_PATIENCE: Duration = Duration::from_secs(120);
/// The largest answer, in bytes.
const LARGEST: usize = 64 << 20;
/// Pages of a list that are fetched at most.
const MOST_PAGES: usize = 1000;

/// A result: for people, and for programs.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What people read, with its last line end.
    pub(crate) text: String,
    /// What programs read, without its `schema`.
    pub(crate) json: Value,
    /// What its `schema` field says, without `seawall.` and version.
    pub(crate) schema: &'static str,
}

/// A client of one server, as one administrator.
#[derive(Debug)]
pub(crate) struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    authorization: HeaderValue,
}

impl Client {
    /// The client that the environment describes.
    pub(crate) fn of(environment: &Environment) -> Result<Self, Failure> {
        Self::at(environment.get("SEAWALL_URL").unwrap_or(USUAL), environment)
    }

    /// The client of the server at this address.
    pub(crate) fn at(base: &str, environment: &Environment) -> Result<Self, Failure> {
        let key = environment.get("SEAWALL_ADMIN_KEY").ok_or_else(|| {
            Failure::new(
                Exit::NotPermitted,
                "SEAWALL_ADMIN_KEY is not set; it is the admin key that the server was given, or printed, at its first start",
            )
        })?;
        Self::new(base.trim_end_matches('/'), key)
    }

    /// A client of the server at this address, without a slash at its end.
    pub(crate) fn new(base: &str, key: &str) -> Result<Self, Failure> {
        let uri: Option<Uri> = base.parse().ok();
        let usable =
            |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none();
        if !uri.as_ref().is_some_and(usable) {
            return Err(Failure::usage(format!(
                "SEAWALL_URL: `{base}` is not an address such as {USUAL}"
            )));
        }
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_not_sendable| {
                Failure::usage("SEAWALL_ADMIN_KEY holds characters that cannot be sent")
            })?;
        authorization.set_sensitive(true);
        let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::internal(error.to_string()))?;
        // A system without certificates can still reach a server over plain http.
        let tls = match tls.clone().with_native_roots() {
            Ok(tls) => tls.with_no_client_auth(),
            Err(_no_certificates) => tls
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth(),
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            pool: Pool::builder(TokioExecutor::new()).build(connector),
            base: base.to_owned(),
            authorization,
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.send(Method::GET, &api(path), None).await
    }

    /// Creates or does something. Carries an idempotency key, so that an answer that was lost does no harm.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.send(Method::POST, &api(path), Some(body)).await
    }

    /// The same for what takes the server a while, because it asks others.
    pub(crate) async fn post_patiently(&self, path: &str, body: Value) -> Result<Value, Failure> {
        let ask = (Method::POST, api(path));
        self.send_within(ask, Some(body), LONG_PATIENCE).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.send(Method::PATCH, &api(path), Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.send(Method::PUT, &api(path), Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<(), Failure> {
        self.send(Method::DELETE, &api(path), None).await.map(drop)
    }

    /// All items of a list.
    pub(crate) async fn list(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        for _page in 0..MOST_PAGES {
            let page = match &next {
                None => self.get(path).await?,
                Some(cursor) => self.get(&with(path, "cursor", cursor)).await?,
            };
            let items = page.get("data").and_then(Value::as_array);
            all.extend(
                items
                    .ok_or_else(|| not_a_server(&self.base))?
                    .iter()
                    .cloned(),
            );
            match page.get("next_cursor").and_then(Value::as_str) {
                Some(cursor) => next = Some(cursor.to_owned()),
                None => return Ok(all),
            }
        }
        Ok(all)
    }

    /// Sends one request to a path of the server, whatever is there.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        self.send_within((method, path.to_owned()), body, PATIENCE)
            .await
    }

    async fn send_within(
        &self,
        (method, path): (Method, String),
        body: Option<Value>,
        patience: Duration,
    ) -> Result<Value, Failure> {
        let mut request = Request::builder()
            .method(&method)
            .uri(format!("{}{path}", self.base))
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, "application/json");
        if method == Method::POST {
            request = request.header("idempotency-key", hex(random::bytes::<16>()));
        }
        let bytes = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let request = request
            .body(Full::new(bytes))
            .map_err(|error| Failure::usage(format!("cannot ask for {path}: {error}")))?;
        let asked = tokio::time::timeout(patience, self.exchange(request)).await;
        let (status, bytes) = asked.map_err(|_elapsed| {
            let seconds = patience.as_secs();
            Failure::new(
                Exit::Unreachable,
                format!("{} did not answer within {seconds} seconds", self.base),
            )
        })??;
        let answer = if bytes.is_empty() {
            Some(Value::Null)
        } else {
            serde_json::from_slice(&bytes).ok()
        };
        if status.is_success() {
            answer.ok_or_else(|| not_a_server(&self.base))
        } else {
            Err(refused(status, answer.as_ref(), &self.base))
        }
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), Failure> {
        let unreachable = |error: &dyn std::error::Error| {
            let reason = error.source().map_or_else(|| error.to_string(), innermost);
            Failure::new(
                Exit::Unreachable,
                format!(
                    "cannot reach {}: {reason}. Is `seawall serve` running? SEAWALL_URL says where",
                    self.base
                ),
            )
        };
        let answer = self
            .pool
            .request(request)
            .await
            .map_err(|error| unreachable(&error))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LARGEST).collect().await;
        let body = body.map_err(|error| unreachable(error.as_ref()))?;
        Ok((status, body.to_bytes()))
    }
}

/// The path of something of the administration API.
fn api(path: &str) -> String {
    format!("/api/v1/{path}")
}

fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

fn not_a_server(base: &str) -> Failure {
    Failure::new(
        Exit::Unreachable,
        format!("what answers at {base} is not Seawall; SEAWALL_URL says where to ask"),
    )
}

/// What an answer that is no success means for the one who asked.
fn refused(status: StatusCode, answer: Option<&Value>, base: &str) -> Failure {
    let error = answer.and_then(|answer| answer.get("error"));
    let text = |name| {
        error
            .and_then(|error| error.get(name))
            .and_then(Value::as_str)
    };
    let Some(message) = text("message") else {
        return not_a_server(base);
    };
    let exit = match status.as_u16() {
        401 | 403 => Exit::NotPermitted,
        404 => Exit::NotFound,
        400..=499 => Exit::Usage,
        502..=504 => Exit::Unreachable,
        _ => Exit::Internal,
    };
    match text("code") {
        Some(code) => Failure::new(exit, format!("{message} ({code})")),
        None => Failure::new(exit, message),
    }
}

/// The path with one more query parameter.
pub(crate) fn with(path: &str, name: &str, value: &str) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}{name}={}", encoded(value))
}

/// A text as it may stand in a path or a query.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    let letter = |b: u8| {
        if plain(b) {
            char::from(b).to_string()
        } else {
            format!("%{b:02X}")
        }
    };
    text.bytes().map(letter).collect()
}

fn hex<const N: usize>(bytes: [u8; N]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_server_says_decides_the_exit_code() {
        let answer = json!({"error": {"code": "x", "message": "No."}});
        for (status, exit) in [
            (400, Exit::Usage),
            (401, Exit::NotPermitted),
            (403, Exit::NotPermitted),
            (404, Exit::NotFound),
            (409, Exit::Usage),
            (500, Exit::Internal),
            (503, Exit::Unreachable),
        ] {
            let failure = refused(StatusCode::from_u16(status).unwrap(), Some(&answer), USUAL);
            assert_eq!(failure.exit, exit, "{status}");
            assert_eq!(failure.message, "No. (x)");
        }
        let stranger = refused(StatusCode::NOT_FOUND, None, USUAL);
        assert_eq!(stranger.exit, Exit::Unreachable);
    }

    #[test]
    fn a_client_needs_a_key_and_an_address() {
        let of = |environment| Client::of(&environment).err().map(|failure| failure.exit);
        assert_eq!(of(Environment::default()), Some(Exit::NotPermitted));
        let wrong = Environment::from([("SEAWALL_URL", "localhost"), ("SEAWALL_ADMIN_KEY", "k")]);
        assert_eq!(of(wrong), Some(Exit::Usage));
        assert_eq!(of(Environment::from([("SEAWALL_ADMIN_KEY", "k")])), None);
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_cannot_be_reached() {
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let client = Client::new(&format!("http://127.0.0.1:{port}"), "k").unwrap();
        let failure = client.get("organizations").await.unwrap_err();
        assert_eq!(failure.exit, Exit::Unreachable);
        assert!(failure.message.contains("Connection refused"), "{failure}");
    }

    #[test]
    fn a_query_is_encoded() {
        assert_eq!(
            with("requests", "model", "sim/a b"),
            "requests?model=sim%2Fa%20b"
        );
        assert_eq!(with("requests?a=b", "c", "d"), "requests?a=b&c=d");
    }
}

//! Posting JSON to an address that somebody else chose.
//!
//! Redirects are not followed, and of the answer nothing but status and `Retry-After` is read: whatever the address points
//! to, what is there does not come back to whoever named it.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::Sent;
use crate::OpenError;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// The longest pause that a receiver may ask for.
const LONGEST_PAUSE: u64 = 3600;

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Http {
    pub(super) fn new() -> Result<Self, OpenError> {
        let mut roots = rustls::RootCertStore::empty();
        let (_added, _unusable) =
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| OpenError::Certificates(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        // A connection that is kept may be closed by the receiver just when the next alert comes. They are few.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        Ok(Self { client })
    }

    /// Posts; 2xx is delivered, 410 is gone, everything else may be tried again.
    pub(super) async fn post(&self, address: &str, headers: HeaderMap, body: Bytes) -> Sent {
        let Ok(uri) = crate::target::read_url(address) else {
            return Sent::Refused {
                error: "the address cannot be sent to".to_owned(),
            };
        };
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("seawall"));
        match self.client.request(request).await {
            Ok(answer) => judge(answer.status(), answer.headers()),
            Err(error) => Sent::later(explain(&error)),
        }
    }
}

fn judge(status: StatusCode, headers: &HeaderMap) -> Sent {
    let error = match status {
        _ if status.is_success() => return Sent::Delivered,
        StatusCode::GONE => {
            return Sent::Gone {
                error: "the receiver answered 410: it wants no more".to_owned(),
            };
        }
        _ if status.is_redirection() => {
            format!(
                "the receiver answered {} and another address; redirects are not followed",
                status.as_u16()
            )
        }
        _ => format!("the receiver answered {}", status.as_u16()),
    };
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse::<u64>().ok());
    Sent::Later {
        error,
        after: seconds.map(|seconds| Duration::from_secs(seconds.min(LONGEST_PAUSE))),
    }
}

/// An error and what it stems from. Neither names the address, which may be a secret.
fn explain(error: &hyper_util::client::legacy::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, retry_after: Option<&'static str>) -> Sent {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
        }
        judge(StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn a_receiver_s_answer_decides_whether_it_is_tried_again() {
        assert_eq!(judged(204, None), Sent::Delivered);
        assert!(matches!(judged(410, None), Sent::Gone { .. }));
        for status in [301, 308, 400, 401, 404, 500, 503] {
            assert!(
                matches!(judged(status, None), Sent::Later { after: None, .. }),
                "{status}"
            );
        }
        let after = |value| match judged(429, Some(value)) {
            Sent::Later { after, .. } => after,
            other => panic!("{other:?}"),
        };
        assert_eq!(after("30"), Some(Duration::from_secs(30)));
        assert_eq!(after("999999"), Some(Duration::from_secs(3600)));
        assert_eq!(after("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }
}

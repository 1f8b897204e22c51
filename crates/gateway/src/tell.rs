//! What a client is told: refusals, errors, headers, and the few routes that cost nothing.

pub(crate) mod diagnosis;
pub(crate) mod headers;
pub(crate) mod headroom;
mod journey;
mod key;
pub(crate) mod models;
pub(crate) mod rates;
mod shortfall;
mod stop;
mod upstream_failure;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{Request, StatusCode, header};
use ids::RequestId;
use ledger::Check;
use serde_json::{Value, json};
use wire::error::{self, Envelope};

use crate::call::Known;
use crate::step::read::Route;
use crate::{Disclosure, Gateway};

pub(crate) use diagnosis::{Place, is_final};
pub(crate) use journey::{BREATH, journey, unaffordable};
pub(crate) use shortfall::left;
pub(crate) use stop::{Barred, Stop, Wish, stopped, tell as told};
pub(crate) use upstream_failure::{Heard, provider_refused, refused_within, unanswered};

/// An error as a client is told it.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) kind: &'static str,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) param: Option<String>,
    pub(crate) retry: Retry,
    pub(crate) details: Option<Value>,
    /// The checks it rests on, where there are any.
    pub(crate) rates: Vec<Check>,
    /// The same without the caller's own texts, where it has any: what may be written down.
    pub(crate) kept: Option<Box<Self>>,
}

/// Whether asking again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Not before something is changed.
    No,
    /// After so many seconds.
    After(u64),
    /// Left to the client's own rules.
    Unsaid,
}

impl Told {
    pub(crate) fn new(
        status: StatusCode,
        (kind, code): (&'static str, &'static str),
        message: String,
    ) -> Self {
        debug_assert!(
            crate::CODES.contains(&code),
            "{code} has no page in docs/errors.md"
        );
        Self {
            status,
            kind,
            code,
            message,
            param: None,
            retry: Retry::No,
            details: None,
            rates: Vec::new(),
            kept: None,
        }
    }

    /// The answer, in OpenAI's envelope.
    pub(crate) fn into_response(self, gateway: &Gateway, request: RequestId) -> Response {
        let (retry, status) = (self.retry, self.status);
        let hidden = self.is_hidden(gateway);
        let body = self.body(gateway, request);
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/json"),
        );
        if matches!(
            status,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT
        ) {
            // The rest of the body is not read, so nothing else can come over this connection.
            headers.insert(
                header::CONNECTION,
                header::HeaderValue::from_static("close"),
            );
        }
        headers::identify(headers, request);
        headers::retry(headers, retry);
        if !hidden {
            rates::tell(headers, &self.rates, gateway.now());
        }
        response
    }

    /// Whether figures stay with us.
    fn is_hidden(&self, gateway: &Gateway) -> bool {
        gateway.settings().disclosure == Disclosure::CodeOnly && self.details.is_some()
    }

    /// As it may be written down.
    pub(crate) fn kept_body(&self, gateway: &Gateway, request: RequestId) -> Vec<u8> {
        self.kept.as_deref().unwrap_or(self).body(gateway, request)
    }

    pub(crate) fn body(&self, gateway: &Gateway, request: RequestId) -> Vec<u8> {
        let hidden = self.is_hidden(gateway);
        let short = format!("Refused ({}). Request id: {request}", self.kind);
        let id_only = json!({ "request_id": request.to_string() });
        let envelope = Envelope {
            error: error::Body {
                message: if hidden { &short } else { &self.message },
                kind: self.kind,
                param: self.param.as_deref(),
                code: Some(self.code),
                details: if hidden {
                    Some(&id_only)
                } else {
                    self.details.as_ref()
                },
            },
        };
        // Our own details always have text for keys.
        envelope.to_body().unwrap_or_default()
    }
}

/// A path under `/v1` that is not metered.
pub(crate) async fn not_metered(
    State(gateway): State<Gateway>,
    request: Request<Body>,
) -> Response {
    let id = gateway.new_request_id();
    let message = format!(
        "{} {} is not metered by Seawall, so it is refused: what is not metered could spend without a limit. Metered are \
         POST {} and POST {}; GET /v1/models is free.",
        request.method(),
        request.uri().path(),
        Route::Chat.path(),
        Route::Images.path(),
    );
    Told::new(
        StatusCode::NOT_FOUND,
        ("invalid_request_error", "endpoint_not_metered"),
        message,
    )
    .into_response(&gateway, id)
}

/// What a step that says no knows of the call, for the record.
pub(crate) fn about(
    known: &Known,
) -> (
    Option<ids::OrganizationId>,
    Option<ids::ProjectId>,
    Option<ids::KeyId>,
) {
    let caller = known.caller.as_ref();
    (
        caller.map(|caller| caller.teller.organization()),
        caller.map(|caller| caller.key.project),
        caller.map(|caller| caller.key.key),
    )
}

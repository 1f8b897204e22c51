//! What the API answers when it does not do what was asked: `{error: {code, message, details}}`.
//!
//! The message is a sentence for people and says what to do; programs branch on the code. What a store or another part
//! said of its own trouble is logged, never sent.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, extract::rejection::QueryRejection};
use ledger::Rejection;
use serde_json::{Map, Value, json};
use teller::{RolledBack, Unavailable};

use crate::openapi;

/// An answer other than success.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Map<String, Value>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        debug_assert!(
            openapi::is_known(code),
            "{code} is not in the description of the API"
        );
        Self {
            status,
            code,
            message: message.into(),
            details: Map::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// A value that cannot be. `problem` continues the sentence that the field's name begins.
    pub(crate) fn invalid(field: &str, problem: impl AsRef<str>) -> Self {
        let message = format!("`{field}` {}.", problem.as_ref().trim_end_matches('.'));
        Self::bad("invalid_field", message).with("field", field)
    }

    /// Something the contract names and this version does not do yet.
    pub(crate) fn not_yet(field: &str, problem: impl AsRef<str>) -> Self {
        let message = format!(
            "`{field}`: {} not available in this version yet.",
            problem.as_ref()
        );
        Self::bad("not_available_yet", message).with("field", field)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        let message =
            format!("There is no such {what}. Check the id; the list shows those that exist.");
        Self::new(StatusCode::NOT_FOUND, "not_found", message).with("what", what)
    }

    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// Whether the request was wrong in itself.
    pub(crate) fn is_of_the_request(&self) -> bool {
        self.status == StatusCode::BAD_REQUEST
    }

    /// A fault of this program. What it was is for the log.
    pub(crate) fn internal(what: &str) -> Self {
        tracing::error!(what, "the administration API contradicted itself");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Seawall made a mistake here. The server's log says more; please report it.",
        )
    }

    pub(crate) fn store_unavailable(why: &str) -> Self {
        tracing::warn!(why, "the administration API had no answer from the store");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "store_unavailable",
            "The store cannot be reached, so no answer would be certain. Repeat the request in a second; with an \
             Idempotency-Key it cannot happen twice.",
        )
    }
}

impl ApiError {
    /// An organization whose journal lost entries.
    fn rolled_back(why: &RolledBack) -> Self {
        let organization = why.organization.to_string();
        let message = format!(
            "This organization is stopped: {why}. `seawall org rollback {organization}` shows what is missing, and how to \
             go on."
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ROLLED_BACK, message)
            .with("organization_id", organization)
            .with("acknowledged_entry", why.acknowledged)
    }
}

/// The one trouble of a store that does not pass by itself.
const ROLLED_BACK: &str = "store_rolled_back";

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "error": {"code": self.code, "message": self.message, "details": self.details}
        });
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::SERVICE_UNAVAILABLE && self.code != ROLLED_BACK {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if matches!(
            self.status,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT
        ) {
            // The rest of the body is not read, so nothing else can come over this connection.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Unavailable> for ApiError {
    fn from(error: Unavailable) -> Self {
        match error {
            Unavailable::NoAnswer(why) => Self::store_unavailable(&why),
            Unavailable::RolledBack(why) => Self::rolled_back(&why),
        }
    }
}

impl From<journal::StoreError> for ApiError {
    fn from(error: journal::StoreError) -> Self {
        Self::store_unavailable(&error.to_string())
    }
}

impl From<::alerts::AlertError> for ApiError {
    fn from(error: ::alerts::AlertError) -> Self {
        tracing::warn!(%error, "the administration API had no answer from the alerts");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "alerts_unavailable",
            "What is told to whom cannot be read or written now; calls are not concerned. Repeat the request in a second; \
             the server's log says more.",
        )
    }
}

impl From<QueryRejection> for ApiError {
    fn from(_rejection: QueryRejection) -> Self {
        Self::bad(
            "invalid_parameter",
            "The part of the URL after `?` cannot be read. Send it as name=value pairs joined by &.",
        )
    }
}

impl From<Rejection> for ApiError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NoOrganization => Self::not_found("organization"),
            Rejection::NotFound(what) => Self::not_found(&in_words(what)),
            Rejection::Exists(what) => Self::conflict(
                "already_exists",
                format!("This {what} exists already. `GET` it instead of creating it again."),
            ),
            Rejection::Ended(what, why) => Self::conflict(
                "cannot_be_changed",
                format!("This {what} cannot be changed any more: it is {why}. Create a new one."),
            ),
            Rejection::Invalid { field, problem } => Self::invalid(field, problem),
            Rejection::IdempotencyMismatch => Self::conflict(
                "idempotency_key_reused",
                "This Idempotency-Key was used for a different request before. Send a new key with a new request.",
            ),
            Rejection::TooMany { what, most } => Self::conflict(
                "too_many",
                format!(
                    "An organization cannot have more than {most} {}. Remove some first.",
                    in_words(what)
                ),
            )
            .with("most", most),
            other => Self::bad("rejected", format!("{other}.")),
        }
    }
}

/// The ledger's word for a thing in the words of users, for whom a limit that stops is a hard limit.
fn in_words(what: &str) -> String {
    if what.starts_with("limit") {
        format!("hard {what}")
    } else {
        what.to_owned()
    }
}

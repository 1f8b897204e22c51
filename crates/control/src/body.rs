//! Reading a request's body: one JSON object, bounded, and what its Idempotency-Key promises.

mod strict;

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use ids::Pepper;
use ledger::{Cause, IdempotencyKey};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;

use crate::app::App;
use crate::auth::Actor;
use crate::error::ApiError;
use crate::fields::Fields;
use strict::Strict;

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest Idempotency-Key, in bytes.
const LONGEST_KEY: usize = 255;

/// A request that changes something: by whom, with which fields, under which promise.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) actor: Actor,
    pub(crate) fields: Fields,
    /// Only where the request has an `Idempotency-Key`.
    pub(crate) idempotency: Option<IdempotencyKey>,
}

impl Ask {
    /// The cause of a command that creates something.
    pub(crate) fn cause(&self) -> Cause {
        Cause {
            idempotency: self.idempotency,
            ..self.actor.cause()
        }
    }
}

impl FromRequest<App> for Ask {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let actor = Actor::of(&parts.extensions)?;
        let body = read(body).await?;
        let key = idempotency_key(&parts.headers)?;
        let idempotency = key.map(|key| IdempotencyKey {
            key: scope_of(&parts.method, parts.uri.path(), &key),
            request: print_of(&app.pepper, &body),
        });
        Ok(Self {
            actor,
            fields: Fields::new(object(&parts.headers, &body)?),
            idempotency,
        })
    }
}

async fn read(body: Body) -> Result<Vec<u8>, ApiError> {
    let too_large = || {
        ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "The body is larger than 1 MiB. Send a smaller one.",
        )
    };
    // Who says beforehand that it is too large need not send it.
    if usize::try_from(body.size_hint().lower()).is_ok_and(|least| least <= LARGEST_BODY) {
        let collected = timeout(PATIENCE, Limited::new(body, LARGEST_BODY).collect());
        return match collected.await {
            Ok(Ok(collected)) => Ok(collected.to_bytes().into()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
            Err(_elapsed) => Err(ApiError::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_timeout",
                "The body did not arrive within 60 seconds. Send the request again.",
            )),
            Ok(Err(_cut_off)) => Err(ApiError::bad(
                "body_incomplete",
                "The body ended early. Send the request again.",
            )),
        };
    }
    Err(too_large())
}

/// An empty body is an object without fields, so that requests without any need no body.
fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body must be JSON: send it with the header `Content-Type: application/json`.",
        ));
    }
    match serde_json::from_slice(body).map(|Strict(value)| value) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_other) => Err(ApiError::bad(
            "malformed_json",
            "The body must be one JSON object, such as {\"name\": \"…\"}.",
        )),
        Err(error) => Err(ApiError::bad(
            "malformed_json",
            format!("The body cannot be read as JSON: {error}. Correct it and send it again."),
        )
        .with("line", error.line())
        .with("column", error.column())),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<Vec<u8>>, ApiError> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(key) = values.next() else {
        return Ok(None);
    };
    let key = key.as_bytes();
    let fine = !key.is_empty() && key.len() <= LONGEST_KEY && key.iter().all(u8::is_ascii_graphic);
    if fine && values.next().is_none() {
        return Ok(Some(key.to_vec()));
    }
    Err(ApiError::bad(
        "invalid_idempotency_key",
        "The header Idempotency-Key must be there once, with 1 to 255 visible ASCII characters, such as a UUID.",
    ))
}

/// By which the same body is known again. It stands in the journal for ever, so whoever has a journal must not be able to try
/// out what a body was: notes and names are in it. The key of an earlier program's record was not a keyed hash; within the
/// day that such a record lasts, a repetition is told that the key was used for another request, and nothing happens twice.
fn print_of(pepper: &Pepper, body: &[u8]) -> [u8; 32] {
    let plain: [u8; 32] = Sha256::digest(body).into();
    let hex: String = plain.iter().map(|byte| format!("{byte:02x}")).collect();
    pepper.hash(&format!("idempotent request {hex}")).to_bytes()
}

/// A key counts for one method and one path. Neither of these holds a newline, so parts cannot be shifted.
fn scope_of(method: &Method, path: &str, key: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [
        method.as_str().as_bytes(),
        b"\n",
        path.as_bytes(),
        b"\n",
        key,
    ] {
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_body_tells_bodies_apart_and_cannot_be_tried_out() {
        let pepper = |byte| Pepper::from_bytes([byte; 32]);
        let body = br#"{"amount_usd":"5","note":"for Ann"}"#;
        let kept = print_of(&pepper(1), body);
        assert_eq!(kept, print_of(&pepper(1), body));
        assert_ne!(kept, print_of(&pepper(1), b"{}"));
        assert_ne!(kept, print_of(&pepper(2), body));
        let unkeyed: [u8; 32] = Sha256::digest(body).into();
        assert_ne!(kept, unkeyed);
    }
}

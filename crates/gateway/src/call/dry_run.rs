//! `x-seawall-dry-run: 1`: a caller is told what its call would get.
//!
//! **Invariant:** nothing is held, nothing is written down, nothing is sent, nothing is counted.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, request};
use ids::RequestId;
use serde_json::{Value, json};

use super::Known;
use crate::check::{Payer, Would};
use crate::step::authenticate::authenticate;
use crate::step::read::{self, Route};
use crate::tell::{self, Stop};
use crate::{Disclosure, Gateway};

/// Whether a call is one. A value that could mean either is refused: taken for no, it would cost money.
pub(super) fn asked(headers: &HeaderMap) -> Result<bool, Stop> {
    let Some(value) = headers.get("x-seawall-dry-run") else {
        return Ok(false);
    };
    match value.as_bytes() {
        b"1" | b"true" => Ok(true),
        b"0" | b"false" => Ok(false),
        _ => Err(Stop::UnclearDryRun),
    }
}

/// Tells what the call would get: what a grant would be, or the very refusal.
pub(super) async fn answer(
    gateway: &Gateway,
    (id, route): (RequestId, Route),
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let mut known = Known::default();
    let mut response = match weigh(gateway, route, (&head, body), &mut known).await {
        Ok(would) => granted(&would, id),
        Err(stop) => refused(gateway, id, &known, stop),
    };
    tell::headers::decision(response.headers_mut(), "dry_run");
    response
}

async fn weigh(
    gateway: &Gateway,
    route: Route,
    (head, body): (&request::Parts, Body),
    known: &mut Known,
) -> Result<Would, Stop> {
    let caller = authenticate(gateway, head).await?;
    known.caller = Some(caller.clone());
    let body = read::body(gateway, body).await?;
    let payer = Payer::Key(caller.key.key);
    gateway
        .weigh((&caller, payer), (route, &body), (&head.headers, known))
        .await
}

fn granted(would: &Would, id: RequestId) -> Response {
    let mut told = would.to_json();
    if let Value::Object(told) = &mut told {
        told.remove("refusal");
        told.insert("object".to_owned(), json!("seawall.dry_run"));
        told.insert("model".to_owned(), json!(would.model));
        told.insert("upstream".to_owned(), json!(would.upstream));
    }
    let mut response = Response::new(Body::from(told.to_string()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    tell::headers::identify(headers, id);
    let fitted = would.grant.fitted.then_some(would.grant.units);
    tell::headers::served(headers, &would.upstream, fitted);
    tell::headers::headroom(headers, &would.grant.headroom);
    response
}

fn refused(gateway: &Gateway, id: RequestId, known: &Known, stop: Stop) -> Response {
    let left = match &stop {
        Stop::Money(shortfall, _) => tell::left(shortfall),
        _ => None,
    };
    let mut response = tell::told(gateway, id, known, stop).into_response(gateway, id);
    let left = left.filter(|_| gateway.settings().disclosure == Disclosure::Full);
    if let Some((left, binding)) = left {
        tell::headers::left(response.headers_mut(), left, binding);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dry_run_is_asked_for_plainly_or_refused() {
        let asked = |value: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert("x-seawall-dry-run", HeaderValue::from_static(value));
            }
            asked(&headers).ok()
        };
        for (value, means) in [
            (None, Some(false)),
            (Some("1"), Some(true)),
            (Some("true"), Some(true)),
            (Some("0"), Some(false)),
            (Some("false"), Some(false)),
            (Some("yes"), None),
            (Some(""), None),
        ] {
            assert_eq!(asked(value), means, "{value:?}");
        }
    }
}

//! Answers with the headers that the provider sends. It decides nothing.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use crate::body::SimBody;
use crate::refusal::{Facts, Refusal};
use crate::rejection::Rejection;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const PROCESSING: HeaderName = HeaderName::from_static("openai-processing-ms");

/// What every answer of the provider carries.
const ALWAYS: [(HeaderName, HeaderValue); 3] = [
    (
        HeaderName::from_static("openai-organization"),
        HeaderValue::from_static("org-sim"),
    ),
    (
        HeaderName::from_static("openai-project"),
        HeaderValue::from_static("proj_sim"),
    ),
    (
        HeaderName::from_static("openai-version"),
        HeaderValue::from_static("2020-10-01"),
    ),
];
/// What an answer that was served carries as well.
const RATES: [(HeaderName, HeaderValue); 6] = [
    (
        HeaderName::from_static("x-ratelimit-limit-requests"),
        HeaderValue::from_static("10000"),
    ),
    (
        HeaderName::from_static("x-ratelimit-remaining-requests"),
        HeaderValue::from_static("9999"),
    ),
    (
        HeaderName::from_static("x-ratelimit-reset-requests"),
        HeaderValue::from_static("6ms"),
    ),
    (
        HeaderName::from_static("x-ratelimit-limit-tokens"),
        HeaderValue::from_static("2000000"),
    ),
    (
        HeaderName::from_static("x-ratelimit-remaining-tokens"),
        HeaderValue::from_static("1999000"),
    ),
    (
        HeaderName::from_static("x-ratelimit-reset-tokens"),
        HeaderValue::from_static("30ms"),
    ),
];

/// What kind of bytes a body is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    Json,
    Events,
    Html,
    Sound,
}

impl Content {
    fn value(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json",
            Self::Events => "text/event-stream; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Sound => "audio/mpeg",
        })
    }
}

/// What an answer says of its call: its id, and how long it took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp<'a> {
    pub(crate) id: &'a str,
    pub(crate) took: Duration,
}

impl Stamp<'_> {
    fn put(self, headers: &mut HeaderMap) {
        let took = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        headers.insert(PROCESSING, HeaderValue::from(took));
        self.put_id(headers);
        for (name, value) in ALWAYS {
            headers.insert(name, value);
        }
    }

    fn put_id(self, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(self.id) {
            headers.insert(REQUEST_ID, id);
        }
    }
}

/// A call that was served, well or badly: 200.
pub(crate) fn served(stamp: Stamp<'_>, content: Content, body: SimBody) -> Response<SimBody> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.reserve(16);
    headers.insert(CONTENT_TYPE, content.value());
    stamp.put(headers);
    for (name, value) in RATES {
        headers.insert(name, value);
    }
    response
}

/// A call that is refused by a fault.
pub(crate) fn refused(stamp: Stamp<'_>, refusal: &Refusal, facts: Facts<'_>) -> Response<SimBody> {
    let mut response = json(refusal.status, refusal.body(facts));
    if refusal.openai {
        stamp.put(response.headers_mut());
    } else {
        stamp.put_id(response.headers_mut());
    }
    for (name, value) in &refusal.headers {
        if let Some(value) = refusal.header(value, facts) {
            response.headers_mut().insert(name.clone(), value);
        }
    }
    response
}

/// A request that is wrong.
pub(crate) fn rejected(stamp: Stamp<'_>, rejection: &Rejection) -> Response<SimBody> {
    let mut response = json(rejection.status, rejection.body());
    stamp.put(response.headers_mut());
    response
}

/// A bare JSON answer.
pub(crate) fn json(status: StatusCode, body: String) -> Response<SimBody> {
    let mut response = Response::new(SimBody::whole(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, Content::Json.value());
    response
}

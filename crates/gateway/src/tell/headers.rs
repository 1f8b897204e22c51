//! The headers of an answer.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use ids::RequestId;
use ledger::Headroom;
use money::Nanos;

use super::Retry;
use crate::step::settle::Cost;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What the provider calls the request.
const UPSTREAM_REQUEST_ID: HeaderName = HeaderName::from_static("x-seawall-upstream-request-id");
const DECISION: HeaderName = HeaderName::from_static("x-seawall-decision");
pub(crate) const COST: HeaderName = HeaderName::from_static("x-seawall-cost-usd");
const HEADROOM: HeaderName = HeaderName::from_static("x-seawall-headroom-usd");
const BINDING: HeaderName = HeaderName::from_static("x-seawall-binding");
const UPSTREAM: HeaderName = HeaderName::from_static("x-seawall-upstream");
const ATTEMPTS: HeaderName = HeaderName::from_static("x-seawall-attempts");
const FITTED: HeaderName = HeaderName::from_static("x-seawall-fitted");
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// Our id in place of the provider's, which moves to a header of its own. Answers the provider's.
pub(crate) fn identify(headers: &mut HeaderMap, request: RequestId) -> Option<Box<str>> {
    let theirs = headers.remove(REQUEST_ID);
    set(headers, REQUEST_ID, &request.to_string());
    let theirs = theirs?;
    let text = theirs.to_str().ok().map(Box::from);
    headers.insert(UPSTREAM_REQUEST_ID, theirs);
    text
}

pub(crate) fn retry(headers: &mut HeaderMap, retry: Retry) {
    match retry {
        Retry::No => set(headers, SHOULD_RETRY, "false"),
        Retry::After(seconds) => {
            set(headers, RETRY_AFTER, &seconds.to_string());
            set(headers, SHOULD_RETRY, "true");
        }
        Retry::Unsaid => {}
    }
}

/// The provider's answer does not change by asking again. What it said of that itself stays.
pub(crate) fn ask_no_more(headers: &mut HeaderMap) {
    if !headers.contains_key(SHOULD_RETRY) {
        set(headers, SHOULD_RETRY, "false");
    }
}

pub(crate) fn decision(headers: &mut HeaderMap, decision: &str) {
    set(headers, DECISION, decision);
}

/// Served by which account; and by how many tokens, where they were lowered.
pub(crate) fn served(headers: &mut HeaderMap, upstream: &str, fitted: Option<u64>) {
    set(headers, UPSTREAM, upstream);
    match fitted {
        Some(units) => {
            decision(headers, "fitted");
            set(headers, FITTED, &units.to_string());
        }
        None => decision(headers, "served"),
    }
}

pub(crate) fn headroom(headers: &mut HeaderMap, headroom: &Headroom) {
    left(headers, headroom.amount, headroom.name());
}

pub(crate) fn left(headers: &mut HeaderMap, left: Nanos, binding: &str) {
    set(headers, HEADROOM, &left.at_least_zero().to_string());
    set(headers, BINDING, binding);
}

/// How often it was tried, where that is more than once.
pub(crate) fn attempts(headers: &mut HeaderMap, attempts: usize) {
    if attempts > 1 {
        set(headers, ATTEMPTS, &attempts.to_string());
    }
}

/// What the call is charged, and what is left after it.
pub(crate) fn settled(headers: &mut HeaderMap, cost: &Cost) {
    set(headers, COST, &cost.charged.to_string());
    if let Some(left) = &cost.headroom {
        headroom(headers, left);
    }
}

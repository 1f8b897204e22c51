//! `GET /v1/models`: what is sold here. Costs nothing and stands in no ledger, but can be made to fail like any other.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;

use crate::auth;
use crate::body::{Cut, SimBody};
use crate::call::{pause, unauthorized};
use crate::fault::{Fault, LONGEST};
use crate::json::Json;
use crate::knobs::Knobs;
use crate::provider::Provider;
use crate::refusal::Facts;
use crate::rejection::Rejection;
use crate::reply::{self, Content, Stamp};

/// The path of the list, and the beginning of the path of each model.
pub(crate) const PATH: &str = "/v1/models";

/// Serves the list, or one model of it.
pub(crate) async fn serve(
    provider: &Arc<Provider>,
    request: Request<Incoming>,
) -> Result<Response<SimBody>, Cut> {
    let (_, id) = provider.ledger.next_id();
    let key = match auth::bearer(request.headers()) {
        Ok(key) => key,
        Err(given) => return Ok(unauthorized(provider, &id, given)),
    };
    let mut stamp = Stamp {
        id: &id,
        took: provider.latency,
    };
    let knobs = match Knobs::read(request.headers(), &provider.refusals) {
        Ok(knobs) => knobs,
        Err(sentence) => return Ok(reply::rejected(stamp, &Rejection::sentence(sentence))),
    };
    let path = request.uri().path();
    let fault = knobs
        .fault
        .or_else(|| provider.faults.take("", path, false));
    stamp.took = knobs.latency.unwrap_or(provider.latency);
    stamp.took += fault
        .as_ref()
        .map_or(std::time::Duration::ZERO, Fault::wait);
    pause(stamp.took).await;
    let name = path
        .strip_prefix(PATH)
        .and_then(|rest| rest.strip_prefix('/'))
        .map(decoded);
    let text = match &name {
        None => list(provider),
        Some(name) if sold(provider, name) => {
            let mut json = Json::with_room(128);
            write(&mut json, name);
            json.into_string()
        }
        Some(name) => return Ok(reply::rejected(stamp, &Rejection::model(name))),
    };
    let body = match fault {
        Some(Fault::Hang) => {
            pause(LONGEST).await;
            return Err(Cut);
        }
        Some(Fault::DropBefore) => return Err(Cut),
        Some(Fault::Refuse(refusal)) => {
            let masked_key = &auth::masked(key);
            let facts = Facts {
                model: name.as_deref().unwrap_or_default(),
                masked_key,
                request_id: &id,
            };
            return Ok(reply::refused(stamp, &refusal, facts));
        }
        Some(Fault::DropHeaders) => SimBody::part(Bytes::from(text), 0),
        Some(Fault::DropMid) => {
            let half = text.len() / 2;
            SimBody::part(Bytes::from(text), half)
        }
        Some(Fault::Garbage) => SimBody::whole("not json".to_owned()),
        _ => SimBody::whole(text),
    };
    Ok(reply::served(stamp, Content::Json, body))
}

fn sold(provider: &Provider, name: &str) -> bool {
    provider.prices.text(name).is_some() || provider.prices.image(name).is_some()
}

fn list(provider: &Provider) -> String {
    let mut json = Json::with_room(8_192);
    json.raw("{\"object\":\"list\",\"data\":[");
    for (at, name) in provider.prices.names().into_iter().enumerate() {
        json.raw(if at > 0 { "," } else { "" });
        write(&mut json, name);
    }
    json.raw("]}");
    json.into_string()
}

/// One model. They are all of one age, so that two runs give the same list.
fn write(json: &mut Json, name: &str) {
    json.raw("{\"id\":").string(name);
    json.raw(",\"object\":\"model\",\"created\":1686935002,\"owned_by\":\"openai\"}");
}

/// A path segment without its percent signs; what is no escape stays as it is.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_name_is_read_and_a_broken_escape_is_left() {
        assert_eq!(decoded("sim%2Fdrop%3Amid"), "sim/drop:mid");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz"), "%zz");
    }
}

//! `/sim/…`: the bill, the ledger and the faults, for the test that asks. No key is needed, and no fault applies.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde::Deserialize;

use crate::body::SimBody;
use crate::fault::queue::Waiting;
use crate::fault::{self, Fault};
use crate::json::Json;
use crate::ledger::line::{Delivery, Line};
use crate::provider::Provider;
use crate::rejection::Rejection;
use crate::reply;

/// The largest body that is read here, in bytes.
const LARGEST_BODY: usize = 64 * 1024;

/// What `POST /sim/faults` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    fault: String,
    model: Option<String>,
    path: Option<String>,
    times: Option<u64>,
}

/// Answers a request to a path under `/sim/`.
pub(crate) async fn serve(
    provider: &Arc<Provider>,
    request: Request<Incoming>,
) -> Response<SimBody> {
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    match (&method, path.as_str()) {
        (&Method::GET, "/sim/billed") => reply::json(StatusCode::OK, provider.bill.to_json()),
        (&Method::GET, "/sim/ledger") => reply::json(StatusCode::OK, ledger(provider).await),
        (&Method::POST, "/sim/reset") => {
            provider.bill.reset();
            provider.ledger.reset();
            provider.faults.clear();
            provider.account.reset();
            reply::json(StatusCode::OK, "{}".to_owned())
        }
        (&Method::POST, "/sim/account") => say_account(provider, request).await,
        (&Method::GET, "/sim/faults") => reply::json(StatusCode::OK, faults(provider)),
        (&Method::POST, "/sim/faults") => add_fault(provider, request).await,
        (&Method::DELETE, "/sim/faults") => {
            provider.faults.clear();
            reply::json(StatusCode::OK, faults(provider))
        }
        (&Method::GET, "/sim/faults/names") => {
            let names = serde_json::json!({"data": fault::names(&provider.refusals)});
            reply::json(StatusCode::OK, names.to_string())
        }
        (
            _,
            "/sim/account" | "/sim/billed" | "/sim/ledger" | "/sim/reset" | "/sim/faults"
            | "/sim/faults/names",
        ) => wrong(&Rejection::method(&method, &path)),
        _ => wrong(&Rejection::path(&method, &path)),
    }
}

fn wrong(rejection: &Rejection) -> Response<SimBody> {
    reply::json(rejection.status, rejection.body())
}

/// The lines of the ledger. A line whose answer is just being written is waited for.
async fn ledger(provider: &Provider) -> String {
    let lines = provider.ledger.lines();
    let mut json = Json::with_room(64 + lines.len() * 320);
    json.raw("{\"data\":[");
    for (at, line) in lines.iter().enumerate() {
        written(line).await;
        json.raw(if at > 0 { "," } else { "" });
        line.write(&mut json);
    }
    json.raw("]}");
    json.into_string()
}

/// Waits for the end of the one write that is under way; such a write never blocks.
async fn written(line: &Line) {
    while line.delivery() == Delivery::Writing {
        tokio::task::yield_now().await;
    }
}

fn faults(provider: &Provider) -> String {
    let waiting: Vec<_> = provider
        .faults
        .list()
        .iter()
        .map(|one| {
            serde_json::json!({
                "fault": one.fault.name(), "model": one.model, "path": one.path, "times": one.times,
            })
        })
        .collect();
    serde_json::json!({"data": waiting}).to_string()
}

async fn say_account(provider: &Provider, request: Request<Incoming>) -> Response<SimBody> {
    let collected = Limited::new(request.into_body(), LARGEST_BODY)
        .collect()
        .await;
    let read = match collected {
        Ok(body) => {
            serde_json::from_slice(&body.to_bytes()).map_err(|error| Rejection::json(&error))
        }
        Err(_too_large_or_broken) => Err(Rejection::too_large()),
    };
    match read {
        Ok(said) => {
            provider.account.say(said);
            reply::json(StatusCode::OK, "{}".to_owned())
        }
        Err(rejection) => wrong(&rejection),
    }
}

async fn add_fault(provider: &Provider, request: Request<Incoming>) -> Response<SimBody> {
    let collected = Limited::new(request.into_body(), LARGEST_BODY)
        .collect()
        .await;
    let read = match collected {
        Ok(body) => read_fault(provider, &body.to_bytes()),
        Err(_too_large_or_broken) => Err(Rejection::too_large()),
    };
    match read.map(|waiting| provider.faults.add(waiting)) {
        Ok(true) => reply::json(StatusCode::OK, faults(provider)),
        Ok(false) => wrong(&Rejection::sentence(
            "Too many faults are waiting.".to_owned(),
        )),
        Err(rejection) => wrong(&rejection),
    }
}

fn read_fault(provider: &Provider, body: &Bytes) -> Result<Waiting, Rejection> {
    let wanted: Wanted = serde_json::from_slice(body).map_err(|error| Rejection::json(&error))?;
    let Some(fault) = Fault::named(&wanted.fault, &provider.refusals) else {
        return Err(Rejection::value(
            "fault",
            &wanted.fault,
            "those of GET /sim/faults/names",
        ));
    };
    let times = wanted.times.unwrap_or(1);
    if times == 0 {
        return Err(Rejection::below_one("times"));
    }
    Ok(Waiting {
        fault,
        model: wanted.model,
        path: wanted.path,
        times,
    })
}

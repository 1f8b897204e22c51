//! From method and path to the endpoint. Nothing is decided here but that.

use std::sync::Arc;

use http::{Method, Request, Response};
use hyper::body::Incoming;

use crate::admin;
use crate::azure;
use crate::body::{Cut, SimBody};
use crate::call::{self, Endpoint};
use crate::control;
use crate::delivery::Slot;
use crate::models;
use crate::order;
use crate::provider::Provider;
use crate::rejection::Rejection;
use crate::reply::{self, Stamp};

/// Answers one request. The error closes the connection without an answer.
pub(crate) async fn serve(
    provider: Arc<Provider>,
    slot: Arc<Slot>,
    request: Request<Incoming>,
) -> Result<Response<SimBody>, Cut> {
    let is_azure = azure::is_here(request.uri().path());
    let request = if is_azure {
        azure::translated(&provider, request)
    } else {
        Ok(request)
    };
    let mut answer = match request {
        Ok(request) => answer(&provider, &slot, request).await?,
        Err(refused) => *refused,
    };
    provider.account.name(answer.headers_mut());
    if is_azure {
        azure::name(answer.headers_mut());
    }
    Ok(answer)
}

async fn answer(
    provider: &Arc<Provider>,
    slot: &Arc<Slot>,
    request: Request<Incoming>,
) -> Result<Response<SimBody>, Cut> {
    let path = request.uri().path();
    let others = order::Route::ALL.map(Endpoint::Other);
    let endpoint = [Endpoint::Chat, Endpoint::Images]
        .into_iter()
        .chain(others)
        .find(|endpoint| endpoint.path() == path);
    match (endpoint, request.method()) {
        (Some(endpoint), &Method::POST) => call::serve(provider, slot, endpoint, request).await,
        (Some(_), method) => Ok(rejected(provider, &Rejection::method(method, path))),
        (None, _) if path.starts_with("/sim/") => Ok(control::serve(provider, request).await),
        (None, _) if admin::is_here(path) => admin::serve(provider, request).await,
        (None, method) => match path.strip_prefix(models::PATH) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') && rest.len() > 1 => {
                if method == Method::GET {
                    models::serve(provider, request).await
                } else {
                    Ok(rejected(provider, &Rejection::method(method, path)))
                }
            }
            _ => Ok(rejected(provider, &Rejection::path(method, path))),
        },
    }
}

fn rejected(provider: &Provider, rejection: &Rejection) -> Response<SimBody> {
    let (_, id) = provider.ledger.next_id();
    reply::rejected(
        Stamp {
            id: &id,
            took: std::time::Duration::ZERO,
        },
        rejection,
    )
}

//! The same provider in the shape of Azure: the key in a header of its own, a deployment in the path of the older API, and
//! what is wrong with either told in Azure's words. What is asked is then answered as ever.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use hyper::body::Incoming;
use serde_json::json;

use crate::body::SimBody;
use crate::provider::Provider;
use crate::reply::{self, Content, Stamp};

/// Where it begins.
const ROOT: &str = "/openai/";
const NO_KEY: &str = "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid \
                      key for an active subscription and use a correct regional API endpoint for your resource.";
const NO_DEPLOYMENT: &str = "The API deployment for this resource does not exist. If you created the deployment within the \
                             last 5 minutes, please wait a moment and try again.";

/// Whether a path is one of Azure's.
pub(crate) fn is_here(path: &str) -> bool {
    path.starts_with(ROOT)
}

/// The request as it would have come in `OpenAI`'s shape, or the refusal of one that Azure does not take.
pub(crate) fn translated(
    provider: &Provider,
    mut request: Request<Incoming>,
) -> Result<Request<Incoming>, Box<Response<SimBody>>> {
    let (path, query) = (
        request.uri().path(),
        request.uri().query().unwrap_or_default(),
    );
    let path = usual_path(provider, path.strip_prefix(ROOT).unwrap_or_default(), query);
    let credential = credential(request.headers());
    let (path, credential) = match (path, credential) {
        (Ok(path), Some(credential)) => (path, credential),
        (_, None) => return Err(refused(provider, StatusCode::UNAUTHORIZED, ("401", NO_KEY))),
        (Err(what), Some(_)) => return Err(refused(provider, StatusCode::NOT_FOUND, what)),
    };
    let Ok(uri) = path.parse::<Uri>() else {
        return Err(refused(
            provider,
            StatusCode::NOT_FOUND,
            ("404", "Resource not found"),
        ));
    };
    *request.uri_mut() = uri;
    request.headers_mut().remove("api-key");
    request.headers_mut().insert(AUTHORIZATION, credential);
    Ok(request)
}

/// Azure answers to these headers of its own.
pub(crate) fn name(headers: &mut HeaderMap) {
    headers.insert(
        HeaderName::from_static("x-ms-region"),
        HeaderValue::from_static("East US"),
    );
    for theirs in ["openai-organization", "openai-project"] {
        headers.remove(theirs);
    }
}

/// `v1/…` is `OpenAI`'s own; before it, a version has to be named, and a deployment that is there.
fn usual_path(
    provider: &Provider,
    rest: &str,
    query: &str,
) -> Result<String, (&'static str, &'static str)> {
    const NOWHERE: (&str, &str) = ("404", "Resource not found");
    if rest.starts_with("v1/") {
        return Ok(format!("/{rest}"));
    }
    let version = query
        .split('&')
        .find_map(|one| one.strip_prefix("api-version="));
    if version.is_none_or(str::is_empty) {
        return Err(NOWHERE);
    }
    let Some((deployment, route)) = rest
        .strip_prefix("deployments/")
        .and_then(|rest| rest.split_once('/'))
    else {
        return Ok(format!("/v1/{rest}"));
    };
    let there =
        provider.prices.text(deployment).is_some() || provider.prices.image(deployment).is_some();
    if there {
        Ok(format!("/v1/{route}"))
    } else {
        Err(("DeploymentNotFound", NO_DEPLOYMENT))
    }
}

/// The key as `OpenAI` would be shown it. A token of the directory comes as a bearer, as there.
fn credential(headers: &HeaderMap) -> Option<HeaderValue> {
    let key = headers.get("api-key").and_then(|key| key.to_str().ok());
    let key = key.map(str::trim).filter(|key| !key.is_empty());
    match key {
        Some(key) => HeaderValue::from_str(&format!("Bearer {key}")).ok(),
        None => headers.get(AUTHORIZATION).cloned(),
    }
}

fn refused(
    provider: &Provider,
    status: StatusCode,
    (code, message): (&str, &str),
) -> Box<Response<SimBody>> {
    let (_, id) = provider.ledger.next_id();
    let stamp = Stamp {
        id: &id,
        took: std::time::Duration::ZERO,
    };
    let body = json!({"error": {"code": code, "message": message}}).to_string();
    let mut answer = reply::served(stamp, Content::Json, SimBody::whole(body));
    *answer.status_mut() = status;
    Box::new(answer)
}

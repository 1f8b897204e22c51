//! `/v1/organization/…`: the administration API of the provider, as far as its limits, projects and costs go; and what some
//! providers tell a key of its own credit. It reads and changes the account, and costs nothing.
//!
//! An admin key begins with `sk-admin-`; any other is told which scope it lacks, as the real one does.

mod costs;
mod days;
mod own;
mod pages;
mod report;
mod used;

use std::sync::Arc;

use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::{Key, Limit, Said};
use crate::auth;
use crate::body::{Cut, SimBody};
use crate::call::unauthorized;
use crate::fault::Fault;
use crate::provider::Provider;
use crate::refusal::Facts;
use crate::rejection::Rejection;
use crate::reply::{self, Content, Stamp};
use days::Query;

/// Where it begins.
const ORGANIZATION: &str = "/v1/organization/";
/// The largest body, in bytes.
const LARGEST_BODY: usize = 64 * 1024;

/// Whether a path is served here.
pub(crate) fn is_here(path: &str) -> bool {
    path.starts_with(ORGANIZATION) || path == report::PATH || own::PATHS.contains(&path)
}

/// What `POST …/spend_limit` takes.
#[derive(Deserialize)]
struct Wanted {
    threshold_amount: u64,
}

/// Serves a request to such a path. The error closes the connection without an answer.
pub(crate) async fn serve(
    provider: &Arc<Provider>,
    request: Request<Incoming>,
) -> Result<Response<SimBody>, Cut> {
    let (_, id) = provider.ledger.next_id();
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let shown = if path == report::PATH {
        auth::x_api_key(&parts.headers)
    } else {
        auth::bearer(&parts.headers)
    };
    let key = match shown {
        Ok(key) => key,
        Err(given) => return Ok(unauthorized(provider, &id, given)),
    };
    let stamp = Stamp {
        id: &id,
        took: std::time::Duration::ZERO,
    };
    let refused = |name: &str| {
        let masked_key = &auth::masked(key);
        let facts = Facts {
            model: "",
            masked_key,
            request_id: &id,
        };
        let refusal = provider.refusals.get(name)?;
        Some(reply::refused(stamp, refusal, facts))
    };
    match provider.faults.take("", path, false) {
        Some(Fault::Refuse(refusal)) => {
            if let Some(answer) = refused(&refusal.name) {
                return Ok(answer);
            }
        }
        Some(Fault::DropBefore) => return Err(Cut),
        Some(Fault::Garbage) => {
            let body = SimBody::whole("not json".to_owned());
            return Ok(reply::served(stamp, Content::Json, body));
        }
        _ => {}
    }
    let needed = match path {
        report::PATH => "sk-ant-admin",
        path if path.starts_with(ORGANIZATION) => "sk-admin-",
        _ => "",
    };
    if !key.starts_with(needed) {
        let rejection = Rejection::sentence("Missing scopes: api.management.read".to_owned());
        return Ok(refused("missing_scope").unwrap_or_else(|| reply::rejected(stamp, &rejection)));
    }
    let body = Limited::new(body, LARGEST_BODY).collect().await;
    let body = body.map(|body| body.to_bytes()).unwrap_or_default();
    let query = Query(parts.uri.query().unwrap_or_default());
    Ok(
        match answer(provider, (&parts.method, path, query), &body) {
            Ok(text) => {
                let page = pages::cut(text, parts.uri.query());
                reply::served(stamp, Content::Json, SimBody::whole(page))
            }
            Err(rejection) => reply::rejected(stamp, &rejection),
        },
    )
}

fn answer(
    provider: &Provider,
    (method, path, query): (&Method, &str, Query<'_>),
    body: &[u8],
) -> Result<String, Rejection> {
    let nowhere = || Rejection::path(method, path);
    if own::PATHS.contains(&path) {
        return own::answer(provider, path, query).ok_or_else(nowhere);
    }
    if path == report::PATH {
        days::only_get(method, path)?;
        return report::answer(provider, query);
    }
    let rest: Vec<&str> = path
        .strip_prefix(ORGANIZATION)
        .unwrap_or_default()
        .split('/')
        .collect();
    match (method, rest.as_slice()) {
        (&Method::GET, ["costs"]) => costs::answer(provider, query),
        (&Method::GET, ["usage", "completions"]) => used::answer(provider, query),
        (&Method::GET, ["projects"]) => Ok(provider.account.with(projects)),
        (_, ["spend_limit"]) => provider
            .account
            .change(|said| limit(("organization", method, path), &mut said.spend_limit, body)),
        (&Method::GET, ["spend_alerts"]) => Ok(provider
            .account
            .with(|said| alerts("organization", &said.alerts))),
        (method, ["projects", id, what]) => provider.account.change(|said| {
            let project = said.projects.iter_mut().find(|project| project.id == *id);
            let project = project.ok_or_else(nowhere)?;
            match (method, *what) {
                (&Method::GET, "api_keys") => Ok(list(project.keys.iter().map(api_key))),
                (_, "spend_limit") => {
                    limit(("project", method, path), &mut project.spend_limit, body)
                }
                (&Method::GET, "spend_alerts") => Ok(alerts("project", &project.alerts)),
                (&Method::GET, "model_permissions") => {
                    let permissions = project.model_permissions.as_ref().ok_or_else(nowhere)?;
                    Ok(
                        json!({"object": "project.model_permissions", "mode": permissions.mode,
                        "model_ids": permissions.model_ids})
                        .to_string(),
                    )
                }
                _ => Err(nowhere()),
            }
        }),
        _ => Err(nowhere()),
    }
}

fn list(items: impl Iterator<Item = Value>) -> String {
    let data: Vec<Value> = items.collect();
    let id = |item: Option<&Value>| item.and_then(|item| item.get("id")).cloned();
    json!({"object": "list", "first_id": id(data.first()), "last_id": id(data.last()),
        "data": data, "has_more": false})
    .to_string()
}

fn projects(said: &Said) -> String {
    list(said.projects.iter().map(|project| {
        let status = if project.archived {
            "archived"
        } else {
            "active"
        };
        json!({"object": "organization.project", "id": project.id, "name": project.name,
            "created_at": 1_700_000_000, "status": status})
    }))
}

fn api_key(key: &Key) -> Value {
    let access = if key.owner_active {
        "active"
    } else {
        "inactive"
    };
    json!({"object": "organization.project.api_key", "id": format!("key_{}", key.tail), "name": key.name,
        "redacted_value": format!("sk-proj-********{}", key.tail), "created_at": 1_700_000_000,
        "last_used_at": null, "owner_project_access": access, "expires_at": key.expires_at,
        "owner": {"type": "service_account", "service_account": {"id": "svc_1", "name": key.name}}})
}

fn alerts(whose: &str, cents: &[u64]) -> String {
    list(cents.iter().enumerate().map(|(at, cents)| {
        json!({"object": format!("{whose}.spend_alert"), "id": format!("alert_{at}"),
            "threshold_amount": cents, "currency": "USD", "interval": "month",
            "notification_channel": {"type": "email", "recipients": ["owner@example.com"]}})
    }))
}

/// Reads, sets or removes a limit. One that is set is enforced from then on.
fn limit(
    (whose, method, path): (&str, &Method, &str),
    limit: &mut Option<Limit>,
    body: &[u8],
) -> Result<String, Rejection> {
    match *method {
        Method::POST => {
            let wanted: Wanted =
                serde_json::from_slice(body).map_err(|error| Rejection::json(&error))?;
            if wanted.threshold_amount == 0 {
                return Err(Rejection::below_one("threshold_amount"));
            }
            *limit = Some(Limit {
                threshold_amount: wanted.threshold_amount,
                enforcing: true,
            });
        }
        Method::DELETE => {
            *limit = None;
            return Ok(
                json!({"object": format!("{whose}.spend_limit.deleted"), "deleted": true})
                    .to_string(),
            );
        }
        Method::GET => {}
        _ => return Err(Rejection::method(method, path)),
    }
    let limit = limit.ok_or_else(|| Rejection::path(method, path))?;
    let status = if limit.enforcing {
        "enforcing"
    } else {
        "inactive"
    };
    Ok(json!({"object": format!("{whose}.spend_limit"), "threshold_amount": limit.threshold_amount,
        "currency": "USD", "interval": "month", "enforcement": {"status": status}})
    .to_string())
}

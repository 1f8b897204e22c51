//! `GET /v1/me/headroom`: what a key can still spend, asked with the key itself.

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, header};
use ids::OrganizationId;
use ledger::{Check, Scope};
use serde_json::{Value, json};
use teller::Names;

use super::{headers, shortfall, stopped};
use crate::Gateway;
use crate::call::Known;
use crate::step::authenticate::authenticate;
use crate::step::read::Route;

pub(crate) async fn own(State(gateway): State<Gateway>, request: Request) -> Response {
    let id = gateway.new_request_id();
    let (head, _body) = request.into_parts();
    let mut known = Known::default();
    let caller = match authenticate(&gateway, &head).await {
        Ok(caller) => caller,
        Err(stop) => return stopped(&gateway, (id, Route::Chat), &known, stop),
    };
    known.caller = Some(caller.clone());
    let (project, key) = (caller.key.project, caller.key.key);
    let asked = caller.teller.ask(move |book, _now| {
        (
            book.headroom(Some(project), Some(key)),
            book.checks(Some(project), Some(key)),
        )
    });
    match asked.await {
        Ok((headroom, checks)) => {
            let organization = caller.teller.organization();
            let constraints: Vec<Value> = checks
                .iter()
                .map(|check| constraint(check, organization, &caller.key.names))
                .collect();
            let body = json!({
                "headroom_usd": headroom.amount.to_string(),
                "binding": headroom.name(),
                "binding_limit_id": headroom.binding.limit().map(|id| id.to_string()),
                "constraints": constraints,
            });
            let mut response = Response::new(axum::body::Body::from(body.to_string()));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            headers::identify(response.headers_mut(), id);
            response
        }
        Err(unavailable) => stopped(&gateway, (id, Route::Chat), &known, unavailable.into()),
    }
}

/// The same shape as administration's `/api/v1/headroom`.
fn constraint(check: &Check, organization: OrganizationId, names: &Names) -> Value {
    let (kind, id, name) = match check.scope {
        Scope::Organization => (
            "organization",
            organization.to_string(),
            &names.organization,
        ),
        Scope::Project(id) => ("project", id.to_string(), &names.project),
        Scope::Key(id) => ("key", id.to_string(), &names.key),
    };
    let mut constraint = json!({
        "kind": check.name(),
        "limit_id": check.kind.limit().map(|id| id.to_string()),
        "scope": { "kind": kind, "id": id, "name": name },
    });
    if let (Value::Object(constraint), Value::Object(figures)) =
        (&mut constraint, shortfall::figures(check))
    {
        constraint.extend(figures);
    }
    constraint
}

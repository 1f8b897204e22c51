//! `/openapi.json`: the API described, so that clients can be generated.
//!
//! Schemas come from the types that are answered; what is read field by field, or answered as a value, has a type in the
//! `contract` beside its handler that exists for this description alone. Tests hold it against the router and against
//! real answers, so that it cannot say what is not so.

mod errors;
pub(crate) mod operation;
pub(crate) mod schema;
mod tidy;
mod unversioned;
pub(crate) mod words;

pub(crate) use self::errors::is_known;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use self::operation::Operation;
use crate::app::App;
use crate::{
    alerts, audit, budgets, check, credits, entries, explanation, forecast, headroom, keys, limits,
    organizations, prices, projects, reconciliations, requests, rollback, upstreams, usage,
    verifications,
};

/// Every operation. A new resource adds its line here.
fn operations() -> Vec<Operation> {
    let all = [
        organizations::contract::operations(),
        projects::contract::operations(),
        keys::contract::operations(),
        credits::contract::operations(),
        entries::contract::operations(),
        limits::contract::operations(),
        headroom::operations(),
        check::contract::operations(),
        requests::contract::operations(),
        explanation::contract::operations(),
        usage::contract::operations(),
        audit::operations(),
        prices::operations(),
        budgets::contract::operations(),
        alerts::contract::operations(),
        forecast::operations(),
        rollback::contract::operations(),
        verifications::contract::operations(),
        upstreams::contract::operations(),
        reconciliations::contract::operations(),
        unversioned::operations(),
    ];
    all.into_iter().flatten().collect()
}

/// The description of a program of this version.
pub fn document(version: &str) -> Value {
    let mut schemas = Schemas::default();
    for (_, id, schema) in schema::ids() {
        schemas.asked.insert(id.to_owned(), json!(schema));
    }
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let Operation {
            method,
            path,
            object,
            answered,
            asked,
        } = operation;
        for (name, schema) in answered {
            schemas.answered.insert(name, json!(schema));
        }
        for (name, schema) in asked {
            schemas.asked.insert(name, json!(schema));
        }
        let path = paths.entry(path).or_insert_with(|| json!({}));
        if let Value::Object(path) = path {
            path.insert(method.to_owned(), Value::Object(object));
        }
    }
    let mut schemas = schemas.tidy();
    tidy::prune(&mut schemas, &json!(paths));
    let mut components = components();
    components.insert("schemas".to_owned(), Value::Object(schemas));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Seawall", "version": version, "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The server that this description is from."}],
        "security": [{"adminKey": []}, {"adminKeyHeader": []}],
        "paths": paths,
        "components": components,
    })
}

const ABOUT: &str = "The administration of Seawall, and what a key can ask of itself. Amounts are decimal strings of US \
    dollars in fields that end in `_usd`, times are RFC 3339 in UTC, lists come in pages. Calls to models under `/v1` are \
    OpenAI's own API and are described there.";

#[derive(Default)]
struct Schemas {
    answered: Map<String, Value>,
    asked: Map<String, Value>,
}

impl Schemas {
    fn tidy(self) -> Map<String, Value> {
        let Self { answered, asked } = self;
        let mut all = asked;
        all.extend(answered.clone());
        all.extend(errors::schemas());
        let before = all.clone();
        for (name, schema) in &mut all {
            tidy::join(schema, &before);
            if answered.contains_key(name) {
                tidy::require_all(name, schema);
            }
        }
        all
    }
}

fn components() -> Map<String, Value> {
    let parts = json!({
        "securitySchemes": {
            "adminKey": {"type": "http", "scheme": "bearer", "description": "An admin key, `sk-sw-admin-…`."},
            "adminKeyHeader": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "The same in a header of its own."},
            "projectKey": {"type": "http", "scheme": "bearer", "description": "A key of a project, `sk-sw-…`."},
        },
        "parameters": {
            "IdempotencyKey": {
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "With the same key, a repeated request is answered like the first and done once.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            },
        },
        "responses": {"Error": errors::response()},
    });
    match parts {
        Value::Object(parts) => parts,
        _ => Map::new(),
    }
}

pub(crate) async fn get(State(app): State<App>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, document(app.version).to_string()).into_response()
}

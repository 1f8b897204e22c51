//! `/livez`, `/readyz` and `/version`: for machines that watch. Without a key, and never calling a provider.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::app::App;
use crate::error::ApiError;
use crate::openapi;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/version", get(version))
        .route("/openapi.json", get(openapi::get))
}

/// The process answers. Says nothing of the store: restarting us would not mend it.
async fn livez() -> Response {
    Json(json!({"status": "ok"})).into_response()
}

async fn readyz(State(app): State<App>) -> Response {
    match app.ready.ready().await {
        Ok(()) => {
            // They are stopped by themselves; the server is ready for all others.
            let stopped = app.tellers.rolled_back().len();
            Json(json!({"status": "ready", "stopped_organizations": stopped})).into_response()
        }
        Err(why) => {
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", why).into_response()
        }
    }
}

async fn version(State(app): State<App>) -> Response {
    Json(json!({"name": "seawall", "version": app.version})).into_response()
}

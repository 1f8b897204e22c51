//! What has no endpoint: paths the contract names and this version does not have yet, paths nobody knows, and methods
//! that a path does not take. Each gets a sentence.

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::routing::any;

use crate::app::App;
use crate::error::ApiError;

/// Where the administration API lives.
pub(crate) const PREFIX: &str = "/api/v1";

/// Paths of the contract that are still to come.
const TO_COME: [&str; 1] = ["/prices/{model}"];

pub(crate) fn routes() -> Router<App> {
    TO_COME.iter().fold(Router::new(), |router, path| {
        router.route(path, any(to_come))
    })
}

async fn to_come(uri: Uri) -> ApiError {
    let message = format!(
        "{PREFIX}{} is not available in this version yet. A later version brings it.",
        uri.path()
    );
    ApiError::new(StatusCode::NOT_FOUND, "not_available_yet", message)
}

pub(crate) async fn unknown_path(uri: Uri) -> ApiError {
    nothing_at(uri.path())
}

/// The prefix with nothing but a slash behind it, which a nested router does not see.
pub(crate) async fn bare_prefix() -> ApiError {
    nothing_at("/")
}

fn nothing_at(path: &str) -> ApiError {
    let message = format!(
        "There is nothing at {PREFIX}{path}. Check the path; the administration API is described at /openapi.json."
    );
    ApiError::new(StatusCode::NOT_FOUND, "unknown_path", message)
}

pub(crate) async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    let message = format!(
        "{PREFIX}{} does not take {method}. The header `Allow` lists what it takes.",
        uri.path()
    );
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    )
}

//! What a browser sees, and every path that is nobody's.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

/// The page at `/`.
const PAGE: &str = concat!(
    "Seawall ",
    env!("CARGO_PKG_VERSION"),
    " is running.\n\n",
    "/v1           where applications call, as they would call OpenAI\n",
    "/api/v1       administration, with an admin key; `seawall status` asks it\n",
    "/readyz       whether it can do its work\n\n",
    "The console is not part of this build.\n",
);

/// The last router to be merged: it answers whatever no other does.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(page))
        .route("/requests/{request}", get(request))
        .fallback(nowhere)
}

/// Where a refusal's `explain_url` leads. It shows nothing of the request: who may see that is the API's to say.
async fn request(Path(request): Path<String>, uri: Uri) -> Response {
    if request.parse::<ids::RequestId>().is_err() {
        return nowhere(uri).await;
    }
    format!(
        "Request {request}\n\nThe console is not part of this build. With an admin key, ask for it by\n\n    \
         seawall explain {request}\n\nor GET /api/v1/requests/{request}/explanation\n"
    )
    .into_response()
}

async fn page() -> &'static str {
    PAGE
}

async fn nowhere(uri: Uri) -> Response {
    let message = format!(
        "There is nothing at {}. Calls go to /v1, administration to /api/v1.",
        uri.path()
    );
    let body =
        serde_json::json!({"error": {"code": "not_found", "message": message, "details": {}}});
    (
        StatusCode::NOT_FOUND,
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

//! `/requests/rebuild`: the request log, its sums and the audit log, made anew from the journals while calls go on.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Actor;
use crate::error::ApiError;

/// How far the request log is made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogProgress)]
pub(crate) struct View {
    /// Entries of the journals that are not in the log yet. 0: it is complete.
    entries_behind: u64,
}

/// Drops what follows from the journals; the server reads it again beside its calls.
pub(crate) async fn post(
    State(app): State<App>,
    actor: Actor,
) -> Result<(StatusCode, Json<View>), ApiError> {
    tracing::info!(actor = %actor.name(), "the request log is being made anew from the journals");
    // As of when they were dropped: a quick server may have read them again by now.
    let entries_behind = app.log.forget_all(&**app.tellers.store()).await?;
    Ok((StatusCode::ACCEPTED, Json(View { entries_behind })))
}

/// How far it has come.
pub(crate) async fn get(State(app): State<App>) -> Result<Json<View>, ApiError> {
    let entries_behind = app.log.entries_behind(&**app.tellers.store()).await?;
    Ok(Json(View { entries_behind }))
}

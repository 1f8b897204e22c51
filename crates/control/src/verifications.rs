//! `/verifications`: looking whether the store says the truth while the server runs. One at a time; the program carries it
//! out, which alone may use what looks.

pub(crate) mod contract;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use crate::app::App;
use crate::body::Ask;
use crate::error::ApiError;
use crate::show::List;

/// Begins one, or answers the one that is under way.
pub(crate) async fn begin(
    State(app): State<App>,
    ask: Ask,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    ask.fields.finish()?;
    Ok((StatusCode::ACCEPTED, Json(app.verify.begin())))
}

/// The last one, under way or ended, if there was one since the server began.
pub(crate) async fn list(State(app): State<App>) -> Json<List<Value>> {
    Json(List::new(
        app.verify.last().into_iter().collect(),
        None::<u64>,
    ))
}

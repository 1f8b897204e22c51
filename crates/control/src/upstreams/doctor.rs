//! `/upstreams/{name}/doctor`: why its provider refuses. The same engine as `seawall doctor`, with what the server knows.

use accounts::UpstreamName;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;
use utoipa::ToSchema;

use super::say;
use crate::app::App;
use crate::body::Ask;
use crate::error::ApiError;
use crate::openapi::schema::Anything;
use crate::parts::Examination;
use crate::path::Named;
use crate::show::At;

/// What the doctor may do.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
pub(super) struct Asked {
    /// Ask for a chat of at most 16 tokens, too, by which a billing stop shows. Default: false.
    probe_chat: Option<bool>,
    /// Ask for one small picture, too, and the chat. Default: false.
    probe_images: Option<bool>,
    /// The model that is refused. Default: the one that was refused last, where anything is parked.
    model: Option<String>,
}

/// What was found; the first finding is the verdict.
#[derive(ToSchema)]
#[schema(as = UpstreamReport)]
#[expect(dead_code, reason = "the program makes it")]
pub(super) struct Report {
    account: String,
    /// As much of the key as may be shown.
    key: Option<String>,
    /// The id of the first finding.
    verdict: Option<String>,
    findings: Vec<UpstreamFinding>,
    seen: Vec<UpstreamSeen>,
    at: At,
}

/// A way of being refused that fits what was seen.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the program makes it")]
struct UpstreamFinding {
    id: String,
    verdict: String,
    confidence: String,
    stops_calls: bool,
    r#for: Vec<Anything>,
    against: Vec<Anything>,
    remedies: Vec<UpstreamRemedy>,
}

/// What to do, and where.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the program makes it")]
struct UpstreamRemedy {
    r#do: String,
    page: Option<String>,
}

/// Something that was looked at.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the program makes it")]
struct UpstreamSeen {
    state: String,
    what: String,
    seen: String,
    source: String,
    at: Option<At>,
}

pub(crate) async fn post(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
    mut ask: Ask,
) -> Result<Json<Value>, ApiError> {
    let how = Examination {
        probe_chat: ask.fields.optional("probe_chat")?.unwrap_or(false),
        probe_images: ask.fields.optional("probe_images")?.unwrap_or(false),
        model: ask.fields.optional("model")?,
    };
    ask.fields.finish()?;
    if app.upstreams.entry(name.as_str()).is_none() {
        return Err(ApiError::not_found("upstream"));
    }
    say(&ask.actor, name.as_str(), "examined");
    let report = app.doctor.examine(name.as_str(), how).await;
    report.map(Json).map_err(|why| {
        ApiError::new(
            StatusCode::CONFLICT,
            "upstream_not_called",
            format!("This upstream cannot be examined: {why}."),
        )
    })
}

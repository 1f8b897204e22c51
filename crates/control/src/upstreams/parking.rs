//! `/upstreams/{name}/park`, `/unpark` and `/probe`: taking an account out of use and back, and asking whether it serves
//! again. An account of the configuration can be parked, too: nothing of the configuration is changed by it.

use accounts::{Outcome, UpstreamName};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ledger::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::View;
use super::{contract, say};
use crate::app::App;
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::path::Named;

/// The longest note, in characters.
const LONGEST_NOTE: usize = 200;

/// What a probe brought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpstreamProbes)]
pub(crate) struct Answers {
    /// One for each thing that was parked, or for the key.
    probes: Vec<ProbeView>,
    upstream: View,
}

/// A question to the provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpstreamProbe)]
struct ProbeView {
    #[schema(value_type = contract::ProbeOutcome)]
    outcome: &'static str,
    /// What was asked, and what came.
    said: String,
}

impl ProbeView {
    fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Served { said } => Self {
                outcome: "served",
                said,
            },
            Outcome::Refused { said, .. } => Self {
                outcome: "refused",
                said,
            },
            Outcome::Unknown { said } => Self {
                outcome: "unknown",
                said,
            },
        }
    }
}

pub(crate) async fn park(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
    mut ask: Ask,
) -> Result<Json<View>, ApiError> {
    let until: Option<Time> = ask.fields.optional("until_at")?;
    let note: Option<String> = ask.fields.optional("note")?;
    ask.fields.finish()?;
    let now = app.tellers.settings().clock.now();
    if until.is_some_and(|until| until <= now) {
        return Err(ApiError::invalid("until_at", "must be in the future"));
    }
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > LONGEST_NOTE)
    {
        return Err(ApiError::invalid(
            "note",
            "must be at most 200 characters long",
        ));
    }
    app.upstreams
        .park(name.as_str(), (until, note.as_deref()), now)?;
    say(&ask.actor, name.as_str(), "parked");
    shown(&app, &name)
}

pub(crate) async fn unpark(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
    actor: Actor,
) -> Result<Json<View>, ApiError> {
    let now = app.tellers.settings().clock.now();
    app.upstreams.unpark(name.as_str(), now)?;
    say(&actor, name.as_str(), "unparked");
    shown(&app, &name)
}

pub(crate) async fn probe(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
    actor: Actor,
) -> Result<Json<Answers>, ApiError> {
    let entry = app.upstreams.entry(name.as_str());
    let entry = entry.ok_or_else(|| ApiError::not_found("upstream"))?;
    let outcomes = app.probes.probe(name.as_str()).await.ok_or_else(|| {
        let why = entry
            .problem
            .unwrap_or_else(|| "this version calls none of its kind".to_owned());
        ApiError::new(
            StatusCode::CONFLICT,
            "upstream_not_called",
            format!("No call is sent to this upstream, so it is not asked: {why}."),
        )
    })?;
    say(&actor, name.as_str(), "probed");
    let Json(upstream) = shown(&app, &name)?;
    let probes = outcomes.into_iter().map(ProbeView::of).collect();
    Ok(Json(Answers { probes, upstream }))
}

fn shown(app: &App, name: &UpstreamName) -> Result<Json<View>, ApiError> {
    let entry = app.upstreams.entry(name.as_str());
    let entry = entry.ok_or_else(|| ApiError::not_found("upstream"))?;
    Ok(Json(View::of(app, &entry)))
}

//! `/reconciliations`: what a provider billed, held against what went through its account here; on request the difference is
//! posted as entries of the usual kinds.
//!
//! **Invariant:** nothing is posted but by a request that says so, and one reconciliation runs at a time, so that none posts
//! what another just did.

mod ask;
pub(crate) mod contract;
mod names;
mod ours;
mod post;
mod provider;
mod view;

use ::reconcile::{Terms, compare};
use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::app::App;
use crate::body::Ask;
use crate::error::ApiError;
use ask::Asked;
use names::Names;

/// Compares, and posts where that is asked for.
pub(crate) async fn begin(State(app): State<App>, mut ask: Ask) -> Result<Json<Value>, ApiError> {
    let now = app.tellers.settings().clock.now();
    let asked = Asked::read(&mut ask.fields, now)?;
    ask.fields.finish()?;
    let _alone = app.reconciling().lock().await;
    if app.log.is_behind() {
        return Err(ApiError::conflict(
            "request_log_behind",
            "The request log has not read all of the journals yet, so calls would be missing. Repeat the request in a minute.",
        ));
    }
    let kept_from = app.log.kept_from(now);
    if asked.from < kept_from {
        let problem = format!(
            "must not be before {kept_from}: older calls are not all in the request log any more (`requests.keep_days`)"
        );
        return Err(ApiError::invalid("from", problem));
    }
    let entry = app.upstreams.entry(asked.upstream.as_str());
    let entry = entry.ok_or_else(|| ApiError::not_found("upstream"))?;
    let names = Names::of(&app, &entry);
    let mut ours = ours::gather(&app, &asked, &names).await?;
    let report = provider::ask(&app, (&entry, &asked), (&names, &mut ours)).await?;
    let terms = Terms {
        whose: report.whose.clone(),
        complete_before: asked.complete_before,
    };
    let rows = compare(&ours, &report.theirs, &terms);
    let posted = if asked.post {
        tracing::info!(
            actor = ask.actor.name(),
            upstream = asked.upstream.as_str(),
            "a reconciliation is posted"
        );
        let done = post::post(&app, (&asked, &rows), &ask.actor.cause()).await?;
        post::note_days(&app, &asked, &report).await?;
        Some(done)
    } else {
        None
    };
    Ok(Json(view::of(&asked, &report, (&rows, posted.as_ref()))))
}

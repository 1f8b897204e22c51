//! `/requests/{request}/explanation`: why a call went as it did, with everything that shows it (P6).
//!
//! It puts together what the request log keeps, what the journal says, and the decision made again; it decides nothing.

mod checks;
pub(crate) mod contract;
mod why;

use axum::Json;
use axum::extract::State;
use ids::{HoldId, OrganizationId, RequestId};
use ledger::{Check, CheckKind, Fact, Patience, TakeHold};
use money::Nanos;
use projections::{Attempt, AttemptState, Decided, Decision, Row};
use serde_json::{Value, json};
use teller::{Bar, Barred, Recorded, Replayed, Standing};

use crate::app::App;
use crate::entries::hold_json;
use crate::error::ApiError;
use crate::path::Named;
use crate::requests::Detail;

use checks::Checked;

pub(crate) async fn get(
    State(app): State<App>,
    Named(id): Named<RequestId>,
) -> Result<Json<Value>, ApiError> {
    let row = app.log.get(id).await?;
    let row = row.ok_or_else(|| {
        ApiError::not_found(
            "request in the request log, which keeps calls for so many days (requests.keep_days)",
        )
    })?;
    let replayed = match recorded(&app, &row) {
        Some(recorded) => Some(app.tellers.replay(decided_on(&row), &recorded).await),
        None => None,
    };
    let again = replayed
        .as_ref()
        .and_then(|replayed| replayed.as_ref().ok());
    let checked = checked(&row, again);
    let on = decided_on(&row);
    let (names, checks, now) = checks::named(&app, &row, (checked.as_ref(), on)).await?;
    Ok(Json(json!({
        "id": row.request.to_string(),
        "why": why::sentence(&row, checked.as_ref()),
        "request": Detail::of(&row),
        "names": names,
        "decision_seq": row.decision_seq(),
        "checks": checks,
        "needed": needed(&row),
        "would_have_fitted": remedies(&row),
        "who_can_change": checked.as_ref().map(|checked| who(checked, again)),
        "entries": entries(&app, &row).await?,
        "replay": replay_json(replayed.as_ref()),
        "now": now,
    })))
}

/// Whose Book decided: the organization's, or that of the caps of the upstream account that refused.
fn decided_on(row: &Row) -> OrganizationId {
    let at_cap = decided(row).filter(|decided| {
        let mut kinds = decided.shortfall.checks.iter().map(|check| check.kind);
        kinds.any(|kind| matches!(kind, CheckKind::UpstreamCap(_)))
    });
    at_cap.map_or(row.organization, |decided| {
        OrganizationId::of_upstream(&decided.upstream)
    })
}

/// The decision as far as it can be made again.
fn recorded(app: &App, row: &Row) -> Option<Recorded> {
    if row.refusal.is_none() {
        let seq = row.decision_seq()?.checked_add(1)?;
        return Some(Recorded::Granted { seq });
    }
    let decided = match row.refusal.as_ref()?.decided.as_ref()? {
        Decision::Money(decided) => decided,
        Decision::Key(barred) => {
            return Some(Recorded::Barred(Box::new(Barred {
                key: row.key?,
                model: row.model.clone(),
                why: match &barred.why {
                    projections::Bar::Key(problem) => Bar::Key(problem.clone()),
                    projections::Bar::Address(address) => Bar::Address(*address),
                },
                standing: Standing {
                    seq: barred.seq,
                    at: barred.at,
                },
            })));
        }
    };
    let book = decided_on(row);
    let key = if book.is_of_upstream() {
        book.upstream_key()
    } else {
        row.key?
    };
    let attempt = u8::try_from(row.attempts.len()).ok()?.checked_add(1)?;
    let ask = TakeHold {
        hold: HoldId {
            request: row.request,
            attempt,
        },
        key,
        bound: decided.bound,
        patience: Patience::Last,
        holder: app.tellers.settings().holder.clone(),
        deadline: decided.shortfall.at,
        route: row.route.clone(),
        model: row.model.clone()?,
        upstream: decided.upstream.clone(),
        traits: decided.traits.clone(),
        others_wait: false,
    };
    let shortfall = Box::new(decided.shortfall.clone());
    Some(Recorded::Refused(Box::new(ask), shortfall))
}

fn decided(row: &Row) -> Option<&Decided> {
    match row.refusal.as_ref()?.decided.as_ref()? {
        Decision::Money(decided) => Some(decided),
        Decision::Key(_) => None,
    }
}

/// The checks the decision rests on: as recorded, or, for a grant, as the journal has them.
fn checked(row: &Row, again: Option<&Replayed>) -> Option<Checked> {
    if let Some(decided) = decided(row) {
        let shortfall = &decided.shortfall;
        return Some(Checked {
            checks: shortfall.checks.clone(),
            needed: shortfall.least_needed,
            needed_tokens: shortfall.least_needed_tokens,
            binding: shortfall.binding,
            source: "recorded",
            transient: shortfall.transient,
        });
    }
    let again = again?;
    let checks = again.checks.clone();
    let tightest = checks.iter().enumerate();
    let tightest = tightest.min_by_key(|(place, check)| (check.measure, check.left, *place));
    Some(Checked {
        binding: tightest.map(|(place, _)| place)?,
        needed: row.held()?,
        needed_tokens: again.tokens,
        source: "journal",
        transient: false,
        checks,
    })
}

/// How the most it could cost comes about.
fn needed(row: &Row) -> Value {
    if let Some(decided) = decided(row) {
        let bound = decided.bound;
        // Femto-dollars for a unit are nano-dollars for a million.
        let per_million = i64::try_from(bound.per_unit().get()).ok().map(Nanos::new);
        return json!({
            "needed_usd": decided.shortfall.needed.to_string(),
            "least_needed_usd": decided.shortfall.least_needed.to_string(),
            "base_usd": bound.base().ceil_to_nanos().map(|base| base.to_string()),
            "units": bound.units(), "least_units": bound.floor(),
            "per_million_usd": per_million.map(|price| price.to_string()),
            "pictures": decided.pictures, "catalog": decided.catalog,
        });
    }
    row.attempts.last().map_or(Value::Null, |attempt| {
        json!({
            "needed_usd": attempt.held.to_string(), "units": attempt.granted_units,
            "asked_units": attempt.asked_units, "catalog": row.catalog(),
        })
    })
}

/// What the client was told would help.
fn remedies(row: &Row) -> Value {
    let told = row.refusal.as_ref();
    let told = told.and_then(|refusal| refusal.details_json.as_deref());
    let told: Option<Value> = told.and_then(|told| serde_json::from_str(told).ok());
    let remedies = told.and_then(|told| told.pointer("/error/details/remedies").cloned());
    remedies.unwrap_or_else(|| json!([]))
}

/// Who can move what binds, and who did last, as far as the entries that were read tell.
fn who(checked: &Checked, again: Option<&Replayed>) -> Value {
    let binding = checked.checks.get(checked.binding);
    let limit = binding.and_then(|check| check.kind.limit());
    let change = limit.and_then(|limit| again?.changes.get(&limit));
    let operator = binding.is_some_and(|check| check.name() == "organization_usage_limit");
    json!({
        "who": if operator { "operator" } else { "admin" },
        "limit_id": limit.map(|limit| limit.to_string()),
        "last_change": change.map(|change| json!({
            "seq": change.seq, "at": change.at.to_string(), "actor": change.actor,
        })),
    })
}

/// What the journal says of the call's holds.
async fn entries(app: &App, row: &Row) -> Result<Vec<Value>, ApiError> {
    let Some(first) = row.attempts.first() else {
        return Ok(Vec::new());
    };
    let settled = |attempt: &Attempt| {
        matches!(
            attempt.state,
            AttemptState::Settled | AttemptState::Released(_) | AttemptState::Presumed(_)
        )
    };
    let closed = row.attempts.iter().filter_map(|attempt| attempt.closed_at);
    let until = closed.max().filter(|_| row.attempts.iter().all(settled));
    let of = (row.organization, row.request);
    let first = first.decision_seq.saturating_add(1);
    let found = app.tellers.entries_of(of, first, until).await;
    let found = found.map_err(|error| ApiError::store_unavailable(&error.to_string()))?;
    let views = found.iter().filter_map(|entry| match &entry.fact {
        Fact::Hold(fact) => {
            let (kind, fields) = hold_json(fact);
            let at = entry.at.to_string();
            Some(json!({"seq": entry.seq, "kind": kind, "recorded_at": at, "fields": fields}))
        }
        Fact::Directory(_) | Fact::Credit(_) | Fact::Limit(_) | Fact::Budget(_) => None,
    });
    Ok(views.collect())
}

fn replay_json(replayed: Option<&Result<Replayed, teller::ReplayError>>) -> Value {
    match replayed {
        None => json!({
            "result": "not_recorded",
            "reason": "no Book was asked: the request itself could not be taken, or its log entry does not have it all",
        }),
        Some(Err(error)) => json!({"result": "not_possible", "reason": error.to_string()}),
        Some(Ok(replayed)) if replayed.differences.is_empty() => json!({"result": "same"}),
        Some(Ok(replayed)) => {
            let differences = replayed.differences.iter().map(
                |one| json!({"what": one.what, "recorded": one.recorded, "replayed": one.replayed}),
            );
            json!({"result": "differs", "differences": differences.collect::<Vec<_>>()})
        }
    }
}

/// The name of a check for a sentence.
fn spoken(check: &Check) -> String {
    check.name().replace('_', " ")
}

//! How a reconciliation is answered.

use money::Nanos;
use reconcile::{Cause, Posting, Row, Side};
use serde_json::{Value, json};

use super::ask::Asked;
use super::post::Posted;
use super::provider::Report;

/// The answer.
pub(super) fn of(
    asked: &Asked,
    report: &Report,
    (rows, posted): (&[Row], Option<&Posted>),
) -> Value {
    let sum = |part: fn(&Row) -> Nanos| {
        rows.iter()
            .map(part)
            .fold(Nanos::ZERO, Nanos::saturating_add)
    };
    let (ours, theirs) = (sum(|row| row.ours), sum(|row| row.theirs));
    let left = posted.is_none_or(|posted| !posted.left.is_empty());
    let open = |row: &&Row| row.cause.needs_action() && (left || row.postings.is_empty());
    json!({
        "upstream": asked.upstream.as_str(),
        "from": asked.from.to_string(),
        "to": asked.to.to_string(),
        "complete_before": asked.complete_before.to_string(),
        "as_of_at": asked.now.to_string(),
        "ours_usd": ours.to_string(),
        "theirs_usd": theirs.to_string(),
        "difference_usd": theirs.saturating_sub(ours).to_string(),
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
        "missing": report.missing,
        "provider_left_usd": report.left.map(|left| left.to_string()),
        "needs_action": rows.iter().any(|row| open(&row)),
        "posted": posted.map(done),
    })
}

fn row(row: &Row) -> Value {
    let (side, project, key) = match &row.side {
        Side::Account => ("account", None, None),
        Side::Elsewhere { project, key } => ("elsewhere", project.as_deref(), key.as_deref()),
    };
    json!({
        "first_day": row.first.to_string(),
        "last_day": row.last.to_string(),
        "side": side,
        "provider_project": project,
        "provider_key": key,
        "model": row.model,
        "ours_usd": row.ours.to_string(),
        "presumed_usd": row.presumed.to_string(),
        "theirs_usd": row.theirs.to_string(),
        "difference_usd": row.difference().to_string(),
        "cause": row.cause.as_str(),
        "explanation": explanation(row),
        "needs_action": row.cause.needs_action(),
        "postings": row.postings.iter().map(posting).collect::<Vec<_>>(),
        "not_posted": row.not_posted,
    })
}

fn explanation(row: &Row) -> &'static str {
    let presumed = !row.postings.is_empty() && row.cause == Cause::Agrees;
    if presumed && row.presumed.is_positive() {
        return "Both say the same, so what was presumed is what was billed.";
    }
    row.cause.sentence()
}

fn posting(posting: &Posting) -> Value {
    match posting {
        Posting::Resolve {
            payer,
            hold,
            presumed,
            billed,
        } => json!({
            "kind": "resolve", "organization_id": payer.organization.to_string(), "key_id": payer.key.to_string(),
            "request_id": hold.request.to_string(), "attempt": hold.attempt,
            "presumed_usd": presumed.to_string(), "billed_usd": billed.to_string(), "amount_usd": null,
        }),
        Posting::Adjust { payer, amount } => json!({
            "kind": "adjust", "organization_id": payer.organization.to_string(), "key_id": payer.key.to_string(),
            "request_id": null, "attempt": null,
            "presumed_usd": null, "billed_usd": null, "amount_usd": amount.to_string(),
        }),
    }
}

fn done(posted: &Posted) -> Value {
    json!({
        "resolved": posted.resolved,
        "lowered_usd": posted.lowered.to_string(),
        "charged_usd": posted.charged.to_string(),
        "refunded_usd": posted.refunded.to_string(),
        "left": posted.left,
    })
}

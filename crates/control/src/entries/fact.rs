//! How facts of credit, hard limits, budgets and holds look in JSON.

use catalog::Unit;
use ids::LimitId;
use ledger::{
    BudgetFact, Calls, Charge, CreditFact, Draw, Fee, HoldFact, HoldTaken, LimitFact, LimitTerms,
    Measure, Mode, OnTrip, PresumeReason, Quantity, ReleaseReason, Scope, Span, Time, Window,
};
use money::Nanos;
use serde_json::{Value, json};

use crate::credits::kind_word;
use crate::scope::{WindowView, ends};

pub(super) fn credit(fact: &CreditFact) -> (&'static str, Value) {
    match fact {
        CreditFact::Added {
            lot,
            kind,
            amount,
            lapses_at,
            priority,
            note,
        } => (
            "credit_added",
            json!({
                "lot_id": lot.to_string(), "kind": kind_word(*kind), "amount_usd": amount.to_string(),
                "lapses_at": lapses_at.map(|at| at.to_string()), "priority": priority, "note": note,
            }),
        ),
        CreditFact::Lapsed { lot, amount } => (
            "credit_lapsed",
            json!({"lot_id": lot.to_string(), "amount_usd": amount.to_string()}),
        ),
        CreditFact::Voided { lot, amount } => (
            "credit_voided",
            json!({"lot_id": lot.to_string(), "amount_usd": amount.to_string()}),
        ),
        CreditFact::ChargedBack { lot, amount, note } => (
            "credit_charged_back",
            json!({"lot_id": lot.to_string(), "amount_usd": amount.to_string(), "note": note}),
        ),
        CreditFact::OwedRepaid { owing, by, amount } => (
            "credit_owed_repaid",
            json!({
                "owing_lot_id": owing.to_string(), "by_lot_id": by.to_string(), "amount_usd": amount.to_string(),
            }),
        ),
    }
}

pub(super) fn limit(fact: &LimitFact) -> (&'static str, Value) {
    match fact {
        LimitFact::Created { .. } | LimitFact::CreatedFor { .. } | LimitFact::Set { .. } => {
            let created = fact.created();
            let fields = created.map_or(Value::Null, |(terms, span)| limit_fields(&terms, span));
            ("limit_created", fields)
        }
        LimitFact::Changed { id, amount, reset } => {
            let amount = (Measure::Usd, Quantity::from(*amount));
            ("limit_changed", changed_json(*id, amount, (None, *reset)))
        }
        LimitFact::Amended {
            id,
            measure,
            amount,
            until,
            reset,
        } => {
            let fields = changed_json(*id, (*measure, *amount), (*until, *reset));
            ("limit_changed", fields)
        }
        LimitFact::RaiseEnded { id } => ("limit_raise_ended", json!({"limit_id": id.to_string()})),
        LimitFact::Rolled { limit, at } => (
            "limit_rolled",
            json!({"limit_id": limit.to_string(), "rolled_at": at.to_string()}),
        ),
        LimitFact::Deleted { id } => ("limit_deleted", json!({"limit_id": id.to_string()})),
        LimitFact::WindowOpened { limit, span } => (
            "limit_window_opened",
            json!({"limit_id": limit.to_string(), "span": span_json(*span)}),
        ),
    }
}

/// An amount under the name that says its unit; the other name is there, and says nothing.
fn with_amount(fields: &mut Value, (measure, amount): (Measure, Quantity)) {
    let money = measure == Measure::Usd;
    fields["measure"] = json!(measure.name());
    fields["amount_usd"] = json!(money.then(|| amount.usd().to_string()));
    fields["amount"] = json!((!money).then_some(amount.get()));
}

fn changed_json(
    id: LimitId,
    amount: (Measure, Quantity),
    (until, reset): (Option<Time>, bool),
) -> Value {
    let mut fields = json!({
        "limit_id": id.to_string(), "until_at": until.map(|at| at.to_string()),
        "used": if reset { "reset" } else { "keep" },
    });
    with_amount(&mut fields, amount);
    fields
}

fn limit_fields(terms: &LimitTerms, span: Span) -> Value {
    let (mut model, mut end_user, mut tag) = (Value::Null, Value::Null, Value::Null);
    match &terms.calls {
        // Each key apart is what a spend guard does, and what it says by who set it.
        Calls::All | Calls::EachKey => {}
        Calls::Model(pattern) => model = json!(pattern),
        Calls::EndUser(subject) => end_user = json!(subject.to_string()),
        Calls::EachEndUser => end_user = json!("each"),
        Calls::Tag(named) => tag = json!(named.name),
        Calls::EachTag => tag = json!("each"),
    }
    let mut fields = json!({
        "limit_id": terms.id.to_string(), "set_by": terms.origin.name(), "scope": on(terms.scope),
        "model": model, "end_user": end_user, "tag": tag,
        "mode": match terms.mode { Mode::Enforce => "enforce", Mode::Shadow => "shadow" },
        "on_trip": match terms.on_trip { OnTrip::Refuse => "refuse", OnTrip::FreezeKey => "freeze_key" },
        "window": window_json(&terms.window), "span": span_json(span),
        "until_at": terms.ends_at.map(|at| at.to_string()),
    });
    with_amount(&mut fields, (terms.measure, terms.amount));
    fields
}

pub(super) fn budget(fact: &BudgetFact) -> (&'static str, Value) {
    match fact {
        BudgetFact::Created {
            id,
            scope,
            amount,
            window,
            span,
            thresholds,
        } => (
            "budget_created",
            json!({
                "budget_id": id.to_string(), "scope": on(*scope), "amount_usd": amount.to_string(),
                "window": window_json(window), "span": span_json(*span), "thresholds": thresholds,
            }),
        ),
        BudgetFact::Changed {
            id,
            amount,
            thresholds,
        } => (
            "budget_changed",
            json!({
                "budget_id": id.to_string(), "amount_usd": amount.to_string(), "thresholds": thresholds,
            }),
        ),
        BudgetFact::Deleted { id } => ("budget_deleted", json!({"budget_id": id.to_string()})),
        BudgetFact::WindowOpened { budget, span } => (
            "budget_window_opened",
            json!({"budget_id": budget.to_string(), "span": span_json(*span)}),
        ),
        BudgetFact::Crossed {
            budget,
            percent,
            spent,
        } => (
            "budget_threshold_crossed",
            json!({
                "budget_id": budget.to_string(), "percent": percent, "spent_usd": spent.to_string(),
            }),
        ),
    }
}

pub(crate) fn hold(fact: &HoldFact) -> (&'static str, Value) {
    match fact {
        HoldFact::Taken(taken) => ("hold_taken", taken_json(taken)),
        HoldFact::Described { hold, traits } => (
            "hold_described",
            json!({
                "hold": hold.to_string(), "tokens": traits.tokens,
                "end_user": traits.end_user.map(|user| user.to_string()),
                "tags": traits.tags.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "over_in_shadow": traits.over.iter().map(ToString::to_string).collect::<Vec<_>>(),
            }),
        ),
        HoldFact::Measured { hold, tokens } => (
            "hold_measured",
            json!({"hold": hold.to_string(), "tokens": tokens}),
        ),
        HoldFact::Renewed { holds, deadline } => {
            let holds: Vec<String> = holds.iter().map(ToString::to_string).collect();
            let fields = json!({"holds": holds, "deadline_at": deadline.to_string()});
            ("hold_renewed", fields)
        }
        HoldFact::Settled {
            hold,
            draws,
            charge,
        } => {
            let fields = json!({"hold": hold.to_string(), "draws": draws_json(draws), "charge": charge_json(charge)});
            ("hold_settled", fields)
        }
        HoldFact::Released { hold, reason } => (
            "hold_released",
            json!({"hold": hold.to_string(), "reason": release_word(*reason)}),
        ),
        HoldFact::Presumed { hold, reason } => (
            "hold_presumed",
            json!({"hold": hold.to_string(), "reason": presume_word(*reason)}),
        ),
        HoldFact::Corrected {
            hold,
            draws,
            charge,
        } => {
            let fields = json!({"hold": hold.to_string(), "draws": draws_json(draws), "charge": charge_json(charge)});
            ("hold_corrected", fields)
        }
    }
}

fn taken_json(taken: &HoldTaken) -> Value {
    let limits: Vec<String> = taken.limits.iter().map(ToString::to_string).collect();
    json!({
        "hold": taken.hold.to_string(), "request_id": taken.hold.request.to_string(),
        "attempt": taken.hold.attempt, "key_id": taken.key.to_string(),
        "project_id": taken.project.to_string(), "amount_usd": taken.amount.to_string(),
        "draws": draws_json(&taken.draws), "limits": limits, "node": taken.holder.node,
        "boot": taken.holder.boot.to_string(), "deadline_at": taken.deadline.to_string(),
        "route": taken.route, "model": taken.model, "upstream": taken.upstream,
        "granted_units": taken.granted_units, "asked_units": taken.asked_units,
    })
}

fn draws_json(draws: &[Draw]) -> Vec<Value> {
    let draw = |draw: &Draw| json!({"lot_id": draw.lot.to_string(), "amount_usd": draw.amount.to_string()});
    draws.iter().map(draw).collect()
}

fn charge_json(charge: &Charge) -> Value {
    json!({
        "amount_usd": charge.amount.to_string(), "fees": fees_json(&charge.fees), "catalog": charge.catalog,
    })
}

/// The lines of a bill. A unit that this program does not know is shown by its number.
pub(crate) fn fees_json(fees: &[Fee]) -> Vec<Value> {
    let fee = |fee: &Fee| {
        let unit = Unit::from_code(fee.unit).map_or_else(
            || format!("unit_{}", fee.unit),
            |unit| unit.as_str().to_owned(),
        );
        let per_million = Nanos::new(fee.price.get()).to_string();
        json!({"unit": unit, "quantity": fee.quantity, "per_million_usd": per_million})
    };
    fees.iter().map(fee).collect()
}

pub(crate) const fn release_word(reason: ReleaseReason) -> &'static str {
    match reason {
        ReleaseReason::NotSent => "not_sent",
        ReleaseReason::ProviderRefused => "provider_refused",
    }
}

pub(crate) const fn presume_word(reason: PresumeReason) -> &'static str {
    match reason {
        PresumeReason::HolderGone => "holder_gone",
        PresumeReason::DeadlinePassed => "deadline_passed",
        PresumeReason::ProviderFailed => "provider_failed",
        PresumeReason::CutOff => "cut_off",
        PresumeReason::NoUsage => "no_usage",
        PresumeReason::TimedOut => "timed_out",
    }
}

fn on(scope: Scope) -> Value {
    match scope {
        Scope::Organization => json!({"kind": "organization"}),
        Scope::Project(id) => json!({"kind": "project", "id": id.to_string()}),
        Scope::Key(id) => json!({"kind": "key", "id": id.to_string()}),
    }
}

fn window_json(window: &Window) -> Value {
    json!(WindowView::of(window))
}

/// The moments a window begins and ends at; null where it never does.
fn span_json(span: Span) -> Value {
    let start = Some(span.start).filter(|start| *start > Time::EARLIEST);
    json!({
        "starts_at": start.map(|at| at.to_string()), "ends_at": ends(span.end).map(|at| at.to_string()),
    })
}

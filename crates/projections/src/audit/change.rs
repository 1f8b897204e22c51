//! What an entry changes, as the names and values of fields.

use ledger::{
    BudgetFact, Calls, CreditFact, DirectoryFact, Fact, KeyChanged, KeyCreated, LimitFact,
    LimitOrigin, LimitTerms, LotKind, Measure, Mode, OnTrip, Quantity, Scope, Time, Window,
};
use serde_json::{Map, Value, json};

/// An entry's doing: to what, and the values that its fields have from now on.
pub(crate) struct Change {
    pub(crate) action: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) object: String,
    pub(crate) fields: Map<String, Value>,
}

impl Change {
    /// What a fact changes; `None` for what only follows from calls and passing time.
    pub(crate) fn of(fact: &Fact) -> Option<Self> {
        let (action, kind, object, fields) = match fact {
            Fact::Directory(fact) => directory(fact),
            Fact::Credit(fact) => credit(fact)?,
            Fact::Limit(fact) => limit(fact)?,
            Fact::Budget(fact) => budget(fact)?,
            Fact::Hold(_) => return None,
        };
        let Value::Object(fields) = fields else {
            return None;
        };
        Some(Self {
            action,
            kind,
            object,
            fields,
        })
    }
}

type Parts = (&'static str, &'static str, String, Value);

fn directory(fact: &DirectoryFact) -> Parts {
    match fact {
        DirectoryFact::OrganizationCreated {
            id,
            name,
            time_zone,
        } => (
            "organization_created",
            "organization",
            id.to_string(),
            json!({"name": name, "time_zone": time_zone}),
        ),
        // It is the journal's own, so its id is not said again.
        DirectoryFact::OrganizationChanged { name, time_zone } => (
            "organization_changed",
            "organization",
            String::new(),
            json!({"name": name, "time_zone": time_zone}),
        ),
        DirectoryFact::ProjectCreated {
            id,
            name,
            default_max_output,
        } => (
            "project_created",
            "project",
            id.to_string(),
            json!({"name": name, "default_max_output": default_max_output, "state": "active"}),
        ),
        DirectoryFact::ProjectChanged {
            id,
            name,
            default_max_output,
        } => (
            "project_changed",
            "project",
            id.to_string(),
            json!({"name": name, "default_max_output": default_max_output}),
        ),
        DirectoryFact::ProjectFitFloor { id, fit_floor } => (
            "project_changed",
            "project",
            id.to_string(),
            json!({"fit_floor": fit_floor}),
        ),
        DirectoryFact::ProjectArchived { id } => (
            "project_archived",
            "project",
            id.to_string(),
            json!({"state": "archived"}),
        ),
        DirectoryFact::KeyCreated(created) => key_created(created),
        DirectoryFact::KeyChanged(changed) => key_changed(changed),
        DirectoryFact::KeyFrozen { id, reason } => (
            "key_frozen",
            "key",
            id.to_string(),
            json!({"state": "frozen", "reason": reason}),
        ),
        DirectoryFact::KeyUnfrozen { id } => (
            "key_unfrozen",
            "key",
            id.to_string(),
            json!({"state": "active", "reason": null}),
        ),
        DirectoryFact::KeyRevoked { id } => (
            "key_revoked",
            "key",
            id.to_string(),
            json!({"state": "revoked"}),
        ),
    }
}

fn key_created(key: &KeyCreated) -> Parts {
    let fields = json!({
        "name": key.name, "project_id": key.project.to_string(), "hint": key.hint,
        "expires_at": moment(key.expires_at), "models": key.models, "ip_allow": key.ip_allow, "state": "active",
    });
    ("key_created", "key", key.id.to_string(), fields)
}

fn key_changed(key: &KeyChanged) -> Parts {
    let fields = json!({
        "name": key.name, "expires_at": moment(key.expires_at), "models": key.models, "ip_allow": key.ip_allow,
    });
    ("key_changed", "key", key.id.to_string(), fields)
}

fn credit(fact: &CreditFact) -> Option<Parts> {
    match fact {
        CreditFact::Added {
            lot,
            kind,
            amount,
            lapses_at,
            priority,
            note,
        } => {
            let kind = match kind {
                LotKind::Purchase => "purchase",
                LotKind::Grant => "grant",
                LotKind::Refund => "refund",
            };
            let fields = json!({
                "kind": kind, "amount_usd": amount.to_string(), "lapses_at": moment(*lapses_at),
                "priority": priority, "note": note,
            });
            Some(("credit_added", "credit", lot.to_string(), fields))
        }
        CreditFact::Voided { lot, amount } => Some((
            "credit_voided",
            "credit",
            lot.to_string(),
            json!({"voided_usd": amount.to_string()}),
        )),
        CreditFact::ChargedBack { lot, amount, note } => Some((
            "credit_charged_back",
            "credit",
            lot.to_string(),
            json!({"charged_back_usd": amount.to_string(), "reason": note}),
        )),
        CreditFact::Lapsed { .. } | CreditFact::OwedRepaid { .. } => None,
    }
}

fn limit(fact: &LimitFact) -> Option<Parts> {
    match fact {
        LimitFact::Created { .. } | LimitFact::CreatedFor { .. } | LimitFact::Set { .. } => {
            let (terms, _span) = fact.created()?;
            let fields = Value::Object(limit_fields(&terms));
            Some(("limit_created", "limit", terms.id.to_string(), fields))
        }
        LimitFact::Changed { id, amount, reset } => Some((
            "limit_changed",
            "limit",
            id.to_string(),
            changed((Measure::Usd, (*amount).into()), None, *reset),
        )),
        LimitFact::Amended {
            id,
            measure,
            amount,
            until,
            reset,
        } => Some((
            "limit_changed",
            "limit",
            id.to_string(),
            changed((*measure, *amount), *until, *reset),
        )),
        LimitFact::Deleted { id } => Some((
            "limit_deleted",
            "limit",
            id.to_string(),
            json!({"state": "deleted"}),
        )),
        LimitFact::WindowOpened { .. }
        | LimitFact::Rolled { .. }
        | LimitFact::RaiseEnded { .. } => None,
    }
}

/// An amount under the name that says its unit.
fn amount_field((measure, amount): (Measure, Quantity)) -> (String, Value) {
    match measure {
        Measure::Usd => ("amount_usd".to_owned(), json!(amount.usd().to_string())),
        Measure::Requests | Measure::Tokens => ("amount".to_owned(), json!(amount.get())),
    }
}

fn changed(amount: (Measure, Quantity), until: Option<Time>, reset: bool) -> Value {
    let mut fields = Map::from_iter([amount_field(amount)]);
    if let Some(until) = until {
        fields.insert("until_at".to_owned(), json!(until.to_string()));
    }
    if reset {
        fields.insert("used".to_owned(), json!("reset"));
    }
    Value::Object(fields)
}

/// What was decided about it; what is as usual goes without saying.
fn limit_fields(terms: &LimitTerms) -> Map<String, Value> {
    let set_by = match terms.origin {
        LimitOrigin::Owner => "owner",
        LimitOrigin::Operator => "operator",
        LimitOrigin::Guard => "seawall",
    };
    let mut fields = Map::from_iter([
        ("scope".to_owned(), on(terms.scope)),
        amount_field((terms.measure, terms.amount)),
        ("window".to_owned(), counts(&terms.window)),
        ("set_by".to_owned(), json!(set_by)),
        ("state".to_owned(), json!("active")),
    ]);
    let mut say = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    match &terms.calls {
        Calls::All => {}
        Calls::Model(model) => drop(say("model", json!(model))),
        Calls::EndUser(user) => drop(say("end_user", json!(user.to_string()))),
        Calls::EachEndUser => drop(say("end_user", json!("each"))),
        Calls::Tag(tag) => drop(say("tag", json!(tag.name))),
        Calls::EachTag => drop(say("tag", json!("each"))),
        Calls::EachKey => drop(say("key", json!("each"))),
    }
    if terms.measure != Measure::Usd {
        say("measure", json!(terms.measure.name()));
    }
    if terms.mode == Mode::Shadow {
        say("mode", json!("shadow"));
    }
    if terms.on_trip == OnTrip::FreezeKey {
        say("on_trip", json!("freeze_key"));
    }
    if let Some(end) = terms.ends_at {
        say("until_at", json!(end.to_string()));
    }
    fields
}

fn budget(fact: &BudgetFact) -> Option<Parts> {
    match fact {
        BudgetFact::Created {
            id,
            scope,
            amount,
            window,
            span: _,
            thresholds,
        } => {
            let fields = json!({
                "scope": on(*scope), "amount_usd": amount.to_string(), "window": counts(window),
                "thresholds": thresholds, "state": "active",
            });
            Some(("budget_created", "budget", id.to_string(), fields))
        }
        BudgetFact::Changed {
            id,
            amount,
            thresholds,
        } => {
            let fields = json!({"amount_usd": amount.to_string(), "thresholds": thresholds});
            Some(("budget_changed", "budget", id.to_string(), fields))
        }
        BudgetFact::Deleted { id } => Some((
            "budget_deleted",
            "budget",
            id.to_string(),
            json!({"state": "deleted"}),
        )),
        BudgetFact::WindowOpened { .. } | BudgetFact::Crossed { .. } => None,
    }
}

fn moment(at: Option<Time>) -> Option<String> {
    at.map(|at| at.to_string())
}

fn on(scope: Scope) -> Value {
    match scope {
        Scope::Organization => json!({"kind": "organization"}),
        Scope::Project(id) => json!({"kind": "project", "id": id.to_string()}),
        Scope::Key(id) => json!({"kind": "key", "id": id.to_string()}),
    }
}

fn counts(window: &Window) -> Value {
    match window {
        Window::Total => json!({"kind": "total"}),
        Window::Day { time_zone } => json!({"kind": "day", "time_zone": time_zone}),
        Window::Week { time_zone } => json!({"kind": "week", "time_zone": time_zone}),
        Window::Month { time_zone } => json!({"kind": "month", "time_zone": time_zone}),
        Window::Rolling(rolling) => json!({"kind": "rolling", "seconds": rolling.seconds}),
    }
}

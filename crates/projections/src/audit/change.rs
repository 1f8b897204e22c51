//! What an entry changes, as the names and values of fields.

use ledger::{
    BudgetFact, Calls, CreditFact, DirectoryFact, Fact, KeyChanged, KeyCreated, LimitFact,
    LimitOrigin, LotKind, Scope, Time, Window,
};
use money::Nanos;
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
        LimitFact::Created {
            id,
            origin,
            scope,
            amount,
            window,
            span: _,
        } => {
            let fields = limit_fields(*origin, *scope, *amount, window);
            Some(("limit_created", "limit", id.to_string(), fields))
        }
        LimitFact::CreatedFor {
            id,
            origin,
            scope,
            calls,
            amount,
            window,
            span: _,
        } => {
            let mut fields = limit_fields(*origin, *scope, *amount, window);
            if let (Calls::Model(model), Some(fields)) = (calls, fields.as_object_mut()) {
                fields.insert("model".to_owned(), json!(model));
            }
            Some(("limit_created", "limit", id.to_string(), fields))
        }
        LimitFact::Changed { id, amount, reset } => {
            let mut fields = json!({"amount_usd": amount.to_string()});
            if let (true, Some(fields)) = (*reset, fields.as_object_mut()) {
                fields.insert("used".to_owned(), json!("reset"));
            }
            Some(("limit_changed", "limit", id.to_string(), fields))
        }
        LimitFact::Deleted { id } => Some((
            "limit_deleted",
            "limit",
            id.to_string(),
            json!({"state": "deleted"}),
        )),
        LimitFact::WindowOpened { .. } => None,
    }
}

fn limit_fields(origin: LimitOrigin, scope: Scope, amount: Nanos, window: &Window) -> Value {
    let set_by = match origin {
        LimitOrigin::Owner => "owner",
        LimitOrigin::Operator => "operator",
    };
    json!({
        "scope": on(scope), "amount_usd": amount.to_string(), "window": counts(window), "set_by": set_by,
        "state": "active",
    })
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
    }
}

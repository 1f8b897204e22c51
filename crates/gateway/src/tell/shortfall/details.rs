//! What programs read of a refusal: `error.details`.

use ids::RequestId;
use ledger::{Check, CheckKind, Measure, Quantity, Scope, Window};
use serde_json::{Value, json};

use super::{Case, RETRY_AFTER};
use crate::Gateway;
use crate::tell::{Retry, about};

impl Case<'_> {
    pub(super) fn details(&self, gateway: &Gateway, request: RequestId) -> Value {
        let check = self.check;
        let mut details = figures(check);
        let in_usd = check.measure == Measure::Usd;
        let usd = |amount: Quantity| in_usd.then(|| amount.usd().to_string());
        let number = |amount: Quantity| (!in_usd).then_some(amount.get());
        let more = json!({
            "refused_by": "seawall",
            "binding": check.name(),
            "scope": self.scope(),
            "needed_usd": usd(self.least()),
            "short_usd": usd(self.short()),
            "needed": number(self.least()),
            "short": number(self.short()),
            "not_the_cause": self.not_the_cause(),
            "retry": self.retry(),
            "fits_at": self.shortfall.fits_at.map(|at| at.to_string()),
            "froze_key": self.shortfall.froze_key,
            "remedies": self.remedies(),
            "request_id": request.to_string(),
            "explain_url": format!("{}/requests/{request}", gateway.settings().public_url),
        });
        if let (Value::Object(details), Value::Object(more)) = (&mut details, more) {
            details.extend(more);
        }
        details
    }

    fn retry(&self) -> &'static str {
        match (self.check.measure, self.shortfall.transient) {
            (Measure::Usd, true) => "after",
            (Measure::Usd, false) => "never_until_changed",
            (Measure::Requests | Measure::Tokens, _) => match self.again() {
                Retry::After(_) => "after",
                Retry::No | Retry::Unsaid => "never_until_changed",
            },
        }
    }

    /// What it is on. Of the calls of an end user or with a tag, their text is the caller's own.
    fn scope(&self) -> Value {
        if self.is_cap() {
            return json!({ "kind": "upstream", "id": null, "name": self.scope_name().1 });
        }
        let (organization, _, _) = about(self.known);
        let (on, id) = match self.check.scope {
            Scope::Organization => ("organization", organization.map(|id| id.to_string())),
            Scope::Project(id) => ("project", Some(id.to_string())),
            Scope::Key(id) => ("key", Some(id.to_string())),
        };
        let name = self.scope_name().1;
        let mut scope = json!({ "kind": on, "id": id, "name": name });
        let narrow = match self.check.kind {
            CheckKind::ModelLimit(_) => {
                json!({ "kind": "model", "on": on, "model": self.known.model })
            }
            CheckKind::EndUserLimit(_) => {
                json!({ "kind": "end_user", "on": on, "value": self.mark })
            }
            CheckKind::TagLimit(_) => json!({ "kind": "tag", "on": on, "value": self.mark }),
            CheckKind::HardLimit(_)
            | CheckKind::ApprovedUsageLimit(_)
            | CheckKind::UpstreamCap(_)
            | CheckKind::CreditBalance => return scope,
        };
        if let (Value::Object(scope), Value::Object(narrow)) = (&mut scope, narrow) {
            scope.extend(narrow);
        }
        scope
    }

    fn remedies(&self) -> Vec<Value> {
        if self.shortfall.transient {
            return vec![json!({ "do": "retry", "after_seconds": RETRY_AFTER })];
        }
        let mut remedies = vec![self.first_remedy()];
        if let Some((pictures, cost)) = self.fewer_pictures() {
            remedies.push(
                json!({ "do": "reduce_request", "n": pictures, "needs_usd": cost.to_string() }),
            );
        }
        if let Some(units) = self.what_would_fit() {
            remedies.push(json!({ "do": "reduce_request", "max_output_tokens": units }));
        }
        if let Some(at) = self.shortfall.fits_at {
            remedies.push(json!({ "do": "wait", "until": at.to_string() }));
        }
        if let (true, Some(caller)) = (self.shortfall.froze_key, &self.known.caller) {
            remedies.push(json!({
                "do": "unfreeze_key", "key": caller.key.key.to_string(), "who": "admin",
            }));
        }
        remedies
    }

    fn first_remedy(&self) -> Value {
        let (short, enough) = (self.short(), self.enough());
        match (self.check.kind, self.check.measure) {
            (CheckKind::CreditBalance, _) => {
                json!({ "do": "add_credit", "at_least_usd": short.usd().to_string() })
            }
            (CheckKind::ApprovedUsageLimit(_), _) => json!({
                "do": "raise_approved_usage_limit", "to_at_least_usd": enough.usd().to_string(), "who": "operator",
            }),
            (kind, Measure::Usd) => json!({
                "do": "raise_limit", "limit": kind.limit().map(|id| id.to_string()),
                "to_at_least_usd": enough.usd().to_string(), "who": "admin",
            }),
            (kind, Measure::Requests | Measure::Tokens) => json!({
                "do": "raise_limit", "limit": kind.limit().map(|id| id.to_string()),
                "to_at_least": enough.get(), "who": "admin",
            }),
        }
    }
}

/// The figures of a check: in USD, or as plain numbers of what else it counts.
pub(in crate::tell) fn figures(check: &Check) -> Value {
    let in_usd = check.measure == Measure::Usd;
    let usd = |amount: Quantity| in_usd.then(|| amount.usd().to_string());
    let number = |amount: Quantity| (!in_usd).then_some(amount.get());
    json!({
        "measure": check.measure.name(),
        "limit_usd": check.ceiling.and_then(usd),
        "spent_usd": usd(check.spent),
        "held_usd": usd(check.held),
        "left_usd": usd(check.left),
        "limit": check.ceiling.and_then(number),
        "spent": number(check.spent),
        "held": number(check.held),
        "left": number(check.left),
        "window": check.window.as_ref().map(window),
        "resets_at": check.resets_at.map(|at| at.to_string()),
    })
}

fn window(window: &Window) -> Value {
    match window {
        Window::Total => json!({ "kind": "total" }),
        Window::Day { time_zone } => json!({ "kind": "day", "time_zone": time_zone }),
        Window::Week { time_zone } => json!({ "kind": "week", "time_zone": time_zone }),
        Window::Month { time_zone } => json!({ "kind": "month", "time_zone": time_zone }),
        Window::Rolling(rolling) => json!({ "kind": "rolling", "seconds": rolling.seconds }),
    }
}

//! A refusal for want of money, with its proof.

use http::StatusCode;
use ids::RequestId;
use ledger::{Check, CheckKind, Measure, Scope, Shortfall, Window};
use money::Nanos;
use serde_json::{Value, json};
use teller::Names;

use super::{Retry, Told, Wish, about};
use crate::call::Known;
use crate::{Gateway, RefusalStatus};

/// After how many seconds held money may be free.
const RETRY_AFTER: u64 = 2;

pub(super) fn tell(
    gateway: &Gateway,
    request: RequestId,
    known: &Known,
    (shortfall, wish): (&Shortfall, Wish),
) -> Told {
    let Some(check) = shortfall.binding() else {
        return Told::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ("server_error", "internal_error"),
            String::new(),
        );
    };
    let names = known.caller.as_ref().map(|caller| &*caller.key.names);
    let case = Case {
        shortfall,
        check,
        wish,
        names,
        model: known.model.as_deref(),
    };
    let details = case.details(gateway, request, known);
    let mut told = if shortfall.transient {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let mut told = Told::new(
            status,
            ("rate_limit_error", "in_flight_budget_exhausted"),
            case.transient(),
        );
        told.retry = Retry::After(RETRY_AFTER);
        told
    } else {
        let status = match gateway.settings().refusal_status {
            RefusalStatus::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            RefusalStatus::PaymentRequired => StatusCode::PAYMENT_REQUIRED,
        };
        Told::new(
            status,
            ("insufficient_quota", code(check)),
            case.definitive(request),
        )
    };
    told.details = Some(details);
    told
}

/// The error's code, which clients branch on.
const fn code(check: &Check) -> &'static str {
    match (check.kind, check.scope) {
        (CheckKind::CreditBalance, _) => "credit_balance_exhausted",
        (CheckKind::ApprovedUsageLimit(_), _) => "organization_usage_limit_exceeded",
        (CheckKind::ModelLimit(_), _) => "model_spend_limit_exceeded",
        (CheckKind::EndUserLimit(_), _) => "end_user_spend_limit_exceeded",
        (CheckKind::TagLimit(_), _) => "tag_spend_limit_exceeded",
        (CheckKind::HardLimit(_), Scope::Organization) => "organization_spend_limit_exceeded",
        (CheckKind::HardLimit(_), Scope::Project(_)) => "project_spend_limit_exceeded",
        (CheckKind::HardLimit(_), Scope::Key(_)) => "api_key_spend_limit_exceeded",
    }
}

struct Case<'a> {
    shortfall: &'a Shortfall,
    check: &'a Check,
    wish: Wish,
    names: Option<&'a Names>,
    /// The model that the client named.
    model: Option<&'a str>,
}

impl Case<'_> {
    /// What the call needs where it stops: cut down as far as it may be.
    const fn least(&self) -> Nanos {
        self.shortfall.least_needed
    }

    fn short(&self) -> Nanos {
        let left = if self.shortfall.transient {
            self.check.left
        } else {
            self.check.left_without_holds()
        };
        self.least().saturating_sub(left.usd())
    }

    fn definitive(&self, request: RequestId) -> String {
        let not = self.not_the_cause();
        let not = if not.is_empty() {
            String::new()
        } else {
            format!(
                " Not the cause: {}.",
                not.iter()
                    .map(|name| spoken(name))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        };
        format!(
            "Refused by Seawall, not by the model provider (insufficient_quota): {}. {}; this request may cost up to ${}{}. {}{not} \
             Details: seawall explain {request}",
            self.what_stops(),
            self.figures(),
            self.least(),
            self.cut_down(),
            self.advice(),
        )
    }

    fn transient(&self) -> String {
        format!(
            "Refused by Seawall for the moment, not by the model provider: running calls hold the money this one needs. {}; \
             this request may cost up to ${}{}. Try again in a few seconds: running calls give back what they do not use.",
            self.figures(),
            self.least(),
            self.cut_down(),
        )
    }

    fn cut_down(&self) -> String {
        if self.shortfall.least_needed < self.shortfall.needed {
            format!(
                " even with the fewest output tokens (${} with those it asks for)",
                self.shortfall.needed
            )
        } else {
            String::new()
        }
    }

    fn what_stops(&self) -> String {
        let (kind, name) = self.scope_name();
        let ceiling = self
            .check
            .ceiling
            .map(|ceiling| self.check.measure.spoken(ceiling));
        match (self.check.kind, ceiling) {
            (CheckKind::CreditBalance, _) => {
                format!("the credit balance of organization {name:?} does not suffice")
            }
            (CheckKind::ApprovedUsageLimit(_), Some(ceiling)) => format!(
                "organization {name:?} would pass its approved usage limit of {ceiling}{}",
                self.per_window()
            ),
            (CheckKind::ModelLimit(_), Some(ceiling)) => format!(
                "the calls of {kind} {name:?} to {} would pass their hard limit of {ceiling}{}",
                self.model.unwrap_or("this model"),
                self.per_window()
            ),
            (_, ceiling) => format!(
                "{kind} {name:?} would pass its hard limit of {}{}",
                ceiling.unwrap_or_default(),
                self.per_window()
            ),
        }
    }

    fn figures(&self) -> String {
        let [spent, held, left] = [self.check.spent, self.check.held, self.check.left]
            .map(|sum| self.check.measure.spoken(sum));
        if self.check.kind == CheckKind::CreditBalance {
            format!("Held {held}, left {left}")
        } else {
            format!("Spent {spent}, held {held}, left {left}")
        }
    }

    fn per_window(&self) -> String {
        match &self.check.window {
            None | Some(Window::Total) => String::new(),
            Some(Window::Day { time_zone }) => format!(" per day ({time_zone})"),
            Some(Window::Week { time_zone }) => format!(" per week ({time_zone})"),
            Some(Window::Month { time_zone }) => format!(" per month ({time_zone})"),
            Some(Window::Rolling(rolling)) => format!(" in any {} seconds", rolling.seconds),
        }
    }

    /// What can be done, as one sentence of alternatives.
    fn advice(&self) -> String {
        let first = match self.check.kind {
            CheckKind::CreditBalance => format!("Add at least ${} of credit", self.short()),
            CheckKind::ApprovedUsageLimit(_) => {
                format!("Ask the operator to approve at least ${}", self.enough())
            }
            CheckKind::HardLimit(_)
            | CheckKind::ModelLimit(_)
            | CheckKind::EndUserLimit(_)
            | CheckKind::TagLimit(_) => {
                format!("Raise that hard limit to at least ${}", self.enough())
            }
        };
        let least_left = self.least_left();
        let second = match (
            self.fewer_pictures(least_left),
            self.what_would_fit(least_left),
        ) {
            (Some((pictures, cost)), _) => format!("ask for n={pictures} (up to ${cost})"),
            (None, Some(units)) => format!("ask for at most {units} output tokens"),
            (None, None) => "ask for less".to_owned(),
        };
        match self.check.resets_at {
            Some(at) => format!("{first}, {second}, or wait until {at}."),
            None => format!("{first}, or {second}."),
        }
    }

    /// What is left where least is left.
    fn least_left(&self) -> Nanos {
        self.shortfall
            .checks
            .iter()
            .filter(|check| check.measure == Measure::Usd)
            .map(|check| check.left.usd())
            .min()
            .unwrap_or(Nanos::ZERO)
    }

    /// A ceiling under which the call would have passed.
    fn enough(&self) -> Nanos {
        self.check
            .ceiling
            .unwrap_or_default()
            .usd()
            .saturating_add(self.short())
    }

    fn not_the_cause(&self) -> Vec<&'static str> {
        let passed = self
            .shortfall
            .checks
            .iter()
            .filter(|check| check.left >= self.shortfall.least_needed_of(check.measure));
        let mut names: Vec<&'static str> = passed.map(|check| check.name()).collect();
        names.dedup();
        names
    }

    fn scope_name(&self) -> (&'static str, &str) {
        let name = |pick: fn(&Names) -> &str| self.names.map_or("", pick);
        match self.check.scope {
            Scope::Organization => ("organization", name(|names| &names.organization)),
            Scope::Project(_) => ("project", name(|names| &names.project)),
            Scope::Key(_) => ("API key", name(|names| &names.key)),
        }
    }

    fn details(&self, gateway: &Gateway, request: RequestId, known: &Known) -> Value {
        let (organization, _, _) = about(known);
        let scope_id = match self.check.scope {
            Scope::Organization => organization.map(|id| id.to_string()),
            Scope::Project(id) => Some(id.to_string()),
            Scope::Key(id) => Some(id.to_string()),
        };
        let kind = match self.check.scope {
            Scope::Organization => "organization",
            Scope::Project(_) => "project",
            Scope::Key(_) => "key",
        };
        let mut details = json!({
            "refused_by": "seawall",
            "binding": self.check.name(),
            "scope": { "kind": kind, "id": scope_id, "name": self.scope_name().1 },
            "limit_usd": self.check.ceiling.map(|ceiling| ceiling.usd().to_string()),
            "window": self.check.window.as_ref().map(window),
            "spent_usd": self.check.spent.usd().to_string(),
            "held_usd": self.check.held.usd().to_string(),
            "left_usd": self.check.left.usd().to_string(),
            "needed_usd": self.least().to_string(),
            "short_usd": self.short().to_string(),
            "resets_at": self.check.resets_at.map(|at| at.to_string()),
            "not_the_cause": self.not_the_cause(),
            "retry": if self.shortfall.transient { "after" } else { "never_until_changed" },
            "remedies": self.remedies(),
            "request_id": request.to_string(),
            "explain_url": format!("{}/requests/{request}", gateway.settings().public_url),
        });
        if let CheckKind::ModelLimit(_) = self.check.kind {
            details["scope"]["model"] = json!(self.model);
        }
        details
    }

    fn remedies(&self) -> Vec<Value> {
        let mut remedies = Vec::new();
        if self.shortfall.transient {
            remedies.push(json!({ "do": "retry", "after_seconds": RETRY_AFTER }));
            return remedies;
        }
        remedies.push(match self.check.kind {
            CheckKind::CreditBalance => json!({ "do": "add_credit", "at_least_usd": self.short().to_string() }),
            CheckKind::ApprovedUsageLimit(_) => {
                json!({ "do": "raise_approved_usage_limit", "to_at_least_usd": self.enough().to_string(), "who": "operator" })
            }
            CheckKind::HardLimit(id)
            | CheckKind::ModelLimit(id)
            | CheckKind::EndUserLimit(id)
            | CheckKind::TagLimit(id) => json!({
                "do": "raise_limit", "limit": id.to_string(), "to_at_least_usd": self.enough().to_string(), "who": "admin",
            }),
        });
        let least_left = self.least_left();
        if let Some((pictures, cost)) = self.fewer_pictures(least_left) {
            remedies.push(
                json!({ "do": "reduce_request", "n": pictures, "needs_usd": cost.to_string() }),
            );
        }
        if let Some(units) = self.what_would_fit(least_left) {
            remedies.push(json!({ "do": "reduce_request", "max_output_tokens": units }));
        }
        if let Some(at) = self.check.resets_at {
            remedies.push(json!({ "do": "wait", "until": at.to_string() }));
        }
        remedies
    }

    /// The most pictures that would have fitted, and what they need.
    fn fewer_pictures(&self, left: Nanos) -> Option<(u64, Nanos)> {
        let pictures = self.wish.pictures.filter(|pictures| *pictures > 1)?;
        // Each is bounded alike, so a share of the whole bounds fewer of them; rounded up, like every bound.
        let of = |fewer: u64| {
            let whole = i128::from(self.shortfall.needed.get()).checked_mul(i128::from(fewer))?;
            let share = whole
                .checked_add(i128::from(pictures))?
                .checked_sub(1)?
                .checked_div(i128::from(pictures))?;
            i64::try_from(share).ok().map(Nanos::new)
        };
        (1..pictures).rev().find_map(|fewer| {
            of(fewer)
                .filter(|cost| *cost <= left)
                .map(|cost| (fewer, cost))
        })
    }

    /// The most units that would have fitted, where the call may be cut by its caller though not by us.
    fn what_would_fit(&self, left: Nanos) -> Option<u64> {
        let (mut fits, mut too_many) = (0, self.wish.bound.units());
        if self.wish.bound.cost_of(1)? > left {
            return None;
        }
        while too_many.saturating_sub(fits) > 1 {
            let middle = fits.saturating_add(too_many.saturating_sub(fits) / 2);
            if self.wish.bound.cost_of(middle)? <= left {
                fits = middle;
            } else {
                too_many = middle;
            }
        }
        (fits > 0).then_some(fits)
    }
}

fn spoken(binding: &str) -> String {
    binding.replace('_', " ")
}

pub(super) fn window(window: &Window) -> Value {
    match window {
        Window::Total => json!({ "kind": "total" }),
        Window::Day { time_zone } => json!({ "kind": "day", "time_zone": time_zone }),
        Window::Week { time_zone } => json!({ "kind": "week", "time_zone": time_zone }),
        Window::Month { time_zone } => json!({ "kind": "month", "time_zone": time_zone }),
        Window::Rolling(rolling) => json!({ "kind": "rolling", "seconds": rolling.seconds }),
    }
}

#[cfg(test)]
mod tests {
    use ids::{KeyId, LimitId, ProjectId};
    use ledger::Quantity;

    use super::*;

    #[test]
    fn every_constraint_has_the_code_that_clients_branch_on() {
        let limit = LimitId::from_bytes([1; 16]);
        let project = Scope::Project(ProjectId::from_bytes([2; 16]));
        let key = Scope::Key(KeyId::from_bytes([3; 16]));
        let hard = CheckKind::HardLimit(limit);
        for (kind, scope, expected) in [
            (
                CheckKind::CreditBalance,
                Scope::Organization,
                "credit_balance_exhausted",
            ),
            (
                hard,
                Scope::Organization,
                "organization_spend_limit_exceeded",
            ),
            (hard, project, "project_spend_limit_exceeded"),
            (hard, key, "api_key_spend_limit_exceeded"),
            (
                CheckKind::ModelLimit(limit),
                project,
                "model_spend_limit_exceeded",
            ),
            (
                CheckKind::ApprovedUsageLimit(limit),
                Scope::Organization,
                "organization_usage_limit_exceeded",
            ),
        ] {
            let check = Check {
                kind,
                scope,
                ceiling: None,
                window: None,
                measure: Measure::Usd,
                subject: None,
                spent: Quantity::ZERO,
                held: Quantity::ZERO,
                left: Quantity::ZERO,
                resets_at: None,
                freezes: false,
            };
            assert_eq!(code(&check), expected);
        }
    }
}

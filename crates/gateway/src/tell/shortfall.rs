//! A refusal for want of money, of requests or of tokens, with its proof.

mod details;
mod less;
mod rate;
mod words;

use http::StatusCode;
use ids::RequestId;
use ledger::{Check, CheckKind, Measure, Quantity, Scope, Shortfall};
use money::Nanos;
use teller::Names;

use super::{Retry, Told, Wish};
use crate::call::Known;
use crate::{Gateway, RefusalStatus};

pub(super) use details::figures;

/// After how many seconds what is held may be free.
const RETRY_AFTER: u64 = 2;
/// The most of a caller's own text that it is told back, in characters.
const ECHOED: usize = 64;

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
    let mark = mark(gateway, check, known);
    let mut case = Case {
        shortfall,
        check,
        wish,
        names: known.caller.as_ref().map(|caller| &*caller.key.names),
        known,
        mark: mark.as_deref(),
    };
    let mut told = case.told(gateway, request);
    if case.mark.take().is_some() {
        told.kept = Some(Box::new(case.told(gateway, request)));
    }
    told
}

/// What is left of money, where least is left, and the name of what stops the call.
pub(crate) fn left(shortfall: &Shortfall) -> Option<(Nanos, &'static str)> {
    let binding = shortfall.binding()?;
    let left = match binding.measure {
        Measure::Usd => binding.left.usd(),
        Measure::Requests | Measure::Tokens => least_left(shortfall),
    };
    Some((left, binding.name()))
}

fn least_left(shortfall: &Shortfall) -> Nanos {
    let money = shortfall.checks.iter();
    let money = money.filter(|check| check.measure == Measure::Usd);
    let least = money.map(|check| check.left.usd()).min();
    least.unwrap_or(Nanos::ZERO)
}

/// The caller's own words for whom or what a limit stops, where that is known.
fn mark(gateway: &Gateway, check: &Check, known: &Known) -> Option<String> {
    let marks = &known.marks;
    let text = match check.kind {
        CheckKind::EndUserLimit(_) => marks.end_user.as_ref()?,
        CheckKind::TagLimit(_) => match (check.subject, &*marks.tags) {
            (Some(subject), tags) => {
                let pepper = &gateway.parts().pepper;
                let is_it = |tag: &&String| pepper.subject(ids::SubjectKind::Tag, tag) == subject;
                tags.iter().find(is_it)?
            }
            (None, [only]) => only,
            (None, _) => return None,
        },
        CheckKind::HardLimit(_)
        | CheckKind::ModelLimit(_)
        | CheckKind::ApprovedUsageLimit(_)
        | CheckKind::UpstreamCap(_)
        | CheckKind::CreditBalance => return None,
    };
    let mut echoed: String = text.chars().take(ECHOED).collect();
    if echoed.len() < text.len() {
        echoed.push('…');
    }
    Some(echoed)
}

/// The error's code, which clients branch on.
const fn code(check: &Check) -> &'static str {
    match (check.measure, check.kind, check.scope) {
        (Measure::Requests | Measure::Tokens, _, _) => "rate_limit_exceeded",
        (Measure::Usd, CheckKind::CreditBalance, _) => "credit_balance_exhausted",
        (Measure::Usd, CheckKind::ApprovedUsageLimit(_), _) => "organization_usage_limit_exceeded",
        (Measure::Usd, CheckKind::UpstreamCap(_), _) => "upstream_spend_limit_exceeded",
        (Measure::Usd, CheckKind::ModelLimit(_), _) => "model_spend_limit_exceeded",
        (Measure::Usd, CheckKind::EndUserLimit(_), _) => "end_user_spend_limit_exceeded",
        (Measure::Usd, CheckKind::TagLimit(_), _) => "tag_spend_limit_exceeded",
        (Measure::Usd, CheckKind::HardLimit(_), Scope::Organization) => {
            "organization_spend_limit_exceeded"
        }
        (Measure::Usd, CheckKind::HardLimit(_), Scope::Project(_)) => {
            "project_spend_limit_exceeded"
        }
        (Measure::Usd, CheckKind::HardLimit(_), Scope::Key(_)) => "api_key_spend_limit_exceeded",
    }
}

struct Case<'a> {
    shortfall: &'a Shortfall,
    check: &'a Check,
    wish: Wish,
    names: Option<&'a Names>,
    known: &'a Known,
    /// The end user or the tag that is stopped, in the caller's own words. Only ever told to the caller.
    mark: Option<&'a str>,
}

impl Case<'_> {
    fn told(&self, gateway: &Gateway, request: RequestId) -> Told {
        let too_many = StatusCode::TOO_MANY_REQUESTS;
        let code = code(self.check);
        let mut told = match (self.check.measure, self.shortfall.transient) {
            (Measure::Usd, true) => {
                let kind = ("rate_limit_error", "in_flight_budget_exhausted");
                let mut told = Told::new(too_many, kind, self.transient());
                told.retry = Retry::After(RETRY_AFTER);
                told
            }
            (Measure::Usd, false) => {
                let status = match gateway.settings().refusal_status {
                    RefusalStatus::TooManyRequests => too_many,
                    RefusalStatus::PaymentRequired => StatusCode::PAYMENT_REQUIRED,
                };
                let kind = ("insufficient_quota", code);
                Told::new(status, kind, self.definitive(request))
            }
            (measure @ (Measure::Requests | Measure::Tokens), _) => {
                let kind = (measure.name(), code);
                let mut told = Told::new(too_many, kind, self.of_rate(request));
                told.retry = self.again();
                told
            }
        };
        told.rates = self.shortfall.checks.clone();
        told.details = Some(self.details(gateway, request));
        told
    }

    /// What the call needs where it stops: cut down as far as it may be.
    fn least(&self) -> Quantity {
        self.shortfall.least_needed_of(self.check.measure)
    }

    /// How much more would have to be left there.
    fn short(&self) -> Quantity {
        let left = if self.shortfall.transient {
            self.check.left
        } else {
            self.check.left_without_holds()
        };
        self.least().saturating_sub(left)
    }

    /// A ceiling under which the call would have passed.
    fn enough(&self) -> Quantity {
        let ceiling = self.check.ceiling.unwrap_or_default();
        ceiling.saturating_add(self.short())
    }

    fn spoken(&self, amount: Quantity) -> String {
        self.check.measure.spoken(amount)
    }

    fn not_the_cause(&self) -> Vec<&'static str> {
        let passed = self
            .shortfall
            .checks
            .iter()
            .filter(|check| check.left >= self.shortfall.least_needed_of(check.measure));
        let mut names: Vec<&'static str> = passed.map(|check| check.name()).collect();
        if self.is_cap() {
            // The organization's own Book granted the call before the account's refused it.
            names.push("credit_balance");
        }
        names.dedup();
        names
    }

    /// Whether the caps of the upstream account stop it, whoever calls.
    fn is_cap(&self) -> bool {
        matches!(self.check.kind, CheckKind::UpstreamCap(_))
    }

    fn scope_name(&self) -> (&'static str, &str) {
        if self.is_cap() {
            return ("upstream", &self.wish.upstream);
        }
        let name = |pick: fn(&Names) -> &str| self.names.map_or("", pick);
        match self.check.scope {
            Scope::Organization => ("organization", name(|names| &names.organization)),
            Scope::Project(_) => ("project", name(|names| &names.project)),
            Scope::Key(_) => ("API key", name(|names| &names.key)),
        }
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
            (
                CheckKind::UpstreamCap(limit),
                Scope::Organization,
                "upstream_spend_limit_exceeded",
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

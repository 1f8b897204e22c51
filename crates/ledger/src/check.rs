//! The checks that a hold must pass, and the headroom that follows from them.

use ids::{KeyId, LimitId, ProjectId};
use money::Nanos;

use crate::book::{Along, Limit};
use crate::{Book, LimitOrigin, Scope, Time, Window};

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// A ceiling the owner set.
    HardLimit(LimitId),
    /// The ceiling the operator approved for the organization.
    ApprovedUsageLimit(LimitId),
    /// The money itself.
    CreditBalance,
}

impl CheckKind {
    /// What people and programs call it, the same in headers, refusals and the API.
    #[must_use]
    pub const fn name(self, scope: Scope) -> &'static str {
        match (self, scope) {
            (Self::CreditBalance, _) => "credit_balance",
            (Self::ApprovedUsageLimit(_), _) => "organization_usage_limit",
            (Self::HardLimit(_), Scope::Organization) => "organization_hard_limit",
            (Self::HardLimit(_), Scope::Project(_)) => "project_hard_limit",
            (Self::HardLimit(_), Scope::Key(_)) => "api_key_hard_limit",
        }
    }

    const fn of(limit: &Limit) -> Self {
        match limit.origin {
            LimitOrigin::Owner => Self::HardLimit(limit.id),
            LimitOrigin::Operator => Self::ApprovedUsageLimit(limit.id),
        }
    }

    /// The limit it is about; `None` for the credit balance.
    #[must_use]
    pub const fn limit(self) -> Option<LimitId> {
        match self {
            Self::HardLimit(id) | Self::ApprovedUsageLimit(id) => Some(id),
            Self::CreditBalance => None,
        }
    }
}

/// One thing that can stop a call, with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it is.
    pub kind: CheckKind,
    /// What it is on.
    pub scope: Scope,
    /// The ceiling; `None` for the credit balance, whose ceiling is what is left.
    pub ceiling: Option<Nanos>,
    /// How long a ceiling counts.
    pub window: Option<Window>,
    /// What was spent (in the current window).
    pub spent: Nanos,
    /// What is promised to running calls.
    pub held: Nanos,
    /// What can still be promised. May be negative.
    pub left: Nanos,
    /// When the window ends; `None` where it never does.
    pub resets_at: Option<Time>,
}

impl Check {
    /// See [`CheckKind::name`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind.name(self.scope)
    }

    fn of_limit(limit: &Limit) -> Self {
        Self {
            kind: CheckKind::of(limit),
            scope: limit.scope,
            ceiling: Some(limit.amount),
            window: Some(limit.window.clone()),
            spent: limit.spent,
            held: limit.held,
            left: limit.left(),
            resets_at: Some(limit.span.end).filter(|end| *end < Time::LATEST),
        }
    }

    /// What could be promised if every running call gave back all it holds.
    #[must_use]
    pub fn left_without_holds(&self) -> Nanos {
        self.left.saturating_add(self.held)
    }
}

/// What can be spent before calls stop, and what stops them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headroom {
    /// The least that is left anywhere; never below nothing.
    pub amount: Nanos,
    /// The check with that least.
    pub binding: CheckKind,
    /// What the binding check is on.
    pub scope: Scope,
}

/// The place of the check with the least left; of several the first, so ties go key, project, organization, credit.
pub(crate) fn least_left<'a>(
    checks: impl IntoIterator<Item = (usize, &'a Check)>,
) -> Option<usize> {
    checks
        .into_iter()
        .min_by_key(|(place, check)| (check.left, *place))
        .map(|(place, _)| place)
}

impl Book {
    /// Every check that stops a call of this key (or of this project, or of the organization), in the order key,
    /// project, organization, credit balance. Figures are those of the last entry: see [`crate::due`].
    #[must_use]
    pub fn checks(&self, project: Option<ProjectId>, key: Option<KeyId>) -> Vec<Check> {
        self.checks_along(&self.limits.along(project, key))
    }

    pub(crate) fn checks_along(&self, along: &Along<'_, Limit>) -> Vec<Check> {
        let mut checks: Vec<Check> = along.iter().map(Check::of_limit).collect();
        checks.push(self.credit_check());
        checks
    }

    fn credit_check(&self) -> Check {
        let balance = self.credit.balance();
        Check {
            kind: CheckKind::CreditBalance,
            scope: Scope::Organization,
            ceiling: None,
            window: None,
            spent: balance.spent,
            held: balance.held,
            left: balance.available(),
            resets_at: None,
        }
    }

    /// What this key (or project, or the organization) can spend now.
    #[must_use]
    pub fn headroom(&self, project: Option<ProjectId>, key: Option<KeyId>) -> Headroom {
        self.headroom_along(&self.limits.along(project, key))
    }

    pub(crate) fn headroom_along(&self, along: &Along<'_, Limit>) -> Headroom {
        let mut headroom = Headroom {
            amount: self.credit.balance().available(),
            binding: CheckKind::CreditBalance,
            scope: Scope::Organization,
        };
        // From the last to the first, so that a tie goes to the narrower one.
        for limit in along.iter().rev() {
            let left = limit.left();
            if left <= headroom.amount {
                headroom = Headroom {
                    amount: left,
                    binding: CheckKind::of(limit),
                    scope: limit.scope,
                };
            }
        }
        headroom.amount = headroom.amount.at_least_zero();
        headroom
    }
}

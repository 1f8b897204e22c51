//! The checks that a hold must pass, and the headroom that follows from them.

use ids::{KeyId, LimitId, ProjectId};
use money::Nanos;

use crate::book::{Along, Limit};
use crate::{Book, Calls, LimitOrigin, Scope, Time, Window};

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// A ceiling the owner set.
    HardLimit(LimitId),
    /// A ceiling the owner set on the calls of a model.
    ModelLimit(LimitId),
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
            (Self::ModelLimit(_), _) => "model_hard_limit",
            (Self::HardLimit(_), Scope::Organization) => "organization_hard_limit",
            (Self::HardLimit(_), Scope::Project(_)) => "project_hard_limit",
            (Self::HardLimit(_), Scope::Key(_)) => "api_key_hard_limit",
        }
    }

    const fn of(limit: &Limit) -> Self {
        match (limit.origin, &limit.calls) {
            (LimitOrigin::Owner, Calls::All) => Self::HardLimit(limit.id),
            (LimitOrigin::Owner, Calls::Model(_)) => Self::ModelLimit(limit.id),
            (LimitOrigin::Operator, _) => Self::ApprovedUsageLimit(limit.id),
        }
    }

    /// The limit it is about; `None` for the credit balance.
    #[must_use]
    pub const fn limit(self) -> Option<LimitId> {
        match self {
            Self::HardLimit(id) | Self::ModelLimit(id) | Self::ApprovedUsageLimit(id) => Some(id),
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

/// Which limits are asked about that count only some of the calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Narrow<'a> {
    /// None of them: the question is about every call.
    None,
    /// Those that count a call of this model.
    Model(&'a str),
    /// Those among these.
    Among(&'a [LimitId]),
}

/// The limits that a question is about.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    along: Along<'a, Limit>,
    narrow: Narrow<'a>,
}

impl<'a> Asked<'a> {
    /// In the order key, project, organization; on each the oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &'a Limit> + use<'a> {
        let narrow = self.narrow;
        self.along
            .iter()
            .filter(move |limit| match (&limit.calls, narrow) {
                (Calls::All, _) => true,
                (Calls::Model(_), Narrow::None) => false,
                (calls @ Calls::Model(_), Narrow::Model(model)) => calls.include_model(model),
                (Calls::Model(_), Narrow::Among(ids)) => ids.contains(&limit.id),
            })
    }
}

impl Book {
    pub(crate) fn asked<'a>(
        &'a self,
        (project, key): (Option<ProjectId>, Option<KeyId>),
        narrow: Narrow<'a>,
    ) -> Asked<'a> {
        Asked {
            along: self.limits.along(project, key),
            narrow,
        }
    }

    /// Every check that stops every call of this key (or of this project, or of the organization), in the order key,
    /// project, organization, credit balance. Figures are those of the last entry: see [`crate::due`].
    #[must_use]
    pub fn checks(&self, project: Option<ProjectId>, key: Option<KeyId>) -> Vec<Check> {
        self.checks_asked(&self.asked((project, key), Narrow::None))
    }

    /// Every check that is made of a call of this key for this model, in the same order: those of [`Book::checks`], and
    /// those of limits on the model.
    #[must_use]
    pub fn checks_of_call(
        &self,
        project: Option<ProjectId>,
        key: Option<KeyId>,
        model: &str,
    ) -> Vec<Check> {
        self.checks_asked(&self.asked((project, key), Narrow::Model(model)))
    }

    pub(crate) fn checks_asked(&self, asked: &Asked<'_>) -> Vec<Check> {
        let mut checks: Vec<Check> = asked.iter().map(Check::of_limit).collect();
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

    /// What this key (or project, or the organization) can spend now, on a model without limits of its own.
    #[must_use]
    pub fn headroom(&self, project: Option<ProjectId>, key: Option<KeyId>) -> Headroom {
        self.headroom_asked(&self.asked((project, key), Narrow::None))
    }

    pub(crate) fn headroom_asked(&self, asked: &Asked<'_>) -> Headroom {
        let mut headroom = Headroom {
            amount: self.credit.balance().available(),
            binding: CheckKind::CreditBalance,
            scope: Scope::Organization,
        };
        // From the last to the first, so that a tie goes to the narrower one.
        for limit in asked.iter().rev() {
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

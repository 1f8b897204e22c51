//! The checks that a hold must pass, and the headroom that follows from them.

mod asked;
mod rates;

use ids::{KeyId, LimitId, ProjectId, Subject};
use money::Nanos;

pub(crate) use asked::{Asked, Counter, Narrow};

use crate::book::Limit;
use crate::{Book, Calls, LimitOrigin, Measure, OnTrip, Quantity, Scope, Time, Traits, Window};

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// A ceiling the owner set.
    HardLimit(LimitId),
    /// A ceiling the owner set on the calls of a model.
    ModelLimit(LimitId),
    /// A ceiling the owner set on the calls for an end user, or for each.
    EndUserLimit(LimitId),
    /// A ceiling the owner set on the calls with a tag, or with each.
    TagLimit(LimitId),
    /// The ceiling the operator approved for the organization.
    ApprovedUsageLimit(LimitId),
    /// A ceiling the operator set on what goes through an upstream account, whoever calls.
    UpstreamCap(LimitId),
    /// The money itself.
    CreditBalance,
}

impl CheckKind {
    /// What people and programs call it, the same in headers, refusals and the API.
    #[must_use]
    pub const fn name(self, scope: Scope, measure: Measure) -> &'static str {
        /// The name by measure: USD, requests, tokens.
        const fn by(measure: Measure, names: [&'static str; 3]) -> &'static str {
            let [usd, requests, tokens] = names;
            match measure {
                Measure::Usd => usd,
                Measure::Requests => requests,
                Measure::Tokens => tokens,
            }
        }
        let names = match (self, scope) {
            (Self::CreditBalance, _) => return "credit_balance",
            (Self::ApprovedUsageLimit(_), _) => return "organization_usage_limit",
            (Self::ModelLimit(_), _) => [
                "model_hard_limit",
                "model_request_limit",
                "model_token_limit",
            ],
            (Self::EndUserLimit(_), _) => [
                "end_user_hard_limit",
                "end_user_request_limit",
                "end_user_token_limit",
            ],
            (Self::TagLimit(_), _) => ["tag_hard_limit", "tag_request_limit", "tag_token_limit"],
            (Self::UpstreamCap(_), _) => {
                ["upstream_cap", "upstream_request_cap", "upstream_token_cap"]
            }
            (Self::HardLimit(_), Scope::Organization) => [
                "organization_hard_limit",
                "organization_request_limit",
                "organization_token_limit",
            ],
            (Self::HardLimit(_), Scope::Project(_)) => [
                "project_hard_limit",
                "project_request_limit",
                "project_token_limit",
            ],
            (Self::HardLimit(_), Scope::Key(_)) => [
                "api_key_hard_limit",
                "api_key_request_limit",
                "api_key_token_limit",
            ],
        };
        by(measure, names)
    }

    fn of(limit: &Limit) -> Self {
        match (limit.origin, &limit.calls) {
            (LimitOrigin::Operator, _) => Self::ApprovedUsageLimit(limit.id),
            (LimitOrigin::Owner | LimitOrigin::Guard, Calls::All | Calls::EachKey) => {
                Self::HardLimit(limit.id)
            }
            (_, Calls::Model(_)) => Self::ModelLimit(limit.id),
            (_, Calls::EndUser(_) | Calls::EachEndUser) => Self::EndUserLimit(limit.id),
            (_, Calls::Tag(_) | Calls::EachTag) => Self::TagLimit(limit.id),
        }
    }

    /// The limit it is about; `None` for the credit balance.
    #[must_use]
    pub const fn limit(self) -> Option<LimitId> {
        match self {
            Self::HardLimit(id)
            | Self::ModelLimit(id)
            | Self::EndUserLimit(id)
            | Self::TagLimit(id)
            | Self::ApprovedUsageLimit(id)
            | Self::UpstreamCap(id) => Some(id),
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
    /// What is counted.
    pub measure: Measure,
    /// Whom or what the figures are of, where each end user or each tag counts apart.
    pub subject: Option<Subject>,
    /// The ceiling; `None` for the credit balance, whose ceiling is what is left.
    pub ceiling: Option<Quantity>,
    /// How long a ceiling counts.
    pub window: Option<Window>,
    /// What was spent (in the current window).
    pub spent: Quantity,
    /// What is promised to running calls.
    pub held: Quantity,
    /// What can still be promised. May be negative.
    pub left: Quantity,
    /// When the window ends; of a rolling one, when the next part of it leaves. `None` where it never does.
    pub resets_at: Option<Time>,
    /// Whether the key is frozen when a call is refused here for good.
    pub freezes: bool,
}

impl Check {
    /// See [`CheckKind::name`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind.name(self.scope, self.measure)
    }

    fn of_limit(counter: Counter<'_>, kind: CheckKind) -> Self {
        let limit = counter.limit;
        let count = counter.count();
        Self {
            kind,
            scope: limit.scope,
            measure: limit.measure,
            subject: counter.subject,
            ceiling: Some(limit.amount),
            window: Some(limit.window.clone()),
            spent: count.spent,
            held: count.held,
            left: limit.left_in(&count),
            resets_at: limit.resets_at(&count).filter(|end| *end < Time::LATEST),
            freezes: limit.on_trip == OnTrip::FreezeKey,
        }
    }

    /// What could be promised if every running call gave back all it holds. A running request is not given back: it is
    /// made, and counts.
    #[must_use]
    pub fn left_without_holds(&self) -> Quantity {
        match self.measure {
            Measure::Usd | Measure::Tokens => self.left.saturating_add(self.held),
            Measure::Requests => self.left,
        }
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

impl Headroom {
    /// The one of the two with less in it; of equals the first.
    #[must_use]
    pub fn least(self, other: Self) -> Self {
        if other.amount < self.amount {
            other
        } else {
            self
        }
    }

    /// See [`CheckKind::name`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.binding.name(self.scope, Measure::Usd)
    }
}

/// The least that is left of each measure. Of money it may be less than nothing, and says what binds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Least {
    pub(crate) headroom: Headroom,
    pub(crate) requests: Quantity,
    pub(crate) tokens: Quantity,
}

/// The place of the check with the least left; of several the first, so ties go key, project, organization, credit.
/// Amounts of different measures do not compare: money comes first, then requests, then tokens.
pub(crate) fn least_left<'a>(
    checks: impl IntoIterator<Item = (usize, &'a Check)>,
) -> Option<usize> {
    checks
        .into_iter()
        .min_by_key(|(place, check)| (check.measure, check.left, *place))
        .map(|(place, _)| place)
}

impl Book {
    pub(crate) fn asked<'a>(
        &'a self,
        (project, key): (Option<ProjectId>, Option<KeyId>),
        narrow: Narrow<'a>,
    ) -> Asked<'a> {
        Asked::new(&self.limits.along(project, key), narrow)
    }

    /// Every check that stops every call of this key (or of this project, or of the organization), in the order key,
    /// project, organization, credit balance. Figures are those of the last entry: see [`crate::due`].
    #[must_use]
    pub fn checks(&self, project: Option<ProjectId>, key: Option<KeyId>) -> Vec<Check> {
        self.checks_asked(&self.asked((project, key), Narrow::None))
    }

    /// Every check that is made of a call of this key for this model, in the same order: those of [`Book::checks`], and
    /// those of limits on the model, the end user and the tags.
    #[must_use]
    pub fn checks_of_call(
        &self,
        project: Option<ProjectId>,
        key: Option<KeyId>,
        (model, traits): (&str, &Traits),
    ) -> Vec<Check> {
        let traits = &traits.looked_at();
        self.checks_asked(&self.asked((project, key), Narrow::Call { model, traits }))
    }

    pub(crate) fn checks_asked(&self, asked: &Asked<'_>) -> Vec<Check> {
        let stopping = asked.counters().filter(|counter| counter.limit.stops());
        let mut checks: Vec<Check> = stopping.map(|counter| self.check_of(counter)).collect();
        // Nobody buys what an upstream account may spend: its one lot is as much as a Book can count.
        if !self.is_of_upstream() {
            checks.push(self.credit_check());
        }
        checks
    }

    fn check_of(&self, counter: Counter<'_>) -> Check {
        Check::of_limit(counter, self.kind_of(counter.limit))
    }

    fn kind_of(&self, limit: &Limit) -> CheckKind {
        if self.is_of_upstream() {
            CheckKind::UpstreamCap(limit.id)
        } else {
            CheckKind::of(limit)
        }
    }

    fn credit_check(&self) -> Check {
        let balance = self.credit.balance();
        Check {
            kind: CheckKind::CreditBalance,
            scope: Scope::Organization,
            measure: Measure::Usd,
            subject: None,
            ceiling: None,
            window: None,
            spent: balance.spent.into(),
            held: balance.held.into(),
            left: balance.available().into(),
            resets_at: None,
            freezes: false,
        }
    }

    /// What this key (or project, or the organization) can spend now, on a model and for an end user without limits of
    /// their own.
    #[must_use]
    pub fn headroom(&self, project: Option<ProjectId>, key: Option<KeyId>) -> Headroom {
        self.headroom_asked(&self.asked((project, key), Narrow::None))
    }

    pub(crate) fn headroom_asked(&self, asked: &Asked<'_>) -> Headroom {
        let mut headroom = self.least_left(asked).headroom;
        headroom.amount = headroom.amount.at_least_zero();
        headroom
    }

    /// The least that is left of each measure over all that is asked about.
    pub(crate) fn least_left(&self, asked: &Asked<'_>) -> Least {
        let mut least = Least {
            headroom: Headroom {
                amount: self.credit.balance().available(),
                binding: CheckKind::CreditBalance,
                scope: Scope::Organization,
            },
            requests: Quantity::MAX,
            tokens: Quantity::MAX,
        };
        // A tie goes to the narrower one, and to a limit rather than to the credit balance.
        let mut tie = true;
        asked.each_counter(|counter| {
            let limit = counter.limit;
            if !limit.stops() {
                return;
            }
            let left = counter.left();
            match limit.measure {
                Measure::Requests => least.requests = left.min(least.requests),
                Measure::Tokens => least.tokens = left.min(least.tokens),
                Measure::Usd => {
                    let (left, headroom) = (left.usd(), &mut least.headroom);
                    if left < headroom.amount || (tie && left == headroom.amount) {
                        tie = false;
                        *headroom = Headroom {
                            amount: left,
                            binding: self.kind_of(limit),
                            scope: limit.scope,
                        };
                    }
                }
            }
        });
        least
    }
}

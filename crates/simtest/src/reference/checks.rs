//! What counts a call, and what is in its way: by the figures after some entry, looked at one by one.

use ids::{KeyId, LimitId, Subject};
use ledger::{LimitTerms, Measure, Mode, OnTrip, Scope};

use super::limits::{apart, counts, is_on, stops};
use super::sums::{Figures, LimitFigures, Sum};
use crate::asked::Ask;

/// One thing that can stop a call: a limit, of one subject where it counts each apart, or the credit balance.
#[derive(Clone, Debug)]
pub(crate) struct Check<'a> {
    pub(crate) limit: Option<&'a LimitFigures>,
    pub(crate) subject: Option<Subject>,
    pub(crate) sum: Sum,
}

impl Check<'_> {
    pub(crate) fn measure(&self) -> Measure {
        self.limit.map_or(Measure::Usd, |limit| limit.terms.measure)
    }

    pub(crate) fn id(&self) -> Option<LimitId> {
        self.limit.map(|limit| limit.terms.id)
    }

    /// What would be left if every running call gave back what it can: a request that is made is made.
    pub(crate) fn ever(&self) -> i128 {
        match self.measure() {
            Measure::Usd | Measure::Tokens => self.sum.left + self.sum.held,
            Measure::Requests => self.sum.left,
        }
    }

    /// Whether a call with so many units is stopped here.
    pub(crate) fn stops(&self, ask: &Ask, units: u64) -> bool {
        !ask.fits(self.measure(), units, self.sum.left)
    }
}

/// Whether a limit takes more than the price of a call to count it.
pub(super) fn looks_closer(terms: &LimitTerms) -> bool {
    use ledger::Calls;
    let of_some = match terms.calls {
        Calls::All | Calls::Model(_) | Calls::EachKey => false,
        Calls::EndUser(_) | Calls::EachEndUser | Calls::Tag(_) | Calls::EachTag => true,
    };
    of_some || terms.measure == Measure::Tokens || terms.mode == Mode::Shadow
}

impl Figures {
    /// The limits that count a call, whether they stop it or not.
    pub(crate) fn counting(&self, ask: &Ask) -> Vec<&LimitFigures> {
        let Some(key) = self.keys.get(&ask.key) else {
            return Vec::new();
        };
        let of = (ask.model, ask.user, &*ask.tags);
        let limits = self.limits.values();
        limits
            .filter(|limit| {
                let terms = &limit.terms;
                is_on(terms.scope, (key.project, ask.key)) && counts(&terms.calls, of)
            })
            .collect()
    }

    /// What is in the way of a call.
    pub(crate) fn in_the_way(&self, ask: &Ask) -> Vec<Check<'_>> {
        let limits = self.counting(ask).into_iter();
        let limits = limits.filter(|limit| stops(&limit.terms));
        let credit = Check {
            limit: None,
            subject: None,
            sum: self.credit,
        };
        limits
            .flat_map(|limit| limit.checks_of(ask))
            .chain([credit])
            .collect()
    }

    /// The shadows that would have stopped a call, cut down as far as it may be.
    pub(super) fn over(&self, ask: &Ask) -> Vec<LimitId> {
        let limits = self.counting(ask).into_iter();
        let shadows = limits.filter(|limit| limit.terms.mode == Mode::Shadow);
        let over = shadows.filter(|limit| {
            let mut checks = limit.checks_of(ask).into_iter();
            checks.any(|check| check.stops(ask, ask.floor))
        });
        over.map(|limit| limit.terms.id).collect()
    }

    /// Whether a limit freezes keys that it stops, and is one of this key's.
    pub(super) fn freezes(&self, limit: &LimitFigures, key: KeyId) -> bool {
        let project = self.keys.get(&key).map(|key| key.project);
        let on = match limit.terms.scope {
            Scope::Organization => true,
            Scope::Project(id) => Some(id) == project,
            Scope::Key(id) => id == key,
        };
        on && stops(&limit.terms) && limit.terms.on_trip == OnTrip::FreezeKey
    }
}

impl LimitFigures {
    /// One for each subject that it tells apart in a call, or one of all.
    fn checks_of(&self, ask: &Ask) -> Vec<Check<'_>> {
        let subjects = apart(&self.terms.calls, ask.key, (ask.user, &ask.tags));
        let check = |subject: Option<Subject>| Check {
            limit: Some(self),
            subject,
            sum: self.of(subject),
        };
        if subjects.is_empty() {
            return vec![check(None)];
        }
        subjects.into_iter().map(Some).map(check).collect()
    }

    /// What counts of a subject, or of all together.
    pub(crate) fn of(&self, subject: Option<Subject>) -> Sum {
        let Some(subject) = subject else {
            return self.whole;
        };
        let nothing = Sum {
            left: self.amount,
            ..Sum::default()
        };
        self.apart.get(&subject).copied().unwrap_or(nothing)
    }
}

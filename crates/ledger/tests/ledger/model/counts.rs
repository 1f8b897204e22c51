//! What counts in the model's limits: lists of what was spent when, and by whom.

use super::events::{Ask, Scope};
use super::time::counts_still;
use super::{Call, Counted, Key, Limit, Measure, Model};

/// For whom a call is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who {
    pub(crate) user: Option<u8>,
    pub(crate) tags: u8,
}

/// Something that ended calls took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spent {
    pub(super) amount: i64,
    pub(super) at: i64,
    pub(super) who: Who,
}

/// Something that can stop a call: a limit's number (`None`: the credit), what is counted, what is left, and what would be
/// left if every running call gave back what it can.
#[derive(Clone, Copy, Debug)]
pub(super) struct Check {
    pub(super) limit: Option<u8>,
    pub(super) measure: Measure,
    pub(super) left: i64,
    pub(super) back: i64,
}

impl Call {
    /// What it holds, or was presumed to have taken.
    fn takes(&self, measure: Measure) -> i64 {
        match measure {
            Measure::Usd => self.amount,
            Measure::Requests => 1,
            Measure::Tokens => self.tokens,
        }
    }
}

impl Model {
    /// The limits that count such a call of this key, in the order key, project, organization.
    pub(super) fn limits_on(&self, key: &Key, ask: &Ask) -> Vec<&Limit> {
        [
            Scope::Key(key.number),
            Scope::Project(key.project),
            Scope::Organization,
        ]
        .into_iter()
        .flat_map(|scope| self.limits.iter().filter(move |limit| limit.scope == scope))
        .filter(|limit| limit.counts(ask.model, ask.who()))
        .collect()
    }

    pub(super) fn checks(&self, ask: &Ask) -> Vec<Check> {
        let mut checks = Vec::new();
        let limits = self.limits_on(self.key(ask.key).unwrap(), ask);
        for limit in limits.into_iter().filter(|limit| limit.stops()) {
            for subject in limit.apart(ask.who()) {
                let spent = self.spent_in(limit, subject);
                let left = limit.amount - spent - self.held_in(limit, subject);
                // A request that was made is not given back.
                let back = match limit.kind.measure {
                    Measure::Requests => left,
                    Measure::Usd | Measure::Tokens => limit.amount - spent,
                };
                checks.push(Check {
                    limit: Some(limit.number),
                    measure: limit.kind.measure,
                    left,
                    back,
                });
            }
        }
        let left = self.available();
        let held = self.lots.iter().map(|lot| lot.held).sum::<i64>();
        checks.push(Check {
            limit: None,
            measure: Measure::Usd,
            left,
            back: left + held,
        });
        checks
    }

    fn counting(
        &self,
        limit: &Limit,
        subject: Option<u8>,
        presumed: bool,
    ) -> impl Iterator<Item = (&Call, &Counted)> {
        let (made, window) = (limit.made, limit.now_in);
        self.calls
            .iter()
            .filter(move |call| call.presumed == presumed && limit.is_of(subject, call.who))
            .flat_map(|call| call.counted.iter().map(move |counted| (call, counted)))
            .filter(move |(_, counted)| counted.limit == made && counted.window == window)
    }

    /// What open holds promise in the limit's current window: all, or those of one subject.
    pub(crate) fn held_in(&self, limit: &Limit, subject: Option<u8>) -> i64 {
        self.counting(limit, subject, false)
            .map(|(call, _)| call.takes(limit.kind.measure))
            .sum()
    }

    /// What calls took in the limit's current window since it was last reset: all, or those of one subject.
    pub(crate) fn spent_in(&self, limit: &Limit, subject: Option<u8>) -> i64 {
        let still = |at| counts_still(limit.window, at, self.now);
        let presumed: i64 = self
            .counting(limit, subject, true)
            .filter(|(call, counted)| {
                counted.charged_after == limit.resets && still(call.presumed_at)
            })
            .map(|(call, _)| call.takes(limit.kind.measure))
            .sum();
        let ended = limit.ended.iter();
        let ended = ended.filter(|spent| limit.is_of(subject, spent.who));
        presumed + ended.map(|spent| spent.amount).sum::<i64>()
    }

    /// Counts a call that ends, or whose end is corrected, in every limit that counts it still.
    pub(super) fn spend(&mut self, call: &Call, charge: i64, tokens: i64) {
        let at = if call.presumed {
            call.presumed_at
        } else {
            self.now
        };
        for counted in &call.counted {
            let in_force = |limit: &&mut Limit| {
                limit.made == counted.limit
                    && limit.now_in == counted.window
                    && (!call.presumed || limit.resets == counted.charged_after)
            };
            if let Some(limit) = self.limits.iter_mut().find(in_force) {
                let amount = match limit.kind.measure {
                    Measure::Usd => charge,
                    Measure::Requests => 1,
                    Measure::Tokens => tokens,
                };
                let who = call.who;
                limit.ended.push(Spent { amount, at, who });
            }
        }
    }

    /// A charge that takes a limit which freezes past its amount freezes the call's key. Of a call that was presumed, what
    /// it takes beyond that counts, in the limits that count the presumption still.
    pub(super) fn guard(&mut self, call: &Call, charge: i64, tokens: i64) {
        let trips = |limit: &Limit| {
            let counts = |counted: &&Counted| {
                let since = call.presumed_at;
                let stands = counted.charged_after == limit.resets
                    && counts_still(limit.window, since, self.now);
                counted.limit == limit.made
                    && counted.window == limit.now_in
                    && (!call.presumed || stands)
            };
            let takes = match limit.kind.measure {
                Measure::Usd => charge,
                Measure::Requests => 1,
                Measure::Tokens => tokens,
            };
            let before = if call.presumed {
                call.takes(limit.kind.measure)
            } else {
                0
            };
            let more = takes - before;
            let passes = |subject| self.spent_in(limit, subject) + more > limit.amount;
            more > 0
                && (limit.kind.guard || limit.kind.freezes && limit.stops())
                && call.counted.iter().find(counts).is_some()
                && limit.apart(call.who).into_iter().any(passes)
        };
        if self.limits.iter().any(trips) {
            self.freeze(call.key);
        }
    }

    pub(super) fn freeze(&mut self, key: u8) {
        let mut keys = self.keys.iter_mut();
        if let Some(key) = keys.find(|other| other.number == key) {
            key.freeze();
        }
    }
}

//! Which key a charge freezes. It is part of the charge's own decision, whoever makes the charge: a settlement, a
//! correction, or whoever presumes a hold because nobody answers for it.

use std::collections::BTreeMap;

use ids::{HoldId, KeyId, LimitId, ProjectId, Subject};
use money::Nanos;

use super::hold::freeze;
use crate::book::Moment;
use crate::quantity::Amounts;
use crate::{Book, Calls, Fact, Limit, Quantity, Time};

/// A charge, or the difference that a correction makes.
pub(super) struct Charging<'a> {
    moment: Moment<'a>,
    project: ProjectId,
    limits: &'a [LimitId],
    /// Of a correction, the entry that presumed what is corrected, and the time now.
    corrects: Option<(u64, Time)>,
    amounts: Amounts,
}

impl<'a> Charging<'a> {
    /// The end of an open hold that takes so much; `None` where it is not open.
    pub(super) fn open(book: &'a Book, id: HoldId, amounts: Amounts) -> Option<Self> {
        let hold = book.holds.open().get(&id)?;
        Some(Self {
            moment: Moment {
                taken: hold.taken,
                at: book.now(),
                traits: hold.traits(),
                key: hold.key,
            },
            project: hold.project,
            limits: &hold.limits,
            corrects: None,
            amounts,
        })
    }

    /// How much money it takes.
    pub(super) const fn usd(&self) -> Nanos {
        self.amounts.usd.usd()
    }

    /// A correction, now, of a hold that was presumed, by so much; `None` where it was not.
    pub(super) fn presumed(
        book: &'a Book,
        (id, now): (HoldId, Time),
        difference: Amounts,
    ) -> Option<Self> {
        let charge = book.holds.presumed().get(&id)?;
        Some(Self {
            moment: Moment {
                taken: charge.taken,
                at: charge.at,
                traits: charge.traits(),
                key: charge.key,
            },
            project: charge.project,
            limits: &charge.limits,
            corrects: Some((charge.presumed, now)),
            amounts: difference,
        })
    }
}

/// The charges of one decision, as the limits that freeze will have counted them.
pub(super) struct Trips<'a> {
    book: &'a Book,
    /// What the charges so far add to each counter; not kept where only one is made.
    added: Option<BTreeMap<(LimitId, Option<Subject>), Quantity>>,
    /// The keys that they freeze.
    frozen: Vec<KeyId>,
}

impl<'a> Trips<'a> {
    /// For one charge.
    pub(super) const fn of_one(book: &'a Book) -> Self {
        Self {
            book,
            added: None,
            frozen: Vec::new(),
        }
    }

    /// For several, one after the other.
    pub(super) const fn of_several(book: &'a Book) -> Self {
        Self {
            book,
            added: Some(BTreeMap::new()),
            frozen: Vec::new(),
        }
    }

    /// Freezes the key of a charge that takes a limit which freezes past its amount. Where each key counts apart, as in
    /// the organization's usual spend guard, nobody is frozen for what another key spent.
    pub(super) fn charge(&mut self, charging: &Charging<'_>) -> Option<Fact> {
        let (book, key) = (self.book, charging.moment.key);
        let along = book.limits.along(Some(charging.project), Some(key));
        let mut tripped = None;
        for limit in along.iter().filter(|limit| limit.freezes()) {
            if self.passes(limit, charging) {
                tripped.get_or_insert(limit.id);
            }
        }
        let limit = tripped?;
        if self.frozen.contains(&key) {
            return None;
        }
        self.frozen.push(key);
        freeze(book.key(key)?, limit)
    }

    fn passes(&mut self, limit: &Limit, charging: &Charging<'_>) -> bool {
        let amount = charging.amounts.of(limit.measure);
        let counts = charging.limits.contains(&limit.id)
            && limit.counts_charge(&charging.moment, charging.corrects);
        if !amount.is_positive() || !counts {
            return false;
        }
        let key = Calls::subject_of(charging.moment.key);
        let subjects = limit.calls.subjects(charging.moment.traits, &key).iter();
        let subjects = subjects.map(|subject| Some(*subject));
        let whole = (!limit.calls.apart()).then_some(None);
        let mut passes = false;
        for subject in whole.into_iter().chain(subjects) {
            let (counter, spent) = limit.spent_by(subject);
            let mut sum = spent.saturating_add(amount);
            if let Some(added) = &mut self.added {
                let before = added.entry((limit.id, counter)).or_default();
                sum = sum.saturating_add(*before);
                *before = before.saturating_add(amount);
            }
            passes |= sum > limit.amount;
        }
        passes
    }
}

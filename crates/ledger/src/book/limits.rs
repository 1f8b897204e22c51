//! Limits and what they count.

use std::collections::{BTreeMap, BTreeSet};

use ids::LimitId;
use money::Nanos;

use crate::apply::Inconsistent;
use crate::codec::{Canonical, DecodeError, Reader, canonical_struct};
use crate::{LimitOrigin, Scope, Span, Time, Window};

/// A ceiling on spending, and its count in the current window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its id.
    pub id: LimitId,
    /// Who set it.
    pub origin: LimitOrigin,
    /// What it is on.
    pub scope: Scope,
    /// The most that may be spent in one window.
    pub amount: Nanos,
    /// How long it counts.
    pub window: Window,
    /// The current window.
    pub span: Span,
    /// How many windows there were before: a hold counts only in the window it was taken in.
    pub epoch: u32,
    /// What calls cost in the current window.
    pub spent: Nanos,
    /// What is promised to running calls that began in the current window.
    pub held: Nanos,
    /// When it was set.
    pub created_at: Time,
}
canonical_struct!(Limit {
    id,
    origin,
    scope,
    amount,
    window,
    span,
    epoch,
    spent,
    held,
    created_at
});

impl Limit {
    /// What can still be promised in the current window. Negative where the amount was lowered, or a call cost more than
    /// it held.
    #[must_use]
    pub fn left(&self) -> Nanos {
        self.amount
            .saturating_sub(self.spent)
            .saturating_sub(self.held)
    }
}

/// All limits, by what they are on and by when they begin anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Limits {
    by_id: BTreeMap<LimitId, Limit>,
    by_scope: BTreeMap<Scope, Vec<LimitId>>,
    ends: BTreeSet<(Time, LimitId)>,
}

impl Canonical for Limits {
    fn write(&self, out: &mut Vec<u8>) {
        self.by_id.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let by_id = BTreeMap::<LimitId, Limit>::read(reader)?;
        let mut limits = Self::default();
        for limit in by_id.into_values() {
            limits.enter(limit);
        }
        Ok(limits)
    }
}

impl Limits {
    pub(crate) const fn all(&self) -> &BTreeMap<LimitId, Limit> {
        &self.by_id
    }

    /// The limits on exactly this scope, oldest first.
    pub(crate) fn on(&self, scope: Scope) -> impl Iterator<Item = &Limit> {
        self.by_scope
            .get(&scope)
            .into_iter()
            .flatten()
            .filter_map(|id| self.by_id.get(id))
    }

    /// The limits whose window is over, the one that ended first first.
    pub(crate) fn ended_by(&self, now: Time) -> impl Iterator<Item = &Limit> {
        self.ends
            .iter()
            .take_while(move |(end, _)| *end <= now)
            .filter_map(|(_, id)| self.by_id.get(id))
    }

    fn enter(&mut self, limit: Limit) {
        // Ids sort by age, and a snapshot is read in the order of ids.
        let on_scope = self.by_scope.entry(limit.scope).or_default();
        on_scope.push(limit.id);
        on_scope.sort_unstable();
        self.ends.insert((limit.span.end, limit.id));
        self.by_id.insert(limit.id, limit);
    }

    pub(crate) fn add(&mut self, limit: Limit) -> Result<(), Inconsistent> {
        if self.by_id.contains_key(&limit.id) {
            return Err(Inconsistent::Twice("limit"));
        }
        self.enter(limit);
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: LimitId) -> Result<(), Inconsistent> {
        let limit = self
            .by_id
            .remove(&id)
            .ok_or(Inconsistent::Unknown("limit"))?;
        self.ends.remove(&(limit.span.end, id));
        if let Some(on_scope) = self.by_scope.get_mut(&limit.scope) {
            on_scope.retain(|other| *other != id);
            if on_scope.is_empty() {
                self.by_scope.remove(&limit.scope);
            }
        }
        Ok(())
    }

    pub(crate) fn edit(
        &mut self,
        id: LimitId,
        amount: Nanos,
        reset: bool,
    ) -> Result<(), Inconsistent> {
        let limit = self
            .by_id
            .get_mut(&id)
            .ok_or(Inconsistent::Unknown("limit"))?;
        limit.amount = amount;
        if reset {
            limit.spent = Nanos::ZERO;
        }
        Ok(())
    }

    pub(crate) fn open_window(&mut self, id: LimitId, span: Span) -> Result<(), Inconsistent> {
        let limit = self
            .by_id
            .get_mut(&id)
            .ok_or(Inconsistent::Unknown("limit"))?;
        self.ends.remove(&(limit.span.end, id));
        self.ends.insert((span.end, id));
        limit.span = span;
        limit.epoch = limit.epoch.checked_add(1).ok_or(Inconsistent::Overflow)?;
        limit.spent = Nanos::ZERO;
        limit.held = Nanos::ZERO;
        Ok(())
    }

    /// Counts a new hold; answers the window it counts in.
    pub(crate) fn hold(&mut self, id: LimitId, amount: Nanos) -> Result<Counted, Inconsistent> {
        let limit = self
            .by_id
            .get_mut(&id)
            .ok_or(Inconsistent::Unknown("limit"))?;
        limit.held = limit
            .held
            .checked_add(amount)
            .ok_or(Inconsistent::Overflow)?;
        Ok(Counted {
            limit: id,
            epoch: limit.epoch,
        })
    }

    /// Changes what is held and spent in the window a hold was taken in; nothing where that window, or the limit, is
    /// over.
    pub(crate) fn change(
        &mut self,
        counted: Counted,
        held: Nanos,
        spent: Nanos,
    ) -> Result<(), Inconsistent> {
        let Some(limit) = self
            .by_id
            .get_mut(&counted.limit)
            .filter(|limit| limit.epoch == counted.epoch)
        else {
            return Ok(());
        };
        limit.held = limit.held.checked_add(held).ok_or(Inconsistent::Overflow)?;
        limit.spent = limit
            .spent
            .checked_add(spent)
            .ok_or(Inconsistent::Overflow)?;
        if limit.held.is_negative() || limit.spent.is_negative() {
            Err(Inconsistent::BelowNothing("limit"))
        } else {
            Ok(())
        }
    }
}

/// A limit, and which of its windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) limit: LimitId,
    pub(crate) epoch: u32,
}
canonical_struct!(Counted { limit, epoch });

/// Reading limits.
impl crate::Book {
    /// All limits, oldest first.
    pub fn limits(&self) -> impl Iterator<Item = &Limit> {
        self.limits.all().values()
    }

    /// One limit.
    #[must_use]
    pub fn limit(&self, id: LimitId) -> Option<&Limit> {
        self.limits.all().get(&id)
    }

    /// All lots, oldest id first.
    pub fn lots(&self) -> impl Iterator<Item = &crate::Lot> {
        self.credit.lots()
    }

    /// One lot.
    #[must_use]
    pub fn lot(&self, id: ids::LotId) -> Option<&crate::Lot> {
        self.credit.lot(id)
    }
}

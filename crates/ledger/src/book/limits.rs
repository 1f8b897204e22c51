//! Limits and what they count.

use ids::LimitId;
use money::Nanos;

use super::scoped::{ByScope, Scoped};
use crate::apply::Inconsistent;
use crate::codec::canonical_struct;
use crate::{Calls, LimitOrigin, Scope, Span, Time, Window};

/// A ceiling on spending, and its count in the current window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its id.
    pub id: LimitId,
    /// Who set it.
    pub origin: LimitOrigin,
    /// What it is on.
    pub scope: Scope,
    /// Which calls on it count.
    pub calls: Calls,
    /// The most that may be spent in one window.
    pub amount: Nanos,
    /// How long it counts.
    pub window: Window,
    /// The current window.
    pub span: Span,
    /// How many windows there were before.
    pub epoch: u32,
    /// What calls cost in the current window.
    pub spent: Nanos,
    /// What is promised to running calls that began in the current window.
    pub held: Nanos,
    /// When it was set.
    pub created_at: Time,
    /// The entry that opened the current window: a hold counts only in the window it was taken in.
    pub(crate) opened: u64,
    /// The last entry that forgot what was spent; zero: none did.
    pub(crate) forgot: u64,
}
canonical_struct!(Limit {
    id,
    origin,
    scope,
    calls,
    amount,
    window,
    span,
    epoch,
    spent,
    held,
    created_at,
    opened,
    forgot
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

impl Scoped for Limit {
    type Id = LimitId;
    const NAME: &'static str = "limit";
    fn id(&self) -> LimitId {
        self.id
    }
    fn scope(&self) -> Scope {
        self.scope
    }
    fn end(&self) -> Time {
        self.span.end
    }
}

/// All limits.
pub(crate) type Limits = ByScope<Limit>;

impl Limit {
    /// Changes what is held and spent in the current window, if that is the one a hold was taken in.
    pub(crate) fn change(
        &mut self,
        taken: u64,
        held: Nanos,
        spent: Nanos,
    ) -> Result<(), Inconsistent> {
        if taken < self.opened {
            return Ok(());
        }
        self.held = self.held.checked_add(held).ok_or(Inconsistent::Overflow)?;
        self.spent = self
            .spent
            .checked_add(spent)
            .ok_or(Inconsistent::Overflow)?;
        if self.held.is_negative() || self.spent.is_negative() {
            Err(Inconsistent::BelowNothing("limit"))
        } else {
            Ok(())
        }
    }

    /// Changes what is spent, unless the charge that is corrected was forgotten by an edit since.
    pub(crate) fn correct(
        &mut self,
        (taken, presumed): (u64, u64),
        difference: Nanos,
    ) -> Result<(), Inconsistent> {
        if presumed < self.forgot {
            return Ok(());
        }
        self.change(taken, Nanos::ZERO, difference)
    }

    pub(crate) fn edit(&mut self, amount: Nanos, reset_by: Option<u64>) {
        self.amount = amount;
        if let Some(seq) = reset_by {
            (self.forgot, self.spent) = (seq, Nanos::ZERO);
        }
    }

    pub(crate) fn begin(&mut self, span: Span, seq: u64) -> Result<(), Inconsistent> {
        self.span = span;
        self.epoch = self.epoch.checked_add(1).ok_or(Inconsistent::Overflow)?;
        self.opened = seq;
        self.spent = Nanos::ZERO;
        self.held = Nanos::ZERO;
        Ok(())
    }
}

/// Reading limits.
impl crate::Book {
    /// All limits, oldest first.
    pub fn limits(&self) -> impl Iterator<Item = &Limit> {
        self.limits.all()
    }

    /// One limit.
    #[must_use]
    pub fn limit(&self, id: LimitId) -> Option<&Limit> {
        self.limits.get(id)
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

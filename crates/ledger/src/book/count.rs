//! What counts in a limit: in calendar windows two sums, in rolling ones also when each part of them was spent.

use crate::apply::Inconsistent;
use crate::codec::canonical_struct;
use crate::{Quantity, Rolling, Time};

/// What calls spent and hold, as a limit counts it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// What ended calls took in the current window.
    pub spent: Quantity,
    /// What is promised to running calls.
    pub held: Quantity,
    /// In a rolling window, what was spent in each of its slots, the oldest first; they add up to `spent`.
    slots: Vec<(i64, Quantity)>,
}
canonical_struct!(Count { spent, held, slots });

impl Count {
    /// Whether nothing counts here.
    pub(crate) fn is_empty(&self) -> bool {
        self.spent == Quantity::ZERO && self.held == Quantity::ZERO && self.slots.is_empty()
    }

    pub(crate) fn hold(&mut self, held: Quantity) -> Result<(), Inconsistent> {
        self.held = add(self.held, held)?;
        Ok(())
    }

    /// Counts what was spent at this time; a correction takes back from where it was counted.
    pub(crate) fn spend(
        &mut self,
        spent: Quantity,
        dated: Option<(&Rolling, Time)>,
    ) -> Result<(), Inconsistent> {
        self.spent = add(self.spent, spent)?;
        let Some((rolling, at)) = dated.filter(|_| spent != Quantity::ZERO) else {
            return Ok(());
        };
        let slot = rolling.slot_of(at);
        let place = match self.slots.binary_search_by_key(&slot, |(slot, _)| *slot) {
            Ok(place) => place,
            Err(place) => {
                self.slots.insert(place, (slot, Quantity::ZERO));
                place
            }
        };
        if let Some((_, sum)) = self.slots.get_mut(place) {
            *sum = add(*sum, spent)?;
        }
        Ok(())
    }

    /// Lets the slots go that have left the window by now.
    pub(crate) fn leave(&mut self, rolling: &Rolling, now: Time) {
        let stay = |(slot, _): &(i64, Quantity)| rolling.leaves(*slot) > now;
        self.slots.retain(stay);
        self.spent = self
            .slots
            .iter()
            .fold(Quantity::ZERO, |sum, (_, spent)| sum.saturating_add(*spent));
    }

    /// Forgets what was spent. What is held goes on counting.
    pub(crate) fn forget(&mut self) {
        self.spent = Quantity::ZERO;
        self.slots = Vec::new();
    }

    /// When the oldest slot leaves.
    pub(crate) fn next_leave(&self, rolling: &Rolling) -> Option<Time> {
        self.slots.first().map(|(slot, _)| rolling.leaves(*slot))
    }

    /// When so much will have left, if nothing else is spent until then.
    pub(crate) fn leaves_by(&self, rolling: &Rolling, missing: Quantity) -> Option<Time> {
        let mut freed = Quantity::ZERO;
        for (slot, spent) in &self.slots {
            freed = freed.saturating_add(*spent);
            if freed >= missing {
                return Some(rolling.leaves(*slot));
            }
        }
        None
    }
}

/// Sums of tokens end at the end of their range: nothing is granted long before, and an absurd figure must not make a
/// journal that cannot be read.
fn add(sum: Quantity, amount: Quantity) -> Result<Quantity, Inconsistent> {
    let sum = sum.saturating_add(amount);
    if sum.is_negative() {
        Err(Inconsistent::BelowNothing("limit"))
    } else {
        Ok(sum)
    }
}

//! What counts in a limit: in calendar windows two sums, in rolling ones also when each part of them was spent.

use crate::apply::Inconsistent;
use crate::codec::{Canonical, DecodeError, Reader};
use crate::{Quantity, Rolling, Time};

/// What calls spent and hold, as a limit counts it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// What ended calls took in the current window.
    pub spent: Quantity,
    /// What is promised to running calls.
    pub held: Quantity,
    /// In a rolling window, what was spent in each of its slots. A pointer where there are none, because there are many
    /// counts and few of them roll.
    slots: Option<Box<Slots>>,
}

/// What was spent in each slot, the oldest first; they add up to all that was spent. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slots(Vec<(i64, Quantity)>);

impl Canonical for Count {
    fn write(&self, out: &mut Vec<u8>) {
        self.spent.write(out);
        self.held.write(out);
        match &self.slots {
            Some(slots) => slots.0.write(out),
            None => Vec::<(i64, Quantity)>::new().write(out),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (spent, held) = (Canonical::read(reader)?, Canonical::read(reader)?);
        let slots = Vec::<(i64, Quantity)>::read(reader)?;
        Ok(Self {
            spent,
            held,
            slots: (!slots.is_empty()).then(|| Box::new(Slots(slots))),
        })
    }
}

impl Count {
    /// Whether nothing counts here.
    pub(crate) fn is_empty(&self) -> bool {
        self.spent == Quantity::ZERO && self.held == Quantity::ZERO && self.slots.is_none()
    }

    pub(crate) fn hold(&mut self, held: Quantity) -> Result<(), Inconsistent> {
        self.held = add(self.held, held)?;
        Ok(())
    }

    /// Counts what was spent, in a rolling window in this slot of it; a correction takes back from where it was counted.
    pub(crate) fn spend(&mut self, spent: Quantity, slot: Option<i64>) -> Result<(), Inconsistent> {
        self.spent = add(self.spent, spent)?;
        let Some(slot) = slot.filter(|_| spent != Quantity::ZERO) else {
            return Ok(());
        };
        let slots = self
            .slots
            .get_or_insert_with(|| Box::new(Slots(Vec::new())));
        slots.spend(spent, slot)
    }

    fn slots(&self) -> &[(i64, Quantity)] {
        self.slots.as_deref().map_or(&[], |slots| &slots.0)
    }

    /// Lets the slots go that have left the window by now.
    pub(crate) fn leave(&mut self, rolling: &Rolling, now: Time) {
        let stay = |(slot, _): &(i64, Quantity)| rolling.leaves(*slot) > now;
        if let Some(slots) = &mut self.slots {
            slots.0.retain(stay);
            if slots.0.is_empty() {
                self.slots = None;
            }
        }
        self.spent = self
            .slots()
            .iter()
            .fold(Quantity::ZERO, |sum, (_, spent)| sum.saturating_add(*spent));
    }

    /// Forgets what was spent. What is held goes on counting.
    pub(crate) fn forget(&mut self) {
        self.spent = Quantity::ZERO;
        self.slots = None;
    }

    /// When the oldest slot leaves.
    pub(crate) fn next_leave(&self, rolling: &Rolling) -> Option<Time> {
        self.slots().first().map(|(slot, _)| rolling.leaves(*slot))
    }

    /// When so much will have left, if nothing else is spent until then.
    pub(crate) fn leaves_by(&self, rolling: &Rolling, missing: Quantity) -> Option<Time> {
        let mut freed = Quantity::ZERO;
        for (slot, spent) in self.slots() {
            freed = freed.saturating_add(*spent);
            if freed >= missing {
                return Some(rolling.leaves(*slot));
            }
        }
        None
    }
}

impl Slots {
    /// Almost always in the youngest slot: only a correction goes back, and a clock that was set back.
    fn spend(&mut self, spent: Quantity, slot: i64) -> Result<(), Inconsistent> {
        if let Some((_, sum)) = self.0.last_mut().filter(|(last, _)| *last == slot) {
            *sum = add(*sum, spent)?;
            return Ok(());
        }
        let place = self.0.partition_point(|(other, _)| *other < slot);
        match self.0.get_mut(place).filter(|(other, _)| *other == slot) {
            Some((_, sum)) => *sum = add(*sum, spent)?,
            None => {
                let spent = add(Quantity::ZERO, spent)?;
                self.0.reserve_exact(1);
                self.0.insert(place, (slot, spent));
            }
        }
        Ok(())
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

//! Holds: open ones, and those that were presumed and may still be corrected.

use std::collections::{BTreeMap, BTreeSet};

use ids::{HoldId, KeyId, LimitId, LotId, ProjectId};
use money::Nanos;

use super::Origin;
use crate::apply::Inconsistent;
use crate::codec::{Canonical, DecodeError, Reader, canonical_struct};
use crate::{Draw, Holder, Time};

/// How many presumed charges are remembered for correction. Beyond it the oldest stand for good.
const MOST_PRESUMED: usize = 100_000;

/// An open hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The key the call came with.
    pub key: KeyId,
    /// The project of the key.
    pub project: ProjectId,
    /// The most the call can cost.
    pub amount: Nanos,
    /// The lots it is held in.
    pub draws: Vec<Draw>,
    /// The limits that count it, unless they began a new window since.
    pub(crate) limits: Vec<LimitId>,
    /// Who answers for it.
    pub holder: Holder,
    /// When anyone may presume it.
    pub deadline: Time,
    /// The entry that took it.
    pub(crate) taken: u64,
}
canonical_struct!(Hold {
    key,
    project,
    amount,
    draws,
    limits,
    holder,
    deadline,
    taken
});

/// A call that was charged its hold because nobody knew better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresumedCharge {
    /// The key the call came with.
    pub key: KeyId,
    /// The project of the key.
    pub project: ProjectId,
    /// What was charged.
    pub amount: Nanos,
    /// The lots it was taken from.
    pub draws: Vec<Draw>,
    /// The limits that count it, unless they began a new window since.
    pub(crate) limits: Vec<LimitId>,
    /// When it was presumed.
    pub at: Time,
    /// The entry that took the hold.
    pub(crate) taken: u64,
    /// The entry that presumed it.
    pub(crate) presumed: u64,
}
canonical_struct!(PresumedCharge {
    key,
    project,
    amount,
    draws,
    limits,
    at,
    taken,
    presumed
});

impl Hold {
    pub(crate) const fn origin(&self) -> Origin {
        Origin {
            key: self.key,
            project: self.project,
            taken: self.taken,
        }
    }
}

impl PresumedCharge {
    pub(crate) const fn origin(&self) -> Origin {
        Origin {
            key: self.key,
            project: self.project,
            taken: self.taken,
        }
    }
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Holds {
    open: BTreeMap<HoldId, Hold>,
    deadlines: BTreeSet<(Time, HoldId)>,
    presumed: BTreeMap<HoldId, PresumedCharge>,
}

impl Canonical for Holds {
    fn write(&self, out: &mut Vec<u8>) {
        self.open.write(out);
        self.presumed.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let open = BTreeMap::<HoldId, Hold>::read(reader)?;
        let deadlines = open.iter().map(|(id, hold)| (hold.deadline, *id)).collect();
        Ok(Self {
            open,
            deadlines,
            presumed: Canonical::read(reader)?,
        })
    }
}

impl Holds {
    pub(crate) const fn open(&self) -> &BTreeMap<HoldId, Hold> {
        &self.open
    }

    pub(crate) const fn presumed(&self) -> &BTreeMap<HoldId, PresumedCharge> {
        &self.presumed
    }

    /// What may still be taken back from a lot by corrections.
    pub(crate) fn presumed_in(&self, lot: LotId) -> Nanos {
        let draws = self.presumed.values().flat_map(|charge| &charge.draws);
        draws
            .filter(|draw| draw.lot == lot)
            .fold(Nanos::ZERO, |sum, draw| sum.saturating_add(draw.amount))
    }

    pub(crate) fn overdue(&self, now: Time) -> impl Iterator<Item = HoldId> {
        self.deadlines
            .iter()
            .take_while(move |(deadline, _)| *deadline <= now)
            .map(|(_, id)| *id)
    }

    pub(crate) fn take(&mut self, id: HoldId, hold: Hold) -> Result<(), Inconsistent> {
        self.deadlines.insert((hold.deadline, id));
        match self.open.insert(id, hold) {
            None => Ok(()),
            Some(_) => Err(Inconsistent::Twice("hold")),
        }
    }

    pub(crate) fn renew(&mut self, id: HoldId, deadline: Time) -> Result<(), Inconsistent> {
        let hold = self
            .open
            .get_mut(&id)
            .ok_or(Inconsistent::Unknown("hold"))?;
        self.deadlines.remove(&(hold.deadline, id));
        hold.deadline = deadline;
        self.deadlines.insert((deadline, id));
        Ok(())
    }

    pub(crate) fn close(&mut self, id: HoldId) -> Result<Hold, Inconsistent> {
        let hold = self.open.remove(&id).ok_or(Inconsistent::Unknown("hold"))?;
        self.deadlines.remove(&(hold.deadline, id));
        Ok(hold)
    }

    pub(crate) fn remember(&mut self, id: HoldId, charge: PresumedCharge) {
        self.presumed.insert(id, charge);
        if self.presumed.len() > MOST_PRESUMED {
            self.presumed.pop_first();
        }
    }

    pub(crate) fn correct(&mut self, id: HoldId) -> Result<PresumedCharge, Inconsistent> {
        self.presumed
            .remove(&id)
            .ok_or(Inconsistent::Unknown("presumed charge"))
    }
}

/// Reading holds.
impl crate::Book {
    /// The open holds, oldest first.
    pub fn holds(&self) -> impl Iterator<Item = (&HoldId, &Hold)> {
        self.holds.open().iter()
    }

    /// The presumed charges that may still be corrected, oldest first.
    pub fn presumed(&self) -> impl Iterator<Item = (&HoldId, &PresumedCharge)> {
        self.holds.presumed().iter()
    }
}

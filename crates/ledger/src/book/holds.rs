//! Holds: open ones, and those that were presumed and may still be corrected.

use std::collections::{BTreeMap, BTreeSet};

use ids::{HoldId, KeyId, LimitId, LotId, ProjectId};
use money::Nanos;

use super::Origin;
use crate::apply::Inconsistent;
use crate::codec::{Canonical, DecodeError, Reader, canonical_struct};
use crate::quantity::{Amounts, negative};
use crate::{Draw, HoldTraits, Holder, Quantity, Time, Traits};

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
    /// What its limits look at besides; `None` where none of them does.
    pub(crate) traits: Option<Box<HoldTraits>>,
    /// How many tokens the call had, once somebody said so.
    pub(crate) measured: Option<u64>,
}
canonical_struct!(Hold {
    key,
    project,
    amount,
    draws,
    limits,
    holder,
    deadline,
    taken,
    traits,
    measured
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
    /// What its limits look at besides; `None` where none of them does.
    pub(crate) traits: Option<Box<HoldTraits>>,
    /// How many tokens the call had, once somebody said so.
    pub(crate) measured: Option<u64>,
}
canonical_struct!(PresumedCharge {
    key,
    project,
    amount,
    draws,
    limits,
    at,
    taken,
    presumed,
    traits,
    measured
});

/// What is known of a call of which nothing is said.
pub(crate) static NO_TRAITS: HoldTraits = HoldTraits {
    tokens: 0,
    end_user: None,
    tags: Vec::new(),
    over: Vec::new(),
};

impl Hold {
    /// What its limits look at besides its price.
    pub(crate) fn traits(&self) -> &HoldTraits {
        self.traits.as_deref().unwrap_or(&NO_TRAITS)
    }

    pub(crate) const fn origin(&self) -> Origin {
        Origin {
            key: self.key,
            project: self.project,
            taken: self.taken,
        }
    }
}

impl PresumedCharge {
    /// What a correction by so much money adds in each measure, where the call had so many tokens: it was a request, and
    /// is one.
    pub(crate) fn corrected_by(&self, usd: Nanos, tokens: Option<u64>) -> Amounts {
        let presumed = self.traits().tokens;
        let tokens = Amounts::tokens(tokens.unwrap_or(presumed));
        Amounts {
            usd: usd.into(),
            requests: Quantity::ZERO,
            tokens: tokens.saturating_sub(Amounts::tokens(presumed)),
        }
    }

    /// What a call that never was made adds in each measure: less than nothing.
    pub(crate) fn undone(&self) -> Amounts {
        let one = Amounts::one(self.amount, self.traits().tokens);
        Amounts {
            usd: negative(one.usd),
            requests: negative(one.requests),
            tokens: negative(one.tokens),
        }
    }

    /// What its limits look at besides its price.
    pub(crate) fn traits(&self) -> &HoldTraits {
        self.traits.as_deref().unwrap_or(&NO_TRAITS)
    }

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

    /// How many tokens a call had whose hold is open, or was presumed.
    pub(crate) fn measure(&mut self, id: HoldId, tokens: u64) -> Result<(), Inconsistent> {
        let open = self.open.get_mut(&id).map(|hold| &mut hold.measured);
        let measured = match open {
            Some(measured) => Some(measured),
            None => self
                .presumed
                .get_mut(&id)
                .map(|charge| &mut charge.measured),
        };
        *measured.ok_or(Inconsistent::Unknown("hold"))? = Some(tokens);
        Ok(())
    }

    pub(crate) fn correct(&mut self, id: HoldId) -> Result<PresumedCharge, Inconsistent> {
        self.presumed
            .remove(&id)
            .ok_or(Inconsistent::Unknown("presumed charge"))
    }
}

/// Reading holds.
impl crate::Book {
    /// What the last entry says of the hold that is taken next; nothing where it says nothing of this one.
    #[must_use]
    pub fn described(&self, id: HoldId) -> Traits {
        let described = self.described.as_ref().filter(|(hold, _)| *hold == id);
        described.map_or_else(Traits::default, |(_, traits)| Traits {
            tokens: traits.tokens,
            tokens_per_unit: 0,
            end_user: traits.end_user,
            tags: traits.tags.clone(),
        })
    }

    /// The open holds, oldest first.
    pub fn holds(&self) -> impl Iterator<Item = (&HoldId, &Hold)> {
        self.holds.open().iter()
    }

    /// The presumed charges that may still be corrected, oldest first.
    pub fn presumed(&self) -> impl Iterator<Item = (&HoldId, &PresumedCharge)> {
        self.holds.presumed().iter()
    }
}

//! Lots of credit.

use ids::LotId;
use money::Nanos;

use super::ordered::{Ordered, OrderedSet};
use crate::apply::Inconsistent;
use crate::codec::{Canonical, DecodeError, Reader, canonical_struct};
use crate::{Draw, LotKind, Time};

/// No sum of a Book passes this: half of what an amount can hold, about 4.6 billion dollars. It is checked where money
/// comes in (credit added, a call charged), so that no sum within can overflow.
pub(crate) const MOST_EVER: Nanos = Nanos::new(i64::MAX / 2);

/// A lot of credit. `added = spent + held + lapsed + voided + left − owed`, always (P3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Its id.
    pub id: LotId,
    /// Where the money came from.
    pub kind: LotKind,
    /// How much was added.
    pub added: Nanos,
    /// What calls cost, as far as this lot paid.
    pub spent: Nanos,
    /// What is promised to running calls.
    pub held: Nanos,
    /// What ran out of time.
    pub lapsed: Nanos,
    /// What was taken back.
    pub voided: Nanos,
    /// When it was added.
    pub added_at: Time,
    /// When what is left is lost.
    pub lapses_at: Option<Time>,
    /// Lots with a lower number are spent first.
    pub priority: u32,
    /// Why, for people.
    pub note: Box<str>,
}
canonical_struct!(Lot {
    id,
    kind,
    added,
    spent,
    held,
    lapsed,
    voided,
    added_at,
    lapses_at,
    priority,
    note
});

impl Lot {
    fn free(&self) -> Nanos {
        // Each part is at most MOST_EVER, and their order keeps every step within it.
        self.added
            .saturating_sub(self.spent)
            .saturating_sub(self.held)
            .saturating_sub(self.lapsed)
            .saturating_sub(self.voided)
    }

    /// What can still be promised.
    #[must_use]
    pub fn left(&self) -> Nanos {
        self.free().at_least_zero()
    }

    /// What calls cost beyond all that was left (an overrun), or had cost when the payment was taken back (a chargeback):
    /// the next credit pays it first.
    #[must_use]
    pub fn owed(&self) -> Nanos {
        Nanos::ZERO.saturating_sub(self.free()).at_least_zero()
    }

    /// Its place in the order in which lots are spent, least first: priority, then soonest to lapse, then oldest, then by
    /// id. Whoever foretells what a Book will spend sorts by this.
    #[must_use]
    pub fn rank(&self) -> Rank {
        (
            self.priority,
            self.lapses_at.unwrap_or(Time::LATEST),
            self.added_at,
            self.id,
        )
    }
}

/// See [`Lot::rank`].
type Rank = (u32, Time, Time, LotId);

/// Sums over lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a lot, documented there"
)]
pub struct Balance {
    pub added: Nanos,
    pub spent: Nanos,
    pub held: Nanos,
    pub lapsed: Nanos,
    pub voided: Nanos,
    pub left: Nanos,
    pub owed: Nanos,
}

impl Balance {
    const NOTHING: Self = Self {
        added: Nanos::ZERO,
        spent: Nanos::ZERO,
        held: Nanos::ZERO,
        lapsed: Nanos::ZERO,
        voided: Nanos::ZERO,
        left: Nanos::ZERO,
        owed: Nanos::ZERO,
    };

    /// What a new hold may take: what is left, less what is owed. May be negative.
    #[must_use]
    pub fn available(&self) -> Nanos {
        self.left.saturating_sub(self.owed)
    }

    fn add(&mut self, lot: &Lot) {
        for (sum, part) in self.parts(lot) {
            *sum = sum.saturating_add(part);
        }
    }

    fn remove(&mut self, lot: &Lot) {
        for (sum, part) in self.parts(lot) {
            *sum = sum.saturating_sub(part);
        }
    }

    fn parts(&mut self, lot: &Lot) -> [(&mut Nanos, Nanos); 7] {
        [
            (&mut self.added, lot.added),
            (&mut self.spent, lot.spent),
            (&mut self.held, lot.held),
            (&mut self.lapsed, lot.lapsed),
            (&mut self.voided, lot.voided),
            (&mut self.left, lot.left()),
            (&mut self.owed, lot.owed()),
        ]
    }
}

/// All lots, the order in which they are spent, and their sums.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Credit {
    /// Boxed, because a map moves what is in it.
    lots: Ordered<LotId, Box<Lot>>,
    /// Lots with something left, first to be spent first.
    live: OrderedSet<Rank>,
    /// Lots with something left that will lapse, soonest first.
    lapsing: OrderedSet<(Time, LotId)>,
    /// Lots that owe something.
    owing: OrderedSet<LotId>,
    balance: Balance,
}

impl Default for Credit {
    fn default() -> Self {
        Self {
            lots: Ordered::default(),
            live: Ordered::default(),
            lapsing: Ordered::default(),
            owing: Ordered::default(),
            balance: Balance::NOTHING,
        }
    }
}

impl Canonical for Credit {
    fn write(&self, out: &mut Vec<u8>) {
        self.lots.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let lots = Ordered::<LotId, Box<Lot>>::read(reader)?;
        let mut credit = Self::default();
        for lot in lots.values() {
            credit.sum_up(lot);
        }
        credit.lots = lots;
        Ok(credit)
    }
}

impl Credit {
    pub(crate) const fn balance(&self) -> Balance {
        self.balance
    }

    pub(crate) fn lots(&self) -> impl Iterator<Item = &Lot> {
        self.lots.values().map(AsRef::as_ref)
    }

    pub(crate) fn lot(&self, id: LotId) -> Option<&Lot> {
        self.lots.get(&id).map(AsRef::as_ref)
    }

    pub(crate) fn owing(&self) -> impl Iterator<Item = &Lot> {
        self.owing.keys().filter_map(|id| self.lot(*id))
    }

    /// The lot whose time is over and that has something left, if there is one.
    pub(crate) fn lapsed_by(&self, now: Time) -> Option<&Lot> {
        let (at, id) = self.lapsing.keys().next()?;
        if *at <= now { self.lot(*id) } else { None }
    }

    /// Takes `amount` from the lots in their order; the parts add up to `amount` or, where not so much is left, to less.
    pub(crate) fn plan(&self, amount: Nanos) -> Vec<Draw> {
        self.plan_from(amount, |_lot| true)
    }

    /// The same from all lots but one.
    pub(crate) fn plan_without(&self, without: LotId, amount: Nanos) -> Vec<Draw> {
        self.plan_from(amount, |lot| lot.id != without)
    }

    fn plan_from(&self, amount: Nanos, from: impl Fn(&Lot) -> bool) -> Vec<Draw> {
        let mut missing = amount;
        let mut draws = Vec::new();
        let live = self.live.keys().filter_map(|(.., id)| self.lot(*id));
        for lot in live.filter(|lot| from(lot)) {
            if !missing.is_positive() {
                break;
            }
            let part = missing.min(lot.left());
            missing = missing.saturating_sub(part);
            draws.push(Draw {
                lot: lot.id,
                amount: part,
            });
        }
        draws
    }

    /// Takes a lot that is new into what is derived of all.
    fn sum_up(&mut self, lot: &Lot) {
        self.balance.add(lot);
        if lot.left().is_positive() {
            self.live.insert(lot.rank(), ());
            if let Some(at) = lot.lapses_at {
                self.lapsing.insert((at, lot.id), ());
            }
        }
        if lot.owed().is_positive() {
            self.owing.insert(lot.id, ());
        }
    }

    pub(crate) fn add(&mut self, lot: Lot) -> Result<(), Inconsistent> {
        let added = self
            .balance
            .added
            .checked_add(lot.added)
            .ok_or(Inconsistent::Overflow)?;
        if added > MOST_EVER || !lot.added.is_positive() {
            return Err(Inconsistent::Overflow);
        }
        if self.lots.get(&lot.id).is_some() {
            return Err(Inconsistent::Twice("lot"));
        }
        self.sum_up(&lot);
        self.lots.insert(lot.id, Box::new(lot));
        Ok(())
    }

    /// Changes one of a lot's parts by `amount`, which may be negative; no part falls below nothing.
    pub(crate) fn change(
        &mut self,
        id: LotId,
        part: LotPart,
        amount: Nanos,
    ) -> Result<(), Inconsistent> {
        let lot = self.lots.get_mut(&id).ok_or(Inconsistent::Unknown("lot"))?;
        let before = lot.free();
        self.balance.remove(lot);
        let slot = match part {
            LotPart::Spent => &mut lot.spent,
            LotPart::Held => &mut lot.held,
            LotPart::Lapsed => &mut lot.lapsed,
            LotPart::Voided => &mut lot.voided,
        };
        let sum = slot
            .checked_add(amount)
            .filter(|sum| *sum <= MOST_EVER)
            .ok_or(Inconsistent::Overflow)?;
        if sum.is_negative() {
            return Err(Inconsistent::BelowNothing("lot"));
        }
        *slot = sum;
        self.balance.add(lot);
        let (free, rank, lapses_at) = (lot.free(), lot.rank(), lot.lapses_at);
        if before.is_positive() != free.is_positive() {
            set(&mut self.live, rank, free.is_positive());
            if let Some(at) = lapses_at {
                set(&mut self.lapsing, (at, id), free.is_positive());
            }
        }
        if before.is_negative() != free.is_negative() {
            set(&mut self.owing, id, free.is_negative());
        }
        Ok(())
    }
}

/// A part of a lot that changes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LotPart {
    Spent,
    Held,
    Lapsed,
    Voided,
}

fn set<T: Ord>(of: &mut OrderedSet<T>, item: T, present: bool) {
    if present {
        of.insert(item, ());
    } else {
        of.remove(&item);
    }
}

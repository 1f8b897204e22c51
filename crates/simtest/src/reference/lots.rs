//! Credit as the journal tells of it.

use ids::LotId;
use ledger::CreditFact;
use money::Nanos;

use super::{Context, Figures, Reference, Wrong};

#[derive(Clone, Debug)]
pub(super) struct Lot {
    pub(super) id: LotId,
    pub(super) added: i128,
    pub(super) lapsed: i128,
    pub(super) voided: i128,
    /// What it paid of other lots' debts, less what others paid of its own.
    pub(super) repaid: i128,
    pub(super) lapses_at: Option<i64>,
    /// Lots are spent in this order: priority, soonest to lapse, oldest, id.
    pub(super) rank: (u32, i64, i64, LotId),
}

impl Reference {
    pub(super) fn credit(
        &mut self,
        fact: &CreditFact,
        before: &Figures,
        context: Context<'_>,
    ) -> Result<(), Wrong> {
        match fact {
            CreditFact::Added {
                lot,
                amount,
                lapses_at,
                priority,
                ..
            } => self.add(*lot, *amount, (*lapses_at, *priority)),
            CreditFact::Lapsed { lot, amount } => {
                let place = self.place_of(*lot)?;
                let (at, left) = (self.at, before.left_of(place));
                let lot = self.lot(place)?;
                if lot.lapses_at.is_none_or(|lapses| lapses > at) {
                    return Err("it lapsed before its time".to_owned());
                }
                if left <= 0 || left != of(*amount) {
                    return Err(format!("{amount} lapsed and {left} was left"));
                }
                lot.lapsed += of(*amount);
                Ok(())
            }
            CreditFact::Voided { lot, amount } => {
                let place = self.place_of(*lot)?;
                let left = before.left_of(place);
                let all = left == of(*amount) || context.restored;
                if left <= 0 || !all {
                    return Err(format!("{amount} was voided and {left} was left"));
                }
                self.lot(place)?.voided += of(*amount);
                Ok(())
            }
            CreditFact::ChargedBack { lot, amount, .. } => {
                let place = self.place_of(*lot)?;
                let too_much = of(*amount) <= 0 || of(*amount) > before.was_of(place);
                if too_much && !context.restored {
                    return Err(format!(
                        "{amount} of a lot was charged back that was not there"
                    ));
                }
                self.lot(place)?.voided += of(*amount);
                Ok(())
            }
            CreditFact::OwedRepaid { owing, by, amount } => {
                let (owing, by) = (self.place_of(*owing)?, self.place_of(*by)?);
                let too_much =
                    of(*amount) > -before.left_of(owing) || of(*amount) > before.left_of(by);
                if too_much && !context.restored {
                    return Err("more was repaid than was owed or there".to_owned());
                }
                self.lot(owing)?.repaid -= of(*amount);
                self.lot(by)?.repaid += of(*amount);
                Ok(())
            }
        }
    }

    fn add(
        &mut self,
        id: LotId,
        amount: Nanos,
        (lapses_at, priority): (Option<ledger::Time>, u32),
    ) -> Result<(), Wrong> {
        if self.place_of(id).is_ok() {
            return Err("there is such a lot".to_owned());
        }
        let lapses_at = lapses_at.map(ledger::Time::micros);
        self.lots.push(Lot {
            id,
            added: of(amount),
            lapsed: 0,
            voided: 0,
            repaid: 0,
            lapses_at,
            rank: (priority, lapses_at.unwrap_or(i64::MAX), self.at, id),
        });
        Ok(())
    }

    pub(super) fn place_of(&self, id: LotId) -> Result<usize, Wrong> {
        let place = self.lots.iter().position(|lot| lot.id == id);
        place.ok_or_else(|| "there is no such lot".to_owned())
    }

    fn lot(&mut self, place: usize) -> Result<&mut Lot, Wrong> {
        let lot = self.lots.get_mut(place);
        lot.ok_or_else(|| "there is no such lot".to_owned())
    }

    /// What is due and was not done: credit past its time with something left.
    pub(super) fn overdue_credit(&self, before: &Figures) -> bool {
        self.lots.iter().enumerate().any(|(place, lot)| {
            lot.lapses_at.is_some_and(|lapses| lapses <= self.at) && before.left_of(place) > 0
        })
    }

    /// Which lots an amount is to be taken from.
    pub(super) fn in_order(&self, amount: i128, before: &Figures) -> Vec<(usize, i128)> {
        let mut places: Vec<usize> = (0..self.lots.len()).collect();
        places.sort_by_key(|place| self.lots.get(*place).map(|lot| lot.rank));
        let (mut missing, mut parts) = (amount, Vec::new());
        for place in places {
            let part = before.left_of(place).min(missing);
            if part > 0 {
                missing -= part;
                parts.push((place, part));
            }
        }
        parts
    }
}

pub(super) fn of(amount: Nanos) -> i128 {
    i128::from(amount.get())
}

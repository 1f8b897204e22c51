//! Taking up what happened to holds.

use ids::HoldId;
use money::Nanos;

use super::{Inconsistent, negative};
use crate::book::{Hold, LotPart, MOST_EVER, Moment, NO_TRAITS, PresumedCharge};
use crate::quantity::Amounts;
use crate::{Book, Charge, Draw, HoldFact, HoldTaken, Time};

impl Book {
    pub(super) fn take_up_hold_fact(
        &mut self,
        fact: &HoldFact,
        (seq, at): (u64, Time),
    ) -> Result<(), Inconsistent> {
        match fact {
            HoldFact::Taken(taken) => self.take_up_hold(taken, seq),
            HoldFact::Renewed { holds, deadline } => holds
                .iter()
                .try_for_each(|hold| self.holds.renew(*hold, *deadline)),
            HoldFact::Settled {
                hold,
                draws,
                charge,
            } => self
                .close(*hold, Some((draws, charge.amount)), at)
                .map(|_hold| ()),
            HoldFact::Released { hold, reason: _ } => {
                if self.holds.presumed().contains_key(hold) {
                    return self.undo(*hold, at);
                }
                self.close(*hold, None, at).map(|_hold| ())
            }
            HoldFact::Described { hold, traits } => {
                self.described = Some((*hold, Box::new(traits.clone())));
                Ok(())
            }
            HoldFact::Measured { hold, tokens } => self.holds.measure(*hold, *tokens),
            HoldFact::Presumed { hold, reason: _ } => self.presume(*hold, (seq, at)),
            HoldFact::Corrected {
                hold,
                draws,
                charge,
            } => self.correct(*hold, (draws, charge), at),
        }
    }

    fn take_up_hold(&mut self, taken: &HoldTaken, seq: u64) -> Result<(), Inconsistent> {
        if sum(&taken.draws)? != taken.amount || taken.amount.is_negative() {
            return Err(Inconsistent::Sum);
        }
        for draw in &taken.draws {
            self.credit.change(draw.lot, LotPart::Held, draw.amount)?;
        }
        let described = self.described.take();
        let traits = match described {
            Some((hold, traits)) if hold == taken.hold => Some(traits),
            Some(_) => return Err(Inconsistent::Unknown("hold")),
            None => None,
        };
        let seen = traits.as_deref().unwrap_or(&NO_TRAITS);
        let amounts = Amounts::one(taken.amount, seen.tokens);
        let room = self.room_for_subjects();
        let mut counted = 0_usize;
        self.limits
            .change_each(&taken.limits, (taken.project, taken.key), |limit| {
                counted = counted.saturating_add(1);
                limit.begin_call(&amounts, (seen, taken.key), room)
            })?;
        if counted != taken.limits.len() {
            return Err(Inconsistent::Unknown("limit"));
        }
        let hold = Hold {
            key: taken.key,
            project: taken.project,
            amount: taken.amount,
            draws: taken.draws.clone(),
            limits: taken.limits.clone(),
            holder: taken.holder.clone(),
            deadline: taken.deadline,
            taken: seq,
            traits,
            measured: None,
        };
        self.holds.take(taken.hold, hold)
    }

    /// Ends a hold: `charged`, taken from `draws`, is spent; nothing is held any more. `None`: the call cost nothing, and
    /// counts nowhere.
    fn close(
        &mut self,
        id: HoldId,
        charged: Option<(&[Draw], Nanos)>,
        at: Time,
    ) -> Result<Hold, Inconsistent> {
        let (draws, charge) = charged.unwrap_or((&[], Nanos::ZERO));
        if sum(draws)? != charge || charge.is_negative() {
            return Err(Inconsistent::Sum);
        }
        let hold = self.holds.close(id)?;
        for draw in &hold.draws {
            self.credit
                .change(draw.lot, LotPart::Held, negative(draw.amount))?;
        }
        self.spend(draws)?;
        let traits = hold.traits();
        let held = Amounts::one(hold.amount, traits.tokens);
        let tokens = hold.measured.unwrap_or(traits.tokens);
        let taken = charged.map_or_else(Amounts::default, |_| Amounts::one(charge, tokens));
        let moment = Moment {
            taken: hold.taken,
            at,
            traits,
            key: hold.key,
        };
        self.limits
            .change_each(&hold.limits, (hold.project, hold.key), |limit| {
                limit.end_call(moment, (&held, &taken))
            })?;
        self.budgets.count(hold.origin(), charge)?;
        Ok(hold)
    }

    fn presume(&mut self, id: HoldId, (seq, at): (u64, Time)) -> Result<(), Inconsistent> {
        let hold = self
            .holds
            .open()
            .get(&id)
            .ok_or(Inconsistent::Unknown("hold"))?;
        let (draws, amount) = (hold.draws.clone(), hold.amount);
        let hold = self.close(id, Some((&draws, amount)), at)?;
        self.holds.remember(
            id,
            PresumedCharge {
                key: hold.key,
                project: hold.project,
                amount,
                draws,
                limits: hold.limits,
                at,
                taken: hold.taken,
                presumed: seq,
                traits: hold.traits,
                measured: None,
            },
        );
        Ok(())
    }

    fn correct(
        &mut self,
        id: HoldId,
        (draws, charge): (&[Draw], &Charge),
        now: Time,
    ) -> Result<(), Inconsistent> {
        if sum(draws)? != charge.amount || charge.amount.is_negative() {
            return Err(Inconsistent::Sum);
        }
        let presumed = self.holds.correct(id)?;
        let usd = charge
            .amount
            .checked_sub(presumed.amount)
            .ok_or(Inconsistent::Overflow)?;
        let difference = presumed.corrected_by(usd, presumed.measured);
        self.change_presumed(&presumed, draws, (&difference, now))
    }

    /// Gives back all that a call was presumed to have cost, which never was made.
    fn undo(&mut self, id: HoldId, now: Time) -> Result<(), Inconsistent> {
        let presumed = self.holds.correct(id)?;
        self.change_presumed(&presumed, &[], (&presumed.undone(), now))
    }

    /// What was presumed is paid by these instead, and counts for so much more or less.
    fn change_presumed(
        &mut self,
        presumed: &PresumedCharge,
        draws: &[Draw],
        (difference, now): (&Amounts, Time),
    ) -> Result<(), Inconsistent> {
        for draw in &presumed.draws {
            self.credit
                .change(draw.lot, LotPart::Spent, negative(draw.amount))?;
        }
        self.spend(draws)?;
        let moment = Moment {
            taken: presumed.taken,
            at: presumed.at,
            traits: presumed.traits(),
            key: presumed.key,
        };
        let room = self.room_for_subjects();
        self.limits.change_each(
            &presumed.limits,
            (presumed.project, presumed.key),
            |limit| limit.correct_call((moment, presumed.presumed), difference, (now, room)),
        )?;
        self.budgets.count(presumed.origin(), difference.usd.usd())
    }

    fn spend(&mut self, draws: &[Draw]) -> Result<(), Inconsistent> {
        for draw in draws {
            self.credit.change(draw.lot, LotPart::Spent, draw.amount)?;
        }
        if self.credit.balance().spent > MOST_EVER {
            Err(Inconsistent::Overflow)
        } else {
            Ok(())
        }
    }
}

fn sum(draws: &[Draw]) -> Result<Nanos, Inconsistent> {
    draws
        .iter()
        .try_fold(Nanos::ZERO, |sum, draw| {
            if draw.amount.is_negative() {
                None
            } else {
                sum.checked_add(draw.amount)
            }
        })
        .ok_or(Inconsistent::Sum)
}

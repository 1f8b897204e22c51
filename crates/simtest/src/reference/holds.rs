//! Holds as the journal tells of them, and what must be true of each when it ends (P3, P5).

use ids::{HoldId, KeyId};
use ledger::{
    Charge, Draw, HoldFact, HoldTaken, HoldTraits, Holder, Measure, PresumeReason, ReleaseReason,
};

use super::budgets::CountedBudget;
use super::lots::of;
use super::{Context, Figures, Reference, Wrong};
use crate::asked::Ending;

/// A hold.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    pub(super) key: KeyId,
    pub(crate) amount: i128,
    /// What was said of its call beside the price, and how many tokens it was said to have had.
    pub(super) traits: HoldTraits,
    measured: Option<u64>,
    pub(super) draws: Vec<(usize, i128)>,
    pub(super) counted: Vec<Counted>,
    pub(super) budgets: Vec<CountedBudget>,
    holder: Holder,
    deadline: i64,
    pub(crate) end: End,
    /// Whether it stands there because what a store had lost was said again.
    pub(crate) said_again: bool,
}

/// A limit, by place, which of its windows a hold was taken in, and how often it had been set back when it was charged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    pub(super) limit: usize,
    pub(super) window: u32,
    pub(super) resets: u32,
    pub(super) spent: Option<Spent>,
}

/// What a call that ended counts in a limit, and since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spent {
    pub(super) amount: i128,
    pub(super) at: i64,
}

impl Hold {
    /// A hold as it is taken.
    pub(super) fn new(
        taken: &HoldTaken,
        traits: HoldTraits,
        draws: Vec<(usize, i128)>,
        (counted, budgets): (Vec<Counted>, Vec<CountedBudget>),
    ) -> Self {
        Self {
            key: taken.key,
            amount: of(taken.amount),
            traits,
            measured: None,
            draws,
            counted,
            budgets,
            holder: taken.holder.clone(),
            deadline: taken.deadline.micros(),
            end: End::Open,
            said_again: false,
        }
    }

    /// What its call took that cost so much, of each measure.
    pub(super) fn took(&self, charge: i128) -> impl Fn(Measure) -> i128 + use<> {
        let tokens = i128::from(self.measured.unwrap_or(self.traits.tokens));
        move |measure| match measure {
            Measure::Usd => charge,
            Measure::Requests => 1,
            Measure::Tokens => tokens,
        }
    }

    /// What it holds of a measure.
    pub(super) fn takes(&self, measure: Measure) -> i128 {
        match measure {
            Measure::Usd => self.amount,
            Measure::Requests => 1,
            Measure::Tokens => i128::from(self.traits.tokens),
        }
    }
}

/// How a hold ended.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Open,
    Released,
    Charged(Charged),
}

/// What a call was charged.
#[derive(Clone, Debug)]
pub(crate) struct Charged {
    pub(crate) amount: i128,
    pub(super) draws: Vec<(usize, i128)>,
    /// Whether a correction may still come.
    pub(crate) presumed: bool,
}

impl Reference {
    pub(super) fn hold(
        &mut self,
        fact: &HoldFact,
        before: &Figures,
        context: Context<'_>,
    ) -> Result<(), Wrong> {
        match fact {
            HoldFact::Taken(taken) => self.taken(taken, before, context),
            HoldFact::Described { hold, traits } => {
                self.described = Some((*hold, traits.clone()));
                self.next = Some(*hold);
                Ok(())
            }
            HoldFact::Measured { hold, tokens } => {
                let found = self.holds.get_mut(hold).ok_or("there is no such hold")?;
                found.measured = Some(*tokens);
                self.next = Some(*hold);
                Ok(())
            }
            HoldFact::Renewed { holds, deadline } => {
                for id in holds {
                    let hold = self.open_hold(*id)?;
                    if hold.deadline >= deadline.micros() {
                        return Err("a deadline was not put off".to_owned());
                    }
                    hold.deadline = deadline.micros();
                }
                Ok(())
            }
            HoldFact::Settled {
                hold,
                draws,
                charge,
            } => {
                if !context.restored {
                    let said = (of(charge.amount), self.measured(*hold)?);
                    context.asked.was_charged(*hold, said)?;
                    self.guards(*hold, of(charge.amount), before);
                }
                self.open_hold(*hold)?;
                self.charge(*hold, (draws, charge), (before, context))
            }
            HoldFact::Released { hold, reason } => {
                // What was never told to a caller may be given back by the teller itself.
                let by_caller = *reason != ReleaseReason::NotSent || context.asked.was_told(*hold);
                if by_caller && !context.restored {
                    context.asked.ended(*hold, Ending::Release(*reason))?;
                }
                self.released(*hold)
            }
            HoldFact::Presumed { hold, reason } => self.presumed(*hold, *reason, (before, context)),
            HoldFact::Corrected {
                hold,
                draws,
                charge,
            } => {
                let amount = of(charge.amount);
                if !context.restored {
                    let measured = self.measured(*hold)?;
                    let nothing = amount == 0 && measured.is_none_or(|tokens| tokens == Some(0));
                    if !(nothing && context.asked.may_be_released(*hold)) {
                        context.asked.was_charged(*hold, (amount, measured))?;
                    }
                }
                match self.holds.get(hold).map(|hold| &hold.end) {
                    Some(End::Charged(charged)) if charged.presumed => {}
                    _ => return Err("what was not presumed was corrected".to_owned()),
                }
                if !context.restored {
                    self.guards(*hold, amount, before);
                }
                self.charge(*hold, (draws, charge), (before, context))
            }
        }
    }

    /// A call that cost nothing. One that was presumed before gives back what it counted, its request included.
    fn released(&mut self, id: HoldId) -> Result<(), Wrong> {
        let hold = self.holds.get_mut(&id).ok_or("there is no such hold")?;
        match &hold.end {
            End::Open => {}
            End::Charged(charged) if charged.presumed => {
                hold.counted
                    .iter_mut()
                    .for_each(|counted| counted.spent = None);
            }
            end => return Err(format!("the hold ended before: {end:?}")),
        }
        hold.end = End::Released;
        Ok(())
    }

    fn presumed(
        &mut self,
        id: HoldId,
        reason: PresumeReason,
        (before, context): (&Figures, Context<'_>),
    ) -> Result<(), Wrong> {
        if !context.restored {
            self.budgets_are_of_now()?;
        }
        let at = self.at;
        let hold = self.open_hold(id)?;
        let by = &hold.holder;
        match reason {
            _ if context.restored => {}
            PresumeReason::HolderGone => {
                if by.node != context.author.node || by.boot >= context.author.boot {
                    return Err("a hold was presumed whose holder is not gone".to_owned());
                }
            }
            PresumeReason::DeadlinePassed => {
                if hold.deadline > at {
                    return Err("a hold was presumed before its deadline".to_owned());
                }
            }
            PresumeReason::ProviderFailed
            | PresumeReason::CutOff
            | PresumeReason::NoUsage
            | PresumeReason::TimedOut => {
                context.asked.ended(id, Ending::Presume(reason))?;
            }
        }
        if !context.restored {
            let amount = hold.amount;
            self.guards(id, amount, before);
        }
        let hold = self.open_hold(id)?;
        let (amount, draws) = (hold.amount, hold.draws.clone());
        hold.end = End::Charged(Charged {
            amount,
            draws,
            presumed: true,
        });
        self.count(id, amount);
        // Whoever corrects it says anew how many tokens it had.
        self.holds
            .get_mut(&id)
            .into_iter()
            .for_each(|hold| hold.measured = None);
        Ok(())
    }

    fn charge(
        &mut self,
        id: HoldId,
        (draws, charge): (&[Draw], &Charge),
        (before, context): (&Figures, Context<'_>),
    ) -> Result<(), Wrong> {
        if !context.restored {
            self.budgets_are_of_now()?;
        }
        let (amount, draws) = (of(charge.amount), self.places(draws)?);
        if draws.iter().map(|(_, part)| *part).sum::<i128>() != amount {
            return Err("P3: the parts of a charge do not add up to it".to_owned());
        }
        let hold = self.holds.get_mut(&id).ok_or("there is no such hold")?;
        let corrects = matches!(hold.end, End::Charged(_));
        hold.end = End::Charged(Charged {
            amount,
            draws,
            presumed: false,
        });
        if corrects {
            self.count_otherwise(id, amount);
        } else {
            self.count(id, amount);
        }
        let after = self.figures();
        if context.restored {
            return Ok(());
        }
        if after.owed() > before.owed() && after.has_left() > 0 {
            return Err("P3: a lot owes although another has something left".to_owned());
        }
        Ok(())
    }

    /// A charge counts from now on in the limits of its hold, until they are set back.
    fn count(&mut self, id: HoldId, charge: i128) {
        let (limits, at) = (&self.limits, self.at);
        let Some(hold) = self.holds.get_mut(&id) else {
            return;
        };
        let took = hold.took(charge);
        for counted in &mut hold.counted {
            if let Some(limit) = limits.get(counted.limit) {
                let amount = took(limit.terms.measure);
                counted.resets = limit.resets;
                counted.spent = Some(Spent { amount, at });
            }
        }
    }

    /// A correction counts where and when the charge did that it corrects, and not where that has left.
    fn count_otherwise(&mut self, id: HoldId, charge: i128) {
        let (limits, now) = (&self.limits, self.at);
        let Some(hold) = self.holds.get_mut(&id) else {
            return;
        };
        let took = hold.took(charge);
        for counted in &mut hold.counted {
            if let Some((limit, spent)) = limits.get(counted.limit).zip(counted.spent.as_mut()) {
                let still = limit.leaves(spent.at).is_none_or(|leaves| leaves > now);
                if still {
                    spent.amount = took(limit.terms.measure);
                }
            }
        }
    }

    /// How many tokens a call was said to have had: `None` where no limit asks.
    fn measured(&self, id: HoldId) -> Result<Option<Option<u64>>, Wrong> {
        let hold = self.holds.get(&id).ok_or("there is no such hold")?;
        let asks = hold.counted.iter().any(|counted| {
            let limit = self.limits.get(counted.limit);
            limit.is_some_and(|limit| !limit.deleted && limit.terms.measure == Measure::Tokens)
        });
        match (asks, hold.measured) {
            (false, Some(_)) => {
                Err("it was said how many tokens it had, and no limit asks".to_owned())
            }
            (false, None) => Ok(None),
            (true, measured) => Ok(Some(measured)),
        }
    }

    pub(super) fn open_hold(&mut self, id: HoldId) -> Result<&mut Hold, Wrong> {
        match self.holds.get_mut(&id) {
            None => Err("there is no such hold".to_owned()),
            Some(hold) if matches!(hold.end, End::Open) => Ok(hold),
            Some(hold) => Err(format!("the hold ended before: {:?}", hold.end)),
        }
    }

    pub(super) fn places(&self, draws: &[Draw]) -> Result<Vec<(usize, i128)>, Wrong> {
        draws
            .iter()
            .map(|draw| Ok((self.place_of(draw.lot)?, of(draw.amount))))
            .collect()
    }
}

//! Holds as the journal tells of them, and what must be true of each when it is taken and when it ends (P1, P2, P3, P5).

use ids::HoldId;
use ledger::{Charge, Draw, HoldFact, HoldTaken, Holder, PresumeReason, ReleaseReason};

use super::budgets::CountedBudget;
use super::lots::of;
use super::{Context, Figures, KeyIs, Reference, Wrong};
use crate::asked::Ending;

/// A hold.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    pub(crate) amount: i128,
    pub(super) draws: Vec<(usize, i128)>,
    pub(super) counted: Vec<Counted>,
    pub(super) budgets: Vec<CountedBudget>,
    holder: Holder,
    deadline: i64,
    pub(crate) end: End,
}

/// A limit, by place, which of its windows a hold was taken in, and how often it had been set back when it was charged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    pub(super) limit: usize,
    pub(super) window: u32,
    pub(super) resets: u32,
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
            HoldFact::Described { .. } | HoldFact::Measured { .. } => {
                Err("no limit here looks at what a hold is described by".to_owned())
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
                    let ending = Ending::Charge(of(charge.amount));
                    context.asked.ended(*hold, ending)?;
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
            HoldFact::Presumed { hold, reason } => self.presumed(*hold, *reason, context),
            HoldFact::Corrected {
                hold,
                draws,
                charge,
            } => {
                let amount = of(charge.amount);
                let released = amount == 0 && context.asked.may_be_released(*hold);
                if !released && !context.restored {
                    context.asked.ended(*hold, Ending::Charge(amount))?;
                }
                match self.holds.get(hold).map(|hold| &hold.end) {
                    Some(End::Charged(charged)) if charged.presumed => {}
                    _ => return Err("what was not presumed was corrected".to_owned()),
                }
                self.charge(*hold, (draws, charge), (before, context))
            }
        }
    }

    /// A call that cost nothing, also one that was presumed before.
    fn released(&mut self, id: HoldId) -> Result<(), Wrong> {
        match self.holds.get_mut(&id) {
            Some(hold) if matches!(&hold.end, End::Charged(charged) if charged.presumed) => {
                hold.end = End::Released;
            }
            _ => self.open_hold(id)?.end = End::Released,
        }
        Ok(())
    }

    fn taken(
        &mut self,
        taken: &HoldTaken,
        before: &Figures,
        context: Context<'_>,
    ) -> Result<(), Wrong> {
        if context.restored {
            let limits = self.limits.iter().enumerate();
            let counts =
                limits.filter(|(_, limit)| !limit.deleted && taken.limits.contains(&limit.id));
            let counted: Vec<usize> = counts.map(|(place, _)| place).collect();
            let draws = self.places(&taken.draws)?;
            return self.begin_hold(taken, draws, &counted);
        }
        let amount = of(taken.amount);
        if taken.holder != *context.author {
            return Err("another run's hold was taken".to_owned());
        }
        self.may_spend(taken)?;
        context.asked.as_asked(taken)?;
        let in_the_way = self.in_the_way(taken.key, taken.project, &taken.model);
        for place in &in_the_way {
            let limit = self.limits.get(*place).ok_or("a limit is lost")?;
            if limit.span.end.micros() <= self.at {
                return Err("a limit counts in a window that is over".to_owned());
            }
            if amount > before.left_in(*place) && amount > 0 {
                return Err(format!("P1: past limit {}", limit.id));
            }
            if !taken.limits.contains(&limit.id) {
                return Err(format!("P1: limit {} does not count it", limit.id));
            }
        }
        if taken.limits.len() != in_the_way.len() {
            return Err("a limit counts it that is not in its way".to_owned());
        }
        if amount > before.credit.left && amount > 0 {
            return Err("P1: past the credit balance".to_owned());
        }
        if self.overdue_credit(before) {
            return Err("credit past its time is still there".to_owned());
        }
        let draws = self.places(&taken.draws)?;
        if draws != self.in_order(amount, before) {
            return Err("P3: it is not held in the lots whose turn it is".to_owned());
        }
        fitted(taken, before, context)?;
        self.begin_hold(taken, draws, &in_the_way)
    }

    fn begin_hold(
        &mut self,
        taken: &HoldTaken,
        draws: Vec<(usize, i128)>,
        limits: &[usize],
    ) -> Result<(), Wrong> {
        let counted = limits.iter().filter_map(|place| {
            let limit = self.limits.get(*place)?;
            Some(Counted {
                limit: *place,
                window: limit.window,
                resets: limit.resets,
            })
        });
        let hold = Hold {
            amount: of(taken.amount),
            draws,
            counted: counted.collect(),
            budgets: self.budgets_of(taken.key, taken.project),
            holder: taken.holder.clone(),
            deadline: taken.deadline.micros(),
            end: End::Open,
        };
        match self.holds.insert(taken.hold, hold) {
            None => Ok(()),
            Some(_) => Err("a hold was taken twice".to_owned()),
        }
    }

    /// P5: no key that is stopped takes a hold.
    fn may_spend(&self, taken: &HoldTaken) -> Result<(), Wrong> {
        let key = self.keys.get(&taken.key).ok_or("P5: no such key")?;
        if key.state != KeyIs::Active {
            return Err(format!("P5: the key is {:?}", key.state));
        }
        if key.expires_at.is_some_and(|at| at <= self.at) {
            return Err("P5: the key has expired".to_owned());
        }
        if key.project != taken.project || self.projects.get(&key.project) != Some(&true) {
            return Err("P5: the project is archived, or another".to_owned());
        }
        Ok(())
    }

    fn presumed(
        &mut self,
        id: HoldId,
        reason: PresumeReason,
        context: Context<'_>,
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
            | PresumeReason::TimedOut => context.asked.ended(id, Ending::Presume(reason))?,
        }
        let (amount, draws) = (hold.amount, hold.draws.clone());
        hold.end = End::Charged(Charged {
            amount,
            draws,
            presumed: true,
        });
        self.date(id);
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
        if !corrects {
            self.date(id);
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

    /// A charge counts in a limit until that is set back; a correction counts where the charge that it corrects did.
    fn date(&mut self, id: HoldId) {
        for counted in self
            .holds
            .get_mut(&id)
            .into_iter()
            .flat_map(|hold| &mut hold.counted)
        {
            counted.resets = self
                .limits
                .get(counted.limit)
                .map_or(0, |limit| limit.resets);
        }
    }

    fn open_hold(&mut self, id: HoldId) -> Result<&mut Hold, Wrong> {
        match self.holds.get_mut(&id) {
            None => Err("there is no such hold".to_owned()),
            Some(hold) if matches!(hold.end, End::Open) => Ok(hold),
            Some(hold) => Err(format!("the hold ended before: {:?}", hold.end)),
        }
    }

    fn places(&self, draws: &[Draw]) -> Result<Vec<(usize, i128)>, Wrong> {
        draws
            .iter()
            .map(|draw| Ok((self.place_of(draw.lot)?, of(draw.amount))))
            .collect()
    }
}

/// P2: a call that was cut down got all that fits, or, because others waited, all that fits into a quarter of it.
fn fitted(taken: &HoldTaken, before: &Figures, context: Context<'_>) -> Result<(), Wrong> {
    if taken.granted_units >= taken.asked_units {
        return Ok(());
    }
    let way = before
        .keys
        .get(&taken.key)
        .and_then(|key| key.way(&taken.model));
    let room = way.map_or(0, |way| way.room);
    let ask = context.asked.ask(taken.hold)?;
    let one_more = ask.cost_of(taken.granted_units.saturating_add(1));
    // Whether others waited the journal does not say. A quarter is rounded down, and never less than the least.
    let quarter = (room / 4).max(ask.least());
    let all_of_it = one_more > room;
    let all_of_a_quarter = one_more > quarter && of(taken.amount) <= quarter;
    if all_of_it || all_of_a_quarter {
        return Ok(());
    }
    Err(format!("P2: more than {} units fit", taken.granted_units))
}

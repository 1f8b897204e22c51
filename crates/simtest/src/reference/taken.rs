//! What must be true of a hold when it is taken (P1, P2, P3, P5).

use std::collections::BTreeSet;

use ids::LimitId;
use ledger::{HoldTaken, HoldTraits};

use super::checks::looks_closer;
use super::holds::{Counted, Hold};
use super::lots::of;
use super::{Check, Context, Figures, KeyIs, Reference, Wrong};
use crate::asked::Ask;

impl Reference {
    pub(super) fn taken(
        &mut self,
        taken: &HoldTaken,
        before: &Figures,
        context: Context<'_>,
    ) -> Result<(), Wrong> {
        let described = self.described.take();
        let described = described.filter(|(hold, _)| *hold == taken.hold);
        let traits = described.map(|(_, traits)| traits);
        let draws = self.places(&taken.draws)?;
        if context.restored {
            self.begin_hold(taken, (traits, draws))?;
            self.open_hold(taken.hold)?.said_again = true;
            return Ok(());
        }
        if taken.holder != *context.author {
            return Err("another run's hold was taken".to_owned());
        }
        self.may_spend(taken)?;
        context.asked.as_asked(taken)?;
        let ask = context.asked.ask(taken.hold)?;
        self.is_counted(taken, ask, before)?;
        is_described(taken, traits.as_ref(), (ask, before))?;
        let checks = before.in_the_way(ask);
        for check in &checks {
            if check.stops(ask, taken.granted_units) {
                return Err(match check.id() {
                    Some(limit) => format!("P1: past limit {limit}: {check:?}"),
                    None => "P1: past the credit balance".to_owned(),
                });
            }
        }
        if self.overdue_credit(before) {
            return Err("credit past its time is still there".to_owned());
        }
        if draws != self.in_order(of(taken.amount), before) {
            return Err("P3: it is not held in the lots whose turn it is".to_owned());
        }
        fitted(taken, &checks, ask)?;
        self.begin_hold(taken, (traits, draws))
    }

    /// Every limit that is on such a call counts it, as it is now, and no other one does.
    fn is_counted(&self, taken: &HoldTaken, ask: &Ask, before: &Figures) -> Result<(), Wrong> {
        let counting = before.counting(ask);
        for limit in &counting {
            let id = limit.terms.id;
            if limit.until <= self.at {
                return Err(format!(
                    "what {id} counts is over: it is not of this moment"
                ));
            }
            if !taken.limits.contains(&id) {
                return Err(format!("P1: limit {id} does not count it"));
            }
        }
        if taken.limits.len() != counting.len() {
            return Err("a limit counts it that is not in its way".to_owned());
        }
        Ok(())
    }

    fn begin_hold(
        &mut self,
        taken: &HoldTaken,
        (traits, draws): (Option<HoldTraits>, Vec<(usize, i128)>),
    ) -> Result<(), Wrong> {
        let traits = traits.unwrap_or_default();
        let mut counted = Vec::new();
        for (place, limit) in self.limits.iter_mut().enumerate() {
            let id = limit.terms.id;
            if limit.deleted || !taken.limits.contains(&id) {
                continue;
            }
            limit.would_have_stopped += u64::from(traits.over.contains(&id));
            counted.push(Counted {
                limit: place,
                window: limit.window,
                resets: limit.resets,
                spent: None,
            });
        }
        let budgets = self.budgets_of(taken.key, taken.project);
        let hold = Hold::new(taken, traits, draws, (counted, budgets));
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
}

/// What a limit looks at beside the price is said, and is what was asked for; and so is each shadow that would have stopped
/// the call.
fn is_described(
    taken: &HoldTaken,
    traits: Option<&HoldTraits>,
    (ask, before): (&Ask, &Figures),
) -> Result<(), Wrong> {
    let Some(traits) = traits else {
        let counting = before.counting(ask);
        let mut closer = counting.iter().filter(|limit| looks_closer(&limit.terms));
        return match closer.next() {
            None => Ok(()),
            Some(limit) => Err(format!("{} looks at what was not said", limit.terms.id)),
        };
    };
    let tokens = ask.tokens_of(taken.granted_units);
    if i128::from(traits.tokens) != tokens
        || (traits.end_user, &traits.tags) != (ask.user, &ask.tags)
    {
        return Err(format!(
            "it is said to be what was not asked for: {traits:?}"
        ));
    }
    let set = |ids: &[LimitId]| ids.iter().copied().collect::<BTreeSet<_>>();
    let over = before.over(ask);
    if set(&traits.over) == set(&over) {
        Ok(())
    } else {
        let said = &traits.over;
        Err(format!(
            "{said:?} would have stopped it, and so would {over:?}"
        ))
    }
}

/// P2: a call that was cut down got all that fits, or, because others waited, all that fits into a quarter of it.
fn fitted(taken: &HoldTaken, checks: &[Check<'_>], ask: &Ask) -> Result<(), Wrong> {
    if taken.granted_units >= taken.asked_units {
        return Ok(());
    }
    let fits = |units: u64| !checks.iter().any(|check| check.stops(ask, units));
    let most = |dollars: i128| {
        let mut all = (ask.floor..=ask.units).rev();
        all.find(|units| ask.cost_of(*units) <= dollars && fits(*units))
    };
    let dollars = checks
        .iter()
        .filter(|check| check.measure() == ledger::Measure::Usd);
    let room = dollars.map(|check| check.sum.left).min().unwrap_or(0);
    // Whether others waited the journal does not say. A quarter is rounded down, and never less than the least.
    let quarter = (room / 4).max(ask.least());
    if [most(i128::MAX), most(quarter)].contains(&Some(taken.granted_units)) {
        return Ok(());
    }
    Err(format!("P2: other than {} units fit", taken.granted_units))
}

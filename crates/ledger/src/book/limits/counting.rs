//! What calls do to a limit's counters, and what time and edits do.

use super::{Limit, Moment, Raise};
use crate::apply::Inconsistent;
use crate::book::count::Count;
use crate::book::each::Each;
use crate::quantity::{Amounts, negative};
use crate::{Calls, HoldTraits, Quantity, Rolling, Span, Time};
use ids::KeyId;

impl Limit {
    /// A call begins. `room`: whether a subject not seen before gets a counter of its own.
    pub(crate) fn begin_call(
        &mut self,
        amounts: &Amounts,
        (traits, key): (&HoldTraits, KeyId),
        room: bool,
    ) -> Result<(), Inconsistent> {
        if traits.over.contains(&self.id) {
            let stopped = &mut self.rare_mut().would_have_stopped;
            *stopped = stopped.saturating_add(1);
        }
        let held = amounts.of(self.measure);
        self.count.hold(held)?;
        if let Some(each) = self.rare.as_mut().and_then(|rare| rare.each.as_mut()) {
            let key = Calls::subject_of(key);
            each.begin(self.terms.calls.subjects(traits, &key), room, held)?;
        }
        Ok(())
    }

    /// A call that held this ends, having taken that.
    pub(crate) fn end_call(
        &mut self,
        moment: Moment<'_>,
        (held, taken): (&Amounts, &Amounts),
    ) -> Result<(), Inconsistent> {
        if !self.counts_charge(&moment, None) {
            return Ok(());
        }
        let (given_back, spent) = (negative(held.of(self.measure)), taken.of(self.measure));
        let slot = self.rolls().map(|rolling| rolling.slot_of(moment.at));
        let end = |count: &mut Count| {
            count.hold(given_back)?;
            count.spend(spent, slot)
        };
        end(&mut self.count)?;
        if let Some(each) = self.rare.as_mut().and_then(|rare| rare.each.as_mut()) {
            let key = Calls::subject_of(moment.key);
            each.end(self.terms.calls.subjects(moment.traits, &key), end)?;
        }
        self.mark_end();
        Ok(())
    }

    /// Whether a call that it counted still counts: where it ends now; or where what was presumed of it by this entry is
    /// corrected now, and the moment's time is that of the presumption.
    pub(crate) fn counts_charge(&self, moment: &Moment<'_>, corrects: Option<(u64, Time)>) -> bool {
        let left = |rolling: &Rolling, now| rolling.leaves(rolling.slot_of(moment.at)) <= now;
        let stands = |(presumed, now)| {
            let left = self.rolls().is_some_and(|rolling| left(rolling, now));
            presumed >= self.rare().forgot && !left
        };
        moment.taken >= self.opened && corrects.is_none_or(stands)
    }

    /// A charge presumed by this entry turns out to differ by so much, unless it was forgotten by an edit since or has
    /// left a rolling window. The moment's time is that of the presumption.
    pub(crate) fn correct_call(
        &mut self,
        (moment, presumed): (Moment<'_>, u64),
        difference: &Amounts,
        (now, room): (Time, bool),
    ) -> Result<(), Inconsistent> {
        let difference = difference.of(self.measure);
        if difference == Quantity::ZERO || !self.counts_charge(&moment, Some((presumed, now))) {
            return Ok(());
        }
        let slot = self.rolls().map(|rolling| rolling.slot_of(moment.at));
        let correct = |count: &mut Count| count.spend(difference, slot);
        correct(&mut self.count)?;
        if let Some(each) = self.rare.as_mut().and_then(|rare| rare.each.as_mut()) {
            let key = Calls::subject_of(moment.key);
            each.correct(
                self.terms.calls.subjects(moment.traits, &key),
                room,
                correct,
            )?;
        }
        self.mark_end();
        Ok(())
    }

    /// Gives it another amount: for good, or until then. What is raised already goes back, in the end, to where it would
    /// have.
    pub(crate) fn edit(&mut self, amount: Quantity, until: Option<Time>, reset_by: Option<u64>) {
        let back_to = self.raise().map_or(self.amount, |raise| raise.back_to);
        self.rare_mut().raise = until.map(|until| Raise { until, back_to });
        self.terms.amount = amount;
        if let Some(seq) = reset_by {
            self.rare_mut().forgot = seq;
            self.count.forget();
            if let Some(each) = self.each_mut() {
                each.forget();
            }
            self.mark_end();
        }
        self.tidy();
    }

    pub(crate) fn end_raise(&mut self) {
        let raise = self.rare.as_mut().and_then(|rare| rare.raise.take());
        if let Some(raise) = raise {
            self.terms.amount = raise.back_to;
            self.tidy();
        }
    }

    pub(crate) fn begin(&mut self, span: Span, seq: u64) -> Result<(), Inconsistent> {
        self.span = span;
        self.epoch = self.epoch.checked_add(1).ok_or(Inconsistent::Overflow)?;
        self.opened = seq;
        self.count = Count::default();
        if let Some(each) = self.each_mut() {
            *each = Each::default();
        }
        Ok(())
    }

    /// Lets go what a rolling window has left behind.
    pub(crate) fn roll(&mut self, now: Time) {
        let Some(rolling) = self.rolls().copied() else {
            return;
        };
        self.count.leave(&rolling, now);
        if let Some(each) = self.each_mut() {
            each.leave(&rolling, now);
        }
        self.mark_end();
    }

    /// When the next part of a rolling window leaves.
    fn mark_end(&mut self) {
        if let Some(rolling) = self.rolls() {
            self.span.end = self.count.next_leave(rolling).unwrap_or(Time::LATEST);
        }
    }
}

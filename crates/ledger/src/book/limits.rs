//! Limits and what they count.

use ids::{KeyId, LimitId, Subject};

use super::count::Count;
use super::each::Each;
use super::scoped::{ByScope, Scoped};
use crate::apply::Inconsistent;
use crate::codec::canonical_struct;
use crate::quantity::{Amounts, negative};
use crate::{
    Calls, HoldTraits, LimitOrigin, LimitTerms, Measure, Mode, OnTrip, Quantity, Rolling, Scope,
    Span, Time, Window,
};

/// A ceiling, and its count in the current window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its id.
    pub id: LimitId,
    /// Who set it.
    pub origin: LimitOrigin,
    /// What it is on.
    pub scope: Scope,
    /// Which calls on it count.
    pub calls: Calls,
    /// What of them counts.
    pub measure: Measure,
    /// Whether it stops calls.
    pub mode: Mode,
    /// What it does besides.
    pub on_trip: OnTrip,
    /// The most there may be in one window, at present; where each subject counts apart, of each.
    pub amount: Quantity,
    /// Where that is a raise for a time, the end of it.
    pub raise: Option<Raise>,
    /// When it ends by itself.
    pub ends_at: Option<Time>,
    /// How long it counts.
    pub window: Window,
    /// The current window. Of a rolling one that has anything in it, `end` is when the next part of it leaves.
    pub span: Span,
    /// How many windows there were before.
    pub epoch: u32,
    /// What counts in the current window, all subjects together.
    pub count: Count,
    /// What counts of each subject.
    each: Option<Box<Each>>,
    /// In shadow mode, how many calls it would have stopped since it was set.
    pub would_have_stopped: u64,
    /// When it was set.
    pub created_at: Time,
    /// The entry that opened the current window: a hold counts only in the window it was taken in.
    pub(crate) opened: u64,
    /// The last entry that forgot what was spent; zero: none did.
    pub(crate) forgot: u64,
}
canonical_struct!(Limit {
    id,
    origin,
    scope,
    calls,
    measure,
    mode,
    on_trip,
    amount,
    raise,
    ends_at,
    window,
    span,
    epoch,
    count,
    each,
    would_have_stopped,
    created_at,
    opened,
    forgot
});

/// The end of a raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raise {
    /// When it is over.
    pub until: Time,
    /// The amount from then on.
    pub back_to: Quantity,
}
canonical_struct!(Raise { until, back_to });

/// When a hold was taken, by its entry's number; when it changes, by the clock; and what of the call is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'a> {
    pub(crate) taken: u64,
    pub(crate) at: Time,
    pub(crate) traits: &'a HoldTraits,
    /// The key it came with.
    pub(crate) key: KeyId,
}

impl Limit {
    pub(crate) fn new(terms: &LimitTerms, span: Span, (seq, at): (u64, Time)) -> Self {
        Self {
            id: terms.id,
            origin: terms.origin,
            scope: terms.scope,
            calls: terms.calls.clone(),
            measure: terms.measure,
            mode: terms.mode,
            on_trip: terms.on_trip,
            amount: terms.amount,
            raise: None,
            ends_at: terms.ends_at,
            window: terms.window.clone(),
            span,
            epoch: 0,
            count: Count::default(),
            each: terms.calls.apart().then(Box::default),
            would_have_stopped: 0,
            created_at: at,
            opened: seq,
            forgot: 0,
        }
    }

    /// What was decided about it, its present amount included.
    #[must_use]
    pub fn terms(&self) -> LimitTerms {
        LimitTerms {
            id: self.id,
            origin: self.origin,
            scope: self.scope,
            calls: self.calls.clone(),
            measure: self.measure,
            mode: self.mode,
            on_trip: self.on_trip,
            amount: self.amount,
            window: self.window.clone(),
            ends_at: self.ends_at,
        }
    }

    /// What can still be promised in the current window. Negative where the amount was lowered, or a call took more than
    /// it held. Where each subject counts apart, what is left of them differs: see [`Limit::subjects`].
    #[must_use]
    pub fn left(&self) -> Quantity {
        self.left_in(&self.count)
    }

    pub(crate) fn left_in(&self, count: &Count) -> Quantity {
        self.amount
            .saturating_sub(count.spent)
            .saturating_sub(count.held)
    }

    /// Whether a call that does not fit is stopped.
    #[must_use]
    pub fn stops(&self) -> bool {
        self.mode == Mode::Enforce && self.origin != LimitOrigin::Guard
    }

    /// Whether it only counts what it would have stopped.
    pub(crate) fn shadows(&self) -> bool {
        self.mode == Mode::Shadow
    }

    /// Whether it takes more than the price of a call to count it.
    pub(crate) fn looks_at_traits(&self) -> bool {
        self.measure == Measure::Tokens || self.calls.of_subjects() || self.shadows()
    }

    /// The subjects that count apart at present, and what counts of each. Empty where it does not count them apart.
    pub fn subjects(&self) -> impl Iterator<Item = (Subject, &Count)> {
        self.each.iter().flat_map(|each| each.iter())
    }

    /// Where a call counts: of this subject, where each counts apart. `None` where nothing counts yet.
    pub(crate) fn counter(&self, subject: Option<Subject>) -> Option<&Count> {
        match (&self.each, subject) {
            (Some(each), Some(subject)) => each.of(subject),
            (Some(_), None) | (None, _) => Some(&self.count),
        }
    }

    /// When this counter of it begins anew or, in a rolling window, the next part of what counts there leaves.
    pub(crate) fn resets_at(&self, count: &Count) -> Option<Time> {
        match self.rolls() {
            Some(rolling) => count.next_leave(rolling),
            None => Some(self.span.end),
        }
    }

    const fn rolls(&self) -> Option<&Rolling> {
        self.window.rolling()
    }
}

impl Scoped for Limit {
    type Id = LimitId;
    const NAME: &'static str = "limit";
    fn id(&self) -> LimitId {
        self.id
    }
    fn scope(&self) -> Scope {
        self.scope
    }
    fn end(&self) -> Time {
        let raised = self.raise.map_or(Time::LATEST, |raise| raise.until);
        let ends = self.ends_at.unwrap_or(Time::LATEST);
        self.span.end.min(raised).min(ends)
    }
    fn apart(&self) -> usize {
        self.each.as_ref().map_or(0, |each| each.len())
    }
}

/// All limits.
pub(crate) type Limits = ByScope<Limit>;

/// Counting.
impl Limit {
    /// A call begins. `room`: whether a subject not seen before gets a counter of its own.
    pub(crate) fn begin_call(
        &mut self,
        amounts: &Amounts,
        (traits, key): (&HoldTraits, KeyId),
        room: bool,
    ) -> Result<(), Inconsistent> {
        if traits.over.contains(&self.id) {
            self.would_have_stopped = self.would_have_stopped.saturating_add(1);
        }
        let held = amounts.of(self.measure);
        self.count.hold(held)?;
        if let Some(each) = &mut self.each {
            let key = Calls::subject_of(key);
            each.begin(self.calls.subjects(traits, &key), room, held)?;
        }
        Ok(())
    }

    /// A call that held this ends, having taken that.
    pub(crate) fn end_call(
        &mut self,
        moment: Moment<'_>,
        (held, taken): (&Amounts, &Amounts),
    ) -> Result<(), Inconsistent> {
        if moment.taken < self.opened {
            return Ok(());
        }
        let (given_back, spent) = (negative(held.of(self.measure)), taken.of(self.measure));
        let rolls = self.window.rolling().copied();
        let dated = rolls.as_ref().map(|rolling| (rolling, moment.at));
        let end = |count: &mut Count| {
            count.hold(given_back)?;
            count.spend(spent, dated)
        };
        end(&mut self.count)?;
        if let Some(each) = &mut self.each {
            let key = Calls::subject_of(moment.key);
            each.end(self.calls.subjects(moment.traits, &key), end)?;
        }
        self.mark_end();
        Ok(())
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
        let rolls = self.window.rolling().copied();
        let left = |rolling: Rolling| rolling.leaves(rolling.slot_of(moment.at)) <= now;
        if moment.taken < self.opened
            || presumed < self.forgot
            || difference == Quantity::ZERO
            || rolls.is_some_and(left)
        {
            return Ok(());
        }
        let dated = rolls.as_ref().map(|rolling| (rolling, moment.at));
        let correct = |count: &mut Count| count.spend(difference, dated);
        correct(&mut self.count)?;
        if let Some(each) = &mut self.each {
            let key = Calls::subject_of(moment.key);
            each.correct(self.calls.subjects(moment.traits, &key), room, correct)?;
        }
        self.mark_end();
        Ok(())
    }

    /// Gives it another amount: for good, or until then. What is raised already goes back, in the end, to where it would
    /// have.
    pub(crate) fn edit(&mut self, amount: Quantity, until: Option<Time>, reset_by: Option<u64>) {
        let back_to = self.raise.map_or(self.amount, |raise| raise.back_to);
        self.raise = until.map(|until| Raise { until, back_to });
        self.amount = amount;
        if let Some(seq) = reset_by {
            self.forgot = seq;
            self.count.forget();
            if let Some(each) = &mut self.each {
                each.forget();
            }
            self.mark_end();
        }
    }

    pub(crate) fn end_raise(&mut self) {
        if let Some(raise) = self.raise.take() {
            self.amount = raise.back_to;
        }
    }

    pub(crate) fn begin(&mut self, span: Span, seq: u64) -> Result<(), Inconsistent> {
        self.span = span;
        self.epoch = self.epoch.checked_add(1).ok_or(Inconsistent::Overflow)?;
        self.opened = seq;
        self.count = Count::default();
        if let Some(each) = &mut self.each {
            **each = Each::default();
        }
        Ok(())
    }

    /// Lets go what a rolling window has left behind.
    pub(crate) fn roll(&mut self, now: Time) {
        let Some(rolling) = self.rolls().copied() else {
            return;
        };
        self.count.leave(&rolling, now);
        if let Some(each) = &mut self.each {
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

/// Reading limits.
impl crate::Book {
    /// All limits, oldest first.
    pub fn limits(&self) -> impl Iterator<Item = &Limit> {
        self.limits.all()
    }

    /// One limit.
    #[must_use]
    pub fn limit(&self, id: LimitId) -> Option<&Limit> {
        self.limits.get(id)
    }

    /// All lots, oldest id first.
    pub fn lots(&self) -> impl Iterator<Item = &crate::Lot> {
        self.credit.lots()
    }

    /// One lot.
    #[must_use]
    pub fn lot(&self, id: ids::LotId) -> Option<&crate::Lot> {
        self.credit.lot(id)
    }

    /// Whether another subject gets a counter of its own.
    pub(crate) fn room_for_subjects(&self) -> bool {
        self.limits.apart() < super::each::MOST_SUBJECTS
    }
}

//! Limits and what they count.

mod counting;

use std::ops::Deref;

use ids::{KeyId, LimitId, Subject};

use super::count::Count;
use super::each::Each;
use super::scoped::{ByScope, Scoped};
use crate::codec::{Canonical, DecodeError, Reader, canonical_struct};
use crate::{
    HoldTraits, LimitOrigin, LimitTerms, Measure, Mode, OnTrip, Quantity, Rolling, Scope, Span,
    Time,
};

/// A ceiling, and its count in the current window. What was decided about it is read of it as if it were its own: see
/// [`Limit::terms`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    terms: LimitTerms,
    /// The current window. Of a rolling one that has anything in it, `end` is when the next part of it leaves.
    pub span: Span,
    /// How many windows there were before.
    pub epoch: u32,
    /// What counts in the current window, all subjects together.
    pub count: Count,
    /// When it was set.
    pub created_at: Time,
    /// The entry that opened the current window: a hold counts only in the window it was taken in.
    pub(crate) opened: u64,
    /// What few limits have, kept apart because an organization has many limits.
    rare: Option<Box<Rare>>,
}

/// Limits are asked for their terms all over the house, and a call's way is no place to copy them.
impl Deref for Limit {
    type Target = LimitTerms;

    fn deref(&self) -> &LimitTerms {
        &self.terms
    }
}

/// The end of a raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raise {
    /// When it is over.
    pub until: Time,
    /// The amount from then on.
    pub back_to: Quantity,
}
canonical_struct!(Raise { until, back_to });

/// What most limits have nothing of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rare {
    raise: Option<Raise>,
    /// What counts of each subject, where each counts apart.
    each: Option<Each>,
    would_have_stopped: u64,
    /// The last entry that forgot what was spent; zero: none did.
    forgot: u64,
}

static NOTHING: Rare = Rare::NOTHING;

impl Rare {
    const NOTHING: Self = Self {
        raise: None,
        each: None,
        would_have_stopped: 0,
        forgot: 0,
    };
}

// In the order of the fields since limits count anything but dollars; a snapshot of another order is of no use.
impl Canonical for Limit {
    fn write(&self, out: &mut Vec<u8>) {
        let (terms, rare) = (&self.terms, self.rare());
        terms.id.write(out);
        terms.origin.write(out);
        terms.scope.write(out);
        terms.calls.write(out);
        terms.measure.write(out);
        terms.mode.write(out);
        terms.on_trip.write(out);
        terms.amount.write(out);
        rare.raise.write(out);
        terms.ends_at.write(out);
        terms.window.write(out);
        self.span.write(out);
        self.epoch.write(out);
        self.count.write(out);
        rare.each.write(out);
        rare.would_have_stopped.write(out);
        self.created_at.write(out);
        self.opened.write(out);
        rare.forgot.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (id, origin, scope) = (read(reader)?, read(reader)?, read(reader)?);
        let (calls, measure, mode) = (read(reader)?, read(reader)?, read(reader)?);
        let (on_trip, amount, raise) = (read(reader)?, read(reader)?, read(reader)?);
        let (ends_at, window, span) = (read(reader)?, read(reader)?, read(reader)?);
        let (epoch, count, each) = (read(reader)?, read(reader)?, read(reader)?);
        let (would_have_stopped, created_at, opened) =
            (read(reader)?, read(reader)?, read(reader)?);
        let rare = Rare {
            raise,
            each,
            would_have_stopped,
            forgot: read(reader)?,
        };
        Ok(Self {
            terms: LimitTerms {
                id,
                origin,
                scope,
                calls,
                measure,
                mode,
                on_trip,
                amount,
                window,
                ends_at,
            },
            span,
            epoch,
            count,
            created_at,
            opened,
            rare: (rare != NOTHING).then(|| Box::new(rare)),
        })
    }
}

fn read<T: Canonical>(reader: &mut Reader<'_>) -> Result<T, DecodeError> {
    T::read(reader)
}

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
    pub(crate) fn new(terms: LimitTerms, span: Span, (seq, at): (u64, Time)) -> Self {
        let apart = terms.calls.apart().then(|| Rare {
            each: Some(Each::default()),
            ..Rare::NOTHING
        });
        Self {
            terms,
            span,
            epoch: 0,
            count: Count::default(),
            created_at: at,
            opened: seq,
            rare: apart.map(Box::new),
        }
    }

    /// What was decided about it, its present amount included.
    #[must_use]
    pub const fn terms(&self) -> &LimitTerms {
        &self.terms
    }

    /// Where its amount is a raise for a time, the end of it.
    #[must_use]
    pub fn raise(&self) -> Option<Raise> {
        self.rare().raise
    }

    /// In shadow mode, how many calls it would have stopped since it was set.
    #[must_use]
    pub fn would_have_stopped(&self) -> u64 {
        self.rare().would_have_stopped
    }

    fn rare(&self) -> &Rare {
        self.rare.as_deref().unwrap_or(&NOTHING)
    }

    /// For writing: only where there is something to write.
    fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_with(|| Box::new(Rare::NOTHING))
    }

    fn each(&self) -> Option<&Each> {
        self.rare.as_ref()?.each.as_ref()
    }

    fn each_mut(&mut self) -> Option<&mut Each> {
        self.rare.as_mut()?.each.as_mut()
    }

    /// What came to its end leaves nothing behind, so that equal limits are equal.
    fn tidy(&mut self) {
        if self.rare.as_deref() == Some(&NOTHING) {
            self.rare = None;
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

    /// Whether a charge that takes it past its amount freezes the call's key.
    pub(crate) fn freezes(&self) -> bool {
        match self.origin {
            LimitOrigin::Guard => true,
            LimitOrigin::Owner | LimitOrigin::Operator => {
                self.on_trip == OnTrip::FreezeKey && self.stops()
            }
        }
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
        self.each().into_iter().flat_map(Each::iter)
    }

    /// Where a call counts: of this subject, where each counts apart. `None` where nothing counts yet.
    pub(crate) fn counter(&self, subject: Option<Subject>) -> Option<&Count> {
        match (self.each(), subject) {
            (Some(each), Some(subject)) => each.of(subject),
            (Some(_), None) | (None, _) => Some(&self.count),
        }
    }

    /// What is spent where a call counts, and whose counter that is: `None` where it is that of all, or shared.
    pub(crate) fn spent_by(&self, subject: Option<Subject>) -> (Option<Subject>, Quantity) {
        let spent = self.counter(subject).map(|count| count.spent);
        let own = subject.filter(|subject| self.each().is_some_and(|each| each.has_own(*subject)));
        (own, spent.unwrap_or_default())
    }

    /// When this counter of it begins anew or, in a rolling window, the next part of what counts there leaves.
    pub(crate) fn resets_at(&self, count: &Count) -> Option<Time> {
        match self.rolls() {
            Some(rolling) => count.next_leave(rolling),
            None => Some(self.span.end),
        }
    }

    const fn rolls(&self) -> Option<&Rolling> {
        self.terms.window.rolling()
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
        let raised = self.raise().map_or(Time::LATEST, |raise| raise.until);
        let ends = self.ends_at.unwrap_or(Time::LATEST);
        self.span.end.min(raised).min(ends)
    }
    fn apart(&self) -> usize {
        self.each().map_or(0, Each::len)
    }
}

/// All limits.
pub(crate) type Limits = ByScope<Limit>;

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

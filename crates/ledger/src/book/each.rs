//! The counters of a limit that counts each end user or each tag apart.

use ids::Subject;

use super::count::Count;
use super::ordered::Ordered;
use crate::apply::Inconsistent;
use crate::codec::canonical_struct;
use crate::{Quantity, Rolling, Time};

/// How many subjects an organization's limits count apart at a time. Those that come beyond share one counter, until all
/// that counts there is over. For ever: a journal that was written under one number is not read under another.
pub(crate) const MOST_SUBJECTS: usize = 100_000;

/// A counter for each subject with anything to count in the current window.
///
/// **Invariant:** while [`Each::others`] is there, no subject gets a counter of its own, and one with a running call keeps
/// its counter, also where the call holds nothing. So a call ends in the counters that it began in, and need not remember
/// which those were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Each {
    counts: Ordered<Subject, Apart>,
    others: Option<Apart>,
}
canonical_struct!(Each { counts, others });

/// What counts of one subject, or of those that share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Apart {
    count: Count,
    /// How many running calls count here.
    running: u32,
}
canonical_struct!(Apart { count, running });

impl Apart {
    fn is_over(&self) -> bool {
        self.running == 0 && self.count.is_empty()
    }
}

impl Each {
    /// How many subjects have a counter of their own.
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Where a subject counts, or would; `None` where nothing counts yet.
    pub(crate) fn of(&self, subject: Subject) -> Option<&Count> {
        let apart = self.counts.get(&subject).or(self.others.as_ref());
        apart.map(|apart| &apart.count)
    }

    /// Whether a subject has a counter of its own.
    pub(crate) fn has_own(&self, subject: Subject) -> bool {
        self.counts.get(&subject).is_some()
    }

    /// A call begins that holds so much. `room`: whether a subject not seen before gets a counter of its own.
    pub(crate) fn begin(
        &mut self,
        subjects: &[Subject],
        room: bool,
        held: Quantity,
    ) -> Result<(), Inconsistent> {
        self.visit(subjects, room, |apart| {
            apart.running = apart.running.checked_add(1).ok_or(Inconsistent::Overflow)?;
            apart.count.hold(held)
        })
    }

    /// A call that began ends.
    pub(crate) fn end(
        &mut self,
        subjects: &[Subject],
        end: impl Fn(&mut Count) -> Result<(), Inconsistent>,
    ) -> Result<(), Inconsistent> {
        self.visit(subjects, false, |apart| {
            let running = apart.running.checked_sub(1);
            apart.running = running.ok_or(Inconsistent::Unknown("counter"))?;
            end(&mut apart.count)
        })
    }

    /// What an ended call took turns out to be something else.
    pub(crate) fn correct(
        &mut self,
        subjects: &[Subject],
        room: bool,
        correct: impl Fn(&mut Count) -> Result<(), Inconsistent>,
    ) -> Result<(), Inconsistent> {
        self.visit(subjects, room, |apart| correct(&mut apart.count))
    }

    /// Changes each counter that a call of these subjects counts in, and lets it go where it is over. Subjects that share
    /// a counter count there once, as their call does everywhere.
    fn visit(
        &mut self,
        subjects: &[Subject],
        room: bool,
        change: impl Fn(&mut Apart) -> Result<(), Inconsistent>,
    ) -> Result<(), Inconsistent> {
        let mut shared = false;
        for subject in subjects {
            if let Some(own) = self.counts.get_mut(subject) {
                change(own)?;
                if own.is_over() {
                    self.counts.remove(subject);
                }
            } else if room && self.others.is_none() {
                let mut own = Apart::default();
                change(&mut own)?;
                if !own.is_over() {
                    self.counts.insert(*subject, own);
                }
            } else if !shared {
                shared = true;
                let others = self.others.get_or_insert_default();
                change(others)?;
                if others.is_over() {
                    self.others = None;
                }
            }
        }
        Ok(())
    }

    /// Lets the slots go that have left, and the counters with nothing in them.
    pub(crate) fn leave(&mut self, rolling: &Rolling, now: Time) {
        self.change_all(|count| count.leave(rolling, now));
    }

    /// Forgets what was spent; what is held goes on counting.
    pub(crate) fn forget(&mut self) {
        self.change_all(Count::forget);
    }

    fn change_all(&mut self, change: impl Fn(&mut Count)) {
        self.counts.retain(|_, apart| {
            change(&mut apart.count);
            !apart.is_over()
        });
        if let Some(others) = &mut self.others {
            change(&mut others.count);
            if others.is_over() {
                self.others = None;
            }
        }
    }

    /// The subjects that count apart, and what they come to.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Subject, &Count)> {
        let counts = self.counts.iter();
        counts.map(|(subject, apart)| (*subject, &apart.count))
    }
}

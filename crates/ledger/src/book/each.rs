//! The counters of a limit that counts each end user or each tag apart.

use std::collections::BTreeMap;

use ids::Subject;

use super::count::Count;
use crate::apply::Inconsistent;
use crate::codec::canonical_struct;
use crate::{Rolling, Time};

/// How many subjects an organization's limits count apart at a time. Those that come beyond share one counter, until all
/// that counts there is over.
pub(crate) const MOST_SUBJECTS: usize = 100_000;

/// A counter for each subject with anything to count in the current window.
///
/// **Invariant:** while [`Each::others`] is there, no subject gets a counter of its own, and one with a running call keeps
/// its counter. So a call ends in the counter that it began in, and need not remember which one that was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Each {
    counts: BTreeMap<Subject, Count>,
    others: Option<Count>,
}
canonical_struct!(Each { counts, others });

impl Each {
    /// How many subjects have a counter of their own.
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Where a subject counts, or would; `None` where nothing counts yet.
    pub(crate) fn of(&self, subject: Subject) -> Option<&Count> {
        self.counts.get(&subject).or(self.others.as_ref())
    }

    /// Where a call that begins counts.
    pub(crate) fn begin(&mut self, subject: Subject, room: bool) -> &mut Count {
        if self.counts.contains_key(&subject) || (room && self.others.is_none()) {
            self.counts.entry(subject).or_default()
        } else {
            self.others.get_or_insert_default()
        }
    }

    /// Where a call that began counts.
    pub(crate) fn end(&mut self, subject: Subject) -> Option<&mut Count> {
        let own = self.counts.get_mut(&subject);
        own.or(self.others.as_mut())
    }

    /// Lets the slots go that have left, and the counters with nothing in them.
    pub(crate) fn leave(&mut self, rolling: &Rolling, now: Time) {
        self.counts.retain(|_, count| {
            count.leave(rolling, now);
            !count.is_empty()
        });
        if let Some(others) = &mut self.others {
            others.leave(rolling, now);
        }
        if self.others.as_ref().is_some_and(Count::is_empty) {
            self.others = None;
        }
    }

    /// Forgets what was spent; what is held goes on counting.
    pub(crate) fn forget(&mut self) {
        for count in self.counts.values_mut().chain(self.others.as_mut()) {
            count.forget();
        }
    }

    /// The subjects that count apart, and what they come to.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Subject, &Count)> {
        self.counts.iter().map(|(subject, count)| (*subject, count))
    }
}

/// Nothing to count is not an error where a window began anew.
pub(crate) const fn missing() -> Inconsistent {
    Inconsistent::Unknown("counter")
}

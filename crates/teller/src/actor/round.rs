//! What was decided since the last flight left.

use ledger::Entry;

use super::job::{Answer, Job};
use crate::Unavailable;

#[derive(Default)]
pub(super) struct Round {
    entries: Vec<(Entry, Vec<u8>)>,
    decided: Vec<(Job, Answer)>,
}

impl Round {
    pub(super) fn add_entries(&mut self, entries: Vec<(Entry, Vec<u8>)>) {
        self.entries.extend(entries);
    }

    pub(super) fn add(&mut self, job: Job, answer: Answer) {
        self.decided.push((job, answer));
    }

    pub(super) fn len(&self) -> usize {
        self.decided.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.decided.is_empty() && self.entries.is_empty()
    }

    pub(super) fn take_entries(&mut self) -> Vec<(Entry, Vec<u8>)> {
        std::mem::take(&mut self.entries)
    }

    /// Tells everyone that there is no answer. The jobs stay to be finished.
    pub(super) fn turn_away(&mut self, why: &Unavailable) {
        for (job, _) in &mut self.decided {
            job.turn_away(why);
        }
    }

    pub(super) fn into_decided(self) -> Vec<(Job, Answer)> {
        self.decided
    }

    pub(super) fn into_jobs(self) -> impl Iterator<Item = Job> {
        self.decided.into_iter().map(|(job, _)| job)
    }
}

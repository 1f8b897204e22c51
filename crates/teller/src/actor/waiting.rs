//! Calls that wait for money which other calls hold. First come, first looked at.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::Job;

#[derive(Default)]
pub(super) struct Waiting(VecDeque<(Job, Instant)>);

impl Waiting {
    /// All wait equally long, so the first to come is the first to go, also where it waits for the second time.
    pub(super) fn add(&mut self, job: Job, until: Instant) {
        let place = self.0.partition_point(|(_, other)| *other <= until);
        self.0.insert(place, (job, until));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn first_deadline(&self) -> Option<Instant> {
        self.0.front().map(|(_, until)| *until)
    }

    pub(super) fn take_all(&mut self) -> Vec<Job> {
        self.0.drain(..).map(|(job, _)| job).collect()
    }

    pub(super) fn take_expired(&mut self, now: Instant) -> Vec<Job> {
        let expired = self.0.partition_point(|(_, until)| *until <= now);
        self.0.drain(..expired).map(|(job, _)| job).collect()
    }
}

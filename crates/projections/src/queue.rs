//! What waits for the writer.
//!
//! A push is a few instructions under a lock that is never held across I/O. It wakes the writer only where there was
//! nothing before: the writer then lets jobs gather for [`GATHER`], so that the hold and the end of a short call become
//! one row written once, and a thousand calls one commit. Whoever wants to read does not wait for that.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ids::OrganizationId;
use ledger::Entry;
use tokio::sync::oneshot;

use crate::stored::Offset;
use crate::{Happened, LogError, Refused, Remark, Waiting};

/// How long jobs gather when nobody asks. What a crash can take of remarks and refusals.
const GATHER: Duration = Duration::from_millis(100);

/// This many jobs are written at once, without gathering more.
const MANY: usize = 4096;

/// An answer that the writer gives after its commit. Dropped where the commit failed.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, LogError>>;

pub(crate) enum Job {
    /// Entries that were appended just now.
    Entries {
        organization: OrganizationId,
        entries: Vec<Entry>,
    },
    /// Entries that were read from the store, which someone waits to be written.
    Page {
        organization: OrganizationId,
        entries: Vec<Entry>,
        reply: Reply<()>,
    },
    Remark(Remark),
    Refused(Box<Refused>),
    Happened(Box<Happened>),
    /// How far an organization's journal was read.
    Offset {
        organization: OrganizationId,
        reply: Reply<Offset>,
    },
    /// Drops what follows from an organization's journal.
    Forget {
        organization: OrganizationId,
        reply: Reply<()>,
    },
    /// Writes everything that was pushed before.
    Flush {
        reply: Reply<()>,
    },
}

/// What the writer takes at once.
pub(crate) struct Work {
    pub(crate) jobs: Vec<Job>,
    pub(crate) remarks: usize,
    pub(crate) refusals: usize,
}

#[derive(Default)]
struct Inside {
    jobs: Vec<Job>,
    entries: usize,
    remarks: usize,
    refusals: usize,
    /// There are counts to be written, which are kept elsewhere.
    counts: bool,
    urgent: bool,
    closed: bool,
}

pub(crate) struct Queue {
    most: Waiting,
    inside: Mutex<Inside>,
    wake: Condvar,
}

impl Queue {
    pub(crate) fn new(most: Waiting) -> Self {
        Self {
            most,
            inside: Mutex::default(),
            wake: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, mut inside: MutexGuard<'_, Inside>, job: Job) {
        inside.jobs.push(job);
        let waiting = inside.jobs.len();
        drop(inside);
        if waiting == 1 || waiting == MANY {
            self.wake.notify_one();
        }
    }

    /// False where there is no room: they are dropped.
    pub(crate) fn entries(&self, organization: OrganizationId, entries: Vec<Entry>) -> bool {
        let mut inside = self.lock();
        let sum = inside.entries.saturating_add(entries.len());
        if inside.closed || sum > self.most.entries {
            return false;
        }
        inside.entries = sum;
        self.push(
            inside,
            Job::Entries {
                organization,
                entries,
            },
        );
        true
    }

    /// False where there is no room: it is lost.
    pub(crate) fn remark(&self, remark: Remark) -> bool {
        let mut inside = self.lock();
        if inside.closed || inside.remarks >= self.most.remarks {
            return false;
        }
        inside.remarks = inside.remarks.saturating_add(1);
        self.push(inside, Job::Remark(remark));
        true
    }

    /// False where there is no room: it is lost. It takes the place of a remark.
    pub(crate) fn happened(&self, happened: Box<Happened>) -> bool {
        let mut inside = self.lock();
        if inside.closed || inside.remarks >= self.most.remarks {
            return false;
        }
        inside.remarks = inside.remarks.saturating_add(1);
        self.push(inside, Job::Happened(happened));
        true
    }

    /// Gives it back where there is no room.
    pub(crate) fn refused(&self, refused: Box<Refused>) -> Result<(), Box<Refused>> {
        let mut inside = self.lock();
        if inside.closed || inside.refusals >= self.most.refusals {
            return Err(refused);
        }
        inside.refusals = inside.refusals.saturating_add(1);
        self.push(inside, Job::Refused(refused));
        Ok(())
    }

    /// Says that there are counts to be written.
    pub(crate) fn counts(&self) {
        let mut inside = self.lock();
        let first = !inside.counts && inside.jobs.is_empty();
        inside.counts = true;
        drop(inside);
        if first {
            self.wake.notify_one();
        }
    }

    /// Has a job done at once, with all before it. Bounded by those who ask, who wait for the answer.
    pub(crate) async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, LogError> {
        let (reply, answer) = oneshot::channel();
        {
            let mut inside = self.lock();
            if inside.closed {
                return Err(LogError::unanswered());
            }
            inside.jobs.push(job(reply));
            inside.urgent = true;
        }
        self.wake.notify_one();
        answer.await.map_err(|_dropped| LogError::unanswered())?
    }

    /// Takes nothing more; what waits is still written.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }

    /// Takes nothing more, and lets those who wait for an answer know that none will come.
    pub(crate) fn abandon(&self) {
        let mut inside = self.lock();
        inside.closed = true;
        inside.jobs.clear();
    }

    /// Waits for work. `None` once the queue is closed and empty.
    pub(crate) fn wait(&self) -> Option<Work> {
        let idle = |inside: &mut Inside| inside.jobs.is_empty() && !inside.counts && !inside.closed;
        let gathering =
            |inside: &mut Inside| !inside.urgent && !inside.closed && inside.jobs.len() < MANY;
        let inside = self
            .wake
            .wait_while(self.lock(), idle)
            .unwrap_or_else(PoisonError::into_inner);
        let (mut inside, _timeout) = self
            .wake
            .wait_timeout_while(inside, GATHER, gathering)
            .unwrap_or_else(PoisonError::into_inner);
        if inside.jobs.is_empty() && !inside.counts {
            return None;
        }
        let closed = inside.closed;
        let taken = std::mem::replace(
            &mut *inside,
            Inside {
                closed,
                ..Inside::default()
            },
        );
        Some(Work {
            jobs: taken.jobs,
            remarks: taken.remarks,
            refusals: taken.refusals,
        })
    }
}

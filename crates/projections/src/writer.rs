//! The one thread that writes: it takes everything that waits and makes it one transaction.
//!
//! Where a transaction fails, nothing of it stands: the journals are then read again from the offsets that stand, refusals
//! and remarks are lost and counted as lost, and whoever waits learns it by a dropped reply.

mod audit;
mod batch;
mod prune;
mod rebuilt;
mod recent;
mod statements;
pub(crate) mod tally;

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

use ids::OrganizationId;
use ledger::Time;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use crate::gate::HOUR;
use crate::log::Shared;
use crate::queue::{Job, Work};
use crate::stored::Offset;
use crate::{LogError, OpenError, Options, Suppressed};

pub use rebuilt::Rebuilt;
pub(crate) use statements::offset;

use batch::Batch;
use recent::Recent;

/// Offsets in memory. Beyond it they are forgotten, and read from the file where needed.
const MOST_OFFSETS: usize = 65_536;

/// What the writer knows of the file without asking it.
struct Memory {
    offsets: HashMap<OrganizationId, Offset>,
    recent: Recent,
    /// How many calls there are.
    rows: u64,
    /// The newest moment heard of, by which age is counted: this crate reads no clock.
    latest: Time,
    /// The hour in which old counts were removed last.
    swept: i64,
}

impl Memory {
    fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let rows: i64 = connection.query_row("SELECT count(*) FROM call", [], |row| row.get(0))?;
        let latest: Option<i64> =
            connection.query_row("SELECT max(at) FROM call", [], |row| row.get(0))?;
        Ok(Self {
            offsets: HashMap::new(),
            recent: Recent::default(),
            rows: rows.cast_unsigned(),
            latest: latest.map_or(Time::EARLIEST, Time::from_micros),
            swept: 0,
        })
    }

    fn hear(&mut self, at: Time) {
        self.latest = self.latest.max(at);
    }

    /// Calls that began before this moment are not kept. It is a full hour, so that an hour's sums are made again whole or
    /// not at all.
    fn cutoff(&self, options: &Options) -> Time {
        let days = self.days_ago(options.keep_days).micros();
        Time::from_micros(days.saturating_sub(days.rem_euclid(HOUR)))
    }

    /// Sums of hours before this moment are not kept.
    fn usage_cutoff(&self, options: &Options) -> Time {
        self.days_ago(options.keep_usage_days.max(options.keep_days))
    }

    fn days_ago(&self, days: u32) -> Time {
        self.latest
            .plus_seconds(-i64::from(days).saturating_mul(86_400))
    }
}

/// An answer that is given after the commit.
enum Answer {
    Done(oneshot::Sender<Result<(), LogError>>),
    Offset(oneshot::Sender<Result<Offset, LogError>>, Offset),
}

impl Answer {
    /// Whoever asked may have gone; then nobody wants the answer.
    fn give(self) {
        let _unwanted = match self {
            Self::Done(reply) => reply.send(Ok(())).is_err(),
            Self::Offset(reply, offset) => reply.send(Ok(offset)).is_err(),
        };
    }
}

/// Says that the writer is no more, however it ended.
struct Ended(Arc<Shared>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.queue.abandon();
        self.0.ended.send_replace(true);
    }
}

pub(crate) struct Writer {
    connection: Connection,
    shared: Arc<Shared>,
    memory: Memory,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        shared: Arc<Shared>,
        path: &std::path::Path,
    ) -> Result<Self, OpenError> {
        let memory = Memory::load(&connection).map_err(|source| OpenError::Sqlite {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            connection,
            shared,
            memory,
        })
    }

    /// Works until the log is closed, then lets go of the file.
    pub(crate) fn run(self, lock: File) {
        let _ended = Ended(Arc::clone(&self.shared));
        // Locals go in reverse order: first the lock is let go, then the end is told, even where a panic ends it.
        let (mut writer, _lock) = (self, lock);
        while let Some(work) = writer.shared.queue.wait() {
            writer.work(work);
        }
    }

    fn work(&mut self, work: Work) {
        let Work {
            jobs,
            remarks,
            refusals,
        } = work;
        let counts = self.shared.gate.take();
        let (mut jobs, mut answers) = (jobs.into_iter(), Vec::new());
        match self.transaction(&mut jobs, &mut answers, &counts) {
            Ok(()) => answers.into_iter().for_each(Answer::give),
            Err(error) => {
                tracing::error!(%error, "the request log cannot be written");
                self.failed(counts, remarks, refusals);
                // Whoever waits learns it only now, when the consequences were drawn.
                drop((jobs, answers));
            }
        }
        if self.memory.offsets.len() > MOST_OFFSETS {
            self.memory.offsets.clear();
        }
    }

    fn transaction(
        &mut self,
        jobs: &mut std::vec::IntoIter<Job>,
        answers: &mut Vec<Answer>,
        counts: &[Suppressed],
    ) -> Result<(), LogError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch::new(&transaction, &mut self.memory, &self.shared);
        for job in jobs {
            answers.extend(batch.take(job)?);
        }
        batch.finish()?;
        for count in counts {
            statements::add_count(&transaction, count)?;
            tally::add_count(&transaction, count)?;
        }
        prune::prune(&transaction, &mut self.memory, &self.shared.options)?;
        Ok(transaction.commit()?)
    }

    /// Forgets what may not stand in the file.
    fn failed(&mut self, counts: Vec<Suppressed>, remarks: usize, refusals: usize) {
        self.shared.lost.add(remarks, refusals);
        for count in counts {
            if !self.shared.gate.add(count) {
                self.shared.lost.add(0, 1);
            }
        }
        self.memory.offsets.clear();
        self.memory.recent = Recent::default();
        // Where even this cannot be read, the sum is a little off until the next start.
        if let Ok(memory) = Memory::load(&self.connection) {
            self.memory = memory;
        }
        self.shared.lag.mark_everyone();
    }
}

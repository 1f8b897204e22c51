//! The request log: what the rest of the house calls.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use ids::{OrganizationId, RequestId};
use journal::sqlite::file;
use ledger::Entry;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use crate::gate::Gate;
use crate::lag::Lag;
use crate::queue::{Job, Queue};
use crate::writer::Writer;
use crate::{
    AuditFilter, AuditPage, Filter, Happened, LogError, OpenError, Options, Page, Refused, Remark,
    Row, Suppressed, UsageFilter, UsagePage, audit, open, reader, usage,
};

/// Reads that may wait for the reader's thread. Who comes later waits for a place.
const READS: usize = 64;

type Listener = Box<dyn Fn(&Refused) + Send + Sync>;

/// What the handles and the writer share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) queue: Queue,
    pub(crate) gate: Gate,
    pub(crate) lag: Lag,
    pub(crate) lost: LostCounts,
    /// Who else is told of refusals.
    listener: OnceLock<Listener>,
    /// Whether the writer has let go of the file.
    pub(crate) ended: watch::Sender<bool>,
}

impl Shared {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            queue: Queue::new(options.waiting),
            gate: Gate::new(options.most_refusals_per_second),
            lag: Lag::new(),
            lost: LostCounts::default(),
            listener: OnceLock::new(),
            ended: watch::Sender::new(false),
        }
    }
}

#[derive(Default)]
pub(crate) struct LostCounts {
    remarks: AtomicU64,
    refusals: AtomicU64,
}

impl LostCounts {
    pub(crate) fn add(&self, remarks: usize, refusals: usize) {
        let count = |many: usize| u64::try_from(many).unwrap_or(u64::MAX);
        self.remarks.fetch_add(count(remarks), Ordering::Relaxed);
        self.refusals.fetch_add(count(refusals), Ordering::Relaxed);
    }
}

/// What was told to the log since its start and is not in it. Entries cannot be lost: the store has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Remarks.
    pub remarks: u64,
    /// Refusals, which were not even counted.
    pub refusals: u64,
}

struct Inner {
    shared: Arc<Shared>,
    reader: mpsc::Sender<reader::Job>,
}

impl Drop for Inner {
    /// The writer still writes what waits, then ends. [`RequestLog::close`] waits for it.
    fn drop(&mut self) {
        self.shared.queue.close();
    }
}

/// A row for each call. Cheap to clone; the clones are one log.
///
/// What is read is at least as new as what this process told the log before it asked.
#[derive(Clone)]
pub struct RequestLog {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestLog")
            .field("options", &self.shared().options)
            .finish_non_exhaustive()
    }
}

impl RequestLog {
    /// Opens the log's file, or makes it, and locks it to this process. For a store in `seawall.db` it is
    /// `seawall-requests.db` beside it. Starts two threads. Blocks while the file is opened.
    ///
    /// # Errors
    /// [`OpenError`]: the file is another server's, is not a request log, or cannot be written.
    pub fn open(path: &Path, options: Options) -> Result<Self, OpenError> {
        let lock = file::lock(path)?;
        let (writing, reading) = (open::connect(path)?, open::connect(path)?);
        let shared = Arc::new(Shared::new(options));
        let writer = Writer::new(writing, Arc::clone(&shared), path)?;
        let (reads, jobs) = mpsc::channel(READS);
        file::thread("seawall-log-writer", move || writer.run(lock))?;
        let inner = Arc::new(Inner {
            shared,
            reader: reads,
        });
        file::thread("seawall-log-reader", move || reader::run(&reading, jobs))?;
        Ok(Self { inner })
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.inner.shared
    }

    /// Tells the log of entries that are durable, in their order. Never blocks: where too much waits they are dropped, and
    /// read from the store by [`RequestLog::follow`].
    pub fn appended(&self, organization: OrganizationId, entries: Vec<Entry>) {
        if !entries.is_empty() && !self.shared().queue.entries(organization, entries) {
            self.shared().lag.mark(organization);
        }
    }

    /// Says more about a call than its entries do. Never blocks: where too much waits it is lost, and counted as lost.
    pub fn remark(&self, remark: Remark) {
        if !self.shared().queue.remark(remark.bounded()) {
            self.shared().lost.add(1, 0);
        }
    }

    /// Writes down, among who changed what, what happened to an organization's journal itself, and has the journal looked
    /// at. Never blocks: where too much waits it is lost, and counted as a lost remark.
    pub fn happened(&self, happened: Happened) {
        self.shared().lag.mark(happened.organization);
        if !self.shared().queue.happened(Box::new(happened)) {
            self.shared().lost.add(1, 0);
        }
    }

    /// Lists a call that Seawall refused, or counts it, where its key was refused with this code too often in this second,
    /// or too much waits. Never blocks.
    pub fn refused(&self, refused: Refused) {
        let shared = self.shared();
        if let Some(listener) = shared.listener.get() {
            listener(&refused);
        }
        let refused = Box::new(refused.bounded());
        let rest = if shared.gate.admit(&refused) {
            shared.queue.refused(refused).err()
        } else {
            Some(refused)
        };
        if let Some(refused) = rest {
            if shared.gate.count(&refused) {
                shared.queue.counts();
            } else {
                shared.lost.add(0, 1);
            }
        }
    }

    /// Has somebody told of every refusal, also of those that are only counted, before [`RequestLog::refused`] returns. Must
    /// not block. There is one such listener; says whether it is this one.
    pub fn on_refused(&self, listener: impl Fn(&Refused) + Send + Sync + 'static) -> bool {
        self.shared().listener.set(Box::new(listener)).is_ok()
    }

    /// Some calls, newest first. A call keeps its place in the order once its first entry is known, so a cursor neither
    /// repeats nor leaves out a call that was there when it was made.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn list(&self, filter: Filter) -> Result<Page, LogError> {
        self.read(move |connection| reader::list(connection, &filter))
            .await
    }

    /// One call, with everything that is kept of it. `None`: it is not in the log, or not any more.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn get(&self, request: RequestId) -> Result<Option<Row>, LogError> {
        self.read(move |connection| reader::get(connection, request))
            .await
    }

    /// Refusals that were counted instead of listed, of one organization or of all: the newest 200 counts.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn suppressed(
        &self,
        organization: Option<OrganizationId>,
    ) -> Result<Vec<Suppressed>, LogError> {
        self.read(move |connection| reader::suppressed(connection, organization))
            .await
    }

    /// Sums of calls, oldest first. They are exactly those of the calls that ended, refusals that were counted instead of
    /// listed included.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn usage(&self, filter: UsageFilter) -> Result<UsagePage, LogError> {
        self.read(move |connection| usage::read(connection, &filter))
            .await
    }

    /// Who changed what, newest first.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn audit(&self, filter: AuditFilter) -> Result<AuditPage, LogError> {
        self.read(move |connection| audit::read(connection, &filter))
            .await
    }

    /// What was told to the log since its start and is not in it.
    #[must_use]
    pub fn lost(&self) -> Lost {
        let lost = &self.shared().lost;
        Lost {
            remarks: lost.remarks.load(Ordering::Relaxed),
            refusals: lost.refusals.load(Ordering::Relaxed),
        }
    }

    /// Whether there are entries that the log was not told of and has not read from the store yet.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.shared().lag.is_anyone()
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// [`LogError`]: it could not be written.
    pub async fn flush(&self) -> Result<(), LogError> {
        self.shared().queue.ask(|reply| Job::Flush { reply }).await
    }

    /// Writes what waits and lets go of the file. Nothing is taken any more, by any clone.
    pub async fn close(self) {
        self.shared().queue.close();
        // An error would mean that the sender is gone, which this handle keeps alive.
        let mut ended = self.shared().ended.subscribe();
        let _gone = ended.wait_for(|ended| *ended).await.is_err();
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        if let Err(error) = self.flush().await {
            // What is there can still be read.
            tracing::warn!(%error, "the request log shows less than it was told");
        }
        let (reply, answer) = oneshot::channel();
        let job: reader::Job = Box::new(move |connection| {
            // Whoever asked may have gone; then nobody wants the answer.
            let _unwanted = reply.send(job(connection)).is_err();
        });
        self.inner
            .reader
            .send(job)
            .await
            .map_err(|_closed| LogError::unanswered())?;
        answer.await.map_err(|_dropped| LogError::unanswered())?
    }
}

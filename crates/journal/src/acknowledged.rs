//! What a store acknowledged, kept beside it: so that a store which rolled back is noticed, and what it lost is known.
//!
//! Some files in a folder of their own hold the entries of the last minutes, of every organization, and without a bound of
//! age the last head of each. They are bounded in bytes, too: the oldest go first. A thread of its own writes them.
//!
//! They are written when the store has acknowledged and before anyone is told, and never synced. So the end of the process
//! takes nothing; a power loss may take their end, and then the store, which was synced, is ahead of them: that is no
//! rollback. Whatever is damaged is not read any further. What is read vouches for itself: a record's own figures by a
//! checksum, its entries by the chain of hashes that ends in the head which was acknowledged.
//!
//! **Invariant:** nothing here decides. Nobody is refused because a record could not be written or read.

mod record;
mod segments;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ids::OrganizationId;
use ledger::{Head, Time};
use tokio::sync::{mpsc, oneshot};

use crate::Batch;
use record::Record;
use segments::Segments;

/// Jobs that may wait for the thread. A caller beyond it waits for a place.
const QUEUE: usize = 4096;
/// Jobs that are written at once.
const MOST_JOBS: usize = 1024;

/// How much is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of all files together, but for the heads of organizations: 56 bytes each.
    pub bytes: u64,
    /// How far back, by the entries' own times.
    pub keep: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            keep: Duration::from_secs(600),
        }
    }
}

/// Entries of one journal that were acknowledged, each following the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What they follow.
    pub after: Head,
    /// Their bytes.
    pub entries: Vec<Vec<u8>>,
    /// The last that was acknowledged: the head once they stand.
    pub head: Head,
}

type Heads = Arc<RwLock<HashMap<OrganizationId, Head>>>;

/// What a store acknowledged. Cheap to clone; the clones are one.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    hands: Hands,
    heads: Heads,
    folder: PathBuf,
}

/// Who writes and reads the files.
#[derive(Clone, Debug)]
enum Hands {
    /// The thread.
    Thread(mpsc::Sender<Job>),
    /// Whoever asks, at once.
    #[cfg(feature = "testing")]
    Caller(Arc<std::sync::Mutex<Segments>>),
}

enum Job {
    Note(Record, oneshot::Sender<()>),
    Run(OrganizationId, Reply<Option<Run>>),
    Keep(OrganizationId, Run, Reply<PathBuf>),
}

type Reply<T> = oneshot::Sender<std::io::Result<T>>;

impl Acknowledged {
    /// Reads what is remembered in this folder, which is made where it is not there, and begins to write in it. It must be
    /// of one store alone. Blocks.
    ///
    /// # Errors
    /// The folder cannot be made or read. Damage within is no error.
    pub fn open(folder: &Path, bounds: Bounds) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (segments, known) = Segments::open(folder, bounds)?;
        let heads: Heads = Arc::new(RwLock::new(known));
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let shared = Arc::clone(&heads);
        std::thread::Builder::new()
            .name("seawall-acknowledged".to_owned())
            .spawn(move || work(segments, &shared, waiting))?;
        Ok(Self {
            hands: Hands::Thread(jobs),
            heads,
            folder: folder.to_owned(),
        })
    }

    /// The same without a thread: whoever asks has done it when the call returns. For a simulation in which one thread is
    /// everything.
    ///
    /// # Errors
    /// As [`Acknowledged::open`].
    #[cfg(feature = "testing")]
    pub fn open_without_thread(folder: &Path, bounds: Bounds) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (segments, known) = Segments::open(folder, bounds)?;
        Ok(Self {
            hands: Hands::Caller(Arc::new(std::sync::Mutex::new(segments))),
            heads: Arc::new(RwLock::new(known)),
            folder: folder.to_owned(),
        })
    }

    /// Where it lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Remembers that a store acknowledged this batch, whose last entry is of this time. Returns when the operating system
    /// has it. One that cannot be written is remembered by this process alone, with a warning.
    pub async fn note(&self, batch: &Batch, at: Time) {
        self.write(Record::Batch {
            batch: batch.clone(),
            at,
        })
        .await;
    }

    /// Remembers a head whatever was remembered before, and no entries of it: what follows it will be.
    pub async fn stands(&self, organization: OrganizationId, head: Head) {
        self.write(Record::Heads(vec![(organization, head)])).await;
    }

    async fn write(&self, record: Record) {
        let (reply, written) = oneshot::channel();
        if self.hand_over(Job::Note(record, reply)).await {
            // A thread that has ended has said so itself.
            let _ended = written.await.is_err();
        }
    }

    /// The last head that was acknowledged of this organization, as far as is known.
    #[must_use]
    pub fn head(&self, organization: OrganizationId) -> Option<Head> {
        let heads = self.heads.read().unwrap_or_else(PoisonError::into_inner);
        heads.get(&organization).copied()
    }

    /// Every organization of which a head is known.
    #[must_use]
    pub fn organizations(&self) -> Vec<OrganizationId> {
        let heads = self.heads.read().unwrap_or_else(PoisonError::into_inner);
        heads.keys().copied().collect()
    }

    /// The longest run of entries that leads to the last head, read from the files. `None` where not even the last entry is
    /// there any more. In memory while it is looked at, at most as large as the files.
    ///
    /// # Errors
    /// The files cannot be read.
    pub async fn run(&self, organization: OrganizationId) -> std::io::Result<Option<Run>> {
        self.ask(|reply| Job::Run(organization, reply)).await
    }

    /// Keeps a run in a file of its own, which is never removed. One that is kept already is left as it is.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn keep(&self, organization: OrganizationId, run: Run) -> std::io::Result<PathBuf> {
        self.ask(|reply| Job::Keep(organization, run, reply)).await
    }

    /// Says whether there is somebody to do it.
    async fn hand_over(&self, job: Job) -> bool {
        match &self.hands {
            Hands::Thread(jobs) => jobs.send(job).await.is_ok(),
            #[cfg(feature = "testing")]
            Hands::Caller(segments) => {
                let mut segments = segments.lock().unwrap_or_else(PoisonError::into_inner);
                carry_out(&mut segments, &self.heads, std::iter::once(job));
                true
            }
        }
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> std::io::Result<T> {
        let gone = || std::io::Error::other("the thread that remembers has ended");
        let (reply, answer) = oneshot::channel();
        if !self.hand_over(job(reply)).await {
            return Err(gone());
        }
        answer.await.map_err(|_closed| gone())?
    }
}

/// The thread: all records that wait become one write.
fn work(mut segments: Segments, heads: &Heads, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = Vec::with_capacity(MOST_JOBS);
    while jobs.blocking_recv_many(&mut waiting, MOST_JOBS) > 0 {
        carry_out(&mut segments, heads, waiting.drain(..));
    }
}

fn carry_out(segments: &mut Segments, heads: &Heads, jobs: impl ExactSizeIterator<Item = Job>) {
    let mut written = Vec::with_capacity(jobs.len());
    let mut records = Vec::with_capacity(jobs.len());
    let mut asked = Vec::new();
    for job in jobs {
        match job {
            Job::Note(record, reply) => {
                records.push(record);
                written.push(reply);
            }
            asking => asked.push(asking),
        }
    }
    if !records.is_empty() {
        segments.write(&records);
        let mut heads = heads.write().unwrap_or_else(PoisonError::into_inner);
        for (organization, head) in records.iter().flat_map(Record::heads) {
            heads.insert(organization, head);
        }
    }
    for reply in written {
        // Whoever asked may have gone.
        let _unwanted = reply.send(()).is_err();
    }
    for job in asked {
        let _unwanted = match job {
            Job::Run(organization, reply) => reply.send(segments.run(organization)).is_err(),
            Job::Keep(organization, run, reply) => {
                reply.send(segments.keep(organization, run)).is_err()
            }
            Job::Note(..) => false,
        };
    }
}

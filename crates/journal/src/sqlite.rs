//! The embedded store: one SQLite file, one writer thread, one commit for all appends that wait.
//!
//! The file belongs to one server at a time, which a lock on a file beside it ensures. Under [`Durability::Full`] an
//! append is answered after the write-ahead log was synced; a file whose settings would not keep that promise is refused.

pub mod file;
mod open;
pub mod read_only;
mod reader;
mod schema;
mod segment;
mod statement;
mod writer;

use std::path::{Path, PathBuf};

use ids::{OrganizationId, ShortId};
use ledger::Head;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::{Answer, AppendError, Batch, Record, Store, StoreError, StoredSnapshot};

pub use file::OpenError;
pub use read_only::ReadOnly;

/// Jobs that may wait for a thread. A caller beyond it waits for a place.
const QUEUE: usize = 4096;

/// When an append counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// When it survives power loss.
    Full,
    /// When it survives the end of the process.
    Relaxed,
}

/// A SQLite file.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: mpsc::Sender<writer::Job>,
    reader: mpsc::Sender<reader::Job>,
    /// Held as long as the file is ours. Dropped after the threads' ends of the channels.
    _lock: std::fs::File,
}

impl Sqlite {
    /// Opens the file, or makes it, and locks it to this process.
    ///
    /// # Errors
    /// [`OpenError`]: the file is another server's, is not ours, was written by a later version, or cannot keep what
    /// `durability` promises.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, OpenError> {
        let lock = file::lock(path)?;
        let writing = open::connect(path, durability)?;
        let reading = open::connect(path, durability)?;
        let (writer_jobs, jobs) = mpsc::channel(QUEUE);
        file::thread("seawall-writer", move || writer::run(writing, jobs))?;
        let (reader_jobs, jobs) = mpsc::channel(QUEUE);
        file::thread("seawall-reader", move || reader::run(&reading, jobs))?;
        Ok(Self {
            path: path.to_owned(),
            writer: writer_jobs,
            reader: reader_jobs,
            _lock: lock,
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the file grow to `pages` pages only, as a full disk would; what it has already it keeps.
    #[cfg(feature = "testing")]
    pub fn limit_pages(&self, pages: u32) -> Answer<()> {
        self.write(|reply| writer::Job::MostPages { pages, reply })
    }

    fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> writer::Job,
    ) -> Answer<T> {
        let (reply, answer) = oneshot::channel();
        let (queue, job) = (self.writer.clone(), job(reply));
        Box::pin(async move {
            queue.send(job).await.map_err(|_closed| gone())?;
            answer.await.map_err(|_closed| gone())?
        })
    }

    fn read_later<T: Send + 'static>(
        &self,
        job: impl FnOnce(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<T> {
        let (reply, answer) = oneshot::channel();
        let queue = self.reader.clone();
        let job: reader::Job = Box::new(move |connection| {
            // Whoever asked may have gone; then nobody wants the answer.
            let _unwanted = reply.send(job(connection)).is_err();
        });
        // Where there is a place the reading begins now, so that whoever asks can do something else meanwhile.
        let waits = queue.try_send(job).map_err(TrySendError::into_inner).err();
        Box::pin(async move {
            if let Some(job) = waits {
                queue.send(job).await.map_err(|_closed| gone())?;
            }
            answer.await.map_err(|_closed| gone())?
        })
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("the store's thread has ended".to_owned())
}

impl Store for Sqlite {
    fn append(&self, batch: Batch) -> Answer<(), AppendError> {
        let (reply, answer) = oneshot::channel();
        let queue = self.writer.clone();
        Box::pin(async move {
            let job = writer::Job::Append { batch, reply };
            queue
                .send(job)
                .await
                .map_err(|_closed| AppendError::Unavailable(gone().to_string()))?;
            // A thread that ends with an append in hand may have committed it.
            answer
                .await
                .map_err(|_closed| AppendError::Ambiguous(gone().to_string()))?
        })
    }

    fn head(&self, organization: OrganizationId) -> Answer<Head> {
        self.write(|reply| writer::Job::Head {
            organization,
            reply,
        })
    }

    fn read(&self, organization: OrganizationId, after: u64, most: usize) -> Answer<Vec<Vec<u8>>> {
        self.read_later(move |connection| reader::entries(connection, organization, after, most))
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        most: usize,
    ) -> Answer<Vec<OrganizationId>> {
        self.read_later(move |connection| reader::organizations(connection, after, most))
    }

    fn find(&self, short: ShortId) -> Answer<Option<OrganizationId>> {
        self.read_later(move |connection| reader::find(connection, short))
    }

    fn archive(&self, organization: OrganizationId, through: u64) -> Answer<u64> {
        self.write(|reply| writer::Job::Archive {
            organization,
            through,
            reply,
        })
    }

    fn put_snapshot(&self, organization: OrganizationId, snapshot: StoredSnapshot) -> Answer<()> {
        self.write(|reply| writer::Job::PutSnapshot {
            organization,
            snapshot,
            reply,
        })
    }

    fn snapshot(&self, organization: OrganizationId) -> Answer<Option<StoredSnapshot>> {
        self.read_later(move |connection| reader::snapshot(connection, organization))
    }

    fn record(&self, name: &'static str) -> Answer<Option<Record>> {
        self.read_later(move |connection| reader::record(connection, name))
    }

    fn put_record(&self, name: &'static str, expected: u64, bytes: Vec<u8>) -> Answer<bool> {
        self.write(|reply| writer::Job::PutRecord {
            name,
            expected,
            bytes,
            reply,
        })
    }
}

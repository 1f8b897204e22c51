//! A store in memory that fails on demand, for the tests of whatever stands on a store.
//!
//! It knows no time and no randomness: a fault meets exactly the call it was queued for. A [`Memory`] is one node's line
//! to the data: its clones share the line, with its faults and what was asked over it; [`Memory::other_node`] is a second
//! line to the same data, for another node that appends behind the first one's back. Nothing survives the process.

mod data;
mod fault;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ids::{OrganizationId, ShortId};
use ledger::Head;
use tokio::sync::watch;

use crate::{Answer, AppendError, Batch, Record, Store, StoreError, StoredSnapshot};

pub use data::Saved;
pub use fault::{Fault, Stall};

use data::Data;
use fault::{Faults, Gate};

/// One line to a store in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    data: Arc<Mutex<Data>>,
    line: Arc<Line>,
}

/// What belongs to one node's line.
#[derive(Debug, Default)]
struct Line {
    faults: Mutex<Faults>,
    appends: Gate,
    heads: Gate,
    /// Every batch whose append was asked for, in order.
    asked: watch::Sender<Vec<Batch>>,
    /// How many heads were asked for.
    heads_asked: watch::Sender<usize>,
}

impl Memory {
    /// A store without journals.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another node's line to the same data, without faults.
    #[must_use]
    pub fn other_node(&self) -> Self {
        Self {
            data: Arc::clone(&self.data),
            line: Arc::default(),
        }
    }

    /// Queues a fault for this line. Each meets one call of its kind; the first queued comes first.
    pub fn inject(&self, fault: Fault) {
        unpoisoned(&self.line.faults).push(fault);
    }

    /// Keeps appends over this line from reaching the data until the stall is released or dropped. They count as asked.
    #[must_use]
    pub fn stall_appends(&self) -> Stall {
        Stall::of(Arc::clone(&self.line), |line| &line.appends)
    }

    /// The same for reads of heads.
    #[must_use]
    pub fn stall_heads(&self) -> Stall {
        Stall::of(Arc::clone(&self.line), |line| &line.heads)
    }

    /// Every batch whose append was asked for over this line, in order; a repeated append is there twice.
    #[must_use]
    pub fn asked(&self) -> Vec<Batch> {
        self.line.asked.borrow().clone()
    }

    /// How many heads were asked for over this line.
    #[must_use]
    pub fn heads_asked(&self) -> usize {
        *self.line.heads_asked.borrow()
    }

    /// Returns once `count` appends were asked for over this line, counted from its beginning.
    pub async fn until_asked(&self, count: usize) {
        until(&self.line.asked, |asked| asked.len() >= count).await;
    }

    /// Returns once `count` heads were asked for over this line, counted from its beginning.
    pub async fn until_heads_asked(&self, count: usize) {
        until(&self.line.heads_asked, |asked| *asked >= count).await;
    }

    /// Takes back the last `batches` appends of a journal, acknowledged or not, as a failed-over database would; says
    /// where it stands then. A snapshot that was made later is gone too.
    pub fn roll_back(&self, organization: OrganizationId, batches: usize) -> Head {
        unpoisoned(&self.data).roll_back(organization, batches)
    }

    /// Flips one bit of the last byte of an entry; says whether there is such an entry.
    pub fn damage(&self, organization: OrganizationId, seq: u64) -> bool {
        unpoisoned(&self.data).damage(organization, seq)
    }

    /// Loses an entry, and not the ones around it; says whether there was such an entry.
    pub fn lose(&self, organization: OrganizationId, seq: u64) -> bool {
        unpoisoned(&self.data).lose(organization, seq)
    }

    /// All that it holds now.
    #[must_use]
    pub fn save(&self) -> Saved {
        Saved::of(&unpoisoned(&self.data))
    }

    /// Puts back all that it held then, on every line, as when a backup is restored.
    pub fn restore(&self, saved: Saved) {
        *unpoisoned(&self.data) = saved.into_data();
    }

    fn answer<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Data) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<T> {
        let data = Arc::clone(&self.data);
        Box::pin(async move { read(&mut unpoisoned(&data)) })
    }
}

async fn until<T>(watched: &watch::Sender<T>, enough: impl FnMut(&T) -> bool) {
    let mut seen = watched.subscribe();
    // The sender is the caller's, so it cannot be gone.
    let _reached = seen.wait_for(enough).await.is_ok();
}

/// A test that panicked with the lock held has said already what is wrong.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store for Memory {
    fn append(&self, batch: Batch) -> Answer<(), AppendError> {
        let (data, line) = (Arc::clone(&self.data), Arc::clone(&self.line));
        Box::pin(async move {
            line.asked.send_modify(|asked| asked.push(batch.clone()));
            line.appends.passed().await;
            let fault = unpoisoned(&line.faults).next_of_append();
            let append = || unpoisoned(&data).append(&batch);
            match fault {
                None => append(),
                Some(fault) => fault.meet_append(append),
            }
        })
    }

    fn head(&self, organization: OrganizationId) -> Answer<Head> {
        let (data, line) = (Arc::clone(&self.data), Arc::clone(&self.line));
        Box::pin(async move {
            line.heads_asked
                .send_modify(|asked| *asked = asked.saturating_add(1));
            line.heads.passed().await;
            if unpoisoned(&line.faults).next_of_head() {
                return Err(fault::unavailable());
            }
            Ok(unpoisoned(&data).head(organization))
        })
    }

    fn read(&self, organization: OrganizationId, after: u64, most: usize) -> Answer<Vec<Vec<u8>>> {
        let (data, line) = (Arc::clone(&self.data), Arc::clone(&self.line));
        Box::pin(async move {
            if unpoisoned(&line.faults).next_of_read() {
                return Err(fault::unavailable());
            }
            unpoisoned(&data).read(organization, after, most)
        })
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        most: usize,
    ) -> Answer<Vec<OrganizationId>> {
        self.answer(move |data| Ok(data.organizations(after, most)))
    }

    fn find(&self, short: ShortId) -> Answer<Option<OrganizationId>> {
        self.answer(move |data| Ok(data.find(short)))
    }

    fn put_snapshot(&self, organization: OrganizationId, snapshot: StoredSnapshot) -> Answer<()> {
        self.answer(move |data| {
            data.put_snapshot(organization, snapshot);
            Ok(())
        })
    }

    fn snapshot(&self, organization: OrganizationId) -> Answer<Option<StoredSnapshot>> {
        self.answer(move |data| Ok(data.snapshot(organization)))
    }

    fn record(&self, name: &'static str) -> Answer<Option<Record>> {
        self.answer(move |data| Ok(data.record(name)))
    }

    fn put_record(&self, name: &'static str, expected: u64, bytes: Vec<u8>) -> Answer<bool> {
        self.answer(move |data| Ok(data.put_record(name, expected, bytes)))
    }
}

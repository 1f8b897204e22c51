//! A store that refuses one append, by its number: one that was sent right behind another, in the same breath. Or one that
//! reads when it is asked and is slow to say what.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use futures_util::future::Shared;
use ids::{OrganizationId, ShortId};
use journal::memory::Memory;
use journal::{Answer, AppendError, Batch, Record, Store, StoredSnapshot};
use ledger::Head;
use tokio::sync::oneshot;

pub(crate) struct Unruly {
    inner: Memory,
    appends: AtomicUsize,
    refused: usize,
    late: Option<Shared<oneshot::Receiver<()>>>,
    reads: AtomicUsize,
}

impl Unruly {
    /// How often it has read and was to be slow about it.
    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }

    /// Answers what was read only once `until` is there, or is dropped; what it answers is what it read before.
    pub(crate) fn reading_late(until: oneshot::Receiver<()>, inner: Memory) -> Self {
        Self {
            late: Some(until.shared()),
            ..Self::refusing(usize::MAX, inner)
        }
    }

    /// Refuses the append with this number, counted from 0.
    pub(crate) fn refusing(refused: usize, inner: Memory) -> Self {
        Self {
            inner,
            appends: AtomicUsize::new(0),
            refused,
            late: None,
            reads: AtomicUsize::new(0),
        }
    }
}

impl Store for Unruly {
    fn append(&self, batch: Batch) -> Answer<(), AppendError> {
        if self.appends.fetch_add(1, Ordering::Relaxed) == self.refused {
            return Box::pin(async { Err(AppendError::Unavailable("not this one".to_owned())) });
        }
        self.inner.append(batch)
    }

    fn head(&self, organization: OrganizationId) -> Answer<Head> {
        self.inner.head(organization)
    }

    fn read(&self, organization: OrganizationId, after: u64, most: usize) -> Answer<Vec<Vec<u8>>> {
        let reading = self.inner.read(organization, after, most);
        let Some(until) = self.late.clone() else {
            return reading;
        };
        let read = reading.now_or_never().expect("memory reads at once");
        self.reads.fetch_add(1, Ordering::Relaxed);
        Box::pin(until.map(|_told| read))
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        most: usize,
    ) -> Answer<Vec<OrganizationId>> {
        self.inner.organizations(after, most)
    }

    fn find(&self, short: ShortId) -> Answer<Option<OrganizationId>> {
        self.inner.find(short)
    }

    fn put_snapshot(&self, organization: OrganizationId, snapshot: StoredSnapshot) -> Answer<()> {
        self.inner.put_snapshot(organization, snapshot)
    }

    fn snapshot(&self, organization: OrganizationId) -> Answer<Option<StoredSnapshot>> {
        self.inner.snapshot(organization)
    }

    fn record(&self, name: &'static str) -> Answer<Option<Record>> {
        self.inner.record(name)
    }

    fn put_record(&self, name: &'static str, expected: u64, bytes: Vec<u8>) -> Answer<bool> {
        self.inner.put_record(name, expected, bytes)
    }
}

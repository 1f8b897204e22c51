//! A store that refuses one append, by its number: one that was sent right behind another, in the same breath.

use std::sync::atomic::{AtomicUsize, Ordering};

use ids::{OrganizationId, ShortId};
use journal::memory::Memory;
use journal::{Answer, AppendError, Batch, Record, Store, StoredSnapshot};
use ledger::Head;

pub(crate) struct Unruly {
    inner: Memory,
    appends: AtomicUsize,
    refused: usize,
}

impl Unruly {
    /// Refuses the append with this number, counted from 0.
    pub(crate) fn refusing(refused: usize, inner: Memory) -> Self {
        Self {
            inner,
            appends: AtomicUsize::new(0),
            refused,
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
        self.inner.read(organization, after, most)
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

//! What a store in memory holds, and how it loses it.

use std::collections::BTreeMap;
use std::ops::Bound;

use ids::{OrganizationId, ShortId};
use ledger::Head;

use crate::{AppendError, Batch, Record, StoreError, StoredSnapshot};

#[derive(Clone, Debug, Default)]
pub(super) struct Data {
    journals: BTreeMap<OrganizationId, Journal>,
    snapshots: BTreeMap<OrganizationId, StoredSnapshot>,
    records: BTreeMap<&'static str, Record>,
}

#[derive(Clone, Debug, Default)]
struct Journal {
    /// By number.
    entries: BTreeMap<u64, Vec<u8>>,
    /// The head after each append.
    heads: Vec<Head>,
}

impl Journal {
    fn head(&self) -> Head {
        self.heads.last().copied().unwrap_or(Head::EMPTY)
    }
}

/// All that a store in memory held at some moment.
#[derive(Clone, Debug)]
pub struct Saved(Data);

impl Saved {
    pub(super) fn of(data: &Data) -> Self {
        Self(data.clone())
    }

    pub(super) fn into_data(self) -> Data {
        self.0
    }
}

impl Data {
    pub(super) fn head(&self, organization: OrganizationId) -> Head {
        self.journals
            .get(&organization)
            .map_or(Head::EMPTY, Journal::head)
    }

    pub(super) fn append(&mut self, batch: &Batch) -> Result<(), AppendError> {
        let found = self.head(batch.organization);
        if found != batch.after {
            return Err(AppendError::Conflict(found));
        }
        let short = ShortId::from(batch.organization);
        if found == Head::EMPTY && self.find(short).is_some() {
            let organization = batch.organization;
            return Err(AppendError::Unavailable(format!(
                "{organization}: the short id is taken"
            )));
        }
        let journal = self.journals.entry(batch.organization).or_default();
        journal
            .entries
            .extend((found.seq.saturating_add(1)..).zip(batch.entries.iter().cloned()));
        journal.heads.push(batch.head);
        Ok(())
    }

    pub(super) fn read(
        &self,
        organization: OrganizationId,
        after: u64,
        most: usize,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let Some(journal) = self.journals.get(&organization) else {
            return Ok(Vec::new());
        };
        (after.saturating_add(1)..=journal.head().seq)
            .take(most)
            .map(|seq| {
                journal.entries.get(&seq).cloned().ok_or_else(|| {
                    StoreError::Damaged(format!("entry {seq} of {organization} is missing"))
                })
            })
            .collect()
    }

    pub(super) fn organizations(
        &self,
        after: Option<OrganizationId>,
        most: usize,
    ) -> Vec<OrganizationId> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.journals
            .range((from, Bound::Unbounded))
            .take(most)
            .map(|(organization, _)| *organization)
            .collect()
    }

    pub(super) fn find(&self, short: ShortId) -> Option<OrganizationId> {
        self.journals
            .keys()
            .copied()
            .find(|organization| ShortId::from(*organization) == short)
    }

    pub(super) fn put_snapshot(&mut self, organization: OrganizationId, snapshot: StoredSnapshot) {
        self.snapshots.insert(organization, snapshot);
    }

    pub(super) fn snapshot(&self, organization: OrganizationId) -> Option<StoredSnapshot> {
        self.snapshots.get(&organization).cloned()
    }

    pub(super) fn record(&self, name: &'static str) -> Option<Record> {
        self.records.get(name).cloned()
    }

    pub(super) fn put_record(&mut self, name: &'static str, expected: u64, bytes: Vec<u8>) -> bool {
        let version = self.records.get(name).map_or(0, |record| record.version);
        if version != expected {
            return false;
        }
        let version = version.saturating_add(1);
        self.records.insert(name, Record { version, bytes });
        true
    }

    pub(super) fn roll_back(&mut self, organization: OrganizationId, batches: usize) -> Head {
        let Some(journal) = self.journals.get_mut(&organization) else {
            return Head::EMPTY;
        };
        let stay = journal.heads.len().saturating_sub(batches);
        journal.heads.truncate(stay);
        let head = journal.head();
        journal.entries.retain(|seq, _| *seq <= head.seq);
        if journal.heads.is_empty() {
            self.journals.remove(&organization);
        }
        let snapshot = self.snapshots.get(&organization);
        if snapshot.is_some_and(|snapshot| snapshot.seq > head.seq) {
            self.snapshots.remove(&organization);
        }
        head
    }

    pub(super) fn damage(&mut self, organization: OrganizationId, seq: u64) -> bool {
        let journal = self.journals.get_mut(&organization);
        let entry = journal.and_then(|journal| journal.entries.get_mut(&seq));
        let Some(byte) = entry.and_then(|bytes| bytes.last_mut()) else {
            return false;
        };
        *byte ^= 1;
        true
    }

    pub(super) fn lose(&mut self, organization: OrganizationId, seq: u64) -> bool {
        self.journals
            .get_mut(&organization)
            .is_some_and(|journal| journal.entries.remove(&seq).is_some())
    }
}

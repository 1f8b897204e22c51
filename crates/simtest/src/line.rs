//! One run's line to the store.

use futures_util::FutureExt;
use ids::{OrganizationId, ShortId};
use journal::{Answer, AppendError, Batch, Record, Store, StoreError, StoredSnapshot};
use ledger::{Head, Holder};
use tokio::sync::oneshot;

use crate::operation::{Operation, What};
use crate::world::Shared;

/// Asks, and waits until the world serves it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) world: Shared,
    pub(crate) by: Holder,
}

impl Line {
    fn ask<T: Send + 'static, E: Send + 'static>(
        &self,
        what: impl FnOnce(oneshot::Sender<Result<T, E>>) -> What,
        lost: E,
    ) -> Answer<T, E> {
        let (reply, answer) = oneshot::channel();
        self.world.look().operations.push(Operation {
            by: self.by.clone(),
            what: what(reply),
        });
        Box::pin(async move { answer.await.unwrap_or(Err(lost)) })
    }
}

fn away() -> StoreError {
    StoreError::Unavailable("the connection is gone".to_owned())
}

impl Store for Line {
    fn append(&self, batch: Batch) -> Answer<(), AppendError> {
        let lost = AppendError::Ambiguous("the connection is gone".to_owned());
        self.ask(|reply| What::Append(batch, Some(reply)), lost)
    }

    fn head(&self, _organization: OrganizationId) -> Answer<Head> {
        self.ask(What::Head, away())
    }

    fn read(&self, _organization: OrganizationId, after: u64, most: usize) -> Answer<Vec<Vec<u8>>> {
        self.ask(|reply| What::Read(after, most, reply), away())
    }

    fn put_snapshot(&self, _organization: OrganizationId, snapshot: StoredSnapshot) -> Answer<()> {
        self.ask(|reply| What::PutSnapshot(snapshot, reply), away())
    }

    fn snapshot(&self, _organization: OrganizationId) -> Answer<Option<StoredSnapshot>> {
        self.ask(What::Snapshot, away())
    }

    // What decides no money goes straight through.

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        most: usize,
    ) -> Answer<Vec<OrganizationId>> {
        let store = self.world.look().store.clone();
        store.organizations(after, most).boxed()
    }

    fn find(&self, short: ShortId) -> Answer<Option<OrganizationId>> {
        let store = self.world.look().store.clone();
        store.find(short).boxed()
    }

    fn record(&self, name: &'static str) -> Answer<Option<Record>> {
        let store = self.world.look().store.clone();
        store.record(name).boxed()
    }

    fn put_record(&self, name: &'static str, expected: u64, bytes: Vec<u8>) -> Answer<bool> {
        let store = self.world.look().store.clone();
        store.put_record(name, expected, bytes).boxed()
    }
}

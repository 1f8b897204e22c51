//! Reading from the store what the log was not told.

use std::sync::Arc;
use std::time::Duration;

use ids::OrganizationId;
use journal::Store;
use ledger::Entry;

use crate::lag::Behind;
use crate::queue::Job;
use crate::stored::Offset;
use crate::{FollowError, RequestLog};

/// Entries read at once.
const PAGE: usize = 1024;
/// Organizations asked for at once.
const ORGANIZATIONS: usize = 1024;
/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_secs(5);

impl RequestLog {
    /// Keeps the log up with the journals, for ever: reads at once what every journal has more than the log, and later
    /// what the log had no room for. Errors are logged and tried again after five seconds. Meant to be spawned.
    pub async fn follow(&self, store: Arc<dyn Store>) {
        let lag = &self.shared().lag;
        lag.mark_everyone();
        loop {
            lag.marked().await;
            if let Err(error) = self.read_behind(&*store).await {
                tracing::warn!(%error, "the request log is behind the journal");
                tokio::time::sleep(PAUSE).await;
                lag.mark_everyone();
            }
        }
    }

    /// Reads, from the log's offset to the head, what each journal has more than the log.
    ///
    /// # Errors
    /// [`FollowError`]; every organization was tried, and this is the last error. What was read stays.
    pub async fn catch_up(&self, store: Arc<dyn Store>) -> Result<(), FollowError> {
        // What waits may contain a gap that is about to be read anyway. What is marked from here on stays marked.
        self.flush().await?;
        let _behind = self.shared().lag.take();
        let result = self.read_everyone(&*store).await;
        if result.is_err() {
            self.shared().lag.mark_everyone();
        }
        result
    }

    /// Drops what follows from the journals and reads them again from their beginning. Refusals and remarks stay. Calls can
    /// be told of meanwhile; what is read meanwhile is incomplete.
    ///
    /// # Errors
    /// As of [`RequestLog::catch_up`], which goes on where this stopped.
    pub async fn rebuild(&self, store: Arc<dyn Store>) -> Result<(), FollowError> {
        self.forget_all(&*store).await?;
        self.catch_up(store).await
    }

    /// Drops what follows from the journals, for [`RequestLog::follow`] to read again. Refusals and remarks stay. Answers how many
    /// entries that is, though some may have been read again by then.
    ///
    /// # Errors
    /// [`FollowError`]; what was dropped until then is read again all the same.
    pub async fn forget_all(&self, store: &dyn Store) -> Result<u64, FollowError> {
        let (mut after, mut entries) = (None, 0_u64);
        loop {
            let some = store.organizations(after, ORGANIZATIONS).await?;
            let Some(last) = some.last() else {
                return Ok(entries);
            };
            after = Some(*last);
            for organization in some {
                entries = entries.saturating_add(store.head(organization).await?.seq);
                let forgotten = self.forget(organization).await;
                // Also where it failed: it may have been done, and reading too often does no harm.
                self.shared().lag.mark(organization);
                forgotten?;
            }
        }
    }

    /// How many entries the journals have that are not in the rows yet.
    ///
    /// # Errors
    /// [`FollowError`].
    pub async fn entries_behind(&self, store: &dyn Store) -> Result<u64, FollowError> {
        let (mut after, mut behind) = (None, 0_u64);
        loop {
            let some = store.organizations(after, ORGANIZATIONS).await?;
            let Some(last) = some.last() else {
                return Ok(behind);
            };
            after = Some(*last);
            for organization in some {
                let read = self.offset(organization).await?.seq;
                let head = store.head(organization).await?.seq;
                behind = behind.saturating_add(head.saturating_sub(read));
            }
        }
    }

    async fn read_behind(&self, store: &dyn Store) -> Result<(), FollowError> {
        // What waits behind a gap is dropped and marked before it is read, not after.
        self.flush().await?;
        match self.shared().lag.take() {
            Behind::Everyone => self.read_everyone(store).await,
            Behind::Some(some) => self.read_some(store, some).await,
        }
    }

    async fn read_everyone(&self, store: &dyn Store) -> Result<(), FollowError> {
        let mut after = None;
        let mut result = Ok(());
        loop {
            let some = store.organizations(after, ORGANIZATIONS).await?;
            let Some(last) = some.last() else {
                return result;
            };
            after = Some(*last);
            result = self.read_some(store, some).await.and(result);
        }
    }

    /// One organization's error does not keep the others from being read.
    async fn read_some(
        &self,
        store: &dyn Store,
        some: impl IntoIterator<Item = OrganizationId>,
    ) -> Result<(), FollowError> {
        let mut result = Ok(());
        for organization in some {
            result = self.read_one(store, organization).await.and(result);
        }
        result
    }

    async fn read_one(
        &self,
        store: &dyn Store,
        organization: OrganizationId,
    ) -> Result<(), FollowError> {
        let queue = &self.shared().queue;
        let offset = self.offset(organization).await?;
        let mut after = offset.seq;
        if let Some(before) = offset.seq.checked_sub(1) {
            let joint = decode(organization, store.read(organization, before, 1).await?)?;
            if joint.first().is_none_or(|entry| entry.id != offset.last) {
                tracing::warn!(%organization, "the journal is not the one that was read before; reading it anew");
                self.forget(organization).await?;
                after = 0;
            }
        }
        loop {
            let page = store.read(organization, after, PAGE).await?;
            let full = page.len() == PAGE;
            let entries = decode(organization, page)?;
            let Some(last) = entries.last() else {
                return Ok(());
            };
            after = last.seq;
            queue
                .ask(|reply| Job::Page {
                    organization,
                    entries,
                    reply,
                })
                .await?;
            if !full {
                return Ok(());
            }
        }
    }

    async fn offset(&self, organization: OrganizationId) -> Result<Offset, FollowError> {
        let queue = &self.shared().queue;
        let offset = queue.ask(|reply| Job::Offset {
            organization,
            reply,
        });
        Ok(offset.await?)
    }

    async fn forget(&self, organization: OrganizationId) -> Result<(), FollowError> {
        Ok(self
            .shared()
            .queue
            .ask(|reply| Job::Forget {
                organization,
                reply,
            })
            .await?)
    }
}

fn decode(organization: OrganizationId, page: Vec<Vec<u8>>) -> Result<Vec<Entry>, FollowError> {
    page.iter()
        .map(|bytes| Entry::decode(bytes))
        .collect::<Result<_, _>>()
        .map_err(|source| FollowError::Entry {
            organization,
            source,
        })
}

//! The one thing that is on its way to the store or back.

use std::future::pending;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use ids::OrganizationId;
use journal::{AppendError, Batch, Store, StoreError};
use ledger::{Entry, Head};
use tokio::time::{Duration, Instant, sleep};

use super::round::Round;
use crate::Observer;
use crate::load::{self, Known, LoadError, Loaded};

/// A journey, and what returns from it.
pub(super) struct Flight(BoxFuture<'static, Landed>);

/// A round whose entries were given to the store.
pub(super) struct Sent {
    pub(super) round: Round,
    pub(super) batch: Batch,
    /// What the batch says.
    pub(super) entries: Vec<Entry>,
    /// How often these very bytes were sent before without a clear answer.
    pub(super) tries: u32,
}

/// What came back.
pub(super) enum Landed {
    /// The Book was read, perhaps to learn whether this batch stands in its journal.
    Read(Option<Sent>, Result<Loaded, LoadError>),
    /// The head was read, for a round that has no entries.
    Head(Round, Result<Head, StoreError>),
    /// A round's entries were appended, or not.
    Append(Sent, Result<(), AppendError>),
}

/// Waits for the flight; for ever where there is none.
pub(super) async fn land(flight: &mut Option<Flight>) -> Landed {
    match flight {
        Some(under_way) => {
            let landed = (&mut under_way.0).await;
            *flight = None;
            landed
        }
        None => pending().await,
    }
}

impl Flight {
    pub(super) fn read(
        store: &Arc<dyn Store>,
        organization: OrganizationId,
        known: Known,
        sent: Option<Sent>,
    ) -> Self {
        let store = Arc::clone(store);
        Self(Box::pin(async move {
            Landed::Read(sent, load::load(&*store, organization, known).await)
        }))
    }

    pub(super) fn head(store: &Arc<dyn Store>, organization: OrganizationId, round: Round) -> Self {
        let answer = store.head(organization);
        Self(Box::pin(async move { Landed::Head(round, answer.await) }))
    }

    /// Appends after `pause`.
    pub(super) fn append(
        (store, observer): (&Arc<dyn Store>, &Arc<dyn Observer>),
        sent: Sent,
        pause: Duration,
    ) -> Self {
        let (store, observer) = (Arc::clone(store), Arc::clone(observer));
        Self(Box::pin(async move {
            if pause > Duration::ZERO {
                sleep(pause).await;
            }
            let departed = Instant::now();
            let result = store.append(sent.batch.clone()).await;
            if result.is_ok() {
                observer.committed(departed.elapsed());
            }
            Landed::Append(sent, result)
        }))
    }
}

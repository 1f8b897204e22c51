//! The one thing that is on its way to the store or back.

use std::future::pending;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use journal::{AppendError, Batch, StoreError};
use ledger::{Entry, Head};
use tokio::time::{Duration, Instant, sleep};

use super::round::Round;
use crate::Observer;
use crate::load::{self, Known, LoadError, Loaded};
use crate::mend::Kept;

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
    pub(super) fn read(kept: &Kept, known: Known, sent: Option<Sent>) -> Self {
        let kept = kept.clone();
        Self(Box::pin(async move {
            Landed::Read(sent, load::load(&kept, known).await)
        }))
    }

    pub(super) fn head(kept: &Kept, round: Round) -> Self {
        let answer = kept.store.head(kept.organization);
        Self(Box::pin(async move { Landed::Head(round, answer.await) }))
    }

    /// Appends after `pause`. What the store acknowledges is remembered before it lands, so before anyone is told.
    pub(super) fn append(
        (kept, observer): (&Kept, &Arc<dyn Observer>),
        sent: Sent,
        pause: Duration,
    ) -> Self {
        let (kept, observer) = (kept.clone(), Arc::clone(observer));
        Self(Box::pin(async move {
            if pause > Duration::ZERO {
                sleep(pause).await;
            }
            let departed = Instant::now();
            let result = kept.store.append(sent.batch.clone()).await;
            if result.is_ok() {
                observer.committed(departed.elapsed());
            }
            if sent.stands(&result) {
                let at = sent.entries.last().map(|entry| entry.at);
                kept.acknowledged(&sent.batch, at).await;
            }
            Landed::Append(sent, result)
        }))
    }
}

impl Sent {
    /// Whether this answer says that its entries are the journal's last ones: appended now, or by an earlier try.
    pub(super) fn stands(&self, answer: &Result<(), AppendError>) -> bool {
        match answer {
            Ok(()) => true,
            Err(AppendError::Conflict(head)) => self.tries > 0 && *head == self.batch.head,
            Err(AppendError::Ambiguous(_) | AppendError::Unavailable(_)) => false,
        }
    }
}

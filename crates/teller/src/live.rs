//! Holds of calls that live on this node. One call has one hold in each Book that counts it, and they end together.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Weak};

use ids::HoldId;
use ledger::{Check, Receipt, ReleaseReason, Settlement};
use tokio::sync::oneshot;

use crate::actor::Job;
use crate::handle::Line;

/// An open hold, in the hands of the call it was taken for.
///
/// As long as it exists its deadline is renewed. It ends by [`LiveHold::settle`]. One that is dropped instead (a call
/// that crashed) is no longer renewed, so that it is presumed at its deadline: charged in full, visibly, never forgotten.
#[must_use = "a hold that is not settled is presumed"]
pub struct LiveHold {
    id: HoldId,
    line: Line,
    alive: Arc<()>,
    rates: Vec<Check>,
    /// Of the same call, in another Book.
    beside: Option<Box<Self>>,
}

impl LiveHold {
    pub(crate) fn new(id: HoldId, line: Line, (alive, rates): (Arc<()>, Vec<Check>)) -> Self {
        Self {
            id,
            line,
            alive,
            rates,
            beside: None,
        }
    }

    /// The same hold with one of the same call in another Book, such as an upstream account's.
    ///
    /// The two are one from here on: they are renewed, settled, released and presumed together, so that nothing can end the one and forget the other.
    pub fn with(mut self, mut beside: Self) -> Self {
        self.rates.append(&mut beside.rates);
        if let Some(first) = self.beside.take() {
            beside = first.with(beside);
        }
        self.beside = Some(Box::new(beside));
        self
    }

    /// The limits on requests and tokens that count it, as they stood with it.
    #[must_use]
    pub fn rates(&self) -> &[Check] {
        &self.rates
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> HoldId {
        self.id
    }

    /// Ends the hold. The receipt says what the ledger made of it; it is handed out when that is decided, a moment before
    /// it is durable. `None` where the teller has ended: the hold will then be presumed.
    ///
    /// Of a hold with another one beside it the receipt is its own, with the least headroom of both.
    pub async fn settle(mut self, settlement: Settlement) -> Option<Receipt> {
        let Some(beside) = self.beside.take() else {
            return self.settle_alone(settlement).await;
        };
        // Boxed, because it may have one beside it, too.
        let other = Box::pin(beside.settle(settlement.clone()));
        let (receipt, other) =
            futures_util::future::join(self.settle_alone(settlement), other).await;
        let mut receipt = receipt?;
        let headroom = other.and_then(|other| other.headroom);
        receipt.headroom = receipt
            .headroom
            .map(|own| headroom.map_or(own, |other| own.least(other)));
        Some(receipt)
    }

    async fn settle_alone(self, settlement: Settlement) -> Option<Receipt> {
        let (reply, receipt) = oneshot::channel();
        let job = Job::Settle {
            hold: self.id,
            settlement,
            reply: Some(reply),
        };
        self.line.send(job).await.ok()?;
        drop(self.alive);
        receipt.await.ok()
    }

    /// Waits until it can be given back at once.
    pub(crate) async fn room(&self) {
        self.line.room().await;
    }

    /// Its call went away without having heard of it, or went no further, so it never left.
    pub(crate) fn give_back(self) {
        let given_back = self.line.try_send(Job::Settle {
            hold: self.id,
            settlement: Settlement::Release(ReleaseReason::NotSent),
            reply: None,
        });
        if !given_back {
            tracing::warn!(hold = %self.id, "a hold that nobody wants could not be given back; it will be presumed");
        }
    }
}

impl fmt::Debug for LiveHold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LiveHold").field(&self.id).finish()
    }
}

/// The teller's side: which of its holds still have a call.
#[derive(Debug, Default)]
pub(crate) struct Live(HashMap<HoldId, Weak<()>>);

impl Live {
    pub(crate) fn begin(&mut self, hold: HoldId) -> Arc<()> {
        let alive = Arc::new(());
        self.0.insert(hold, Arc::downgrade(&alive));
        alive
    }

    pub(crate) fn end(&mut self, hold: HoldId) {
        self.0.remove(&hold);
    }

    /// Those with a call, oldest first, the others being forgotten.
    pub(crate) fn living(&mut self) -> Vec<HoldId> {
        self.0.retain(|_, alive| alive.strong_count() > 0);
        let mut living: Vec<HoldId> = self.0.keys().copied().collect();
        // The order of a map is another in each run, and a renewal writes this one into the journal.
        living.sort_unstable();
        living
    }
}

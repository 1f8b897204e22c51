//! A hold in the hands of a call that has not left yet, because something else must be granted, too.

use ledger::Check;

use crate::LiveHold;

/// A hold whose call has not left: dropped, it is given back.
///
/// Nothing was sent for it, so nobody is charged. A [`LiveHold`] that is dropped is presumed, because its call may have been
/// billed.
#[derive(Debug)]
#[must_use = "it is given back"]
pub struct Unsent(Option<LiveHold>);

impl Unsent {
    /// A hold that was granted this moment.
    pub const fn new(hold: LiveHold) -> Self {
        Self(Some(hold))
    }

    /// The limits on requests and tokens that count it, as they stood with it.
    #[must_use]
    pub fn rates(&self) -> &[Check] {
        self.0.as_ref().map_or(&[], LiveHold::rates)
    }

    /// The hold, for a call that leaves now; with that of another Book, where it has one there.
    #[must_use]
    pub fn leaves(mut self, beside: Option<Self>) -> Option<LiveHold> {
        let hold = self.0.take()?;
        Some(match beside.and_then(|mut beside| beside.0.take()) {
            Some(beside) => hold.with(beside),
            None => hold,
        })
    }

    /// Gives it back, waiting for a place in the teller's queue where it is full.
    pub async fn give_back(self) {
        if let Some(hold) = &self.0 {
            hold.room().await;
        }
        drop(self);
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        if let Some(hold) = self.0.take() {
            hold.give_back();
        }
    }
}

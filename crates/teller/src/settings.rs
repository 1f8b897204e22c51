//! What tellers are told at their making.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ids::OrganizationId;
use ledger::{Entry, Holder, Time};

use crate::{Restored, RolledBack};

/// A clock. The only one of a program is read in its binary.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Time;
}

/// Someone who is told what has become durable, in order for each organization. Must not block.
pub trait Observer: Send + Sync + 'static {
    /// These entries are in the organization's journal.
    fn appended(&self, organization: OrganizationId, entries: Vec<Entry>);

    /// The store acknowledged an append after this time.
    fn committed(&self, _took: Duration) {}

    /// The store lost entries of the organization's journal, which is stopped until a person has looked.
    fn rolled_back(&self, _organization: OrganizationId, _why: &RolledBack) {}

    /// The store had lost these entries of the organization's journal, and has them again.
    fn restored(&self, _organization: OrganizationId, _restored: &Restored) {}
    /// The organization is stopped until a person has looked, for this reason.
    fn halted(&self, _organization: OrganizationId, _reason: &str) {}
}

/// How tellers behave.
#[derive(Clone)]
pub struct Settings {
    /// This run of this node.
    pub holder: Holder,
    /// Eight random bytes that no other run has.
    pub run: [u8; 8],
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Who is told of entries.
    pub observer: Arc<dyn Observer>,
    /// How long a call whose money is only held by others waits for it.
    pub wait_for_held: Duration,
    /// How many calls of one organization may wait at once; a further one is fitted or refused at once.
    pub most_waiting: usize,
    /// How long a hold lasts unless it is renewed. Renewed after a third of it.
    pub hold_for: Duration,
    /// After how many entries a snapshot is kept.
    pub snapshot_every: u64,
    /// After how long without being asked a Book leaves memory.
    pub idle_after: Duration,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("holder", &self.holder)
            .field("wait_for_held", &self.wait_for_held)
            .field("hold_for", &self.hold_for)
            .finish_non_exhaustive()
    }
}

//! What a store must do.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use ids::{OrganizationId, ShortId};
use ledger::Head;

/// An answer that a store gives later.
pub type Answer<T, E = StoreError> = BoxFuture<'static, Result<T, E>>;

/// Entries to be appended to one journal, all or none.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Whose journal.
    pub organization: OrganizationId,
    /// The head they were decided on.
    pub after: Head,
    /// Their encoded bytes, in order; numbered from `after.seq + 1`. Shared, because an append whose answer was lost is
    /// repeated with the identical bytes.
    pub entries: Arc<[Vec<u8>]>,
    /// The head once they stand.
    pub head: Head,
}

/// A Book as of some entry, so that a start need not read the whole journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSnapshot {
    /// The last entry in it.
    pub seq: u64,
    /// See [`ledger::Snapshot`].
    pub bytes: Vec<u8>,
}

/// A named value of the installation that belongs to no organization, such as the hash of the first admin key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// How often it was written; the first time makes 1.
    pub version: u64,
    /// The value.
    pub bytes: Vec<u8>,
}

/// Why an append is not known to have happened.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The journal's head is another: nothing was appended now. After an [`AppendError::Ambiguous`] it may be that the
    /// earlier try did it.
    #[error("the journal's head is entry {}", .0.seq)]
    Conflict(Head),
    /// It may have happened or not. The only right thing to do is the identical append again, until the answer is another.
    #[error("the append may have happened or not: {0}")]
    Ambiguous(String),
    /// It has certainly not happened.
    #[error("{0}")]
    Unavailable(String),
}

/// Why a store did not do what it was asked, other than append.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or cannot read or write. What was asked may be asked again.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// What it holds is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

/// A place where journals are kept.
///
/// Everything is read from where it is written, never from a copy that may lag. No method blocks its caller's thread.
pub trait Store: Send + Sync + 'static {
    /// Appends a batch after its expected head, all or nothing. Once it answers `Ok` the entries survive whatever the
    /// store's durability promises, and every later read shows them. Concurrent appends at one head: exactly one is `Ok`.
    fn append(&self, batch: Batch) -> Answer<(), AppendError>;

    /// The journal's head now: at some moment between the call and the answer. [`Head::EMPTY`] where there is no journal.
    fn head(&self, organization: OrganizationId) -> Answer<Head>;

    /// At most `most` entries after number `after`, in order. Fewer only at the journal's end; an entry that is missing or
    /// out of order is [`StoreError::Damaged`].
    fn read(&self, organization: OrganizationId, after: u64, most: usize) -> Answer<Vec<Vec<u8>>>;

    /// At most `most` organizations that have a journal, after this one, in the order of their ids.
    fn organizations(
        &self,
        after: Option<OrganizationId>,
        most: usize,
    ) -> Answer<Vec<OrganizationId>>;

    /// The organization with this short id.
    fn find(&self, short: ShortId) -> Answer<Option<OrganizationId>>;

    /// Moves some of the oldest entries, none after number `through` nor after the last snapshot, to where they take less room,
    /// and answers the number of the last entry that is there now; 0: none. They are read as before. A store that has no
    /// such place answers 0.
    fn archive(&self, organization: OrganizationId, through: u64) -> Answer<u64> {
        let _all_stay = (organization, through);
        Box::pin(std::future::ready(Ok(0)))
    }

    /// Keeps a snapshot in the place of an older one. It may be lost: the journal says the same.
    fn put_snapshot(&self, organization: OrganizationId, snapshot: StoredSnapshot) -> Answer<()>;

    /// The snapshot kept last, if any.
    fn snapshot(&self, organization: OrganizationId) -> Answer<Option<StoredSnapshot>>;

    /// A record.
    fn record(&self, name: &'static str) -> Answer<Option<Record>>;

    /// Writes a record if its version is still `expected` (0: there is none); says whether it did.
    fn put_record(&self, name: &'static str, expected: u64, bytes: Vec<u8>) -> Answer<bool>;
}

//! Where journals are kept.
//!
//! [`Store`] says what a store must do, and nothing more: append after an expected head, read, find. What a store can do
//! to us (lose an answer, lose acknowledged entries, be away) is part of its contract, and each store passes the same
//! conformance suite (feature `testing`). A store knows entries as bytes; what they mean is the ledger's.

pub mod acknowledged;
#[cfg(feature = "testing")]
pub mod conformance;
#[cfg(feature = "testing")]
pub mod memory;
pub mod sqlite;
mod store;

pub use acknowledged::Acknowledged;
pub use store::{Answer, AppendError, Batch, Record, Store, StoreError, StoredSnapshot};

//! A request log made anew from the journals, to hold the real one against.

use std::path::Path;
use std::sync::Arc;

use ids::OrganizationId;
use ledger::Entry;
use rusqlite::Connection;

use super::batch::Batch;
use super::{MOST_OFFSETS, Memory};
use crate::log::Shared;
use crate::queue::Job;
use crate::{LogError, OpenError, Options, open};

/// Longer than any log is kept, in days.
const FOR_EVER: u32 = 1_000_000;

/// A request log in a temporary file of SQLite's, gone when this is dropped. It has what the journals say of each call,
/// and nothing of what only the gateway knew.
pub struct Rebuilt {
    connection: Connection,
    memory: Memory,
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Rebuilt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rebuilt").finish_non_exhaustive()
    }
}

impl Rebuilt {
    /// An empty one.
    ///
    /// # Errors
    /// [`OpenError`]: the temporary file cannot be made.
    pub fn new() -> Result<Self, OpenError> {
        // A database without a name is a temporary one, on disk as soon as it outgrows its cache.
        let path = Path::new("");
        let connection = open::connect(path)?;
        let memory = Memory::load(&connection).map_err(|source| OpenError::Sqlite {
            path: path.to_owned(),
            source,
        })?;
        let shared = Arc::new(Shared::new(Options {
            most_rows: u64::MAX,
            keep_days: FOR_EVER,
            ..Options::default()
        }));
        Ok(Self {
            connection,
            memory,
            shared,
        })
    }

    /// Takes up the next entries of a journal.
    ///
    /// # Errors
    /// [`LogError`]: they cannot be written.
    pub fn take_up(
        &mut self,
        organization: OrganizationId,
        entries: Vec<Entry>,
    ) -> Result<(), LogError> {
        let transaction = self.connection.transaction()?;
        let mut batch = Batch::new(&transaction, &mut self.memory, &self.shared);
        batch.take(Job::Entries {
            organization,
            entries,
        })?;
        batch.finish()?;
        transaction.commit()?;
        if self.memory.offsets.len() > MOST_OFFSETS {
            self.memory.offsets.clear();
        }
        Ok(())
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }
}

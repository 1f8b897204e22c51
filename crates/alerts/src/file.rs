//! The file: who is to be told, what was told, what waits, and how far each journal was read.
//!
//! Addresses of people are kept here and nowhere else: a journal is for ever, and holds no personal data.

mod offsets;
mod outbox;
mod schema;
mod targets;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use journal::sqlite::OpenError;
use journal::sqlite::file;
use rusqlite::{Connection, Transaction, TransactionBehavior};

pub(crate) use offsets::{Offset, Page};
pub(crate) use outbox::{Done, Waiting};

use crate::AlertError;

/// Cheap to clone. The methods run on a thread of the runtime's that may block.
#[derive(Clone)]
pub(crate) struct AlertFile {
    connection: Arc<Mutex<Connection>>,
    /// Held as long as the file is ours.
    _lock: Arc<std::fs::File>,
}

impl AlertFile {
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let lock = file::lock(path)?;
        // It has addresses that are secrets, so it is for its owner only. SQLite gives its log the same rights.
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(|source| OpenError::File {
                path: path.to_owned(),
                source,
            })?;
        let connection = file::connect(path, &schema::FORM)?;
        connection
            .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
            .map_err(|source| OpenError::Sqlite {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            _lock: Arc::new(lock),
        })
    }

    /// Does something in one transaction.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, AlertError> {
        let connection = Arc::clone(&self.connection);
        let done = tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = job(&transaction)?;
            transaction.commit()?;
            Ok(result)
        });
        done.await
            .map_err(|_ended| AlertError::File("its thread has ended".to_owned()))?
    }
}

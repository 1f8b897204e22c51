//! The file beside the ledger: one JSON line per call, appended when the call is over.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::SimError;

/// A file that lines are appended to.
#[derive(Debug)]
pub(super) struct LineFile(Mutex<File>);

impl LineFile {
    /// Opens it, and makes it when there is none.
    pub(super) fn open(path: &Path) -> Result<Self, SimError> {
        let opened = File::options().create(true).append(true).open(path);
        let file = opened.map_err(|source| SimError::LedgerFile {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self(Mutex::new(file)))
    }

    /// Appends a line in one write, so that a reader never sees half of one. A failure is logged and the line lost: the
    /// call itself is over, and the lines in memory still have it.
    pub(super) fn append(&self, line: &str) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(line.as_bytes()) {
            tracing::error!(%error, "the ledger file cannot be written");
        }
    }
}

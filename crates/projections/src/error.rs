//! What can go wrong. Nothing of it can stop a call.

use ids::OrganizationId;
use journal::StoreError;

/// Why the log did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot read or write now, or was closed. What was asked may be asked again.
    #[error("the request log is not available: {0}")]
    Unavailable(String),
    /// What it holds is not what was written. Making it anew helps: see [`crate::RequestLog::rebuild`].
    #[error("the request log is damaged: {0}")]
    Damaged(String),
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

impl LogError {
    /// The thread that should have answered did not.
    pub(crate) fn unanswered() -> Self {
        Self::Unavailable("it was closed, or what was asked could not be written".to_owned())
    }
}

/// Why the log did not catch up with the journals.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The journals cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A journal holds what is not an entry.
    #[error("the journal of {organization} is damaged: {source}")]
    Entry {
        /// Whose.
        organization: OrganizationId,
        /// What is wrong.
        source: ledger::DecodeError,
    },
    /// The log cannot be written.
    #[error(transparent)]
    Log(#[from] LogError),
}

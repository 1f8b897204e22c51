//! What can go wrong. Nothing of it can stop a call.

use ids::OrganizationId;
use journal::StoreError;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The file of the alerts cannot be read or written now.
    #[error("the alerts' file is not available: {0}")]
    File(String),
    /// The journals cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A journal holds what is not an entry, or one that cannot follow.
    #[error("the journal of {organization} cannot be followed: {what}")]
    Journal {
        /// Whose.
        organization: OrganizationId,
        /// What is wrong.
        what: String,
    },
}

impl From<rusqlite::Error> for AlertError {
    fn from(error: rusqlite::Error) -> Self {
        Self::File(error.to_string())
    }
}

/// Why alerts were not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Their file.
    #[error(transparent)]
    File(#[from] journal::sqlite::OpenError),
    /// What it holds.
    #[error("{0}")]
    Unreadable(String),
    /// The certificates by which receivers are recognized.
    #[error("the system's certificates cannot be used: {0}")]
    Certificates(String),
    /// The mail server.
    #[error("{0}")]
    Mail(String),
}

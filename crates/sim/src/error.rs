//! What can go wrong with the simulated provider itself, never what it simulates.

use std::path::PathBuf;

/// Why the simulated provider could not start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The text of the price table is not TOML of the shape that `data/prices.toml` shows.
    #[error("the price table cannot be read: {0}")]
    PriceTable(#[from] toml::de::Error),
    /// A row of the price table contradicts itself, or a price in it is not a decimal number.
    #[error("the price table has a wrong row for {model}: {reason}")]
    PriceRow {
        /// The first model name of the row.
        model: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A refusal of the embedded list has a status or a header that HTTP does not allow.
    #[error("the refusal {0} cannot be sent over HTTP")]
    Refusal(String),
    /// The ledger file cannot be opened for appending.
    #[error("the ledger file {} cannot be opened: {source}", path.display())]
    LedgerFile {
        /// The file that was asked for.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The listener failed again and again.
    #[error("no connection can be accepted: {0}")]
    Accept(std::io::Error),
}

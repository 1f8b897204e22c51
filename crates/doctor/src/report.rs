//! A report: the verdict first, then what else was found, then what was seen.

mod json;
mod text;

use jiff::Timestamp;

use crate::finding::Finding;
use crate::rows::Row;

/// What is to be told of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which account, and where.
    pub account: String,
    /// Its key, as far as it may be shown.
    pub key: Option<String>,
    /// What was found; the first one is the verdict.
    pub findings: Vec<Finding>,
    /// What was seen.
    pub rows: Vec<Row>,
    /// When.
    pub at: Timestamp,
}

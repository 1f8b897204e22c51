//! Whether a store says the truth.
//!
//! Every journal is read from its first entry: numbers without gaps, the chain of hashes, what each entry says and whether
//! it can follow the ones before. What the Book makes of the entries is held against sums that are made here, another way
//! ([`sums`]); the head, the snapshot and the request log against the entries. Nothing is written and nothing mended.
//!
//! What cannot be seen from within a store: that a whole end of a journal was cut off together with its head, snapshot
//! and request log, as a restored backup has it.
//!
//! A server may run meanwhile: of each journal everything is looked at as of one moment, and of the request log as of one
//! moment before.
//!
//! **Invariant:** memory is bounded by the size of the Books, never by the length of a journal.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    missing_docs
)]

mod chain;
mod finding;
#[cfg(test)]
#[path = "../tests/audit/honest.rs"]
#[expect(
    clippy::arithmetic_side_effects,
    dead_code,
    reason = "shared with the other tests"
)]
mod honest;
mod run;
mod sums;

pub use finding::{Finding, Part};
pub use run::{Error, Report, verify};

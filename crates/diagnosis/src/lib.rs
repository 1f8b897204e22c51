//! What a provider's error means: its cause, what it closes, whether the call was billed, whether and where another
//! attempt can help, and what a person has to do about it.
//!
//! [`diagnose`] goes through one table, first match wins. A status alone proves little: an empty balance is a 429 on
//! one endpoint and a 400 on another, and the same sentence is a rate limit at a third provider. So rows match code and
//! message before status. What is to be said about a cause is in [`Cause`], whom to ask for it in [`Provider`].
//!
//! This crate reads no body (`wire` does), knows no clock (the time is passed in) and takes no action.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

mod cause;
mod provider;
mod symptom;
mod table;
mod tokens;
mod verdict;
mod wait;

pub use cause::{Cause, Whose};
pub use provider::{Page, Provider};
pub use symptom::{Endpoint, HEADERS, Symptom};
pub use table::diagnose;
pub use verdict::{Billed, Confidence, Retry, Scope, Verdict};

#[cfg(test)]
mod tests;

//! Why a provider refuses, and what to do about it: [`Observations`] in, a [`Report`] out.
//!
//! Whoever has looked (the command line at an environment, a server at an account) writes down what was seen: the
//! variables, the provider's answers with their headers, what its administration API says. [`examine`] holds that
//! against the catalogue, one row for each known way of being refused, and ranks what fits, with the evidence for and
//! against it. The catalogue is `catalogue.rs`: whoever looks for D17 finds its row there.
//!
//! This crate opens no connection, reads no variable and keeps no secret: of a key it knows the kind, the length and
//! the last four letters ([`Shown`]). What others say is passed through [`Redactor`] before it comes here.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

mod admin;
mod answer;
mod balances;
mod catalogue;
mod examine;
mod finding;
mod key;
mod observations;
mod precedence;
mod redact;
mod report;
mod rows;
mod setting;

pub use admin::read as admin_read;
pub use admin::{Admin, Alert, ApiKey, ModelPermissions, Project, SpendLimit};
pub use answer::{Answer, Asked, Headers, read_pasted, unreachable_by};
pub use balances::{credit_grants, credits, key_budget};
pub use catalogue::{CATALOGUE, Entry};
pub use examine::examine;
pub use finding::{Confidence, Evidence, Finding, Remedy, Weight};
pub use key::{KeyKind, Shown};
pub use observations::{Account, Balance, KeyBudget, Model, Observations, Reading, Told};
pub use redact::Redactor;
pub use report::Report;
pub use rows::{Mark, Row};
pub use setting::{Origin, Setting, VARIABLES, Value};

#[cfg(test)]
#[expect(
    clippy::indexing_slicing,
    reason = "a test that panics has failed, as it should"
)]
mod tests;

//! A provider's bill held against ours.
//!
//! [`read`] turns what providers report into what they [`Billed`] and what was [`Used`] there; [`compare`] holds it against
//! what went through us, by the day and model: a [`Row`] for each, with the difference, its likely [`Cause`], and the
//! [`Posting`]s that would put our books right. Nothing is fetched, posted or rounded in our favour here.
//!
//! **Invariant:** a posting never charges a call more than it was presumed to cost, and what is posted for one day, model and
//! key together with what was charged before is exactly what the provider billed.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

mod amount;
mod cause;
mod compare;
mod facts;
pub mod read;
mod row;

pub use amount::dollars;
pub use cause::Cause;
pub use compare::compare;
pub use facts::{Billed, Ours, Payer, Presumed, Spent, Terms, Theirs, Used, Whose};
pub use row::{Posting, Row, Side};

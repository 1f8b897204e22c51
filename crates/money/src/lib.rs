//! Money as integers.
//!
//! An amount is [`Nanos`]: whole nano-dollars (10⁻⁹ USD) in an `i64`, good for ± 9.2 billion dollars. A price is
//! [`Price`]: nano-dollars per million units. A cost is summed exactly in [`Femtos`] (10⁻¹⁵ USD, an `i128`) and rounded
//! once, upwards, by [`Femtos::ceil_to_nanos`]. [`Bound`] is a cost that grows with a number of units, so that a ledger
//! can tell how many of them fit into what is left.
//!
//! This crate never sees a float, never wraps around and never rounds in silence: what does not fit is `None` or an
//! error, and the caller refuses.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

mod bound;
mod dollars;
mod femtos;
mod nanos;
mod price;

pub use bound::Bound;
pub use dollars::ParseUsdError;
pub use femtos::Femtos;
pub use nanos::Nanos;
pub use price::Price;

//! One typed id per kind of thing, and API keys as secrets.
//!
//! An id is 128 bits, made by its caller (in practice a UUID version 7, so that ids sort by age), printed as a prefix
//! and 26 characters of Crockford's base 32: `proj_01jd8z…`. This crate makes no random bytes and reads no clock.
//! A secret ([`ApiKey`], [`Pepper`]) has neither `Debug` nor `Display`, so that it cannot reach a log or an error.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

mod base32;
mod entity;
mod hold;
mod key_hash;
mod secret;
mod short;
mod subject;
mod upstream;

pub use entity::{
    AlertId, BootId, BudgetId, EntryId, KeyId, LimitId, LotId, OrganizationId, ParseIdError,
    ProjectId, RequestId, TargetId,
};
pub use hold::HoldId;
pub use key_hash::{KeyHash, Pepper};
pub use secret::{ApiKey, ParseKeyError};
pub use short::ShortId;
pub use subject::{Subject, SubjectKind};

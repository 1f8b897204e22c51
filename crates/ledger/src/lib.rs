//! The heart of Seawall: everything that decides an organization's money.
//!
//! An organization is one value, the [`Book`], and the Book is a fold over the organization's journal of [`Entry`]s.
//! [`decide`] looks at a Book and a [`Command`] and says which [`Fact`]s follow and what to answer; [`Book::apply`] takes
//! up one entry. A fact says everything about what it changes (which lots pay, which limits count, where a window ends),
//! so taking it up needs no rule, and an old journal reads the same under a later program.
//!
//! This crate knows no clock, no store, no network and no randomness: time and ids are handed in.
//!
//! **Invariant:** whatever [`decide`] grants fits into each hard limit and the credit balance of the Book it was shown.
//! Whether that Book is the newest is for the caller to establish, by appending after the head it decided on.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

mod apply;
mod book;
mod check;
mod codec;
mod command;
mod decide;
mod due;
mod entry;
mod fact;
mod outcome;
mod quantity;
mod snapshot;
mod step;
mod time;
mod window;

pub use apply::Inconsistent;
pub use book::{
    Balance, Book, Budget, Count, Hold, Key, KeyState, Limit, Lot, Organization, PresumedCharge,
    Project, ProjectState, Raise,
};
pub use check::{Check, CheckKind, Headroom};
pub use codec::DecodeError;
pub use command::{
    AddCredit, ChangeBudget, ChangeKey, ChangeLimit, ChangeOrganization, ChangeProject, ChargeBack,
    Command, CreateBudget, CreateKey, CreateOrganization, CreateProject, CreateUpstream,
    DirectoryCommand, Patience, Settlement, SpendGuard, TakeHold, Traits, UsedSoFar,
};
pub use decide::{Decision, decide};
pub use due::due;
pub use entry::{Cause, Entry, Head, IdempotencyKey};
pub use fact::{
    BudgetFact, Calls, Charge, CreditFact, DirectoryFact, Draw, Fact, Fee, HoldFact, HoldTaken,
    HoldTraits, Holder, KeyChanged, KeyCreated, LimitFact, LimitOrigin, LimitTerms, LotKind, Mode,
    OnTrip, PresumeReason, ReleaseReason, Scope, Tag,
};
pub use outcome::{Grant, KeyProblem, Outcome, Receipt, Refusal, Rejection, Shortfall};
pub use quantity::{Measure, Quantity};
pub use snapshot::Snapshot;
pub use step::{Sealer, Stepped, advance, step};
pub use time::Time;
pub use window::{Rolling, Span, UnknownTimeZone, Window, time_zone};

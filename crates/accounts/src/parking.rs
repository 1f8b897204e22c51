//! Which accounts are *parked*: taken out of use since a provider refused, or a person said so, until a time, a probe or a
//! person.
//!
//! What a refusal closes follows from its diagnosis alone ([`rule`]), and by whose money it is: a model at one account, an
//! account, or all accounts of one project or organization at a provider, as their answers' headers name them. Everything
//! is in [`board`], which is pure; who shares it is in [`shared`], what survives a restart in [`kept`].
//!
//! **Invariant:** nothing here decides about money. A park only says whom not to ask; losing all of them costs refusals, not
//! a wrong charge. So they are written behind, beside the calls.

mod board;
mod kept;
mod park;
mod place;
mod refusal;
mod rule;
mod shared;
#[cfg(test)]
mod tests;
mod upstreams;

use std::time::Duration;

use diagnosis::{Cause, Scope};
use ledger::Time;

pub use park::{By, Park, Pauses, Probed};
pub use place::Place;
pub use refusal::Refusal;
pub use upstreams::{News, Outcome, keep_parked};

pub(crate) use kept::read as read_kept;
pub(crate) use place::Identity;
pub(crate) use shared::Parking;

/// Parks that are known at one time. Beyond it a refusal closes nothing: the account is asked, and refuses again.
pub const MOST_PARKS: usize = 1_000;

/// Until when something is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// It ends by itself at this time.
    At(Time),
    /// A probe has to be served first.
    Probed,
    /// A person has to change something here or there first, and say so.
    Person,
}

/// What closes an account for a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Why; [`Cause::Unknown`] where a person parked it.
    pub cause: Cause,
    /// What is closed.
    pub scope: Scope,
    /// Since when.
    pub since: Time,
    /// Until when.
    pub until: Until,
    /// What the provider said last.
    pub refusal: Option<Refusal>,
    /// Who parked it.
    pub by: By,
}

/// The time so long after another.
pub(crate) fn after(time: Time, wait: Duration) -> Time {
    let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
    Time::from_micros(time.micros().saturating_add(wait))
}

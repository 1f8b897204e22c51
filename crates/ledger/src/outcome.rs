//! What a Book answers.

use ids::HoldId;
use money::Nanos;

use crate::{Check, Headroom, Measure, Quantity, Time};

/// The answer to a command.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Done. `object` is the id of what was created, where the command creates something: by this command, or by the one
    /// it repeats.
    Done {
        /// The thing's id.
        object: Option<[u8; 16]>,
    },
    /// Not done, because the command makes no sense on this Book.
    Rejected(Rejection),
    /// The call may go.
    Granted(Grant),
    /// Not now: other calls hold the money and may give it back. Only under [`crate::Patience::Wait`].
    Wait,
    /// The call may not go.
    Refused(Box<Refusal>),
    /// The hold is closed.
    Closed(Receipt),
    /// So many holds were presumed, of this amount in all.
    Presumed {
        /// How many.
        holds: usize,
        /// How much.
        amount: Nanos,
        /// Whether there are more than the command asked for at most.
        more: bool,
    },
}

/// A hold that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What is held.
    pub amount: Nanos,
    /// The units (output tokens) that it pays for at most.
    pub units: u64,
    /// Whether that is fewer than was asked for.
    pub fitted: bool,
    /// What the key can spend beside it.
    pub headroom: Headroom,
}

/// What became of a hold.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Which.
    pub hold: HoldId,
    /// What its call is charged.
    pub charged: Nanos,
    /// By how much that is more than was held.
    pub overrun: Nanos,
    /// False where the hold had been closed before, or was never taken, and nothing changed.
    pub changed: bool,
    /// What the key can spend now; `None` where the hold is unknown.
    pub headroom: Option<Headroom>,
}

/// Why a call may not go. An outcome, not an error: it carries what it rests on.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The key may not be used, or not for this.
    Key(KeyProblem),
    /// The money does not suffice.
    Money(Shortfall),
}

/// What is wrong with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// There is no such key.
    Unknown,
    /// It was revoked.
    Revoked,
    /// Its time was over at this moment.
    Expired(Time),
    /// It is frozen, for this reason.
    Frozen(Box<str>),
    /// Its project is archived.
    ProjectArchived,
    /// It may not be used for this model.
    ModelNotAllowed(Box<str>),
}

/// A worst case that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// When it was decided.
    pub at: Time,
    /// The number of the journal's last entry then.
    pub seq: u64,
    /// What the call may cost at most.
    pub needed: Nanos,
    /// What it may cost at most when cut down as far as it may be; `needed` where it may not be cut.
    pub least_needed: Nanos,
    /// The most tokens it may have; looked at by limits on tokens only.
    pub needed_tokens: u64,
    /// The most tokens it may have when cut down as far as it may be.
    pub least_needed_tokens: u64,
    /// Every check that was made, in the order key, project, organization, credit balance.
    pub checks: Vec<Check>,
    /// The binding one's place in `checks`.
    pub binding: usize,
    /// Whether what running calls hold is all that is in the way.
    pub transient: bool,
    /// When the call fits where it was stopped, if nothing else is spent there until then; `None`: waiting does not help.
    pub fits_at: Option<Time>,
    /// Whether the key was frozen for it.
    pub froze_key: bool,
}

impl Shortfall {
    /// The check that stops the call.
    #[must_use]
    pub fn binding(&self) -> Option<&Check> {
        self.checks.get(self.binding)
    }

    /// What the call needs at least of what a check counts.
    #[must_use]
    pub fn least_needed_of(&self, measure: Measure) -> Quantity {
        match measure {
            Measure::Usd => self.least_needed.into(),
            Measure::Requests => Quantity::new(1),
            Measure::Tokens => Quantity::count(self.least_needed_tokens),
        }
    }
}

/// Why a command makes no sense on this Book.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// There is no organization in this journal yet.
    #[error("there is no such organization")]
    NoOrganization,
    /// There is none by this id.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// There is one by this id already.
    #[error("this {0} exists already")]
    Exists(&'static str),
    /// It is over and cannot be changed.
    #[error("this {0} cannot be changed any more: it is {1}")]
    Ended(&'static str, &'static str),
    /// A value that cannot be.
    #[error("{field}: {problem}")]
    Invalid {
        /// Which value.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The idempotency key was used for another request.
    #[error("this Idempotency-Key was used for a different request before")]
    IdempotencyMismatch,
    /// A bound of the Book is reached.
    #[error("an organization cannot have more than {most} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
}

//! What is compared: what went through us, and what the provider says.

use std::collections::BTreeSet;

use ids::{HoldId, KeyId, OrganizationId};
use jiff::civil::Date;
use money::{Femtos, Nanos};

/// Who pays us for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payer {
    /// The organization.
    pub organization: OrganizationId,
    /// The key.
    pub key: KeyId,
}

/// What one key's calls for one model of one day were charged, presumed charges apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The day, in UTC.
    pub day: Date,
    /// The model.
    pub model: String,
    /// By whom.
    pub payer: Payer,
    /// How much: what was corrected and adjusted by earlier reconciliations as well, less what was refunded by them.
    pub amount: Nanos,
    /// How many attempts.
    pub calls: u64,
    /// Tokens of their input, cached ones included.
    pub input: u64,
    /// Tokens of their output.
    pub output: u64,
}

/// A charge that nobody knows better yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presumed {
    /// The day, in UTC, when its hold was taken.
    pub day: Date,
    /// The model.
    pub model: String,
    /// By whom.
    pub payer: Payer,
    /// Which attempt of which call.
    pub hold: HoldId,
    /// What is charged.
    pub amount: Nanos,
    /// What the provider says that this very call has cost, where it can be asked.
    pub billed: Option<Nanos>,
}

/// All of ours that is compared.
#[derive(Clone, Debug, Default)]
pub struct Ours {
    /// What is charged for good.
    pub spent: Vec<Spent>,
    /// What is presumed.
    pub presumed: Vec<Presumed>,
}

/// One line of the provider's bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billed {
    /// The day, in UTC.
    pub day: Date,
    /// The provider's project.
    pub project: Option<String>,
    /// The provider's id of the key.
    pub key: Option<String>,
    /// The model, where the line is of one.
    pub model: Option<String>,
    /// How much; below nothing for a credit.
    pub amount: Femtos,
}

/// What the provider says that calls used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The day, in UTC.
    pub day: Date,
    /// The provider's id of the key.
    pub key: Option<String>,
    /// The model.
    pub model: String,
    /// Tokens of input, cached ones included.
    pub input: u64,
    /// Tokens of output.
    pub output: u64,
    /// How many requests.
    pub requests: u64,
}

/// All of theirs.
#[derive(Clone, Debug, Default)]
pub struct Theirs {
    /// The bill; `None`: the provider reports none, and only single calls can be asked for.
    pub billed: Option<Vec<Billed>>,
    /// What was used; nothing where it does not say.
    pub used: Vec<Used>,
}

/// Which lines of a bill are ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of these keys, by the provider's ids.
    Keys(BTreeSet<String>),
    /// All: the report tells no key apart.
    All,
}

impl Whose {
    /// Whether a line of this key is ours.
    #[must_use]
    pub fn is_ours(&self, key: Option<&str>) -> bool {
        match self {
            Self::Keys(keys) => key.is_some_and(|key| keys.contains(key)),
            Self::All => true,
        }
    }
}

/// How it is compared.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Which lines are ours.
    pub whose: Whose,
    /// Days before this one are complete at the provider; of later ones its figures still grow.
    pub complete_before: Date,
}

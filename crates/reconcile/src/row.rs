//! What a comparison says.

use ids::HoldId;
use jiff::civil::Date;
use money::Nanos;

use crate::{Cause, Payer};

/// Whose lines of the bill a row is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// The account's own key, or all keys where the report tells none apart.
    Account,
    /// Another key, which did not go through us.
    Elsewhere {
        /// The provider's project.
        project: Option<String>,
        /// The provider's id of the key.
        key: Option<String>,
    },
}

/// An entry that would put our books right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posting {
    /// A presumed charge becomes what the provider billed.
    Resolve {
        /// Whose.
        payer: Payer,
        /// Which.
        hold: HoldId,
        /// What it was presumed to cost.
        presumed: Nanos,
        /// What it did cost.
        billed: Nanos,
    },
    /// What is left of the difference of a day, model and key: charged, or given back where it is below nothing.
    Adjust {
        /// Whose.
        payer: Payer,
        /// How much.
        amount: Nanos,
    },
}

/// One day, model and key, on both bills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The first day, in UTC.
    pub first: Date,
    /// The last one; another only where calls around midnight fell on different days here and there.
    pub last: Date,
    /// Whose lines.
    pub side: Side,
    /// The model, where it is of one.
    pub model: Option<String>,
    /// What is charged here.
    pub ours: Nanos,
    /// How much of that is presumed.
    pub presumed: Nanos,
    /// What the provider billed.
    pub theirs: Nanos,
    /// The likely cause.
    pub cause: Cause,
    /// What would put it right.
    pub postings: Vec<Posting>,
    /// Why nothing can be posted although something should, as a sentence.
    pub not_posted: Option<&'static str>,
}

impl Row {
    /// Theirs less ours: above nothing, the provider billed more.
    #[must_use]
    pub const fn difference(&self) -> Nanos {
        self.theirs.saturating_sub(self.ours)
    }
}

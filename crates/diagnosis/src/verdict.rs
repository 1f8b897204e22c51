//! What a diagnosis says.

use std::time::Duration;

use crate::Cause;

/// What an error means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Why it was refused or failed.
    pub cause: Cause,
    /// What it closes: everything else may still be served.
    pub scope: Scope,
    /// Whether it may have cost money.
    pub billed: Billed,
    /// How well the cause is known.
    pub confidence: Confidence,
    /// Whether, when or where another attempt can help.
    pub retry: Retry,
    /// Whether this account, key or provider turned the call away, as opposed to a request nobody would take, or a
    /// server that failed. Then the client is told whose refusal it is.
    pub refusal: bool,
}

/// Whether the call that failed may have cost money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Billed {
    /// It was turned away before any work was done.
    No,
    /// Nobody can say; what was held for it is kept until somebody can.
    Maybe,
}

/// What an error closes. Whoever looks for another way asks this first: a key outside of it may still be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// This call alone.
    Request,
    /// One model, for this organization or account: its other models are still served.
    Model,
    /// One deployment, as Azure calls a model that was set up.
    Deployment,
    /// This key: another key of the same project is still served.
    Key,
    /// The key's project (a workspace, at some providers) with all its keys.
    Project,
    /// The organization with all its projects.
    Organization,
    /// All that is billed together, at providers that know no organizations.
    Account,
}

impl Scope {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Model => "model",
            Self::Deployment => "deployment",
            Self::Key => "key",
            Self::Project => "project",
            Self::Organization => "organization",
            Self::Account => "account",
        }
    }
}

/// How well a cause is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Little more than the status speaks for it.
    Possible,
    /// The provider's words say so, and words change.
    Likely,
    /// A code that was made to say this, or a sentence that was seen to mean nothing else.
    Certain,
}

impl Confidence {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Whether, when or where another attempt can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Nowhere: the call itself has to change first.
    Never,
    /// Here, after this long from [`crate::Symptom::now`]; `None` where the provider does not say how long.
    After(Option<Duration>),
    /// Not here until a person has changed something; outside of the scope at once.
    Elsewhere,
    /// Here, with no more than this many output tokens; `None` where it does not say how many.
    FewerTokens(Option<u64>),
}

impl Retry {
    /// The stable name of its class.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::After(_) => "after",
            Self::Elsewhere => "elsewhere",
            Self::FewerTokens(_) => "fewer_tokens",
        }
    }
}

//! A refusal's decision, with everything it takes to make it again.

use std::net::IpAddr;

use ledger::{KeyProblem, Shortfall, Time, Traits};
use money::Bound;

/// How a call was refused on its Book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// For want of money.
    Money(Box<Decided>),
    /// Its key may not be used, or not for this, or not from there.
    Key(Box<Barred>),
}

/// How a key was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barred {
    /// When it was decided.
    pub at: Time,
    /// The number of the journal's last entry then.
    pub seq: u64,
    /// Why.
    pub why: Bar,
}

/// Why a key was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bar {
    /// It may not be used, or not for this model.
    Key(KeyProblem),
    /// It may not be used from this address; `None` where the address was not known.
    Address(Option<IpAddr>),
}

/// How a call was refused for want of money. The client was told less: the binding check, and what to do.
///
/// With the key and the model of the row this is the whole question and the whole answer, so that the decision can be made
/// again from the journal and compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What was asked for.
    pub bound: Bound,
    /// The pictures asked for, where the cost is that of so many equal ones.
    pub pictures: Option<u64>,
    /// What else limits looked at.
    pub traits: Traits,
    /// The upstream account the call was to go to.
    pub upstream: Box<str>,
    /// The version of the catalogue it was priced by.
    pub catalog: Box<str>,
    /// The answer, with every check.
    pub shortfall: Shortfall,
}

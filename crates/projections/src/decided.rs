//! A refusal's decision, with everything it takes to make it again.

use ledger::Shortfall;
use money::Bound;

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
    /// The upstream account the call was to go to.
    pub upstream: Box<str>,
    /// The version of the catalogue it was priced by.
    pub catalog: Box<str>,
    /// The answer, with every check.
    pub shortfall: Shortfall,
}

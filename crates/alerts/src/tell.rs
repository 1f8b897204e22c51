//! What is worth telling: from a Book, a fact or a refusal to the alert that says it.
//!
//! Every figure is the Book's at the entry that the alert names, or the fact's own. Nothing is added up here.

mod budget;
mod cap;
mod charges;
mod credit;
mod key;
mod limit;
mod other;
mod upstream;
mod upstream_balance;
mod words;

pub use budget::crossed;
pub(crate) use cap::cap_reached;
pub(crate) use charges::{overruns, presumed, why};
pub use credit::{balance_low, lapsing};
pub(crate) use key::frozen;
pub use limit::{limits_reached, refused};
pub use other::{halted, test};
pub use upstream::{UpstreamNews, upstream};
pub use upstream_balance::{UpstreamBalance, upstream_balance};

//! What a server counts and measures of itself, in the `OpenMetrics` text that Prometheus reads.
//!
//! Everything here only tells. Nothing decides by it, and nothing of the ledger is made of it: the counters begin at
//! nothing with the process, and what a call was charged is told as of the moment it ended.
//!
//! **Invariant:** no label holds a key, an end user, or text that a caller could choose. Codes of providers are let in only
//! if they look like codes, and only so many of them.

mod code;
mod dollars;
mod figures;
mod labels;
mod server;

pub use figures::{Figures, LimitFigures};
pub use server::{Ended, Metrics, OpenHold, Whose};

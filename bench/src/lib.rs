//! Two programs that measure what a proxy adds to a call: a provider that answers at once with fixed bytes, and a
//! closed-loop load generator that checks every answer. `bench/run` starts them around each proxy in turn.
//!
//! Nothing of the gateway is used here: a measurement that shared code with what it measures could share its mistakes.

pub mod answers;
pub mod decoder;
pub mod latency;
pub mod load;

//! Programs that measure what a proxy adds to a call, and what the ledger under it can do: a provider that answers at
//! once with fixed bytes, a pass-through, a load generator that checks every answer, and a program that drives a store.
//! `bench/run` starts them around each proxy in turn.
//!
//! Nothing of the gateway is used on the way of a call: a measurement that shared code with what it measures could share
//! its mistakes. Only [`books`] and [`holds`] use the ledger, the journal and the tellers, because they measure those.

pub mod answers;
pub mod books;
pub mod decoder;
pub mod holds;
pub mod latency;
pub mod load;
pub mod update;

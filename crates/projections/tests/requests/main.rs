//! The request log over real files: what the journal says, what the gateway says, and what is shown.
#![expect(
    clippy::unwrap_used,
    reason = "a fixture that fails is a test that fails"
)]

mod following;
mod listing;
mod outcomes;
mod pruning;
mod refusals;
mod spent;
mod usage;
mod world;

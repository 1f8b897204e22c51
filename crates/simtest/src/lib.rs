//! A whole cluster in one thread, from a seed.
//!
//! Several nodes with real tellers share one simulated store that loses answers, stalls, conflicts, is away and takes back
//! what it acknowledged; their clocks are wrong, they crash between any two polls, callers go away; and after every entry
//! and every answer the promises are looked at from the outside, by a slow reference that shares nothing with the ledger
//! but its types. Nothing here knows real time or real randomness: the same seed makes the same run, to the last byte.

mod asked;
mod caller;
mod calm;
mod dice;
mod errand;
mod judge;
mod line;
mod node;
mod operation;
mod plan;
mod reference;
mod rollback;
mod run;
mod simulation;
mod tally;
mod trace;
mod truth;
mod world;

pub use run::{Failure, Ran, run, run_keeping};

//! Decisions as text: one row per event, its expected result last.
//!
//! A row is a command in words, an arrow and the answer; `script` says which words there are. Every row also passes the
//! checks of `World::run`.

mod budgets;
mod checks;
mod counters;
mod credit;
mod fitting;
mod holds;
mod keys;
mod limits;
mod models;
mod modes;
mod once;
mod rates;
mod refusals;
mod regressions;
pub(crate) mod script;
mod speak;
mod subjects;
mod trips;
mod upstream;

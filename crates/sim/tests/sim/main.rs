//! The simulated provider over real sockets: what it answers, what it bills, and how it fails.

mod admin;
mod azure;
mod billing;
mod chat;
#[cfg(test)]
mod costs;
mod faults;
mod image;
#[cfg(test)]
mod order;
mod stream;
// Marked as a test although all of this binary is one, so that the lints know it.
#[cfg(test)]
mod support;
mod unending;

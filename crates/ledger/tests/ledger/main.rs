//! The ledger, tested from outside: its bytes, its decisions as tables, its laws as properties.
//!
//! Nothing here reaches into the crate; what a test knows, a user of the crate can know.

#[cfg(test)]
mod bytes;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod world;

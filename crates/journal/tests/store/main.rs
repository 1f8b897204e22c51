//! Every store of this crate against the conformance suite, and each against what only it can do wrong.

// `cfg(test)` is always true here; it tells the lints that what helps a test is a test too.
#[cfg(test)]
mod memory;
#[cfg(test)]
mod sqlite;

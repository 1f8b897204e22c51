//! What the tellers promise, on a store in memory that fails on demand.
//!
//! Time is virtual: whatever a test waits for comes as soon as nothing else is to do, so a wait of an hour takes none, and
//! a test that would wait for ever ends at once with the claim it broke.

// `cfg(test)` is always true here; it tells the lints that what helps a test is a test too.
#[cfg(test)]
mod archive;
#[cfg(test)]
mod beside;
#[cfg(test)]
mod books;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod claims_kinds;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod found;
#[cfg(test)]
mod holds;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod lost_answers;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod preview;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod restored;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod unruly;
#[cfg(test)]
mod view;
#[cfg(test)]
mod vouched;
#[cfg(test)]
mod waiting;
#[cfg(test)]
mod world;

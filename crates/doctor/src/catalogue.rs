//! The catalogue: one row for each known way of being refused, D01 to D30, and E01 to E15 for what is wrong on this side.
//!
//! A row is found at once: its function has the row's name and stands in the file named beside it. A function answers
//! `None` where its row does not fit what was seen.

mod balance;
mod environment;
mod identity;
mod image;
mod limits;
mod pages;
mod requests;
mod standing;
mod time;

pub(crate) use requests::unexplained;

use crate::finding::Finding;
use crate::observations::Observations;

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name.
    pub id: &'static str,
    /// What it is about.
    pub about: &'static str,
    pub(crate) look: fn(&Observations) -> Option<Finding>,
}

const fn row(
    id: &'static str,
    about: &'static str,
    look: fn(&Observations) -> Option<Finding>,
) -> Entry {
    Entry { id, about, look }
}

/// All rows. Where two findings are equally sure, the one that stands first comes first.
#[rustfmt::skip] // One row a line.
pub const CATALOGUE: [Entry; 45] = [
    row("E11", "Seawall refused, not the provider", environment::e11),
    row("D18", "the account was banned", standing::d18),
    row("D01", "the credit balance is used up", balance::d01),
    row("D03", "the organization's hard limit at the provider", limits::d03),
    row("D04", "the project's hard limit at the provider", limits::d04),
    row("D05", "the limit the provider assigned to the organization", limits::d05),
    row("D17", "the account is not active", standing::d17),
    row("D23", "the key's own limit", limits::d23),
    row("E12", "a guardrail's limit", limits::e12),
    row("E13", "the limit of another gateway", limits::e13),
    row("D30", "the key's owner left, or the key ended", standing::d30),
    row("D09", "another organization or project is billed", identity::d09),
    row("D10", "a header names an organization or project that does not fit the key", identity::d10),
    row("D11", "another key is used than the one that was set", identity::d11),
    row("D24", "the key is of a kind that may not do this", identity::d24),
    row("D13", "the balance is below zero", balance::d13),
    row("D14", "the credit ran out of time", balance::d14),
    row("D06", "an image call says `billing hard limit`", image::d06),
    row("D07", "the organization is not verified", image::d07),
    row("D08", "the project may not use the model, or it is gone", image::d08),
    row("D02", "a billing stop that the provider does not name", balance::d02),
    row("D20", "a passing rate limit in the words of a billing stop", requests::d20),
    row("D19", "a rate limit", requests::d19),
    row("D21", "calls under way hold what is left", requests::d21),
    row("D22", "this call may cost more than is left", requests::d22),
    row("D25", "the address or the country", standing::d25),
    row("D26", "the service tier", requests::d26),
    row("D12", "a top-up that has not arrived everywhere", time::d12),
    row("D15", "a budget taken for money", limits::d15),
    row("D16", "a budget taken for a hard limit", limits::d16),
    row("D27", "a client that sleeps as long as it is told to", time::d27),
    row("D28", "a client that repeats what cannot succeed", time::d28),
    row("D29", "the playground works, the application does not", identity::d29),
    row("E01", "there is no key", environment::e01),
    row("E02", "the base URL", environment::e02),
    row("E03", "the environment and a file disagree", environment::e03),
    row("E04", "two variables for one thing disagree", environment::e04),
    row("E05", "how the key is written", environment::e05),
    row("E06", "the key is another provider's", environment::e06),
    row("E07", "the provider does not know the key", environment::e07),
    row("E08", "the provider cannot be reached", environment::e08),
    row("E14", "the call is longer than the model takes", requests::e14),
    row("E15", "the content is not answered", requests::e15),
    row("E09", "the provider failed", requests::e09),
    row("E10", "the request, or a refusal that is not known", requests::e10),
];

//! What a provider's error means: its cause, whether the call was billed, and whether another provider could help.
//!
//! [`diagnose`] goes through one table, first match wins. A status alone proves little: an empty balance is a 429 on
//! one endpoint and a 400 on another, and the same sentence is a rate limit at a third provider. So rows match code and
//! message before status. This crate reads no body and takes no action.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

mod cause;
mod table;

pub use cause::Cause;
pub use table::diagnose;

#[cfg(test)]
mod tests;

/// Whose words these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// `OpenAI` itself.
    OpenAi,
    /// `OpenRouter`.
    OpenRouter,
    /// Anthropic.
    Anthropic,
    /// Azure's deployments of `OpenAI`'s models.
    Azure,
    /// Anyone else who speaks `OpenAI`'s language.
    Compatible,
}

/// Whether the call that failed may have cost money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Billed {
    /// It was turned away before any work was done.
    No,
    /// Nobody can say; what was held for it is kept until somebody can.
    Maybe,
}

/// What an error means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Why it was refused or failed.
    pub cause: Cause,
    /// Whether it may have cost money.
    pub billed: Billed,
    /// Whether this account, key or provider turned the call away, as opposed to a request nobody would take, or a
    /// server that failed. Another candidate may take it.
    pub refusal: bool,
}

//! Transport to providers, and nothing else.
//!
//! An [`Account`] is a place to send calls to and the credential for it; a [`Client`] sends one request there and hands
//! back the answer as it arrives. A credential goes to its own account's address and nowhere else: no redirect is ever
//! followed, and an address comes from the operator's configuration only, never from a request.
//!
//! Whether a call can have cost money depends on whether it left, so [`SendError`] says which.

mod account;
mod answer;
mod client;
mod conceal;
mod connection;
mod headers;
mod idle;
mod probe;
mod profile;
mod secret;

pub use account::{Account, AccountError, Place};
pub use answer::Answer;
pub use client::{Client, ClientError, SendError};
pub use profile::{Kind, MaxTokens, PROFILES, Profile, Shows};
pub use secret::Secret;

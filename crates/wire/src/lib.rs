//! What travels on the wire: `OpenAI`'s JSON and server-sent events, read for what decides money and routing.
//!
//! - [`chat`] and [`image`] read a request shallowly, and edit it byte-exactly;
//! - [`sse`] cuts a stream into events and tells which of them matter;
//! - [`usage`] finds what an answer says it used;
//! - [`error`] reads a provider's refusal and writes ours.
//!
//! **Invariant:** bytes that need not change are never rewritten. Nothing is parsed into a tree and printed again; an
//! edit is a splice into the original bytes. This crate opens no socket and knows no price.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

pub mod chat;
pub mod completion;
pub mod embedding;
pub mod error;
pub mod image;
pub mod message;
pub mod metadata;
pub mod moderation;
pub mod request;
pub mod response;
pub mod speech;
pub mod sse;
pub mod usage;

mod body;
mod content;
mod depth;
mod input;
mod object;
mod splice;
mod stream_options;

#[cfg(test)]
mod tests;

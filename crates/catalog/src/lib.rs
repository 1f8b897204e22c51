//! What models cost: dated prices, what a call can cost at most, and what it did cost.
//!
//! A [`Catalog`] is read from a TOML file once ([`Catalog::builtin`] is compiled in) and asked for a [`Model`] by name: a
//! text model by the [`Route`] it is called along ([`Model::text`]), an image model ([`Model::image`]), or one that does a
//! [`Task`] such as embedding ([`Model::service`]). Before a call, [`Chat::input_by_bytes`] or [`Chat::input_by_count`]
//! bounds its input, and [`chat_bound`], [`tool_bound`], [`image_bound`] or [`service_bound`] turns terms into the most it
//! can cost. After a call, the `cost` of the same price list turns the provider's [`Usage`] into a [`Charge`].
//!
//! Price files of others are read by [`import`], and put on top of what there is by [`Catalog::updated`].
//!
//! What has no price is [`Unpriced`], never free. This crate knows no clock: whoever asks for prices says for when.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs
)]

mod alias;
mod bound;
mod builtin;
mod cost;
mod error;
mod file;
pub mod import;
mod input;
mod listing;
mod model;
mod prices;
mod service;
mod tools;
mod unit;
mod update;
mod usage;

#[cfg(test)]
mod tests;

pub use bound::{CacheLife, ChatTerms, ImageTerms, chat_bound, image_bound, image_tokens};
pub use builtin::Catalog;
pub use cost::{Charge, Line, Unpriced};
pub use error::CatalogError;
pub use input::{Message, Parts, Prompt};
pub use listing::{Difference, Listing};
pub use model::{Chat, Image, Model, Route, Tokenizer};
pub use prices::{
    ChatPrices, ImageOutput, ImagePrices, ImageTokens, LongContext, MediaRates, PerImage, Rates,
    Shape, TierRates, ToolPrices,
};
pub use service::{Service, ServicePrices, ServiceTerms, Task, service_bound};
pub use tools::{ToolTerms, tool_bound};
pub use unit::Unit;
pub use usage::{SearchContext, Tier, ToolUsage, Usage};

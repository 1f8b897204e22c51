//! Errors on the wire: the provider's, read and passed on, and our own refusals, written.

mod provider;
mod refusal;

pub use self::provider::{ProviderError, prefix_message};
pub use self::refusal::{Body, Envelope};

//! Errors on the wire: the provider's, read and passed on, and our own refusals, written.

mod extras;
mod note;
mod provider;
mod refusal;

pub use self::note::{Note, annotated};
pub use self::provider::ProviderError;
pub use self::refusal::{Body, Envelope};

pub(crate) use self::note::annotated_in;

//! Models: what they can take, what they can write, and which prices they have had.

use std::num::NonZeroU64;

use jiff::{Timestamp, civil::Date};

use crate::prices::{ChatPrices, ImagePrices, in_force};

/// A model, or a family of models under a pattern, with everything the catalogue knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub(crate) names: Vec<String>,
    pub(crate) shutdown: Option<Date>,
    pub(crate) chat: Option<Chat>,
    pub(crate) image: Option<Image>,
}

impl Model {
    /// Its names, the first one first. A name that ends in `*` stands for all that begin like it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The day the provider has announced to shut it down, or did. A reason to warn, never to refuse: announcements
    /// are moved.
    #[must_use]
    pub const fn shutdown(&self) -> Option<Date> {
        self.shutdown
    }

    /// What it is as a text model, if it is one.
    #[must_use]
    pub const fn chat(&self) -> Option<&Chat> {
        self.chat.as_ref()
    }

    /// What it is as an image model, if it is one.
    #[must_use]
    pub const fn image(&self) -> Option<&Image> {
        self.image.as_ref()
    }
}

/// Which tokenizer counts a model's text exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokenizer {
    /// `o200k_base`.
    O200k,
    /// `cl100k_base`.
    Cl100k,
}

/// A text model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    pub(crate) context: u64,
    pub(crate) max_output: u64,
    pub(crate) tokenizer: Option<Tokenizer>,
    pub(crate) bytes_per_token_at_least: NonZeroU64,
    pub(crate) prices: Vec<ChatPrices>,
}

impl Chat {
    /// The most input tokens it takes; the provider refuses more, without charge.
    #[must_use]
    pub const fn context(&self) -> u64 {
        self.context
    }

    /// The most output tokens it writes for one choice, reasoning included.
    #[must_use]
    pub const fn max_output(&self) -> u64 {
        self.max_output
    }

    /// The tokenizer, where it is public.
    #[must_use]
    pub const fn tokenizer(&self) -> Option<Tokenizer> {
        self.tokenizer
    }

    /// The prices in force at a moment; `None` before the first list.
    #[must_use]
    pub fn prices_at(&self, at: Timestamp) -> Option<&ChatPrices> {
        in_force(&self.prices, |list| list.from, at)
    }
}

/// An image model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub(crate) tokenizer: Option<Tokenizer>,
    pub(crate) prices: Vec<ImagePrices>,
}

impl Image {
    /// The tokenizer of its prompts, where it is known.
    #[must_use]
    pub const fn tokenizer(&self) -> Option<Tokenizer> {
        self.tokenizer
    }

    /// The prices in force at a moment; `None` before the first list.
    #[must_use]
    pub fn prices_at(&self, at: Timestamp) -> Option<&ImagePrices> {
        in_force(&self.prices, |list| list.from, at)
    }
}

//! Models: what they can take, what they can write, and which prices they have had.

use std::num::NonZeroU64;

use jiff::{Timestamp, civil::Date};

use crate::prices::{ChatPrices, ImagePrices, in_force};
use crate::service::{Service, Task};

/// A way to ask a text model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// OpenAI's chat completions.
    Chat,
    /// OpenAI's responses.
    Responses,
    /// OpenAI's completions of before there was chat.
    Completions,
    /// Anthropic's messages.
    Messages,
}

impl Route {
    /// Each of them.
    pub const ALL: [Self; 4] = [
        Self::Chat,
        Self::Responses,
        Self::Completions,
        Self::Messages,
    ];

    /// Its name, as it stands in price files and answers of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Completions => "completions",
            Self::Messages => "messages",
        }
    }
}

/// A model, or a family of models under a pattern, with everything the catalogue knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub(crate) names: Vec<String>,
    pub(crate) shutdown: Option<Date>,
    /// Along which routes its text section counts.
    pub(crate) routes: Vec<Route>,
    pub(crate) chat: Option<Chat>,
    pub(crate) image: Option<Image>,
    /// At most one of each task.
    pub(crate) services: Vec<Service>,
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

    /// What it is as a text model that can be asked for chat completions, if it is one.
    #[must_use]
    pub fn chat(&self) -> Option<&Chat> {
        self.text(Route::Chat)
    }

    /// What it is as a text model that can be asked along this route, if it is one.
    #[must_use]
    pub fn text(&self, route: Route) -> Option<&Chat> {
        self.chat.as_ref().filter(|_| self.routes.contains(&route))
    }

    /// Along which routes it writes text, in their order.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// What it is as one that does this task, if it is one.
    #[must_use]
    pub fn service(&self, task: Task) -> Option<&Service> {
        self.services.iter().find(|service| service.task == task)
    }

    /// All its tasks.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
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

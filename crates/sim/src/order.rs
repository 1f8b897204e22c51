//! Calls of the routes beside chats and pictures: what is asked, what it comes to, and its answer, whole or as events.

mod answer;
mod completion;
mod embedding;
mod message;
mod moderation;
mod response;
mod speech;
mod text;

use std::sync::Arc;

use crate::bill::Account;
use crate::chat::Label;
use crate::chat::ask::Shelf;
use crate::cost::{self, ServiceTier};
use crate::draw;
use crate::knobs::Knobs;
use crate::prices::TextRow;
use crate::rejection::Rejection;
use crate::usage::{ChatUsage, Style, Told};

pub(crate) use answer::{Written, ended};

/// An answer whose length nobody asked for has one to so many tokens.
const LONGEST_DRAWN: u64 = 200;
/// The most tokens that are ever written.
const MOST_VISIBLE: u64 = 4_000_000;
/// What a search of the web costs, in nano-dollars.
const SEARCH: u64 = 10_000_000;

/// The routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Completions,
    Embeddings,
    Messages,
    /// Counts the tokens of a message, for nothing.
    CountTokens,
    Moderations,
    Responses,
    Speech,
}

impl Route {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::Completions,
        Self::Embeddings,
        Self::Messages,
        Self::CountTokens,
        Self::Moderations,
        Self::Responses,
        Self::Speech,
    ];

    /// Its path.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Completions => "/v1/completions",
            Self::Embeddings => "/v1/embeddings",
            Self::Messages => "/v1/messages",
            Self::CountTokens => "/v1/messages/count_tokens",
            Self::Moderations => "/v1/moderations",
            Self::Responses => "/v1/responses",
            Self::Speech => "/v1/audio/speech",
        }
    }

    /// The event with which a stream of this route breaks off.
    fn broken_off(self, error: &str) -> String {
        match self {
            Self::Messages => {
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\
                \"message\":\"Overloaded\"}}\n\n"
                    .to_owned()
            }
            Self::Completions
            | Self::Embeddings
            | Self::CountTokens
            | Self::Moderations
            | Self::Responses
            | Self::Speech => format!("data: {error}\n\n"),
        }
    }

    const fn style(self) -> Style {
        match self {
            Self::Completions => Style::Completion,
            Self::Embeddings | Self::Moderations => Style::Embedding,
            Self::Messages | Self::CountTokens => Style::Message,
            Self::Responses => Style::Response,
            Self::Speech => Style::Speech,
        }
    }
}

/// What a route read from a body.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) model: String,
    /// Tokens; characters where the model is billed by them.
    pub(crate) input: u64,
    /// The most tokens of each answer.
    pub(crate) max: Option<u64>,
    /// How many answers are written and billed; how many vectors or verdicts there are.
    pub(crate) copies: u64,
    pub(crate) stream: bool,
    /// Whether a stream says what was used.
    pub(crate) tells: bool,
    pub(crate) tier: Option<String>,
    /// The most searches of the web; none where it has no such tool.
    pub(crate) searches: u64,
    /// How many numbers a vector has.
    pub(crate) dimensions: u64,
}

impl Asked {
    fn of(model: String, input: u64) -> Self {
        Self {
            model,
            input,
            max: None,
            copies: 1,
            stream: false,
            tells: true,
            tier: None,
            searches: 0,
            dimensions: 8,
        }
    }
}

/// A request that can be served.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) model: Arc<str>,
    pub(crate) account: Arc<Account>,
    pub(crate) route: Route,
    row: Arc<TextRow>,
    tier: ServiceTier,
    asked: Asked,
    /// Tokens of each answer that anybody sees.
    visible: u64,
    reasoning: u64,
    cached: u64,
    written: u64,
    searches: u64,
    finish: answer::Finish,
}

/// Reads and plans a request.
pub(crate) fn read(
    (route, bytes): (Route, &[u8]),
    (seed, knobs): (u64, &Knobs),
    shelf: Shelf<'_>,
) -> Result<Order, Rejection> {
    let asked = match route {
        Route::Completions => completion::read(bytes)?,
        Route::Embeddings => embedding::read(bytes)?,
        Route::Messages => message::read(bytes, true)?,
        Route::CountTokens => message::read(bytes, false)?,
        Route::Moderations => moderation::read(bytes)?,
        Route::Responses => response::read(bytes)?,
        Route::Speech => speech::read(bytes)?,
    };
    let row = shelf
        .prices
        .text(&asked.model)
        .ok_or_else(|| Rejection::model(&asked.model))?;
    let tier = asked.tier.as_deref();
    let tier = ServiceTier::serving(tier.filter(|word| *word != "standard_only"), row)
        .ok_or_else(|| Rejection::value("service_tier", tier.unwrap_or_default(), "'auto'"))?;
    let drawn = 1 + draw::mix(draw::hash(seed, bytes)) % LONGEST_DRAWN;
    let bound = asked.max.unwrap_or(u64::MAX).min(row.max_output);
    let bound = if knobs.ignore_max { u64::MAX } else { bound };
    let wanted = match route {
        Route::Embeddings | Route::Moderations | Route::CountTokens => 0,
        Route::Speech => knobs.output.unwrap_or(speech::tokens(asked.input)),
        Route::Completions | Route::Messages | Route::Responses => knobs.output.unwrap_or(drawn),
    };
    let reasoning = knobs.reasoning.min(bound);
    let visible = wanted.min(bound - reasoning);
    if visible.saturating_mul(asked.copies) > MOST_VISIBLE {
        let message = "The answer would be longer than 4,000,000 tokens.";
        return Err(Rejection::sentence(message.to_owned()));
    }
    let cached = knobs.cached.min(asked.input);
    Ok(Order {
        model: asked.model.as_str().into(),
        account: shelf.bill.account(&asked.model),
        route,
        row: Arc::clone(row),
        tier,
        visible,
        reasoning,
        cached,
        written: knobs.written.min(asked.input - cached),
        searches: knobs.searches.min(asked.searches),
        finish: if visible == wanted {
            answer::Finish::Stop
        } else {
            answer::Finish::Length
        },
        asked,
    })
}

impl Order {
    /// Whether the answer is a stream.
    pub(crate) const fn streams(&self) -> bool {
        self.asked.stream
    }

    /// Whether the answer says what was used.
    pub(crate) const fn tells(&self) -> bool {
        self.asked.tells
    }

    /// Tokens of each answer.
    pub(crate) const fn visible(&self) -> u64 {
        self.visible
    }

    /// What is used when so many tokens of each answer were written; nothing where the call is free.
    pub(crate) fn usage(&self, written: u64) -> Told {
        let counted = ChatUsage {
            prompt: self.asked.input,
            cached: self.cached,
            written: self.written,
            completion: written * self.asked.copies + self.reasoning,
            reasoning: self.reasoning,
        };
        Told {
            style: self.route.style(),
            counted,
            searches: self.searches,
        }
    }

    /// What a usage costs, in nano-dollars.
    pub(crate) fn nanos(&self, used: Told) -> u64 {
        if self.route == Route::CountTokens {
            return 0;
        }
        let tokens = cost::of_chat(&self.row, self.tier, used.counted);
        tokens.saturating_add(SEARCH.saturating_mul(used.searches))
    }

    /// What of that is for output.
    pub(crate) fn output_nanos(&self, used: Told) -> u64 {
        cost::output_of_chat(&self.row, self.tier, used.counted)
    }

    /// Writes the answer.
    pub(crate) fn write(&self, label: &Label, said: Option<Told>) -> Written {
        match self.route {
            Route::Completions => completion::write(self, label, said),
            Route::Embeddings => embedding::write(self, said),
            Route::Messages => message::write(self, label, said),
            Route::CountTokens => message::count(self),
            Route::Moderations => moderation::write(self, label),
            Route::Responses => response::write(self, label, said),
            Route::Speech => speech::write(self, said),
        }
    }
}

//! Requests for completions of a text, the older kind.

use std::borrow::Cow;

use catalog::Prompt;
use serde_json::value::RawValue;

use crate::body::Edits;
use crate::input::Input;
use crate::metadata::{self, Pair};
use crate::request::{self, BadRequest, MOST_CHOICES, MOST_TOKENS};
use crate::stream_options::StreamOptions;

/// Max tokens where the caller gives none: what `OpenAI` takes then. It is written into what leaves, because another
/// provider takes another.
pub const DEFAULT_MAX_OUTPUT: u64 = 16;

const NAMES: [&str; 11] = [
    "model",
    "prompt",
    "suffix",
    "max_tokens",
    "n",
    "best_of",
    "stream",
    "stream_options",
    "user",
    "safety_identifier",
    "metadata",
];

/// What a completion request asks for, as far as it decides money and routing. Borrows the body.
#[derive(Clone, Debug)]
pub struct Facts<'b> {
    /// The model, as the caller names it.
    pub model: String,
    /// The most output tokens of one choice.
    pub max_output: u64,
    /// The choices that are written, and billed: for each of the prompts as many as `best_of` says, else `n`.
    pub choices: u64,
    /// Whether the answer is to be a stream.
    pub stream: bool,
    /// Whether the caller wants to see the usage at the end of the stream.
    pub include_usage: bool,
    /// The end user: `safety_identifier`, else `user`. Personal: to be hashed before it is kept.
    pub end_user: Option<String>,
    /// What the application writes on the call. To be hashed before it is kept.
    pub tags: Vec<Pair>,
    input: Input<'b>,
    body: &'b [u8],
    raw: Raw<'b>,
}

/// The members as they stand in the body.
#[derive(Clone, Copy, Debug)]
struct Raw<'b> {
    model: &'b RawValue,
    suffix: Option<&'b RawValue>,
    max_tokens: Option<&'b RawValue>,
    stream_options: StreamOptions<'b>,
}

impl<'b> Facts<'b> {
    /// Reads a request body. `null` counts as absent everywhere.
    ///
    /// # Errors
    /// [`BadRequest`]; also for a request without a prompt, whose default is the provider's own.
    pub fn read(body: &'b [u8]) -> Result<Self, BadRequest> {
        let [
            model,
            prompt,
            suffix,
            max_tokens,
            n,
            best_of,
            stream,
            stream_options,
            user,
            safety_identifier,
            metadata,
        ] = request::members(body, &NAMES)?;
        let raw = Raw {
            model: request::required(model, "model")?,
            suffix: request::given(suffix),
            max_tokens,
            stream_options: StreamOptions::read(stream_options)?,
        };
        request::read::<Cow<'_, str>>(raw.suffix, "suffix", "a string")?;
        let input = Input::read(request::required(prompt, "prompt")?, "prompt")?;
        let n = request::count(n, "n", MOST_CHOICES)?.unwrap_or(1);
        let best_of = request::count(best_of, "best_of", MOST_CHOICES)?.unwrap_or(1);
        let max_output = request::count(max_tokens, "max_tokens", MOST_TOKENS)?;
        Ok(Self {
            model: request::model(raw.model)?,
            max_output: max_output.unwrap_or(DEFAULT_MAX_OUTPUT),
            choices: n.max(best_of).saturating_mul(input.inputs),
            stream: request::read(stream, "stream", "a boolean")?.unwrap_or(false),
            include_usage: raw.stream_options.include_usage,
            end_user: request::end_user(safety_identifier, user)?,
            tags: metadata::pairs(metadata)?,
            input,
            body,
            raw,
        })
    }

    /// The input taken apart, to be counted exactly.
    #[must_use]
    pub fn prompt(&self) -> Prompt<'b> {
        self.input.prompt(self.body_len(), self.raw.suffix)
    }

    /// The body's length in bytes.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        request::len(self.body)
    }

    /// The body as it leaves: with the provider's name of the model, with max tokens, and with the wish for the usage of a
    /// stream where the provider knows that.
    #[must_use]
    pub fn edited(&self, model: &str, max_output: u64, include_usage: bool) -> Cow<'b, [u8]> {
        let mut edits = Edits::to(self.body);
        edits.model(self.raw.model, &self.model, Some(model));
        let stands_there = request::given(self.raw.max_tokens).is_some();
        if !stands_there || max_output != self.max_output {
            edits.set("max_tokens", self.raw.max_tokens, max_output.to_string());
        }
        if include_usage {
            self.raw.stream_options.ask_for_usage(&mut edits);
        }
        edits.done()
    }
}

//! Chat completion requests: what decides money and routing, and the few edits a gateway makes.
//!
//! Only the members listed in [`Facts::read`] are looked at; a member this crate does not know passes through. What is
//! known to cost money in a way that is not metered (sound, predicted outputs, web search) is refused by name.

mod edit;
mod prompt;

use catalog::{CacheLife, Parts};
use serde_json::value::RawValue;

use crate::metadata::{self, Pair};
use crate::request::{self, BadRequest, MOST_CHOICES, MOST_TOKENS};
use crate::stream_options::StreamOptions;

pub use self::edit::{Edit, MaxMember, MaxOutput};

const NAMES: [&str; 20] = [
    "model",
    "messages",
    "max_tokens",
    "max_completion_tokens",
    "n",
    "stream",
    "stream_options",
    "service_tier",
    "user",
    "safety_identifier",
    "metadata",
    "tools",
    "functions",
    "response_format",
    "prompt_cache_options",
    "modalities",
    "audio",
    "prediction",
    "web_search_options",
    "plugins",
];

/// What a chat completion request asks for, as far as it decides money and routing. Borrows the body.
#[derive(Clone, Debug)]
pub struct Facts<'b> {
    /// The model, as the caller names it.
    pub model: String,
    /// The most output tokens of one choice, where the caller says.
    pub max_output: Option<u64>,
    /// The number of choices, at least 1.
    pub n: u64,
    /// Whether the answer is to be a stream.
    pub stream: bool,
    /// Whether the caller wants to see the usage at the end of the stream.
    pub include_usage: bool,
    /// The tier asked for.
    pub service_tier: Option<String>,
    /// The end user: `safety_identifier`, else `user`. Personal: to be hashed before it is kept.
    pub end_user: Option<String>,
    /// What the application writes on the call. To be hashed before it is kept.
    pub tags: Vec<Pair>,
    /// Whether all input is text in the body.
    pub parts: Parts,
    /// How long anything is to stay in the provider's cache.
    pub cache: CacheLife,
    body: &'b [u8],
    raw: Raw<'b>,
}

/// The members as they stand in the body.
#[derive(Clone, Copy, Debug)]
struct Raw<'b> {
    model: &'b RawValue,
    messages: &'b RawValue,
    max_tokens: Option<&'b RawValue>,
    max_completion_tokens: Option<&'b RawValue>,
    stream_options: StreamOptions<'b>,
    json: [Option<&'b RawValue>; 3],
}

impl<'b> Facts<'b> {
    /// Reads a request body. `null` counts as absent everywhere.
    ///
    /// # Errors
    /// [`BadRequest`]: no JSON object, nested too deep, a member that decides money given twice or with a wrong type,
    /// or a feature that is not metered.
    pub fn read(body: &'b [u8]) -> Result<Self, BadRequest> {
        let [
            model,
            messages,
            max_tokens,
            max_completion_tokens,
            n,
            stream,
            stream_options,
            service_tier,
            user,
            safety_identifier,
            metadata,
            tools,
            functions,
            response_format,
            prompt_cache_options,
            unmetered @ ..,
        ] = request::members(body, &NAMES)?;
        refuse_unmetered(unmetered)?;
        let stream_options = StreamOptions::read(stream_options)?;
        let json = [tools, functions, response_format].map(request::given);
        let raw = Raw {
            model: request::required(model, "model")?,
            messages: request::required(messages, "messages")?,
            max_tokens,
            max_completion_tokens,
            stream_options,
            json,
        };
        let scan = prompt::scan(raw.messages, prompt_cache_options, &json)?;
        Ok(Self {
            model: request::model(raw.model)?,
            max_output: max_output(max_tokens, max_completion_tokens)?,
            n: request::count(n, "n", MOST_CHOICES)?.unwrap_or(1),
            stream: request::read(stream, "stream", "a boolean")?.unwrap_or(false),
            include_usage: stream_options.include_usage,
            service_tier: request::read(service_tier, "service_tier", "a string")?,
            end_user: request::end_user(safety_identifier, user)?,
            tags: metadata::pairs(metadata)?,
            parts: scan.parts,
            cache: scan.cache,
            body,
            raw,
        })
    }

    /// The input taken apart, to be counted exactly. Reads the messages once more; a call that fits by its bytes does
    /// not need it.
    #[must_use]
    pub fn prompt(&self) -> catalog::Prompt<'b> {
        prompt::take_apart(self)
    }

    /// The body's length in bytes.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        request::len(self.body)
    }
}

fn refuse_unmetered(
    [modalities, audio, prediction, web_search, plugins]: [Option<&RawValue>; 5],
) -> Result<(), BadRequest> {
    let modalities: Option<Vec<String>> =
        request::read(modalities, "modalities", "a list of strings")?;
    if modalities.is_some_and(|modalities| modalities.iter().any(|word| word != "text")) {
        return Err(BadRequest::NotMetered {
            param: "modalities",
            why: "only text output has a price here",
        });
    }
    request::not_metered(audio, "audio", "sound has no price here")?;
    request::not_metered(
        prediction,
        "prediction",
        "rejected predictions are billed beyond max tokens",
    )?;
    request::not_metered(
        web_search,
        "web_search_options",
        "searches are billed by the call",
    )?;
    request::not_metered(plugins, "plugins", "plugins are billed by the call")
}

fn max_output(
    max_tokens: Option<&RawValue>,
    max_completion_tokens: Option<&RawValue>,
) -> Result<Option<u64>, BadRequest> {
    let older = request::count(max_tokens, "max_tokens", MOST_TOKENS)?;
    let newer = request::count(max_completion_tokens, "max_completion_tokens", MOST_TOKENS)?;
    match (older, newer) {
        (Some(_), Some(_)) => Err(BadRequest::Invalid {
            param: "max_tokens",
            expected: "either max_tokens or max_completion_tokens, not both",
        }),
        (older, newer) => Ok(older.or(newer)),
    }
}

//! Requests for responses, `OpenAI`'s newer kind: what decides money and routing, and the few edits a gateway makes.
//!
//! Much of what a response reads need not be in the body: an earlier response, a conversation, a stored prompt, a file.
//! Such a call is [`Parts::Opaque`], and the model's window bounds it. Tools that the provider runs itself are in
//! [`Facts::built_in`]; each call of one adds to what the model reads next, and most are billed by the call.

mod tools;

use std::borrow::Cow;

use catalog::{CacheLife, Parts, Prompt};
use serde_json::value::RawValue;

use crate::body::Edits;
use crate::content::{Member, Notation, Seen};
use crate::metadata::{self, Pair};
use crate::request::{self, BadRequest, MOST_TOKENS};

pub use self::tools::{BuiltIn, SearchContext};

/// The most tool calls that are taken for a bound; no response makes as many.
const MOST_TOOL_CALLS: u64 = 1_000;

const NAMES: [&str; 22] = [
    "model",
    "input",
    "instructions",
    "tools",
    "text",
    "previous_response_id",
    "conversation",
    "prompt",
    "max_output_tokens",
    "max_tool_calls",
    "stream",
    "background",
    "service_tier",
    "user",
    "safety_identifier",
    "metadata",
    "prompt_cache_options",
    "context_management",
    "modalities",
    "audio",
    "plugins",
    "n",
];

const ITEMS: Notation = Notation {
    member,
    is_text,
    expected: BadRequest::Invalid {
        param: "input",
        expected: "a text, or a list of items",
    },
};

/// What a request for a response asks for, as far as it decides money and routing. Borrows the body.
#[derive(Clone, Debug)]
pub struct Facts<'b> {
    /// The model, as the caller names it.
    pub model: String,
    /// The most output tokens, where the caller says.
    pub max_output: Option<u64>,
    /// The most calls of tools that the provider runs, where the caller says.
    pub max_tool_calls: Option<u64>,
    /// The tools that the provider runs itself.
    pub built_in: Vec<BuiltIn>,
    /// Whether the answer is to be a stream.
    pub stream: bool,
    /// Whether the answer comes at once and the work is done later.
    pub background: bool,
    /// The tier asked for.
    pub service_tier: Option<String>,
    /// The end user: `safety_identifier`, else `user`. Personal: to be hashed before it is kept.
    pub end_user: Option<String>,
    /// What the application writes on the call. To be hashed before it is kept.
    pub tags: Vec<Pair>,
    seen: Seen<'b>,
    body: &'b [u8],
    raw: Raw<'b>,
}

/// The members as they stand in the body.
#[derive(Clone, Copy, Debug)]
struct Raw<'b> {
    model: &'b RawValue,
    max_output_tokens: Option<&'b RawValue>,
    max_tool_calls: Option<&'b RawValue>,
}

/// What to change in a request for a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit<'a> {
    /// The name under which the provider knows the model.
    pub model: &'a str,
    /// The most output tokens, where they are to be said.
    pub max_output: Option<u64>,
    /// The most calls of tools that the provider runs, where they are to be said.
    pub max_tool_calls: Option<u64>,
}

impl<'b> Facts<'b> {
    /// Reads a request body. `null` counts as absent everywhere.
    ///
    /// # Errors
    /// [`BadRequest`]; also for a request without a model, which a stored prompt could name: its price is not known before
    /// it is sent. Sound, plugins and compaction are [`BadRequest::NotMetered`].
    pub fn read(body: &'b [u8]) -> Result<Self, BadRequest> {
        let [
            model,
            input,
            instructions,
            tools,
            text,
            previous,
            conversation,
            prompt,
            max_output_tokens,
            max_tool_calls,
            stream,
            background,
            service_tier,
            user,
            safety_identifier,
            metadata,
            cache_options,
            unmetered @ ..,
        ] = request::members(body, &NAMES)?;
        refuse_unmetered(unmetered)?;
        let raw = Raw {
            model: request::required(model, "model")?,
            max_output_tokens,
            max_tool_calls,
        };
        let elsewhere = [previous, conversation, prompt];
        let mut seen = seen(input, instructions, &elsewhere)?;
        seen.also(tools);
        seen.also(text);
        seen.cache_options(cache_options);
        Ok(Self {
            model: request::model(raw.model)?,
            max_output: request::count(max_output_tokens, "max_output_tokens", MOST_TOKENS)?,
            max_tool_calls: request::count(max_tool_calls, "max_tool_calls", MOST_TOOL_CALLS)?,
            built_in: tools::built_in(tools)?,
            stream: request::read(stream, "stream", "a boolean")?.unwrap_or(false),
            background: request::read(background, "background", "a boolean")?.unwrap_or(false),
            service_tier: request::read(service_tier, "service_tier", "a string")?,
            end_user: request::end_user(safety_identifier, user)?,
            tags: metadata::pairs(metadata)?,
            seen,
            body,
            raw,
        })
    }

    /// Whether all input is text in the body.
    #[must_use]
    pub const fn parts(&self) -> Parts {
        self.seen.parts
    }

    /// How long anything is to stay in the provider's cache.
    #[must_use]
    pub const fn cache(&self) -> CacheLife {
        self.seen.cache
    }

    /// The input taken apart, to be counted exactly.
    #[must_use]
    pub fn prompt(&self) -> Prompt<'b> {
        self.seen.prompt(self.body_len())
    }

    /// The body's length in bytes.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        request::len(self.body)
    }

    /// The body with the edits done; the very same bytes where there are none.
    #[must_use]
    pub fn edited(&self, edit: &Edit<'_>) -> Cow<'b, [u8]> {
        let mut edits = Edits::to(self.body);
        edits.model(self.raw.model, &self.model, Some(edit.model));
        if let Some(tokens) = edit
            .max_output
            .filter(|_| edit.max_output != self.max_output)
        {
            let name = "max_output_tokens";
            edits.set(name, self.raw.max_output_tokens, tokens.to_string());
        }
        let calls = edit.max_tool_calls;
        if let Some(calls) = calls.filter(|_| calls != self.max_tool_calls) {
            edits.set("max_tool_calls", self.raw.max_tool_calls, calls.to_string());
        }
        edits.done()
    }
}

fn seen<'b>(
    input: Option<&'b RawValue>,
    instructions: Option<&'b RawValue>,
    elsewhere: &[Option<&RawValue>; 3],
) -> Result<Seen<'b>, BadRequest> {
    let mut seen = Seen::NOTHING;
    if elsewhere.iter().any(|from| request::given(*from).is_some()) {
        seen.opaque();
    }
    for content in [instructions, input].into_iter().filter_map(request::given) {
        seen.look(&ITEMS, content)?;
    }
    Ok(seen)
}

fn refuse_unmetered(
    [compaction, modalities, audio, plugins, n]: [Option<&RawValue>; 5],
) -> Result<(), BadRequest> {
    let sound = "only text has a price on this route";
    request::not_metered(
        compaction,
        "context_management",
        "what a compaction writes is not bounded by max_output_tokens",
    )?;
    request::not_metered(modalities, "modalities", sound)?;
    request::not_metered(audio, "audio", sound)?;
    request::not_metered(plugins, "plugins", "plugins are billed by the call")?;
    request::not_metered(n, "n", "this route writes one answer")
}

fn member(name: &str) -> Member {
    match name {
        "type" => Member::Kind,
        "role" | "id" | "status" | "call_id" | "phase" | "logprobs" => Member::Silent,
        "text" | "refusal" | "name" => Member::Text,
        "content" | "output" | "summary" => Member::Content,
        // What is encrypted is not shorter than what it says, and no token is shorter than a byte.
        "arguments" | "input" | "annotations" | "encrypted_content" | "action" | "namespace" => {
            Member::Json
        }
        "prompt_cache_breakpoint" | "cache_control" => Member::Cache,
        _ => Member::Opaque,
    }
}

fn is_text(kind: &str) -> bool {
    matches!(
        kind,
        "message"
            | "input_text"
            | "output_text"
            | "refusal"
            | "summary_text"
            | "reasoning"
            | "reasoning_text"
            | "function_call"
            | "function_call_output"
            | "custom_tool_call"
            | "custom_tool_call_output"
            | "local_shell_call"
            | "local_shell_call_output"
    )
}

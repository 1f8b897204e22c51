//! Anthropic's requests for messages: what decides money and routing, and the few edits a gateway makes.

mod tools;

use std::borrow::Cow;

use catalog::{CacheLife, Parts, Prompt};
use serde_json::value::RawValue;

use crate::body::Edits;
use crate::content::{Member, Notation, Seen};
use crate::metadata::Pair;
use crate::object;
use crate::request::{self, BadRequest, MOST_TOKENS};

pub use self::tools::ServerTool;

/// Tokens that Anthropic adds by itself where there are tools: instructions of up to 804 tokens by its documentation, and
/// what sets the tools off from each other.
const AROUND_TOOLS: u64 = 1_024;

const NAMES: [&str; 17] = [
    "model",
    "messages",
    "system",
    "max_tokens",
    "tools",
    "output_config",
    "output_format",
    "stream",
    "metadata",
    "service_tier",
    "thinking",
    "cache_control",
    "container",
    "mcp_servers",
    "speed",
    "inference_geo",
    "context_management",
];

const BLOCKS: Notation = Notation {
    member,
    is_text,
    expected: BadRequest::Invalid {
        param: "messages",
        expected: "a list of objects with a role and a content",
    },
};

/// What a request for a message asks for, as far as it decides money and routing. Borrows the body.
#[derive(Clone, Debug)]
pub struct Facts<'b> {
    /// The model, as the caller names it.
    pub model: String,
    /// The most output tokens, thinking included. Absent only in a request to count tokens.
    pub max_output: Option<u64>,
    /// The fewest output tokens that the provider takes: one more than the caller's budget for thinking.
    pub least_output: u64,
    /// The tools that the provider runs itself.
    pub server_tools: Vec<ServerTool>,
    /// Whether the answer is to be a stream.
    pub stream: bool,
    /// The tier asked for.
    pub service_tier: Option<String>,
    /// The end user: `metadata.user_id`. Personal: to be hashed before it is kept.
    pub end_user: Option<String>,
    /// What the application writes on the call. This route has no member for it, so it is always empty.
    pub tags: Vec<Pair>,
    seen: Seen<'b>,
    has_tools: bool,
    body: &'b [u8],
    raw_model: &'b RawValue,
    raw_max_tokens: Option<&'b RawValue>,
}

impl<'b> Facts<'b> {
    /// Reads a request for a message. `null` counts as absent everywhere.
    ///
    /// # Errors
    /// [`BadRequest`]. Other speeds and places than the standard ones are [`BadRequest::NotMetered`].
    pub fn read(body: &'b [u8]) -> Result<Self, BadRequest> {
        let facts = Self::read_to_count(body)?;
        request::required(facts.raw_max_tokens, "max_tokens")?;
        Ok(facts)
    }

    /// Reads a request to count the tokens of a message, which has no max tokens.
    ///
    /// # Errors
    /// As [`Facts::read`].
    pub fn read_to_count(body: &'b [u8]) -> Result<Self, BadRequest> {
        let [
            model,
            messages,
            system,
            max_tokens,
            tools,
            output_config,
            output_format,
            stream,
            metadata,
            service_tier,
            thinking,
            cache_control,
            elsewhere @ ..,
        ] = request::members(body, &NAMES)?;
        let raw_model = request::required(model, "model")?;
        let mut seen = Seen::NOTHING;
        for content in [system, Some(request::required(messages, "messages")?)] {
            if let Some(content) = request::given(content) {
                seen.look(&BLOCKS, content)?;
            }
        }
        for json in [tools, output_config, output_format] {
            seen.also(json);
        }
        seen.cache_options(cache_control);
        look_elsewhere(&mut seen, elsewhere)?;
        Ok(Self {
            model: request::model(raw_model)?,
            max_output: request::count(max_tokens, "max_tokens", MOST_TOKENS)?,
            least_output: thinking_budget(thinking)?.saturating_add(1),
            server_tools: tools::server_tools(tools)?,
            stream: request::read(stream, "stream", "a boolean")?.unwrap_or(false),
            service_tier: request::read(service_tier, "service_tier", "a string")?,
            end_user: user_id(metadata)?,
            tags: Vec::new(),
            seen,
            has_tools: request::given(tools).is_some(),
            body,
            raw_model,
            raw_max_tokens: max_tokens,
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

    /// The length in bytes of the body, and of what the provider adds to it by itself.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        let added = if self.has_tools { AROUND_TOOLS } else { 0 };
        request::len(self.body).saturating_add(added)
    }

    /// The body with the provider's name of the model and with max tokens; the very same bytes where they are the same.
    #[must_use]
    pub fn edited(&self, model: &str, max_output: Option<u64>) -> Cow<'b, [u8]> {
        let mut edits = Edits::to(self.body);
        edits.model(self.raw_model, &self.model, Some(model));
        if let Some(tokens) = max_output.filter(|_| max_output != self.max_output) {
            edits.set("max_tokens", self.raw_max_tokens, tokens.to_string());
        }
        edits.done()
    }
}

/// What the model reads or does that is not in the body, and what is billed otherwise.
fn look_elsewhere(
    seen: &mut Seen<'_>,
    [container, servers, speed, place, management]: [Option<&RawValue>; 5],
) -> Result<(), BadRequest> {
    let listed = |list: &RawValue| !list.get().trim_matches(['[', ']']).trim().is_empty();
    if request::given(container).is_some() || request::given(servers).is_some_and(listed) {
        seen.opaque();
    }
    let speed: Option<String> = request::read(speed, "speed", "a string")?;
    if speed.is_some_and(|speed| speed != "standard") {
        return Err(BadRequest::NotMetered {
            param: "speed",
            why: "only the standard speed has a price here",
        });
    }
    let place: Option<String> = request::read(place, "inference_geo", "a string")?;
    if place.is_some_and(|place| place != "global") {
        return Err(BadRequest::NotMetered {
            param: "inference_geo",
            why: "only calls without a place have a price here",
        });
    }
    // Clearing shortens the input; summing up writes beyond max tokens.
    let sums_up =
        |value: &RawValue| memchr::memmem::find(value.get().as_bytes(), b"compact").is_some();
    if request::given(management).is_some_and(sums_up) {
        return Err(BadRequest::NotMetered {
            param: "context_management",
            why: "what a compaction writes is not bounded by max_tokens",
        });
    }
    Ok(())
}

fn thinking_budget(thinking: Option<&RawValue>) -> Result<u64, BadRequest> {
    let Some(thinking) = request::given(thinking) else {
        return Ok(0);
    };
    let expected = "an object with a type";
    let members = object::members(thinking.get().as_bytes(), &["budget_tokens"]);
    let [budget] = members.map_err(|_malformed| BadRequest::Invalid {
        param: "thinking",
        expected,
    })?;
    let budget = request::count(budget, "thinking.budget_tokens", MOST_TOKENS)?;
    Ok(budget.unwrap_or(0))
}

fn user_id(metadata: Option<&RawValue>) -> Result<Option<String>, BadRequest> {
    let Some(metadata) = request::given(metadata) else {
        return Ok(None);
    };
    let [user_id] = request::members(metadata.get().as_bytes(), &["user_id"])?;
    let user_id: Option<String> = request::read(user_id, "metadata.user_id", "a string")?;
    Ok(user_id.filter(|user| !user.is_empty()))
}

fn member(name: &str) -> Member {
    match name {
        "type" => Member::Kind,
        "role" | "id" | "tool_use_id" | "is_error" | "signature" => Member::Silent,
        "text" | "name" | "thinking" | "title" => Member::Text,
        "content" => Member::Content,
        // What is encrypted is not shorter than what it says, and no token is shorter than a byte.
        "input" | "data" | "citations" | "context" | "caller" => Member::Json,
        "cache_control" => Member::Cache,
        _ => Member::Opaque,
    }
}

fn is_text(kind: &str) -> bool {
    matches!(
        kind,
        "text" | "tool_use" | "tool_result" | "thinking" | "redacted_thinking" | "search_result"
    )
}

//! What a provider says when it refuses, in any of the envelopes that are about.
//!
//! - `OpenAI`: `{"error": {"message", "type", "param", "code"}}`; in a stream of its newer kind also
//!   `{"type": "error", "code", "message"}` and `{"type": "response.failed", "response": {"error": {…}}}`
//! - `OpenRouter`: the same with a number as `code`, and a `metadata` or `availability` object
//! - Anthropic: `{"type": "error", "error": {"type", "message", "details": {"error_code"}}}`
//! - Google: `{"error": {"code", "message", "status", "details": […]}}`, now and then in a list of one
//! - Mistral, vLLM: the members at the top, without `error`
//! - xAI, Ollama: `{"code", "error": "…"}`

use serde_json::value::RawValue;

use super::extras::Extras;
use crate::object::{self, members, string_of};
use crate::request::given;

/// The most characters of a message that are kept.
const LONGEST_MESSAGE: usize = 2_000;

/// A provider's error, as far as it could be read. Reading never fails: what is not understood is a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderError {
    /// The HTTP status; 200 for an error in the middle of a stream.
    pub status: u16,
    /// `type`, the class of the error; Google's `status`.
    pub kind: Option<String>,
    /// `code`, as text even where it is a number.
    pub code: Option<String>,
    /// A finer code from the extras: `OpenRouter`'s `metadata.reason`, `limit_source` or `error_type`, or its
    /// `availability.code`; Anthropic's `details.error_code`; Google's `reason`.
    pub reason: Option<String>,
    /// What it says to people; at most 2,000 characters. May be empty.
    pub message: String,
    /// The parameter it blames.
    pub param: Option<String>,
    /// The provider's name of the ceiling that was reached, where there is one (Google's).
    pub cap: Option<String>,
    /// How long to wait, or until when, as it stands there: `55s`, `29`, `2026-09-01T00:00:00Z`.
    pub wait: Option<String>,
}

impl ProviderError {
    /// Reads an answer's status and body.
    #[must_use]
    pub fn read(status: u16, body: &[u8]) -> Self {
        let nothing = Self {
            status,
            kind: None,
            code: None,
            reason: None,
            message: String::new(),
            param: None,
            cap: None,
            wait: None,
        };
        let object = out_of_list(body);
        let Ok([error, response]) = members(object, &["error", "response"]) else {
            return Self {
                message: shortened(&String::from_utf8_lossy(body)),
                ..nothing
            };
        };
        let within = |outer: &RawValue| {
            let [error] = members(outer.get().as_bytes(), &["error"]).ok()?;
            Self::read_object(status, given(error)?.get().as_bytes())
        };
        match given(error) {
            Some(text) if text.get().starts_with('"') => Self {
                message: shortened(&object::string(text).unwrap_or_default()),
                ..Self::read_object(status, object).unwrap_or(nothing)
            },
            Some(error) => Self::read_object(status, error.get().as_bytes()).unwrap_or(nothing),
            None => given(response)
                .and_then(within)
                .or_else(|| Self::read_object(status, object))
                .unwrap_or(nothing),
        }
    }

    /// Reads the body of an answer that is well by its status: some providers have begun it before they fail. `None` where
    /// there is no error in it.
    #[must_use]
    pub fn within_answer(body: &[u8]) -> Option<Self> {
        let [error] = members(out_of_list(body), &["error"]).ok()?;
        given(error)?;
        Some(Self::read(200, body))
    }

    /// The most telling code there is.
    #[must_use]
    pub fn finest_code(&self) -> Option<&str> {
        self.reason.as_deref().or(self.code.as_deref())
    }

    fn read_object(status: u16, object: &[u8]) -> Option<Self> {
        let names = ["type", "code", "message", "param", "status"];
        let [kind, code, message, param, word] = members(object, &names).ok()?;
        let Extras { reason, cap, wait } = Extras::read(object);
        Some(Self {
            status,
            kind: string_of(kind).or_else(|| string_of(word)),
            code: given(code).and_then(object::text_or_number),
            reason,
            message: shortened(&string_of(message).unwrap_or_default()),
            param: string_of(param),
            cap,
            wait,
        })
    }
}

/// The first of a list, where the body is one.
pub(super) fn out_of_list(body: &[u8]) -> &[u8] {
    let list = body.trim_ascii_start().first() == Some(&b'[');
    let first = || {
        let all: Vec<&RawValue> = serde_json::from_slice(body).ok()?;
        all.first().map(|first| first.get().as_bytes())
    };
    if list { first().unwrap_or(body) } else { body }
}

fn shortened(message: &str) -> String {
    message.chars().take(LONGEST_MESSAGE).collect()
}

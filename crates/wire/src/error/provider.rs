//! What a provider says when it refuses, in any of the envelopes that are about.
//!
//! - `OpenAI`: `{"error": {"message", "type", "param", "code"}}`
//! - `OpenRouter`: the same with a number as `code` and a `metadata` object
//! - Anthropic: `{"type": "error", "error": {"type", "message", "details": {"error_code"}}}`
//! - Mistral: the members at the top, without `error`

use serde_json::{Value, value::RawValue};

use crate::object::{self, members, string_of};
use crate::request::given;
use crate::splice::Splices;

/// The most characters of a message that are kept.
const LONGEST_MESSAGE: usize = 2_000;

/// A provider's error, as far as it could be read. Reading never fails: what is not understood is a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderError {
    /// The HTTP status; 200 for an error in the middle of a stream.
    pub status: u16,
    /// `type`, the class of the error.
    pub kind: Option<String>,
    /// `code`, as text even where it is a number.
    pub code: Option<String>,
    /// A finer code from the extras: `OpenRouter`'s `metadata.reason`, `limit_source` or `error_type`, Anthropic's
    /// `details.error_code`.
    pub reason: Option<String>,
    /// What it says to people; at most 2,000 characters. May be empty.
    pub message: String,
    /// The parameter it blames.
    pub param: Option<String>,
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
        };
        let Ok([error]) = members(body, &["error"]) else {
            return Self {
                message: shortened(&String::from_utf8_lossy(body)),
                ..nothing
            };
        };
        match given(error) {
            Some(text) if text.get().starts_with('"') => Self {
                message: shortened(&object::string(text).unwrap_or_default()),
                ..nothing
            },
            Some(error) => Self::read_object(status, error.get().as_bytes()).unwrap_or(nothing),
            None => Self::read_object(status, body).unwrap_or(nothing),
        }
    }

    /// The most telling code there is.
    #[must_use]
    pub fn finest_code(&self) -> Option<&str> {
        self.reason.as_deref().or(self.code.as_deref())
    }

    fn read_object(status: u16, object: &[u8]) -> Option<Self> {
        let names = ["type", "code", "message", "param", "metadata", "details"];
        let [kind, code, message, param, metadata, details] = members(object, &names).ok()?;
        let metadata = metadata.and_then(|metadata| {
            members(
                metadata.get().as_bytes(),
                &["reason", "limit_source", "error_type"],
            )
            .ok()
        });
        let details =
            details.and_then(|details| members(details.get().as_bytes(), &["error_code"]).ok());
        let extras = metadata
            .into_iter()
            .flatten()
            .chain(details.into_iter().flatten());
        Some(Self {
            status,
            kind: string_of(kind),
            code: given(code).and_then(code_of),
            reason: extras.flatten().find_map(object::string),
            message: shortened(&string_of(message).unwrap_or_default()),
            param: string_of(param),
        })
    }
}

fn code_of(code: &RawValue) -> Option<String> {
    let number = || {
        serde_json::from_str::<i64>(code.get())
            .ok()
            .map(|number| number.to_string())
    };
    object::string(code).or_else(number)
}

fn shortened(message: &str) -> String {
    message.chars().take(LONGEST_MESSAGE).collect()
}

/// The body with `prefix` in front of the message people read, and every other byte as it was. `None` where there is
/// no message.
#[must_use]
pub fn prefix_message(body: &[u8], prefix: &str) -> Option<Vec<u8>> {
    let [error, at_top] = members(body, &["error", "message"]).ok()?;
    let message = match given(error) {
        Some(error) if error.get().starts_with('{') => {
            let [message] = members(error.get().as_bytes(), &["message"]).ok()?;
            message
        }
        Some(text) => Some(text),
        None => at_top,
    };
    let place = object::span(
        body,
        message.filter(|message| message.get().starts_with('"'))?,
    )?;
    let escaped = Value::from(prefix).to_string();
    let inside = escaped.strip_prefix('"')?.strip_suffix('"')?;
    let mut splices = Splices::new();
    splices.insert(place.start.checked_add(1)?, inside);
    Some(splices.apply(body))
}

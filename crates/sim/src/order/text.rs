//! Tokens of what a model reads, whatever the notation: every text in it, and something around each piece.

use serde_json::Value;

use crate::rejection::Rejection;
use crate::tokens::count;

/// Tokens around every item.
const PER_ITEM: u64 = 3;
/// Tokens of an image in a prompt.
const PER_IMAGE: u64 = 765;

/// A body as a tree: these routes are not the ones that are measured.
pub(super) fn tree(bytes: &[u8]) -> Result<Value, Rejection> {
    serde_json::from_slice(bytes).map_err(|error| Rejection::json(&error))
}

/// A member that has to be a text.
pub(super) fn text(body: &Value, name: &str) -> Result<String, Rejection> {
    let found = body.get(name).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Rejection::sentence(format!("Missing required parameter: '{name}'.")))
}

/// A member that is a number, if it is there.
pub(super) fn number(body: &Value, name: &str) -> Option<u64> {
    body.get(name).and_then(Value::as_u64)
}

/// A member that is a yes or no, if it is there.
pub(super) fn flag(body: &Value, name: &str) -> bool {
    body.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// Tokens of texts, of lists of tokens, and of lists of these; and how many inputs they are.
pub(super) fn inputs(input: &Value) -> Option<(u64, u64)> {
    match input {
        Value::String(text) => Some((count(text), 1)),
        Value::Array(list) if list.iter().all(Value::is_u64) => {
            Some((u64::try_from(list.len()).ok()?, 1))
        }
        Value::Array(list) => list.iter().try_fold((0, 0), |(tokens, many), one| {
            let (more, _) = inputs(one)?;
            Some((tokens + more, many + 1))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

/// Tokens of a text, of items with content, and of content with parts.
pub(super) fn content(content: &Value) -> u64 {
    match content {
        Value::String(text) => count(text),
        Value::Array(items) => items.iter().map(item).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => 0,
    }
}

/// Tokens of JSON that a model reads, such as its tools.
pub(super) fn json(value: Option<&Value>) -> u64 {
    value.map_or(0, |value| count(&value.to_string()))
}

fn item(item: &Value) -> u64 {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind.contains("image") || kind == "document" {
        return PER_IMAGE;
    }
    let texts = ["role", "text", "arguments", "thinking"].into_iter();
    let texts = texts.filter_map(|name| item.get(name).and_then(Value::as_str));
    let nested = ["content", "output"].into_iter();
    let nested = nested.filter_map(|name| item.get(name));
    let around = if kind.is_empty() || kind == "message" {
        PER_ITEM
    } else {
        0
    };
    around + texts.map(count).sum::<u64>() + nested.map(content).sum::<u64>()
}

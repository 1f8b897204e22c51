//! Reads an error as people paste it: a body, `curl -i`, an exception of a library in any language with its trace, a line
//! of a log, an event of a stream, also cut off. What is not found stays unknown; reading never fails.

mod connection;
mod loose;
mod status;
mod whose;

use diagnosis::Provider;
use jiff::Timestamp;
use serde_json::{Value, json};

pub use connection::why as unreachable_by;

use super::{Answer, Asked, Headers, certain_cause};

/// How many places are tried as the beginning of a body.
const MOST_BODIES: usize = 256;
/// How often one text may lie within another, as a body in a line of a log that is JSON itself.
const DEEPEST: u8 = 3;
/// How many words are looked at as the code of an error.
const MOST_WORDS: usize = 256;

/// Reads what was pasted. `provider` is whose it is unless the text says otherwise.
#[must_use]
pub fn read(text: &str, provider: Provider, at: Timestamp) -> Answer {
    let text = text
        .replace(['\u{201c}', '\u{201d}'], "\"")
        .replace(['\u{2018}', '\u{2019}'], "'");
    let mut headers = Headers::default();
    for line in text.lines() {
        if let Some((name, value)) = header(line) {
            headers.take(name, value);
        }
    }
    let provider = whose::provider(&text, provider);
    let asked = Asked::Pasted(whose::endpoint(&text));
    let status = status::of(&text);
    let found = body(&text, DEEPEST);
    // An answer that is well was copied along with its body.
    if let (Some(200..300), None) = (status, &found) {
        return Answer::read(asked, provider, (200, headers), b"{}", at);
    }
    let body = found.unwrap_or_else(|| of_words(&text, (&asked, provider), at));
    let bytes = body.to_string().into_bytes();
    Answer::read(asked, provider, (status.unwrap_or(0), headers), &bytes, at)
}

/// A line as a header: `< name: value`, `name: value`, `'name': 'value',`.
fn header(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches(['<', '>']).trim();
    let (name, value) = line.split_once(':')?;
    let name = name.trim().trim_matches(['"', '\'']);
    let value = value.trim().trim_end_matches(',').trim_matches(['"', '\'']);
    (!name.is_empty()).then_some((name, value))
}

/// The last error in the text that has a code or a type, else the last one: of a program that tried again, that is what it
/// ended with. It may lie within a text that is quoted itself.
fn body(text: &str, depth: u8) -> Option<Value> {
    let deeper = depth.checked_sub(1)?;
    let mut rest = text;
    let mut best: Option<(bool, Value)> = None;
    for _place in 0..MOST_BODIES {
        let Some(at) = rest.find('{') else {
            break;
        };
        let here = rest.get(at..).unwrap_or_default();
        let read = strict(here).or_else(|| loose::object(here));
        let error = read.and_then(|(value, length)| Some((envelope(value, deeper)?, length)));
        let length = error.as_ref().map_or(1, |(_, length)| *length);
        if let Some((value, _)) = error {
            let named = is_named(&value);
            if named || best.as_ref().is_none_or(|(best, _)| !best) {
                best = Some((named, value));
            }
        }
        rest = here.get(length.max(1)..).unwrap_or_default();
    }
    let named = best.as_ref().is_some_and(|(named, _)| *named);
    let quoted = || {
        let plain = unescaped(text)?;
        body(&plain, deeper)
    };
    if named {
        return best.map(|(_, value)| value);
    }
    quoted().or_else(|| best.map(|(_, value)| value))
}

/// The object as JSON, and its length.
fn strict(text: &str) -> Option<(Value, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, values.byte_offset()))
}

/// Whether an error says what it is in a word for programs.
fn is_named(envelope: &Value) -> bool {
    let error = envelope.get("error").filter(|error| error.is_object());
    let error = error.unwrap_or(envelope);
    let word = |name| error.get(name).is_some_and(Value::is_string);
    word("code") || word("type") || word("status") || error.get("metadata").is_some()
}

/// The object as an envelope: as it is, out of an event of a stream, or out of a text in it.
fn envelope(value: Value, depth: u8) -> Option<Value> {
    match value.get("error") {
        Some(Value::String(text)) if text.contains('{') => {
            return body(text, depth).or(Some(value));
        }
        Some(error) if !error.is_null() => return Some(value),
        _ => {}
    }
    if let Some(error) = value.pointer("/response/error").filter(|e| e.is_object()) {
        return Some(json!({"error": error}));
    }
    let names = ["code", "type", "object", "request_id"];
    let named = names.iter().any(|name| value.get(*name).is_some());
    if named && value.get("message").is_some_and(Value::is_string) {
        return Some(value);
    }
    let texts = value.as_object()?.values().filter_map(Value::as_str);
    let texts = texts.filter(|text| text.contains('{'));
    texts.rev().find_map(|text| body(text, depth))
}

/// The text without one layer of escapes, where it has any.
fn unescaped(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => plain.extend(
                letters
                    .next()
                    .map(|next| if next == 'n' { '\n' } else { next }),
            ),
            letter => plain.push(letter),
        }
    }
    Some(plain)
}

/// A text without a body: what stands in it as `code: 'x'`, or else a word in it that is a code wherever it stands.
fn of_words(text: &str, about: (&Asked, Provider), at: Timestamp) -> Value {
    let message = field(text, "message").unwrap_or_else(|| text.trim().to_owned());
    let code = field(text, "code").or_else(|| code_among(text, about, at));
    json!({"error": {
        "message": message, "type": field(text, "type"), "code": code,
        "param": field(text, "param"), "status": field(text, "status"),
        "details": {"refused_by": field(text, "refused_by"), "request_id": field(text, "request_id")},
    }})
}

/// A word of the text that would name the cause if it were the error's code.
fn code_among(text: &str, (asked, provider): (&Asked, Provider), at: Timestamp) -> Option<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let words = words.filter(|word| word.contains('_') && word.len() < 64);
    let names = |word: &&str| certain_cause((asked, provider), word, at).is_some();
    words.take(MOST_WORDS).find(names).map(str::to_owned)
}

fn field(text: &str, name: &str) -> Option<String> {
    text.match_indices(name).find_map(|(at, _)| {
        let before = text.get(..at)?.chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
            return None;
        }
        let rest = text.get(at..)?.strip_prefix(name)?;
        let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
        let rest = rest.trim_start().strip_prefix([':', '='])?.trim_start();
        let quote = rest
            .chars()
            .next()
            .filter(|first| matches!(first, '"' | '\''))?;
        until(rest.strip_prefix(quote)?, quote)
    })
}

/// The text before a quote that is not escaped.
fn until(text: &str, quote: char) -> Option<String> {
    let mut value = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => value.extend(letters.next()),
            letter if letter == quote => return Some(value),
            letter => value.push(letter),
        }
    }
    None
}

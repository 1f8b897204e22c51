//! Reads an error as people paste it: a body, `curl -i`, an exception of a library in Python or Node, a line of a log, an
//! event of a stream. What is not found stays unknown; reading never fails.

use diagnosis::Provider;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Asked, Headers};

/// How many places are tried as the beginning of a body.
const MOST_BODIES: usize = 64;
/// What stands before a status.
const BEFORE_STATUS: [&str; 9] = [
    "Error code: ",
    "HTTP/1.1 ",
    "HTTP/2 ",
    "HTTP/1.0 ",
    "status code ",
    "status: ",
    "status=",
    "HTTP ",
    "Error: ",
];
/// Statuses of the classes that libraries raise.
const CLASSES: [(&str, u16); 8] = [
    ("RateLimitError", 429),
    ("BadRequestError", 400),
    ("AuthenticationError", 401),
    ("PermissionDeniedError", 403),
    ("NotFoundError", 404),
    ("PaymentRequiredError", 402),
    ("InternalServerError", 500),
    ("OverloadedError", 529),
];

/// Reads what was pasted. `provider` is whose it is unless the text says otherwise.
#[must_use]
pub fn read(text: &str, provider: Provider, at: Timestamp) -> Answer {
    let mut headers = Headers::default();
    for line in text.lines() {
        if let Some((name, value)) = header(line) {
            headers.take(name, value);
        }
    }
    let body = body(text).unwrap_or_else(|| of_fields(text));
    let status = status(text, &body).unwrap_or(0);
    let bytes = body.to_string().into_bytes();
    let asked = Asked::Pasted(endpoint(text));
    let provider = match (hint(text), provider) {
        // Azure's bodies name OpenAI's pages.
        (Some(Provider::OpenAi), Provider::Azure) | (None, _) => provider,
        (Some(other), _) => other,
    };
    Answer::read(asked, provider, (status, headers), &bytes, at)
}

/// A line as a header: `< name: value`, `name: value`, `'name': 'value',`.
fn header(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches(['<', '>']).trim();
    let (name, value) = line.split_once(':')?;
    let name = name.trim().trim_matches(['"', '\'']);
    let value = value.trim().trim_end_matches(',').trim_matches(['"', '\'']);
    (!name.is_empty()).then_some((name, value))
}

/// The first object in the text that is an error, in an envelope that is read.
fn body(text: &str) -> Option<Value> {
    text.match_indices('{')
        .take(MOST_BODIES)
        .filter_map(|(at, _)| text.get(at..))
        .filter_map(|rest| {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            values.next()?.ok()
        })
        .find_map(envelope)
}

/// The object as an envelope: as it is, or out of an event of a stream.
fn envelope(value: Value) -> Option<Value> {
    if value.get("error").is_some_and(|error| !error.is_null()) {
        return Some(value);
    }
    if let Some(error) = value.pointer("/response/error").filter(|e| e.is_object()) {
        return Some(json!({"error": error}));
    }
    let names = ["code", "type", "object"];
    let named = names.iter().any(|name| value.get(*name).is_some());
    (value.get("message").is_some() && named).then_some(value)
}

/// The members of an error that stand in the text in another notation: `'code': 'x'`, `code: 'x'`, `code=x`.
fn of_fields(text: &str) -> Value {
    let message = field(text, "message").unwrap_or_else(|| text.trim().to_owned());
    json!({"error": {
        "message": message, "type": field(text, "type"), "code": field(text, "code"),
        "param": field(text, "param"), "status": field(text, "status"),
        "details": {"refused_by": field(text, "refused_by"), "request_id": field(text, "request_id")},
    }})
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

fn status(text: &str, body: &Value) -> Option<u16> {
    let after = |words: &str| {
        text.match_indices(words).find_map(|(at, _)| {
            let rest = text.get(at..)?.strip_prefix(words)?;
            number(rest)
        })
    };
    let in_body = || {
        let number = body.pointer("/error/code").and_then(Value::as_u64)?;
        u16::try_from(number)
            .ok()
            .filter(|n| (400..600).contains(n))
    };
    let class = || {
        let found = CLASSES.iter().find(|(name, _)| text.contains(name));
        found.map(|(_, status)| *status)
    };
    BEFORE_STATUS
        .iter()
        .find_map(|words| after(words))
        .or_else(in_body)
        .or_else(|| number(text.trim_start()))
        .or_else(class)
}

fn number(text: &str) -> Option<u16> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let status = digits.parse().ok()?;
    (100..600).contains(&status).then_some(status)
}

fn endpoint(text: &str) -> Option<&'static str> {
    let paths = [
        ("/images/", "images"),
        ("/batches", "batches"),
        ("/chat/completions", "chat"),
        ("/responses", "chat"),
        ("/messages", "chat"),
        ("/completions", "chat"),
    ];
    let found = paths.iter().find(|(path, _)| text.contains(path));
    found.map(|(_, name)| *name)
}

/// Whose words these are, where the text says it.
fn hint(text: &str) -> Option<Provider> {
    let lower = text.to_lowercase();
    let hints = [
        ("openrouter", Provider::OpenRouter),
        ("azure", Provider::Azure),
        ("x-ms-region", Provider::Azure),
        ("anthropic", Provider::Anthropic),
        ("platform.claude.com", Provider::Anthropic),
        ("resource_exhausted", Provider::Gemini),
        ("generativelanguage", Provider::Gemini),
        ("api.groq.com", Provider::Groq),
        ("platform.openai.com", Provider::OpenAi),
    ];
    let found = hints.iter().find(|(word, _)| lower.contains(word));
    found.map(|(_, provider)| *provider)
}

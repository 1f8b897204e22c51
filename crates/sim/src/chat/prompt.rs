//! The members of a chat request that decide what it costs, and the tokens of its prompt. Unknown members pass unseen.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::tokens::count;

/// Tokens around every message.
const PER_MESSAGE: u64 = 3;
/// Tokens that open the answer.
const PER_PROMPT: u64 = 3;
/// Tokens of an image in a prompt.
const PER_IMAGE: u64 = 765;

/// The body of a chat request.
#[derive(Deserialize)]
pub(crate) struct Body<'a> {
    #[serde(borrow)]
    pub(crate) model: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) messages: Vec<Message<'a>>,
    pub(crate) n: Option<u64>,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) max_completion_tokens: Option<u64>,
    pub(crate) stream: Option<bool>,
    pub(crate) stream_options: Option<StreamOptions>,
    #[serde(borrow)]
    pub(crate) service_tier: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) tools: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(crate) struct StreamOptions {
    pub(crate) include_usage: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
}

/// Tokens of the whole prompt. The error is a sentence for the caller.
pub(crate) fn tokens(body: &Body<'_>) -> Result<u64, String> {
    let mut sum = PER_PROMPT + body.tools.map_or(0, |tools| count(tools.get()));
    for (at, message) in body.messages.iter().enumerate() {
        sum += PER_MESSAGE + count(&message.role);
        sum += message.name.as_ref().map_or(0, |name| 1 + count(name));
        if let Some(content) = message.content {
            sum += content_tokens(content)
                .map_err(|error| format!("Invalid value for 'messages[{at}].content': {error}"))?;
        }
    }
    Ok(sum)
}

/// Tokens of a message's content: a text, or parts. A part that is neither text nor image counts as its JSON.
fn content_tokens(content: &RawValue) -> Result<u64, serde_json::Error> {
    if content.get().starts_with('"') {
        let text: Cow<'_, str> = serde_json::from_str::<Text<'_>>(content.get())?.0;
        return Ok(count(&text));
    }
    let parts: Vec<&RawValue> = serde_json::from_str(content.get())?;
    let mut sum = 0;
    for raw in parts {
        let part: Part<'_> = serde_json::from_str(raw.get())?;
        sum += match (&*part.kind, &part.text) {
            ("image_url" | "input_image", _) => PER_IMAGE,
            (_, Some(text)) => count(text),
            (_, None) => count(raw.get()),
        };
    }
    Ok(sum)
}

/// A string that borrows where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompt_tokens_follow_the_formula() {
        // "Hello world" is two tokens, roles and short words are one each.
        for (body, sum) in [
            (r#"{"model":"m","messages":[]}"#, 3),
            (
                r#"{"model":"m","messages":[{"role":"user","content":"Hello world"}]}"#,
                3 + 3 + 1 + 2,
            ),
            (
                r#"{"model":"m","messages":[{"role":"user","content":"Hello world","name":"sea"}]}"#,
                9 + 2,
            ),
            (
                r#"{"model":"m","messages":[{"role":"assistant","content":null}]}"#,
                3 + 3 + 1,
            ),
            (
                r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Hello world"},{"type":"image_url","image_url":{"url":"x"}}]}]}"#,
                3 + 3 + 1 + 2 + 765,
            ),
            (r#"{"model":"m","messages":[],"tools":[]}"#, 3 + 1),
            (
                r#"{"model":"m","messages":[{"role":"user","content":"Hello\u0020world"}]}"#,
                9,
            ),
        ] {
            let parsed: Body<'_> = serde_json::from_str(body).unwrap();
            assert_eq!(tokens(&parsed), Ok(sum), "{body}");
        }
    }

    #[test]
    fn content_that_is_neither_text_nor_parts_is_refused() {
        let body = r#"{"model":"m","messages":[{"role":"user","content":7}]}"#;
        assert!(
            tokens(&serde_json::from_str(body).unwrap())
                .unwrap_err()
                .contains("messages[0]")
        );
    }
}

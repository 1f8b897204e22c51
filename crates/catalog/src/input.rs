//! Upper bounds of a call's input, in tokens: a cheap one by bytes, a close one by counting.
//!
//! Both are proofs, not estimates. A token of a byte-level tokenizer stands for at least one byte of text, and all text
//! a provider bills is in the body, where JSON can only make it longer: the shortest message costs 28 bytes of JSON and
//! four tokens of template. What is not text (a picture behind an address) has no such bound; there the model's window
//! is the proof, because a provider refuses longer input without charge. The window is not used to cap text: a bound by
//! bytes above it is brought down by counting, and a window that is wrong in the catalogue then harms nobody.

use std::borrow::Cow;

use crate::model::{Chat, Image, Tokenizer};

/// Tokens a provider adds once: the beginning of the answer, and the frame around tools and a response schema.
const FRAME: u64 = 64;
/// Tokens around each message, and once at the end.
const AROUND_MESSAGE: u64 = 3;
/// Tokens around a piece of JSON that the provider writes anew in its own notation.
const AROUND_JSON: u64 = 16;

/// What a call's messages are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// All of the input is text in the body.
    TextOnly,
    /// Some of it is a picture, sound, a file, or something unknown.
    Opaque,
}

/// The input of a chat call, taken apart for counting.
#[derive(Clone, Debug)]
pub struct Prompt<'a> {
    /// The length of the whole body in bytes: no count is larger than the bound by bytes.
    pub body_len: u64,
    /// Whether there is anything that cannot be counted.
    pub parts: Parts,
    /// The messages.
    pub messages: Vec<Message<'a>>,
    /// The JSON texts of tools, functions and response format.
    pub json: Vec<&'a str>,
    /// Input that the caller gives as tokens, not as text. Each takes two bytes of the body at least.
    pub tokens: u64,
}

/// One message of a chat call.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Who speaks.
    pub role: Cow<'a, str>,
    /// The speaker's name, where one is given.
    pub name: Option<Cow<'a, str>>,
    /// Its texts, decoded.
    pub texts: Vec<Cow<'a, str>>,
    /// The JSON texts of everything else in it, such as tool calls.
    pub json: Vec<&'a str>,
}

impl Chat {
    /// The most input tokens a body of this length can have.
    #[must_use]
    pub fn input_by_bytes(&self, body_len: u64, parts: Parts) -> u64 {
        match parts {
            Parts::TextOnly => body_len
                .div_ceil(self.bytes_per_token_at_least.get())
                .saturating_add(FRAME),
            Parts::Opaque => self.context,
        }
    }

    /// The most input tokens by an exact count of the texts and an upper bound of what the provider adds. Never above
    /// [`Self::input_by_bytes`], and the same where the model's tokenizer is not public.
    #[must_use]
    pub fn input_by_count(&self, prompt: &Prompt<'_>) -> u64 {
        let by_bytes = self.input_by_bytes(prompt.body_len, prompt.parts);
        match (prompt.parts, self.tokenizer) {
            (Parts::TextOnly, Some(tokenizer)) => counted(tokenizer, prompt).min(by_bytes),
            (Parts::TextOnly | Parts::Opaque, _) => by_bytes,
        }
    }
}

impl Image {
    /// The most prompt tokens a prompt of this many bytes can have.
    #[must_use]
    pub const fn prompt_by_bytes(&self, prompt_len: u64) -> u64 {
        prompt_len
    }

    /// The prompt's tokens, counted. No source knows of a template around an image prompt; a provider that added one
    /// would show as an overrun of some thousandths of a cent, and be recorded as such.
    #[must_use]
    pub fn prompt_by_count(&self, prompt: &str) -> u64 {
        match self.tokenizer {
            Some(tokenizer) => tokenizer.count(prompt),
            None => self.prompt_by_bytes(u64::try_from(prompt.len()).unwrap_or(u64::MAX)),
        }
    }
}

impl Tokenizer {
    /// How many tokens a text has. Linear in its length, whatever it is.
    #[must_use]
    pub fn count(self, text: &str) -> u64 {
        let tokenizer = match self {
            Self::O200k => bpe_openai::o200k_base(),
            Self::Cl100k => bpe_openai::cl100k_base(),
        };
        u64::try_from(tokenizer.count(text)).unwrap_or(u64::MAX)
    }
}

fn counted(tokenizer: Tokenizer, prompt: &Prompt<'_>) -> u64 {
    let messages = prompt
        .messages
        .iter()
        .map(|message| of_message(tokenizer, message));
    let json = prompt.json.iter().map(|text| of_json(tokenizer, text));
    let frame = if prompt.json.is_empty() {
        AROUND_MESSAGE
    } else {
        FRAME
    };
    let given = frame.saturating_add(prompt.tokens);
    messages.chain(json).fold(given, u64::saturating_add)
}

fn of_message(tokenizer: Tokenizer, message: &Message<'_>) -> u64 {
    let role = tokenizer
        .count(&message.role)
        .saturating_add(AROUND_MESSAGE);
    let name = message
        .name
        .as_ref()
        .map(|name| tokenizer.count(name).saturating_add(1));
    let texts = message.texts.iter().map(|text| tokenizer.count(text));
    let json = message.json.iter().map(|text| of_json(tokenizer, text));
    name.into_iter()
        .chain(texts)
        .chain(json)
        .fold(role, u64::saturating_add)
}

/// JSON that the provider decodes and writes in another notation. What an escape stands for is at most three bytes,
/// so at most three tokens.
fn of_json(tokenizer: Tokenizer, text: &str) -> u64 {
    let escapes = u64::try_from(text.matches('\\').count()).unwrap_or(u64::MAX);
    tokenizer
        .count(text)
        .saturating_add(escapes.saturating_mul(3))
        .saturating_add(AROUND_JSON)
}

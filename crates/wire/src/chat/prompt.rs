//! The messages of a chat request: whether they are all text, and their texts for counting.

use std::borrow::Cow;

use catalog::{CacheLife, Message, Parts, Prompt};
use serde_json::value::RawValue;

use super::Facts;
use crate::content::{asks_for_long, is_short};
use crate::object;
use crate::request::{BadRequest, given};

/// What one look at the messages tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    pub(super) parts: Parts,
    pub(super) cache: CacheLife,
}

/// What a member of a message is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InMessage {
    Role,
    Name,
    Content,
    /// Text in JSON that ends up in the prompt in some other notation.
    Json,
    /// Points at something that is not in the body, or is unknown.
    Opaque,
}

fn in_message(name: &str) -> InMessage {
    match name {
        "role" => InMessage::Role,
        "name" => InMessage::Name,
        "content" => InMessage::Content,
        "tool_calls" | "function_call" | "tool_call_id" | "refusal" | "annotations"
        | "reasoning" | "reasoning_content" | "reasoning_details" => InMessage::Json,
        _ => InMessage::Opaque,
    }
}

/// What a member of a content part is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InPart {
    Type,
    Text,
    Cache,
    Opaque,
}

fn in_part(name: &str) -> InPart {
    match name {
        "type" => InPart::Type,
        "text" | "refusal" => InPart::Text,
        "prompt_cache_breakpoint" | "cache_control" => InPart::Cache,
        _ => InPart::Opaque,
    }
}

/// Looks at the messages once.
pub(super) fn scan(
    messages: &RawValue,
    cache_options: Option<&RawValue>,
    json: &[Option<&RawValue>],
) -> Result<Scan, BadRequest> {
    let mut reader = Reader {
        scan: Scan {
            parts: Parts::TextOnly,
            cache: CacheLife::Short,
        },
        messages: None,
    };
    reader.read(messages)?;
    let in_json = |json: &&RawValue| asks_for_long(json.get());
    if given(cache_options).is_some_and(|options| !is_short(options))
        || json.iter().flatten().any(in_json)
    {
        reader.scan.cache = CacheLife::Long;
    }
    Ok(reader.scan)
}

/// Takes the messages apart. They have been read once, so they can be read again.
pub(super) fn take_apart<'b>(facts: &Facts<'b>) -> Prompt<'b> {
    let mut reader = Reader {
        scan: Scan {
            parts: facts.parts,
            cache: facts.cache,
        },
        messages: Some(Vec::new()),
    };
    // A failure cannot happen; if it did, nothing would be known about the messages.
    let parts = reader
        .read(facts.raw.messages)
        .map_or(Parts::Opaque, |()| facts.parts);
    Prompt {
        body_len: facts.body_len(),
        parts,
        messages: reader.messages.unwrap_or_default(),
        json: facts
            .raw
            .json
            .into_iter()
            .flatten()
            .map(RawValue::get)
            .collect(),
        tokens: 0,
    }
}

struct Reader<'b> {
    scan: Scan,
    /// The texts, where they are wanted.
    messages: Option<Vec<Message<'b>>>,
}

const NOT_MESSAGES: BadRequest = BadRequest::Invalid {
    param: "messages",
    expected: "a list of objects with a role and a content",
};

impl<'b> Reader<'b> {
    fn read(&mut self, messages: &'b RawValue) -> Result<(), BadRequest> {
        let list: Vec<&'b RawValue> = serde_json::from_str(messages.get())
            .ok()
            .ok_or(NOT_MESSAGES)?;
        list.into_iter()
            .try_for_each(|message| self.message(message))
    }

    fn message(&mut self, raw: &'b RawValue) -> Result<(), BadRequest> {
        let mut message = Message {
            role: Cow::Borrowed(""),
            name: None,
            texts: Vec::new(),
            json: Vec::new(),
        };
        let mut result = Ok(());
        let all = |name: &str| Some(in_message(name));
        let read = object::visit(raw.get().as_bytes(), all, |class, value| {
            if result.is_ok() && value.get() != "null" {
                result = self.member(&mut message, class, value);
            }
        });
        read.ok().ok_or(NOT_MESSAGES)?;
        result?;
        if let Some(messages) = &mut self.messages {
            messages.push(message);
        }
        Ok(())
    }

    fn member(
        &mut self,
        message: &mut Message<'b>,
        class: InMessage,
        value: &'b RawValue,
    ) -> Result<(), BadRequest> {
        match class {
            InMessage::Role | InMessage::Name if !value.get().starts_with('"') => {
                return Err(NOT_MESSAGES);
            }
            InMessage::Role => message.role = self.decoded(value),
            InMessage::Name => message.name = Some(self.decoded(value)),
            InMessage::Content => match value.get().as_bytes().first() {
                Some(b'"') => self.text(message, value),
                Some(b'[') => self.parts(message, value)?,
                _ => return Err(NOT_MESSAGES),
            },
            InMessage::Json => message.json.push(value.get()),
            InMessage::Opaque => self.scan.parts = Parts::Opaque,
        }
        Ok(())
    }

    fn parts(&mut self, message: &mut Message<'b>, parts: &'b RawValue) -> Result<(), BadRequest> {
        let list: Vec<&'b RawValue> = serde_json::from_str(parts.get()).ok().ok_or(NOT_MESSAGES)?;
        for part in list {
            if part.get().starts_with('"') {
                self.text(message, part);
                continue;
            }
            let all = |name: &str| Some(in_part(name));
            let read = object::visit(part.get().as_bytes(), all, |class, value| match class {
                _ if value.get() == "null" => {}
                InPart::Type if matches!(value.get(), "\"text\"" | "\"refusal\"") => {}
                InPart::Text if value.get().starts_with('"') => self.text(message, value),
                InPart::Cache if is_short(value) => {}
                InPart::Cache => self.scan.cache = CacheLife::Long,
                InPart::Type | InPart::Text | InPart::Opaque => self.scan.parts = Parts::Opaque,
            });
            read.ok().ok_or(NOT_MESSAGES)?;
        }
        Ok(())
    }

    fn text(&self, message: &mut Message<'b>, value: &'b RawValue) {
        if self.messages.is_none() {
            return;
        }
        match serde_json::from_str(value.get()) {
            Ok(text) => message.texts.push(Cow::Owned(text)),
            // An escape that stands for no character. What the provider makes of it is no longer than what is there.
            Err(_) => message.json.push(value.get()),
        }
    }

    fn decoded(&self, value: &'b RawValue) -> Cow<'b, str> {
        if self.messages.is_none() {
            return Cow::Borrowed("");
        }
        object::string(value).map_or(Cow::Borrowed(value.get()), Cow::Owned)
    }
}

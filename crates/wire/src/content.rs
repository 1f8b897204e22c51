//! What a model reads, in the notation of responses and of messages: items with content, content with parts.
//!
//! It is looked at once, without decoding a text: whether all of it is text in the body, and what is to be counted where
//! the length in bytes does not suffice.

use std::borrow::Cow;

use catalog::{CacheLife, Message, Parts, Prompt};
use serde_json::value::RawValue;

use crate::object;
use crate::request::{BadRequest, given};

/// Tokens of a template around an item: its role, and what sets it off from the next.
const AROUND_ITEM: u64 = 8;

/// What is in an object of the input, by the name of its member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// What kind of object it is.
    Kind,
    /// Says nothing that the model reads.
    Silent,
    /// A text that the model reads.
    Text,
    /// A text, or a list of objects like this one.
    Content,
    /// JSON, or a text, that ends up in the prompt in some other notation.
    Json,
    /// How long the provider's cache is to keep what stands before.
    Cache,
    /// Points at something that is not in the body, or is unknown.
    Opaque,
}

/// How a notation names its things.
#[derive(Clone, Debug)]
pub(crate) struct Notation {
    /// What a member of an item or a part is.
    pub(crate) member: fn(&str) -> Member,
    /// Whether an object of this kind is text as far as its members are.
    pub(crate) is_text: fn(&str) -> bool,
    /// What is refused where there is something else.
    pub(crate) expected: BadRequest,
}

/// What one look at the input tells.
#[derive(Clone, Debug)]
pub(crate) struct Seen<'b> {
    /// Whether all of it is text in the body.
    pub(crate) parts: Parts,
    /// How long anything is to stay in the provider's cache.
    pub(crate) cache: CacheLife,
    items: u64,
    texts: Vec<&'b str>,
    json: Vec<&'b str>,
}

impl<'b> Seen<'b> {
    /// Nothing yet.
    pub(crate) const NOTHING: Self = Self {
        parts: Parts::TextOnly,
        cache: CacheLife::Short,
        items: 0,
        texts: Vec::new(),
        json: Vec::new(),
    };

    /// Looks at a text, or at a list of items.
    ///
    /// # Errors
    /// What the notation says, where it is neither.
    pub(crate) fn look(
        &mut self,
        notation: &Notation,
        content: &'b RawValue,
    ) -> Result<(), BadRequest> {
        match content.get().as_bytes().first() {
            Some(b'"') => {
                self.items = self.items.saturating_add(1);
                self.texts.push(content.get());
                Ok(())
            }
            Some(b'[') => {
                let list: Result<Vec<&'b RawValue>, _> = serde_json::from_str(content.get());
                let list = list.map_err(|_malformed| notation.expected.clone())?;
                list.into_iter()
                    .try_for_each(|item| self.object(notation, item))
            }
            _ => Err(notation.expected.clone()),
        }
    }

    /// JSON beside the input that ends up in the prompt, such as tools and schemas.
    pub(crate) fn also(&mut self, json: Option<&'b RawValue>) {
        let Some(json) = given(json) else {
            return;
        };
        if asks_for_long(json.get()) {
            self.cache = CacheLife::Long;
        }
        self.json.push(json.get());
    }

    /// How long the provider's cache is to keep everything, where the request says so for all of it.
    pub(crate) fn cache_options(&mut self, options: Option<&RawValue>) {
        if given(options).is_some_and(|options| !is_short(options)) {
            self.cache = CacheLife::Long;
        }
    }

    /// It reads something that is not in the body.
    pub(crate) const fn opaque(&mut self) {
        self.parts = Parts::Opaque;
    }

    /// The input taken apart, to be counted exactly.
    pub(crate) fn prompt(&self, body_len: u64) -> Prompt<'b> {
        Prompt {
            body_len,
            parts: self.parts,
            messages: vec![said(self.texts.iter().copied())],
            json: self.json.clone(),
            tokens: self.items.saturating_mul(AROUND_ITEM),
        }
    }

    fn object(&mut self, notation: &Notation, raw: &'b RawValue) -> Result<(), BadRequest> {
        self.items = self.items.saturating_add(1);
        if raw.get().starts_with('"') {
            self.texts.push(raw.get());
            return Ok(());
        }
        let mut result = Ok(());
        let all = |name: &str| Some((notation.member)(name));
        let read = object::visit(raw.get().as_bytes(), all, |member, value| {
            if result.is_ok() && value.get() != "null" {
                result = self.member(notation, member, value);
            }
        });
        read.map_err(|_malformed| notation.expected.clone())?;
        result
    }

    fn member(
        &mut self,
        notation: &Notation,
        member: Member,
        value: &'b RawValue,
    ) -> Result<(), BadRequest> {
        match member {
            Member::Silent => {}
            Member::Kind => {
                let kind = object::string(value);
                if !kind.is_some_and(|kind| (notation.is_text)(&kind)) {
                    self.opaque();
                }
            }
            Member::Text if value.get().starts_with('"') => self.texts.push(value.get()),
            Member::Content => self.look(notation, value)?,
            Member::Text | Member::Json => self.json.push(value.get()),
            Member::Cache if is_short(value) => {}
            Member::Cache => self.cache = CacheLife::Long,
            Member::Opaque => self.opaque(),
        }
        Ok(())
    }
}

/// Texts as they stand in JSON, decoded to be counted.
pub(crate) fn said<'b>(texts: impl Iterator<Item = &'b str>) -> Message<'b> {
    let mut said = Message {
        role: Cow::Borrowed(""),
        name: None,
        texts: Vec::with_capacity(texts.size_hint().0),
        json: Vec::new(),
    };
    for raw in texts {
        match serde_json::from_str(raw) {
            Ok(text) => said.texts.push(Cow::Owned(text)),
            // An escape that stands for no character. What the provider makes of it is no longer than what is there.
            Err(_) => said.json.push(raw),
        }
    }
    said
}

/// Whether there is a cache setting anywhere in this JSON that asks for more than the shortest life. A name that may be
/// written with escapes counts as one.
pub(crate) fn asks_for_long(json: &str) -> bool {
    let escaped = [&b"\\u006"[..], b"\\u007"];
    let hidden = |escape: &[u8]| memchr::memmem::find(json.as_bytes(), escape).is_some();
    let mut settings = json.split("\"ttl\"").skip(1).map(|rest| {
        let value = rest.trim_start().strip_prefix(':');
        value.map_or("", str::trim_start)
    });
    let short = |value: &str| {
        let shortest = ["\"30m\"", "\"5m\"", "null"];
        shortest.iter().any(|word| value.starts_with(word))
    };
    !settings.all(short) || escaped.into_iter().any(hidden)
}

/// Whether a cache setting asks for the shortest life, as one that does not say how long does. Anything but a known short
/// one is long.
pub(crate) fn is_short(setting: &RawValue) -> bool {
    let mut long = false;
    let ttl = |name: &str| (name == "ttl").then_some(());
    let read = object::visit(setting.get().as_bytes(), ttl, |(), value| {
        long |= !matches!(value.get(), "\"30m\"" | "\"5m\"" | "null");
    });
    read.is_ok() && !long
}

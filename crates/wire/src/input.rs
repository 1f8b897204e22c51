//! Input that is text, or tokens that the caller counted himself: one of them, or a list.

use catalog::{Parts, Prompt};
use serde_json::value::RawValue;

use crate::content::said;
use crate::request::BadRequest;

/// What stands in an `input` or `prompt` member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Input<'b> {
    /// The texts as they stand there. They are decoded only where they have to be counted.
    texts: Vec<&'b str>,
    /// The inputs: a list of texts is as many, a list of tokens is one.
    pub(crate) inputs: u64,
    /// The tokens of all inputs that are lists of tokens.
    tokens: u64,
}

impl<'b> Input<'b> {
    /// Reads the member.
    ///
    /// # Errors
    /// [`BadRequest::Invalid`] where it is anything else.
    pub(crate) fn read(raw: &'b RawValue, param: &'static str) -> Result<Self, BadRequest> {
        let mut input = Self::default();
        let read = match raw.get().as_bytes().first() {
            Some(b'"') => input.text(raw),
            Some(b'[') => input.list(raw),
            _ => None,
        };
        read.ok_or(BadRequest::Invalid {
            param,
            expected: "a text, a list of texts, a list of tokens, or a list of such lists",
        })?;
        Ok(input)
    }

    /// The input taken apart, to be counted exactly, with what else the model reads.
    pub(crate) fn prompt(&self, body_len: u64, also: Option<&'b RawValue>) -> Prompt<'b> {
        let texts = self.texts.iter().copied();
        Prompt {
            body_len,
            parts: Parts::TextOnly,
            messages: vec![said(texts.chain(also.map(RawValue::get)))],
            json: Vec::new(),
            tokens: self.tokens,
        }
    }

    fn list(&mut self, raw: &'b RawValue) -> Option<()> {
        let list: Vec<&'b RawValue> = serde_json::from_str(raw.get()).ok()?;
        let first = list.first()?.get().as_bytes().first()?;
        match first {
            b'"' => list.into_iter().try_for_each(|text| self.text(text)),
            b'[' => list.into_iter().try_for_each(|tokens| self.tokens(tokens)),
            _ => self.tokens(raw),
        }
    }

    fn text(&mut self, raw: &'b RawValue) -> Option<()> {
        if !raw.get().starts_with('"') {
            return None;
        }
        self.texts.push(raw.get());
        self.inputs = self.inputs.saturating_add(1);
        Some(())
    }

    fn tokens(&mut self, raw: &RawValue) -> Option<()> {
        let tokens: Vec<u32> = serde_json::from_str(raw.get()).ok()?;
        let count = u64::try_from(tokens.len()).ok()?;
        self.tokens = self.tokens.saturating_add(count);
        self.inputs = self.inputs.saturating_add(1);
        Some(())
    }
}

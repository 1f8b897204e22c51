//! Requests for a text to be spoken.

use std::borrow::Cow;

use catalog::{Message, Parts, Prompt};
use serde_json::value::RawValue;

use crate::body::Edits;
use crate::metadata::{self, Pair};
use crate::request::{self, BadRequest};

const NAMES: [&str; 7] = [
    "model",
    "input",
    "instructions",
    "stream_format",
    "user",
    "safety_identifier",
    "metadata",
];

/// What a speech request asks for, as far as it decides money and routing. Borrows the body.
#[derive(Clone, Debug)]
pub struct Facts<'b> {
    /// The model, as the caller names it.
    pub model: String,
    /// The text to speak, decoded.
    pub input: String,
    /// How to speak it.
    pub instructions: Option<String>,
    /// Whether the answer is a stream of events, the last of which says what was used. Else it is sound and says nothing.
    pub events: bool,
    /// The end user: `safety_identifier`, else `user`. Personal: to be hashed before it is kept.
    pub end_user: Option<String>,
    /// What the application writes on the call. To be hashed before it is kept.
    pub tags: Vec<Pair>,
    body: &'b [u8],
    raw_model: &'b RawValue,
}

impl<'b> Facts<'b> {
    /// Reads a request body. `null` counts as absent everywhere.
    ///
    /// # Errors
    /// [`BadRequest`].
    pub fn read(body: &'b [u8]) -> Result<Self, BadRequest> {
        let [
            model,
            input,
            instructions,
            stream_format,
            user,
            safety_identifier,
            metadata,
        ] = request::members(body, &NAMES)?;
        let raw_model = request::required(model, "model")?;
        let format: Option<Cow<'_, str>> =
            request::read(stream_format, "stream_format", "\"audio\" or \"sse\"")?;
        Ok(Self {
            model: request::model(raw_model)?,
            input: request::read(input, "input", "a string")?
                .ok_or(BadRequest::Missing("input"))?,
            instructions: request::read(instructions, "instructions", "a string")?,
            events: match format.as_deref() {
                None | Some("audio") => false,
                Some("sse") => true,
                Some(_) => {
                    return Err(BadRequest::Invalid {
                        param: "stream_format",
                        expected: "\"audio\" or \"sse\"",
                    });
                }
            },
            end_user: request::end_user(safety_identifier, user)?,
            tags: metadata::pairs(metadata)?,
            body,
            raw_model,
        })
    }

    /// The characters to speak, as providers count them: code points.
    #[must_use]
    pub fn characters(&self) -> u64 {
        u64::try_from(self.input.chars().count()).unwrap_or(u64::MAX)
    }

    /// The text taken apart, to be counted exactly.
    #[must_use]
    pub fn prompt(&self) -> Prompt<'_> {
        let texts = [Some(self.input.as_str()), self.instructions.as_deref()];
        Prompt {
            body_len: self.body_len(),
            parts: Parts::TextOnly,
            messages: vec![Message {
                role: Cow::Borrowed(""),
                name: None,
                texts: texts.into_iter().flatten().map(Cow::Borrowed).collect(),
                json: Vec::new(),
            }],
            json: Vec::new(),
            tokens: 0,
        }
    }

    /// The body's length in bytes.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        request::len(self.body)
    }

    /// The body with another model name; the very same bytes where it is the same.
    #[must_use]
    pub fn with_model(&self, model: &str) -> Cow<'b, [u8]> {
        let mut edits = Edits::to(self.body);
        edits.model(self.raw_model, &self.model, Some(model));
        edits.done()
    }
}

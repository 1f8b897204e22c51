//! Embedding requests.

use std::borrow::Cow;

use catalog::Prompt;
use serde_json::value::RawValue;

use crate::body::Edits;
use crate::input::Input;
use crate::metadata::{self, Pair};
use crate::request::{self, BadRequest};

const NAMES: [&str; 5] = ["model", "input", "user", "safety_identifier", "metadata"];

/// What an embedding request asks for, as far as it decides money and routing. Borrows the body.
#[derive(Clone, Debug)]
pub struct Facts<'b> {
    /// The model, as the caller names it.
    pub model: String,
    /// The end user: `safety_identifier`, else `user`. Personal: to be hashed before it is kept.
    pub end_user: Option<String>,
    /// What the application writes on the call. To be hashed before it is kept.
    pub tags: Vec<Pair>,
    input: Input<'b>,
    body: &'b [u8],
    raw_model: &'b RawValue,
}

impl<'b> Facts<'b> {
    /// Reads a request body. `null` counts as absent everywhere.
    ///
    /// # Errors
    /// [`BadRequest`]; also for input that is neither text nor tokens: pictures have another price.
    pub fn read(body: &'b [u8]) -> Result<Self, BadRequest> {
        let [model, input, user, safety_identifier, metadata] = request::members(body, &NAMES)?;
        let raw_model = request::required(model, "model")?;
        Ok(Self {
            model: request::model(raw_model)?,
            end_user: request::end_user(safety_identifier, user)?,
            tags: metadata::pairs(metadata)?,
            input: Input::read(request::required(input, "input")?, "input")?,
            body,
            raw_model,
        })
    }

    /// The input taken apart, to be counted exactly.
    #[must_use]
    pub fn prompt(&self) -> Prompt<'b> {
        self.input.prompt(self.body_len(), None)
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

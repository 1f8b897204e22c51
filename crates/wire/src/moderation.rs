//! Moderation requests, which cost nothing where the catalogue says so.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::body::Edits;
use crate::metadata::{self, Pair};
use crate::request::{self, BadRequest};

/// The model that a request without one is for: `OpenAI`'s own default. It is written into what leaves, because another
/// provider takes another.
pub const DEFAULT_MODEL: &str = "omni-moderation-latest";

const NAMES: [&str; 5] = ["model", "input", "user", "safety_identifier", "metadata"];

/// What a moderation request asks for, as far as it decides money and routing. Borrows the body.
#[derive(Clone, Debug)]
pub struct Facts<'b> {
    /// The model, as the caller names it, or [`DEFAULT_MODEL`].
    pub model: String,
    /// The end user: `safety_identifier`, else `user`. Personal: to be hashed before it is kept.
    pub end_user: Option<String>,
    /// What the application writes on the call. To be hashed before it is kept.
    pub tags: Vec<Pair>,
    body: &'b [u8],
    raw_model: Option<&'b RawValue>,
}

impl<'b> Facts<'b> {
    /// Reads a request body. `null` counts as absent everywhere.
    ///
    /// # Errors
    /// [`BadRequest`].
    pub fn read(body: &'b [u8]) -> Result<Self, BadRequest> {
        let [raw_model, input, user, safety_identifier, metadata] = request::members(body, &NAMES)?;
        request::required(input, "input")?;
        let model = request::given(raw_model).map(request::model).transpose()?;
        Ok(Self {
            model: model.unwrap_or_else(|| DEFAULT_MODEL.to_owned()),
            end_user: request::end_user(safety_identifier, user)?,
            tags: metadata::pairs(metadata)?,
            body,
            raw_model,
        })
    }

    /// The body's length in bytes.
    #[must_use]
    pub fn body_len(&self) -> u64 {
        request::len(self.body)
    }

    /// The body with the provider's name of the model.
    #[must_use]
    pub fn with_model(&self, model: &str) -> Cow<'b, [u8]> {
        let mut edits = Edits::to(self.body);
        match request::given(self.raw_model) {
            Some(raw) => edits.model(raw, &self.model, Some(model)),
            None => edits.set(
                "model",
                self.raw_model,
                serde_json::Value::from(model).to_string(),
            ),
        }
        edits.done()
    }
}

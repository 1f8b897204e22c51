//! Image generation requests.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::body::Edits;
use crate::metadata::{self, Pair};
use crate::request::{self, BadRequest};

/// The most pictures a request may ask for: what `OpenAI` allows.
const MOST_PICTURES: u64 = 10;

const NAMES: [&str; 13] = [
    "model",
    "prompt",
    "size",
    "quality",
    "n",
    "stream",
    "partial_images",
    "user",
    "safety_identifier",
    "metadata",
    "output_format",
    "frame_count",
    "svg",
];

/// What an image generation request asks for, as far as it decides money and routing. Borrows the body.
#[derive(Clone, Debug)]
pub struct Facts<'b> {
    /// The model, as the caller names it.
    pub model: String,
    /// The prompt, decoded.
    pub prompt: String,
    /// `WIDTHxHEIGHT`, `auto`, or absent.
    pub size: Option<String>,
    /// The provider's word, `auto`, or absent.
    pub quality: Option<String>,
    /// The number of pictures, at least 1.
    pub n: u64,
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
    /// [`BadRequest`]; also for a request without a model: which one a provider would take, and at which price, is its
    /// own decision. Streams, animations and drawings are [`BadRequest::NotMetered`].
    pub fn read(body: &'b [u8]) -> Result<Self, BadRequest> {
        let [
            model,
            prompt,
            size,
            quality,
            n,
            stream,
            partial_images,
            user,
            safety_identifier,
            metadata,
            output_format,
            frame_count,
            svg,
        ] = request::members(body, &NAMES)?;
        if request::read(stream, "stream", "a boolean")?.unwrap_or(false) {
            return Err(BadRequest::NotMetered {
                param: "stream",
                why: "streamed images are not metered yet",
            });
        }
        if request::read::<u64>(partial_images, "partial_images", "an integer")?.unwrap_or(0) > 0 {
            let why = "streamed images are not metered yet";
            return Err(BadRequest::NotMetered {
                param: "partial_images",
                why,
            });
        }
        let format: Option<String> = request::read(output_format, "output_format", "a string")?;
        if format.is_some_and(|format| !matches!(&*format, "png" | "jpeg" | "webp")) {
            let why = "only png, jpeg and webp have a price here";
            return Err(BadRequest::NotMetered {
                param: "output_format",
                why,
            });
        }
        request::not_metered(frame_count, "frame_count", "animations have no price here")?;
        request::not_metered(svg, "svg", "drawings have no price here")?;
        let raw_model = request::required(model, "model")?;
        Ok(Self {
            model: request::model(raw_model)?,
            prompt: request::read(prompt, "prompt", "a string")?
                .ok_or(BadRequest::Missing("prompt"))?,
            size: request::read(size, "size", "a string")?,
            quality: request::read(quality, "quality", "a string")?,
            n: request::count(n, "n", MOST_PICTURES)?.unwrap_or(1),
            end_user: request::end_user(safety_identifier, user)?,
            tags: metadata::pairs(metadata)?,
            body,
            raw_model,
        })
    }

    /// Size and quality, as the catalogue asks for them.
    #[must_use]
    pub fn shape(&self) -> catalog::Shape<'_> {
        catalog::Shape {
            size: self.size.as_deref(),
            quality: self.quality.as_deref(),
        }
    }

    /// The body with another model name; the very same bytes where it is the same.
    #[must_use]
    pub fn with_model(&self, model: &str) -> Cow<'b, [u8]> {
        let mut edits = Edits::to(self.body);
        edits.model(self.raw_model, &self.model, Some(model));
        edits.done()
    }
}

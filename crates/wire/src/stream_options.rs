//! `stream_options`: whether a stream ends with its usage, and how to make sure that it does.

use serde_json::value::RawValue;

use crate::body::{Edits, member};
use crate::request::{self, BadRequest, given};

/// The member of a request for a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamOptions<'b> {
    /// Whether the caller wants to see the usage.
    pub(crate) include_usage: bool,
    whole: Option<&'b RawValue>,
    raw_include_usage: Option<&'b RawValue>,
}

impl<'b> StreamOptions<'b> {
    /// Reads the member; absent and `null` ask for nothing.
    ///
    /// # Errors
    /// [`BadRequest`]: no object, or an `include_usage` that is no boolean.
    pub(crate) fn read(whole: Option<&'b RawValue>) -> Result<Self, BadRequest> {
        let raw_include_usage = match given(whole) {
            None => None,
            Some(options) if options.get().starts_with('{') => {
                let [found] = request::members(options.get().as_bytes(), &["include_usage"])?;
                found
            }
            Some(_) => {
                return Err(BadRequest::Invalid {
                    param: "stream_options",
                    expected: "an object",
                });
            }
        };
        let name = "stream_options.include_usage";
        Ok(Self {
            include_usage: request::read(raw_include_usage, name, "a boolean")?.unwrap_or(false),
            whole,
            raw_include_usage,
        })
    }

    /// Makes the request ask for the usage.
    pub(crate) fn ask_for_usage(&self, edits: &mut Edits<'_>) {
        if self.include_usage {
            return;
        }
        match (given(self.whole), self.raw_include_usage) {
            (None, _) => {
                let value = r#"{"include_usage":true}"#.to_owned();
                edits.set("stream_options", self.whole, value);
            }
            (Some(_), Some(value)) => edits.replace(edits.place(value), "true"),
            (Some(options), None) => {
                let start = edits.place(options).start.saturating_add(1);
                let empty = options.get().trim_matches(['{', '}']).trim().is_empty();
                edits.insert(start, member("include_usage", "true", !empty));
            }
        }
    }
}

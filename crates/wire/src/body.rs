//! A request's body, and changes to a few of its members: each is a splice, all other bytes stay as the caller wrote
//! them.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Value, value::RawValue};

use crate::object::span;
use crate::splice::Splices;

/// Changes to a body that are not yet done.
#[derive(Debug)]
pub(crate) struct Edits<'b> {
    body: &'b [u8],
    splices: Splices,
    any: bool,
}

impl<'b> Edits<'b> {
    /// No change to this object of JSON.
    pub(crate) const fn to(body: &'b [u8]) -> Self {
        Self {
            body,
            splices: Splices::new(),
            any: false,
        }
    }

    /// Another name for the model, unless it is the same.
    pub(crate) fn model(&mut self, raw: &RawValue, old: &str, new: Option<&str>) {
        if let Some(new) = new.filter(|new| *new != old) {
            self.set("model", Some(raw), Value::from(new).to_string());
        }
    }

    /// Gives a member of the body a value, in JSON: in the place of the old one, or at the beginning.
    pub(crate) fn set(&mut self, name: &str, old: Option<&RawValue>, value: String) {
        match old {
            Some(old) => self.replace(self.place(old), value),
            None => self.insert(self.begin(), member(name, &value, true)),
        }
    }

    /// Puts `with` where `span` is.
    pub(crate) fn replace(&mut self, span: Range<usize>, with: impl Into<Vec<u8>>) {
        self.any = true;
        self.splices.replace(span, with);
    }

    /// Puts `with` in at this offset.
    pub(crate) fn insert(&mut self, at: usize, with: impl Into<Vec<u8>>) {
        self.any = true;
        self.splices.insert(at, with);
    }

    /// Where a value that was read from the body stands in it.
    pub(crate) fn place(&self, value: &RawValue) -> Range<usize> {
        span(self.body, value).expect("the value was borrowed from this body")
    }

    /// The body with the changes; the very same bytes where there are none.
    pub(crate) fn done(self) -> Cow<'b, [u8]> {
        if self.any {
            Cow::Owned(self.splices.apply(self.body))
        } else {
            Cow::Borrowed(self.body)
        }
    }

    /// Right after the opening brace. There is always a member after it: every request that is read has one.
    fn begin(&self) -> usize {
        memchr::memchr(b'{', self.body).map_or(0, |brace| brace.saturating_add(1))
    }
}

/// A member as it stands in an object, with a comma where more follow.
pub(crate) fn member(name: &str, value: &str, more: bool) -> String {
    let comma = if more { "," } else { "" };
    format!("\"{name}\":{value}{comma}")
}

//! The few edits a gateway makes to a chat request, each a splice; all other bytes stay as the caller wrote them.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Value, value::RawValue};

use super::Facts;
use crate::object::{member_span, span};
use crate::request::given;
use crate::splice::Splices;

/// What to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit<'a> {
    /// The name under which the provider knows the model.
    pub model: Option<&'a str>,
    /// The most output tokens of one choice.
    pub max_output: Option<MaxOutput>,
    /// Ask for the usage at the end of the stream. Only for streams: providers refuse it elsewhere.
    pub include_usage: bool,
    /// Max tokens are named `max_tokens` whatever the caller named them, for a provider that would pass over the newer
    /// name and answer past what is held.
    pub only_max_tokens: bool,
}

/// Max tokens, and where to put them if the caller gave none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxOutput {
    /// How many.
    pub tokens: u64,
    /// The member to add. Where the request already has one of the two, that one is changed instead, because a provider
    /// refuses both.
    pub member: MaxMember,
}

/// The two names of max tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxMember {
    /// `max_tokens`: older, and the only one many compatible providers know.
    MaxTokens,
    /// `max_completion_tokens`: the only one `OpenAI`'s reasoning models take.
    MaxCompletionTokens,
}

impl MaxMember {
    const fn name(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
        }
    }
}

impl Edit<'_> {
    /// No change.
    pub const NONE: Self = Self {
        model: None,
        max_output: None,
        include_usage: false,
        only_max_tokens: false,
    };
}

impl<'b> Facts<'b> {
    /// The member the caller gave max tokens in.
    #[must_use]
    pub fn max_member(&self) -> Option<MaxMember> {
        let older = given(self.raw.max_tokens).map(|_| MaxMember::MaxTokens);
        older.or(given(self.raw.max_completion_tokens).map(|_| MaxMember::MaxCompletionTokens))
    }

    /// The body with the edits done; the very same bytes where there are none.
    #[must_use]
    pub fn edited(&self, edit: &Edit<'_>) -> Cow<'b, [u8]> {
        let mut splices = Splices::new();
        let mut any = false;
        if let Some(model) = edit.model.filter(|model| *model != self.model) {
            any = true;
            self.set(
                &mut splices,
                "model",
                Some(self.raw.model),
                Value::from(model).to_string(),
            );
        }
        any |= self.max_output(&mut splices, edit);
        if edit.include_usage && !self.include_usage {
            any = true;
            self.include_usage(&mut splices);
        }
        if any {
            Cow::Owned(splices.apply(self.body))
        } else {
            Cow::Borrowed(self.body)
        }
    }

    /// Puts max tokens where they are to stand; says whether that changes anything.
    fn max_output(&self, splices: &mut Splices, edit: &Edit<'_>) -> bool {
        let renamed = given(self.raw.max_completion_tokens).filter(|_| edit.only_max_tokens);
        let other = edit
            .max_output
            .filter(|max| Some(max.tokens) != self.max_output);
        if let Some(value) = renamed {
            let tokens = other.map_or_else(|| value.get().to_owned(), |max| max.tokens.to_string());
            let place = self.place(value);
            let name = MaxMember::MaxCompletionTokens.name();
            // A name that is written with escapes stays beside the one that counts.
            if let Some(member) = member_span(self.body, name, &place) {
                splices.replace(member, []);
            }
            self.set(
                splices,
                MaxMember::MaxTokens.name(),
                self.raw.max_tokens,
                tokens,
            );
            return true;
        }
        let Some(max) = other else {
            return false;
        };
        let member = self.max_member().unwrap_or(max.member);
        let value = match member {
            MaxMember::MaxTokens => self.raw.max_tokens,
            MaxMember::MaxCompletionTokens => self.raw.max_completion_tokens,
        };
        self.set(splices, member.name(), value, max.tokens.to_string());
        true
    }

    fn include_usage(&self, splices: &mut Splices) {
        match (given(self.raw.stream_options), self.raw.include_usage) {
            (None, _) => {
                let value = r#"{"include_usage":true}"#.to_owned();
                self.set(splices, "stream_options", self.raw.stream_options, value);
            }
            (Some(_), Some(value)) => splices.replace(self.place(value), "true"),
            (Some(options), None) => {
                let start = self.place(options).start.saturating_add(1);
                let empty = options.get().trim_matches(['{', '}']).trim().is_empty();
                splices.insert(start, member("include_usage", "true", !empty));
            }
        }
    }

    /// Gives a member of the body a value: in the place of the old one, or at the beginning.
    fn set(&self, splices: &mut Splices, name: &str, old: Option<&RawValue>, value: String) {
        match old {
            Some(old) => splices.replace(self.place(old), value),
            None => splices.insert(self.begin(), member(name, &value, true)),
        }
    }

    /// Right after the opening brace. There is always a member after it: a request names its model.
    fn begin(&self) -> usize {
        memchr::memchr(b'{', self.body).map_or(0, |brace| brace.saturating_add(1))
    }

    /// Where a member that was read from the body stands in it.
    fn place(&self, value: &RawValue) -> Range<usize> {
        span(self.body, value).expect("the value was borrowed from this body")
    }
}

fn member(name: &str, value: &str, more: bool) -> String {
    let comma = if more { "," } else { "" };
    format!("\"{name}\":{value}{comma}")
}

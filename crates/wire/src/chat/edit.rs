//! The few edits a gateway makes to a chat request, each a splice; all other bytes stay as the caller wrote them.

use std::borrow::Cow;

use super::Facts;
use crate::body::Edits;
use crate::object::member_span;
use crate::request::given;

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
        let mut edits = Edits::to(self.body);
        edits.model(self.raw.model, &self.model, edit.model);
        self.max_output(&mut edits, edit);
        if edit.include_usage {
            self.raw.stream_options.ask_for_usage(&mut edits);
        }
        edits.done()
    }

    /// Puts max tokens where they are to stand.
    fn max_output(&self, edits: &mut Edits<'_>, edit: &Edit<'_>) {
        let renamed = given(self.raw.max_completion_tokens).filter(|_| edit.only_max_tokens);
        let other = edit
            .max_output
            .filter(|max| Some(max.tokens) != self.max_output);
        if let Some(value) = renamed {
            let tokens = other.map_or_else(|| value.get().to_owned(), |max| max.tokens.to_string());
            let place = edits.place(value);
            let name = MaxMember::MaxCompletionTokens.name();
            // A name that is written with escapes stays beside the one that counts.
            if let Some(member) = member_span(self.body, name, &place) {
                edits.replace(member, []);
            }
            let name = MaxMember::MaxTokens.name();
            edits.set(name, self.raw.max_tokens, tokens);
            return;
        }
        let Some(max) = other else {
            return;
        };
        let member = self.max_member().unwrap_or(max.member);
        let value = match member {
            MaxMember::MaxTokens => self.raw.max_tokens,
            MaxMember::MaxCompletionTokens => self.raw.max_completion_tokens,
        };
        edits.set(member.name(), value, max.tokens.to_string());
    }
}

//! What is known of an error before anything is made of it.

use crate::Provider;

/// The headers of an answer that a diagnosis looks at, in lower case. Others need not be handed over.
pub const HEADERS: &[&str] = &[
    "retry-after-ms",
    "retry-after",
    "x-ratelimit-reset",
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-reset-project-tokens",
    "anthropic-ratelimit-requests-reset",
    "anthropic-ratelimit-tokens-reset",
    "anthropic-ratelimit-input-tokens-reset",
    "anthropic-ratelimit-output-tokens-reset",
];

/// What the call was for, as far as it changes what an error means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Text: chat, responses, messages, embeddings.
    Text,
    /// Generation and editing of images.
    Images,
    /// Creation of a batch.
    Batches,
    /// Nobody knows, as for an error somebody pasted.
    Unknown,
}

/// An error as it came, read but not understood.
#[derive(Clone, Copy, Debug)]
pub struct Symptom<'a> {
    /// Whose words these are.
    pub provider: Provider,
    /// What the call was for.
    pub endpoint: Endpoint,
    /// The HTTP status; 200 for an error in the middle of a stream, or in the body of an answer.
    pub status: u16,
    /// The body's `type`; Google's `status`.
    pub kind: Option<&'a str>,
    /// The body's `code`, as text even where it is a number.
    pub code: Option<&'a str>,
    /// A finer code from the extras (`OpenRouter`'s reason or limit source, Anthropic's `error_code`).
    pub reason: Option<&'a str>,
    /// What it says to people.
    pub message: &'a str,
    /// The provider's name of the ceiling that was reached, where the body has one (Google's).
    pub cap: Option<&'a str>,
    /// How long to wait, or until when, as the body says it: `55s`, `29`, `2026-09-01T00:00:00Z`.
    pub wait: Option<&'a str>,
    /// Names and values of headers; only those of [`HEADERS`] are looked at, in any capitals.
    pub headers: &'a [(&'a str, &'a str)],
    /// The time, in microseconds since 1970: dates are turned into waits from here.
    pub now: i64,
}

impl Symptom<'_> {
    /// A status and nothing else, to begin with.
    #[must_use]
    pub const fn bare(provider: Provider, status: u16) -> Self {
        Self {
            provider,
            endpoint: Endpoint::Unknown,
            status,
            kind: None,
            code: None,
            reason: None,
            message: "",
            cap: None,
            wait: None,
            headers: &[],
            now: 0,
        }
    }

    /// The status that the error would have had outside of a stream: some providers put it into the `code`.
    pub(crate) fn told_status(&self) -> u16 {
        let code = self.code.and_then(|code| code.parse().ok());
        match code {
            Some(code @ 400..=599) if self.status == 200 => code,
            _ => self.status,
        }
    }
}

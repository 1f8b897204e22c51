//! What the provider answered, or what somebody pasted of it.

mod pasted;

use diagnosis::{Cause, Confidence, Endpoint, Provider, Symptom, Verdict};
use jiff::Timestamp;
use serde_json::Value;
use wire::error::ProviderError;

pub use pasted::{read as read_pasted, unreachable_by};

/// Under which an error may have come whose status nobody copied; those that fail by themselves come last.
const STATUSES: [u16; 9] = [429, 402, 401, 403, 400, 404, 503, 529, 500];

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The list of models, which costs nothing.
    Models,
    /// A chat of this model.
    Chat(String),
    /// A picture of this model.
    Image(String),
    /// What the key may spend (`OpenRouter`).
    KeyInfo,
    /// Nobody here asked: the error was pasted. Its endpoint, where the text names one.
    Pasted(Option<&'static str>),
}

impl Asked {
    /// Whether a picture was asked for, as far as it is known.
    #[must_use]
    pub fn is_image(&self) -> bool {
        matches!(self, Self::Image(_)) || *self == Self::Pasted(Some("images"))
    }

    /// Whether it was a call that costs money and makes no picture.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Chat(_)) || *self == Self::Pasted(Some("chat"))
    }

    /// What it was, as far as it changes what an error means.
    fn endpoint(&self) -> Endpoint {
        match self {
            Self::Image(_) | Self::Pasted(Some("images")) => Endpoint::Images,
            Self::Chat(_) | Self::Pasted(Some("chat")) => Endpoint::Text,
            Self::Models | Self::KeyInfo | Self::Pasted(_) => Endpoint::Unknown,
        }
    }

    /// Its name in a row of the report.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Models => "model list".to_owned(),
            Self::Chat(model) => format!("chat, {model}"),
            Self::Image(model) => format!("image, {model}"),
            Self::KeyInfo => "key's own limits".to_owned(),
            Self::Pasted(None) => "pasted error".to_owned(),
            Self::Pasted(Some(endpoint)) => format!("pasted error ({endpoint})"),
        }
    }
}

/// What the headers of an answer say, and those of the request where they were pasted along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// The organization that is billed.
    pub organization: Option<String>,
    /// The project that is billed.
    pub project: Option<String>,
    /// The provider's id of the call.
    pub request_id: Option<String>,
    /// Seconds to wait.
    pub retry_after: Option<u64>,
    /// Which attempt of the client's library it was; 0 is the first.
    pub retry_count: Option<u64>,
    /// Whether the client is the library for Node.
    pub from_node: bool,
}

impl Headers {
    /// Takes a header in; one that says nothing here is passed over.
    pub fn take(&mut self, name: &str, value: &str) {
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "openai-organization" => self.organization = Some(value.to_owned()),
            "openai-project" => self.project = Some(value.to_owned()),
            "x-request-id" | "request-id" => self.request_id = Some(value.to_owned()),
            "retry-after" => self.retry_after = value.parse().ok(),
            "x-stainless-retry-count" => self.retry_count = value.parse().ok(),
            "x-stainless-lang" => self.from_node |= value == "js",
            "user-agent" => self.from_node |= value.starts_with("OpenAI/JS"),
            _ => {}
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was asked for.
    pub asked: Asked,
    /// Whose answer it is.
    pub provider: Provider,
    /// The HTTP status.
    pub status: u16,
    /// The error in it.
    pub error: Option<ProviderError>,
    /// What that means.
    pub cause: Option<Cause>,
    /// How well that is known.
    pub confidence: Option<Confidence>,
    /// Where it is Seawall's own refusal, not a provider's: the id of the call.
    pub refused_by_seawall: Option<String>,
    /// What its headers say.
    pub headers: Headers,
    /// When it came.
    pub at: Timestamp,
}

impl Answer {
    /// Reads an answer. `body` is looked at only where it is an error.
    #[must_use]
    pub fn read(
        asked: Asked,
        provider: Provider,
        (status, headers): (u16, Headers),
        body: &[u8],
        at: Timestamp,
    ) -> Self {
        let failed = !(200..300).contains(&status) || is_error(body);
        let error = failed.then(|| ProviderError::read(status, body));
        let refused_by_seawall = refused_by_seawall(body);
        // Seawall speaks with OpenAI's codes; what they mean of an account at a provider does not hold of it.
        let foreign = error.as_ref().filter(|_| refused_by_seawall.is_none());
        let verdict = foreign.map(|error| understood((&asked, provider), error, &headers, at));
        Self {
            asked,
            provider,
            status,
            error,
            cause: verdict.map(|verdict| verdict.cause),
            confidence: verdict.map(|verdict| verdict.confidence),
            refused_by_seawall,
            headers,
            at,
        }
    }

    /// Whether it is what was asked for.
    #[must_use]
    pub const fn is_served(&self) -> bool {
        self.error.is_none()
    }

    /// Whether it was refused for want of money, whatever the provider calls that.
    #[must_use]
    pub fn is_billing(&self) -> bool {
        self.cause.is_some_and(Cause::is_money)
    }

    /// How sure a finding can be that rests on this error and nothing else.
    pub(crate) fn sure(&self) -> crate::Confidence {
        match self.confidence {
            Some(Confidence::Certain) => crate::Confidence::Certain,
            Some(Confidence::Likely) => crate::Confidence::VeryLikely,
            Some(Confidence::Possible) | None => crate::Confidence::Possible,
        }
    }

    /// The error in one line: status, code and message.
    #[must_use]
    pub fn said(&self) -> String {
        let status = match self.status {
            0 => "an error".to_owned(),
            status => format!("HTTP {status}"),
        };
        let Some(error) = &self.error else {
            return status;
        };
        let code = error.finest_code().or(error.kind.as_deref());
        let code = code.map_or(String::new(), |code| format!(" {code}"));
        let words: Vec<&str> = error.message.split_whitespace().collect();
        let message: String = words.join(" ").chars().take(160).collect();
        let quoted = if message.is_empty() {
            String::new()
        } else {
            format!(" \"{message}\"")
        };
        format!("{status}{code}{quoted}")
    }
}

/// The one place where a provider's words become a cause. Where no status came along, it is the one under which these very
/// words mean something.
fn understood(
    about: (&Asked, Provider),
    error: &ProviderError,
    headers: &Headers,
    at: Timestamp,
) -> Verdict {
    let wait = headers.retry_after.map(|seconds| seconds.to_string());
    let wait = wait.as_deref().map(|seconds| ("retry-after", seconds));
    let under = |status, error: &ProviderError| {
        let wait: Vec<(&str, &str)> = wait.into_iter().collect();
        diagnosis::diagnose(&Symptom {
            headers: &wait,
            ..symptom(about, (status, error), at)
        })
    };
    let verdict = under(error.status, error);
    if error.status != 0 || verdict.cause != Cause::Unknown {
        return verdict;
    }
    let silent = ProviderError::read(0, b"{}");
    let by_its_words = |status: &u16| {
        let told = under(*status, error);
        (told.cause != under(*status, &silent).cause).then_some(told)
    };
    STATUSES.iter().find_map(by_its_words).unwrap_or(verdict)
}

fn symptom<'a>(
    (asked, provider): (&Asked, Provider),
    (status, error): (u16, &'a ProviderError),
    at: Timestamp,
) -> Symptom<'a> {
    Symptom {
        endpoint: asked.endpoint(),
        kind: error.kind.as_deref(),
        code: error.code.as_deref(),
        reason: error.reason.as_deref(),
        message: &error.message,
        cap: error.cap.as_deref(),
        wait: error.wait.as_deref(),
        now: at.as_microsecond(),
        ..Symptom::bare(provider, status)
    }
}

/// What a word would mean, were it the code or the type of an error and nothing else known.
fn certain_cause(about: (&Asked, Provider), word: &str, at: Timestamp) -> Option<Cause> {
    let nothing = ProviderError::read(0, b"{}");
    let as_code = Symptom {
        code: Some(word),
        kind: Some(word),
        ..symptom(about, (0, &nothing), at)
    };
    let cause = diagnosis::diagnose(&as_code).cause;
    (cause != Cause::Unknown).then_some(cause)
}

/// Whether a body with a good status is an error after all, as in the middle of a stream.
fn is_error(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body)
        .ok()
        .is_some_and(|body| body.get("error").is_some_and(Value::is_object))
}

/// The id of the call where Seawall says that it refused it itself.
fn refused_by_seawall(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let details = body.get("error")?.get("details")?;
    let by = details.get("refused_by")?.as_str()?;
    let id = details.get("request_id").and_then(Value::as_str);
    (by == "seawall").then(|| id.unwrap_or("ID").to_owned())
}

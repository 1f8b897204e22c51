//! Asking, and what the answer means.

use std::time::Duration;

use accounts::{Outcome, Refusal, Served};
use bytes::Bytes;
use catalog::{CacheLife, Catalog, ChatTerms, ImageTerms, Shape, chat_bound, image_bound};
use diagnosis::{Billed, Endpoint};
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::{BodyExt as _, Limited};
use ledger::Time;
use money::Nanos;
use serde_json::json;
use tokio::time::timeout;
use upstream::{Answer, MaxTokens, SendError};
use wire::error::ProviderError;

use super::ProberParts;
use crate::tell;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a picture may take.
const PATIENCE_FOR_PICTURES: Duration = Duration::from_secs(120);
/// The largest answer that is read, in bytes: a list of models, or a picture in base64.
const LARGEST: usize = 8 << 20;
/// The most tokens of a chat's answer. Fewer are refused by some.
const MOST_TOKENS: u64 = 16;
/// More tokens than the prompts below and what is put around them can be.
const PROMPT_TOKENS: u64 = 64;
/// Characters of a provider's words that are shown of a probe.
const MOST_SAID: usize = 200;

/// What costs money where it is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paid {
    Chat,
    Picture,
}

impl Paid {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Picture => "picture",
        }
    }

    const fn endpoint(self) -> Endpoint {
        match self {
            Self::Chat => Endpoint::Text,
            Self::Picture => Endpoint::Images,
        }
    }

    const fn shape() -> Shape<'static> {
        Shape {
            size: Some("1024x1024"),
            quality: Some("low"),
        }
    }

    /// The most that it can cost; `None`: nobody knows.
    pub(super) fn most(self, catalog: &Catalog, model: &str, now: Time) -> Option<Nanos> {
        let (model, at) = (catalog.model(model)?, now.to_timestamp());
        let bound = match self {
            Self::Chat => {
                let terms = ChatTerms {
                    input_tokens_at_most: PROMPT_TOKENS,
                    max_output: MOST_TOKENS,
                    n: 1,
                    service_tier: None,
                    cache: CacheLife::Short,
                    floor: 1,
                };
                chat_bound(model.chat()?.prices_at(at)?, &terms).ok()?
            }
            Self::Picture => {
                let terms = ImageTerms {
                    prompt_tokens_at_most: PROMPT_TOKENS,
                    shape: Self::shape(),
                    n: 1,
                    partial_images: 0,
                };
                image_bound(model.image()?.prices_at(at)?, &terms).ok()?
            }
        };
        Some(bound.worst())
    }

    fn body(self, served: &Served, model: &str) -> Bytes {
        let model = served.name_of(model);
        let body = match self {
            Self::Chat => {
                let most = match served.account.profile().max_tokens {
                    MaxTokens::Newer => "max_completion_tokens",
                    MaxTokens::Older | MaxTokens::OnlyOlder => "max_tokens",
                };
                json!({
                    "model": model,
                    "messages": [{"role": "user", "content": "Say ok."}],
                    most: MOST_TOKENS,
                })
            }
            Self::Picture => {
                let shape = Self::shape();
                json!({
                    "model": model, "prompt": "A dot.", "n": 1,
                    "size": shape.size, "quality": shape.quality,
                })
            }
        };
        Bytes::from(body.to_string())
    }
}

/// Asks for the list of models.
pub(super) async fn key(parts: &ProberParts, served: &Served) -> Outcome {
    let came = parts.client.get(&served.account, "/models", PATIENCE).await;
    let about = About {
        what: "model list".to_owned(),
        endpoint: Endpoint::Unknown,
        model: None,
    };
    read(parts, served, about, (came, PATIENCE)).await.0
}

/// Asks for something that costs money where it is served; says whether it may have.
pub(super) async fn paid(
    parts: &ProberParts,
    served: &Served,
    (paid, model): (Paid, &str),
) -> (Outcome, bool) {
    let (route, patience) = match paid {
        Paid::Chat => ("/chat/completions", PATIENCE),
        Paid::Picture => ("/images/generations", PATIENCE_FOR_PICTURES),
    };
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let name = served.name_of(model);
    let body = paid.body(served, model);
    let came = parts
        .client
        .post(&served.account, (route, &name), (headers, body), patience)
        .await;
    let about = About {
        what: format!("{}, {model}", paid.name()),
        endpoint: paid.endpoint(),
        model: Some(model.to_owned()),
    };
    read(parts, served, about, (came, patience)).await
}

struct About {
    what: String,
    endpoint: Endpoint,
    model: Option<String>,
}

/// What came, and whether it may have been billed.
async fn read(
    parts: &ProberParts,
    served: &Served,
    about: About,
    (came, patience): (Result<Response<Answer>, SendError>, Duration),
) -> (Outcome, bool) {
    let what = &about.what;
    let answer = match came {
        Ok(answer) => answer,
        Err(error) => {
            let sent = !matches!(error, SendError::NotSent(_));
            let said = format!("{what}: {error}");
            return (Outcome::Unknown { said }, sent);
        }
    };
    let (head, body) = answer.into_parts();
    served.heard(&head.headers);
    let status = head.status.as_u16();
    let whole = timeout(patience, Limited::new(body, LARGEST).collect()).await;
    let Ok(Ok(body)) = whole else {
        let said = format!("{what}: HTTP {status}, and its body broke off or is too large");
        return (Outcome::Unknown { said }, true);
    };
    let body = body.to_bytes();
    let within = ProviderError::within_answer(&body).is_some();
    if head.status.is_success() && !within {
        let said = format!("{what}: served");
        return (Outcome::Served { said }, true);
    }
    let error = ProviderError::read(status, &body);
    refused(parts, served, about, (&head.headers, &error))
}

fn refused(
    parts: &ProberParts,
    served: &Served,
    about: About,
    (headers, error): (&HeaderMap, &ProviderError),
) -> (Outcome, bool) {
    let account = &served.account;
    let about_it = (account, about.endpoint);
    let verdict = tell::diagnosis::verdict(about_it, (headers, error), parts.clock.now());
    let names = (error.kind.as_deref(), error.code.as_deref());
    let refusal = Refusal::new(account, error.status, names, &error.message);
    let words: Vec<&str> = refusal.message.split_whitespace().collect();
    let words: String = words.join(" ").chars().take(MOST_SAID).collect();
    let code = refusal.code.as_deref().or(refusal.kind.as_deref());
    let said = format!(
        "{}: HTTP {} {} \"{words}\"",
        about.what,
        error.status,
        code.unwrap_or("without a code")
    );
    let may_be_billed = verdict.billed == Billed::Maybe;
    let outcome = if verdict.refusal {
        Outcome::Refused {
            said,
            verdict,
            refusal,
            model: about.model,
        }
    } else {
        Outcome::Unknown { said }
    };
    (outcome, may_be_billed)
}

//! What a provider's error means, and how the client is told: its own words stay, ours stand around them.

use std::time::Duration;

use diagnosis::{Cause, Endpoint, HEADERS, Provider, Retry, Scope, Symptom, Verdict, diagnose};
use http::HeaderMap;
use ledger::Time;
use serde_json::{Value, json};
use upstream::Account;
use wire::error::{Note, ProviderError};

use crate::step::read::Route;
use crate::{Disclosure, Gateway};

/// A wait that an SDK sleeps without telling anybody. Beyond it the caller is told at once.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Where an error comes from.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) account: &'a Account,
    pub(crate) route: Route,
    /// As the client calls it.
    pub(crate) model: &'a str,
    /// Whether no other account serves the model.
    pub(crate) alone: bool,
}

/// An error of a provider's, understood.
pub(crate) struct Diagnosed {
    pub(crate) verdict: Verdict,
    /// In front of the provider's words.
    before: String,
    /// Behind them; empty where amounts and reasons are not disclosed.
    after: String,
    /// The same for programs.
    details: Option<String>,
}

/// What an error of an account's provider means.
pub(crate) fn verdict(
    (account, endpoint): (&Account, Endpoint),
    (headers, error): (&HeaderMap, &ProviderError),
    now: Time,
) -> Verdict {
    let read = |name: &&'static str| Some((*name, headers.get(*name)?.to_str().ok()?));
    let headers: Vec<(&str, &str)> = HEADERS.iter().filter_map(read).collect();
    diagnose(&Symptom {
        endpoint,
        kind: error.kind.as_deref(),
        code: error.code.as_deref(),
        reason: error.reason.as_deref(),
        message: &error.message,
        cap: error.cap.as_deref(),
        wait: error.wait.as_deref(),
        headers: &headers,
        now: now.micros(),
        ..Symptom::bare(account.provider(), error.status)
    })
}

/// Makes out what an error means, and how it is told. `status` and headers are the answer's; 200 in the middle of a stream.
pub(crate) fn diagnosed(
    gateway: &Gateway,
    place: Place<'_>,
    headers: &HeaderMap,
    error: &ProviderError,
) -> Diagnosed {
    let (account, provider) = (place.account, place.account.provider());
    let endpoint = match place.route {
        Route::Chat => Endpoint::Text,
        Route::Images => Endpoint::Images,
    };
    let verdict = verdict((account, endpoint), (headers, error), gateway.now());
    let open = gateway.settings().disclosure == Disclosure::Full;
    Diagnosed {
        verdict,
        before: format!("Refused by {}, not by Seawall: ", account.provider_name()),
        after: if open {
            sentences(&verdict, place, &error.message)
        } else {
            String::new()
        },
        details: open.then(|| details(&verdict, provider).to_string()),
    }
}

impl Diagnosed {
    /// What is added to the error: nothing where it is no refusal.
    pub(crate) fn note(&self) -> Option<Note<'_>> {
        self.verdict.refusal.then_some(Note {
            before: &self.before,
            after: &self.after,
            diagnosis: self.details.as_deref(),
        })
    }
}

/// Whether an SDK had better not ask again by itself: nothing passes before it would.
pub(crate) fn is_final(verdict: &Verdict) -> bool {
    let stays = match verdict.retry {
        Retry::Never | Retry::Elsewhere | Retry::FewerTokens(_) => true,
        Retry::After(wait) => wait.is_some_and(|wait| wait > LONGEST_SLEEP),
    };
    verdict.refusal && stays
}

/// Behind the provider's own words, which end as they like.
fn sentences(verdict: &Verdict, place: Place<'_>, said: &str) -> String {
    let (cause, provider) = (verdict.cause, place.account.provider());
    let end = match said.trim_end().chars().last() {
        None => "",
        Some('.' | '!' | '?') => " ",
        Some(_) => ". ",
    };
    let page = match cause.page(provider) {
        Some(page) => format!(" Where: {page}"),
        None => String::new(),
    };
    format!(
        "{end}Diagnosis ({}): {} {}{}{page}",
        verdict.confidence.as_str(),
        cause.sentence(),
        cause.remedy(provider),
        no_other(verdict, place),
    )
}

/// Where another account could have served the call, and there is none.
fn no_other(verdict: &Verdict, place: Place<'_>) -> String {
    if place.alone && verdict.scope != Scope::Request {
        format!(" No other upstream here serves {}.", place.model)
    } else {
        String::new()
    }
}

fn details(verdict: &Verdict, provider: Provider) -> Value {
    let cause = verdict.cause;
    let may_be: Vec<&str> = cause.may_be().iter().copied().map(Cause::as_str).collect();
    let mut details = json!({
        "cause": cause.as_str(),
        "scope": verdict.scope.as_str(),
        "confidence": verdict.confidence.as_str(),
        "retry": verdict.retry.as_str(),
        "means": cause.sentence(),
        "remedy": cause.remedy(provider),
        "where": cause.page(provider),
        "may_be": may_be,
    });
    match verdict.retry {
        // Rounded up: a second too early is refused again.
        Retry::After(Some(wait)) => {
            let rest = u64::from(wait.subsec_nanos() > 0);
            details["after_seconds"] = wait.as_secs().saturating_add(rest).into();
        }
        Retry::FewerTokens(Some(tokens)) => details["max_output_tokens"] = tokens.into(),
        Retry::After(None) | Retry::FewerTokens(None) | Retry::Never | Retry::Elsewhere => {}
    }
    details
}

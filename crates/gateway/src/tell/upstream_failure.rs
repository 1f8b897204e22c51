//! What the provider did instead of answering.

use bytes::Bytes;
use diagnosis::{Billed, Verdict};
use http::{StatusCode, response};
use ledger::{PresumeReason, ReleaseReason};
use projections::Outcome;
use upstream::{Account, SendError};
use wire::error::{ProviderError, annotated};

use super::diagnosis::{Place, diagnosed, is_final};
use super::{Retry, Told, headers};
use crate::Gateway;
use crate::step::settle::Ending;

/// What a provider said in the place of an answer.
pub(crate) struct Heard {
    pub(crate) verdict: Verdict,
    /// What it means for the hold and for the record.
    pub(crate) ending: Ending,
    /// Its body, as the client is told it.
    pub(crate) told: Bytes,
}

/// The provider answered with an error: passed on as it is, and where it is a refusal with a word on whose it is, what it
/// means and what to do. SDKs are told not to ask again by themselves where that cannot help.
pub(crate) fn provider_refused(
    gateway: &Gateway,
    place: Place<'_>,
    (head, body): (&mut response::Parts, &Bytes),
) -> Heard {
    let status = head.status.as_u16();
    let error = ProviderError::read(status, body);
    let diagnosed = diagnosed(gateway, place, &head.headers, &error);
    let ending = match diagnosed.verdict.billed {
        Billed::No => Ending::released(ReleaseReason::ProviderRefused, status),
        Billed::Maybe => Ending::presumed(PresumeReason::ProviderFailed, status),
    };
    let note = diagnosed.note();
    let told = note.and_then(|note| annotated(body, &note).map(Bytes::from));
    if is_final(&diagnosed.verdict) {
        headers::ask_no_more(&mut head.headers);
    }
    Heard {
        verdict: diagnosed.verdict,
        ending: ending.code(error.code.as_deref().or(error.kind.as_deref())),
        told: told.unwrap_or_else(|| body.clone()),
    }
}

/// The provider answered well, with an error for a body. The work may have been begun, so it is charged what was held.
/// `None` where it is no error.
pub(crate) fn refused_within(
    gateway: &Gateway,
    place: Place<'_>,
    (head, body): (&mut response::Parts, &Bytes),
) -> Option<Heard> {
    ProviderError::within_answer(body)?;
    let mut heard = provider_refused(gateway, place, (head, body));
    heard.ending.outcome = Some(Outcome::Failed);
    Some(heard)
}

/// The provider did not answer.
pub(crate) fn unanswered(account: &Account, error: &SendError) -> (Ending, Told) {
    let provider = account.provider_name();
    let name = account.name();
    tracing::warn!(upstream = name, %error, "an upstream did not answer");
    let (ending, status, code, message) = match error {
        SendError::NotSent(_) => (
            Ending::released(ReleaseReason::NotSent, 502),
            StatusCode::BAD_GATEWAY,
            "upstream_unreachable",
            format!(
                "Seawall cannot connect to {provider} (upstream {name:?}). Nothing was sent and nothing is charged."
            ),
        ),
        SendError::NoAnswer(_) => (
            Ending::presumed(PresumeReason::CutOff, 502),
            StatusCode::BAD_GATEWAY,
            "upstream_disconnected",
            format!(
                "{provider} (upstream {name:?}) closed the connection without an answer. It may have done the work, so what \
                 was held for this call is charged until its bill is known."
            ),
        ),
        SendError::TimedOut(patience) => (
            Ending::presumed(PresumeReason::TimedOut, 504),
            StatusCode::GATEWAY_TIMEOUT,
            "upstream_timeout",
            format!(
                "{provider} (upstream {name:?}) did not answer within {} seconds. It may have done the work, so what was \
                 held for this call is charged until its bill is known.",
                patience.as_secs()
            ),
        ),
    };
    let mut told = Told::new(status, ("server_error", code), message);
    told.retry = Retry::Unsaid;
    let failed = Ending {
        outcome: Some(Outcome::Failed),
        ..ending.code(Some(code))
    };
    (failed, told)
}

//! What the provider did instead of answering.

use bytes::Bytes;
use diagnosis::Billed;
use http::{StatusCode, response};
use ledger::{PresumeReason, ReleaseReason};
use projections::Outcome;
use upstream::{Account, SendError};
use wire::error::{ProviderError, annotated};

use super::diagnosis::diagnosed;
use super::{Retry, Told, headers};
use crate::Gateway;
use crate::step::read::Route;
use crate::step::settle::Ending;

/// The provider answered with an error: passed on as it is, and where it is a refusal with a word on whose it is, what it
/// means and what to do. SDKs are told not to ask again by themselves where that cannot help.
pub(crate) fn provider_refused(
    gateway: &Gateway,
    about: (&Account, Route),
    head: &mut response::Parts,
    body: &Bytes,
) -> (Ending, Bytes) {
    let status = head.status.as_u16();
    let error = ProviderError::read(status, body);
    let diagnosed = diagnosed(gateway, about, &head.headers, &error);
    let ending = match diagnosed.verdict.billed {
        Billed::No => Ending::released(ReleaseReason::ProviderRefused, status),
        Billed::Maybe => Ending::presumed(PresumeReason::ProviderFailed, status),
    };
    let ending = ending.code(error.code.as_deref().or(error.kind.as_deref()));
    let note = diagnosed.note();
    let told = note.and_then(|note| annotated(body, &note).map(Bytes::from));
    if diagnosed.is_final() {
        headers::ask_no_more(&mut head.headers);
    }
    (ending, told.unwrap_or_else(|| body.clone()))
}

/// The provider answered well, with an error for a body. The work may have been begun, so it is charged what was held.
/// `None` where it is no error.
pub(crate) fn refused_within(
    gateway: &Gateway,
    about: (&Account, Route),
    head: &mut response::Parts,
    body: &Bytes,
) -> Option<(Ending, Bytes)> {
    ProviderError::within_answer(body)?;
    let (ending, told) = provider_refused(gateway, about, head, body);
    let failed = Ending {
        outcome: Some(Outcome::Failed),
        ..ending
    };
    Some((failed, told))
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

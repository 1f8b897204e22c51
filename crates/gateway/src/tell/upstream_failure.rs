//! What the provider did instead of answering.

use bytes::Bytes;
use diagnosis::{Billed, diagnose};
use http::{StatusCode, response};
use ledger::{PresumeReason, ReleaseReason};
use projections::Outcome;
use upstream::{Account, SendError};
use wire::error::{ProviderError, prefix_message};

use super::{Retry, Told};
use crate::step::settle::Ending;

/// The provider answered with an error: passed on as it is, and where it is a refusal with a word on whose it is.
pub(crate) fn provider_refused(
    account: &Account,
    head: &response::Parts,
    body: &Bytes,
) -> (Ending, Bytes) {
    let status = head.status.as_u16();
    let error = ProviderError::read(status, body);
    let kind = account.kind().provider();
    let verdict = diagnose(
        kind,
        status,
        error.kind.as_deref(),
        error.finest_code(),
        &error.message,
    );
    let ending = match verdict.billed {
        Billed::No => Ending::released(ReleaseReason::ProviderRefused, status),
        Billed::Maybe => Ending::presumed(PresumeReason::ProviderFailed, status),
    };
    let ending = ending.code(error.code.as_deref().or(error.kind.as_deref()));
    let prefix = format!("Refused by {}, not by Seawall: ", account.provider_name());
    let told = if verdict.refusal {
        prefix_message(body, &prefix).map(Bytes::from)
    } else {
        None
    };
    (ending, told.unwrap_or_else(|| body.clone()))
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

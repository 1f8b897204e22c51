//! Answers that come whole: read to their end, metered, settled, and only then told, so that their headers say the cost.

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::response::Parts;
use http_body_util::BodyExt;
use ledger::PresumeReason;
use projections::Outcome;
use tokio::time::timeout_at;
use upstream::Answer;

use super::attempt::UnderWay;
use super::failed::Failed;
use crate::step::park;
use crate::step::settle::Ending;
use crate::tell::{self, Heard, Retry, Told, headers};

/// The largest error of a provider that is passed on.
const ERROR_LIMIT: usize = 1 << 20;

/// Why an answer could not be read to its end.
pub(super) enum Cut {
    Connection,
    TooLong,
    TooLate,
    /// No answer of a model's: a redirect, or another protocol.
    Unusable(StatusCode),
}

/// The answer to a call that was served.
pub(super) async fn answer(
    call: UnderWay,
    answer: http::Response<Answer>,
) -> Result<Response, Box<Failed>> {
    let (mut head, body) = answer.into_parts();
    let provider_request = headers::identify(&mut head.headers, call.held.request);
    let limit = call.held.gateway.settings().answer_limit;
    let body = match whole(body, limit, &call).await {
        Ok(body) => body,
        Err(cut) => return Err(failed(call, &cut, provider_request)),
    };
    let metered = call.meter.answer(&body);
    if metered.is_none()
        && let Some(heard) =
            tell::refused_within(&call.held.gateway, call.place(), (&mut head, &body))
    {
        return Err(heard_of(call, heard, (head, provider_request)));
    }
    park::served(&call.held.gateway, &call.served, call.meter.model());
    let ending = Ending::of_answer(metered, head.status.as_u16());
    call.tell_served(&mut head.headers);
    let cost = call
        .held
        .settle(ending.known_to_provider_as(provider_request))
        .await;
    if let Some(cost) = cost {
        headers::settled(&mut head.headers, &cost);
    }
    Ok(Response::from_parts(head, Body::from(body)))
}

/// A provider's error: its hold is given back where it is known not to be billed, else charged until that is known.
pub(super) async fn refused(call: UnderWay, answer: http::Response<Answer>) -> Box<Failed> {
    let (mut head, body) = answer.into_parts();
    let request = call.held.request;
    let provider_request = headers::identify(&mut head.headers, request);
    if head.status.is_informational() || head.status.is_redirection() {
        return failed(call, &Cut::Unusable(head.status), provider_request);
    }
    let body = match whole(body, ERROR_LIMIT, &call).await {
        Ok(body) => body,
        Err(cut) => return failed(call, &cut, provider_request),
    };
    let heard = tell::provider_refused(&call.held.gateway, call.place(), (&mut head, &body));
    heard_of(call, heard, (head, provider_request))
}

/// The provider said in words that it does not answer.
fn heard_of(
    call: UnderWay,
    heard: Heard,
    (head, provider_request): (Parts, Option<Box<str>>),
) -> Box<Failed> {
    let refusal = (&heard.verdict, &heard.error);
    park::refused(
        &call.held.gateway,
        (&call.served, call.meter.model()),
        refusal,
    );
    Box::new(Failed {
        call,
        ending: heard.ending.known_to_provider_as(provider_request),
        verdict: Some(heard.verdict),
        head,
        body: heard.told,
    })
}

async fn whole(mut body: Answer, limit: usize, call: &UnderWay) -> Result<Bytes, Cut> {
    let mut first: Option<Bytes> = None;
    let mut joined = BytesMut::new();
    loop {
        let frame = match timeout_at(call.deadline, body.frame()).await {
            Err(_elapsed) => return Err(Cut::TooLate),
            Ok(Some(Err(_broken))) => return Err(Cut::Connection),
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => break,
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if joined.len().saturating_add(data.len()) > limit {
            return Err(Cut::TooLong);
        }
        // Most answers are one piece, which is then not copied.
        match first.take() {
            None if joined.is_empty() => first = Some(data),
            earlier => {
                joined.extend_from_slice(&earlier.unwrap_or_default());
                joined.extend_from_slice(&data);
            }
        }
    }
    Ok(first.unwrap_or_else(|| joined.freeze()))
}

/// The answer broke off: the provider has probably done the work.
pub(super) fn failed(call: UnderWay, cut: &Cut, provider_request: Option<Box<str>>) -> Box<Failed> {
    let (provider, name) = (
        call.served.account.provider_name(),
        call.served.account.name(),
    );
    let charged = "What was held for this call is charged until the provider's bill is known.";
    let (status, reason, code, message) = match cut {
        Cut::Connection => (
            StatusCode::BAD_GATEWAY,
            PresumeReason::CutOff,
            "upstream_disconnected",
            format!(
                "{provider} (upstream {name:?}) broke off in the middle of its answer. {charged}"
            ),
        ),
        Cut::TooLong => (
            StatusCode::BAD_GATEWAY,
            PresumeReason::CutOff,
            "upstream_answer_too_large",
            format!(
                "The answer of {provider} (upstream {name:?}) is larger than this Seawall takes (gateway.answer_limit). {charged}"
            ),
        ),
        Cut::Unusable(status) => (
            StatusCode::BAD_GATEWAY,
            PresumeReason::ProviderFailed,
            "upstream_answer_unusable",
            format!(
                "{provider} (upstream {name:?}) answered with status {}, which is neither an answer nor an error. Check the \
                 base_url of the upstream. {charged}",
                status.as_u16()
            ),
        ),
        Cut::TooLate => (
            StatusCode::GATEWAY_TIMEOUT,
            PresumeReason::TimedOut,
            "upstream_timeout",
            format!(
                "{provider} (upstream {name:?}) did not complete its answer in time. {charged}"
            ),
        ),
    };
    let mut told = Told::new(status, ("server_error", code), message);
    told.retry = Retry::Unsaid;
    let ending = Ending::presumed(reason, status.as_u16())
        .code(Some(code))
        .known_to_provider_as(provider_request);
    let ending = Ending {
        outcome: Some(Outcome::Failed),
        ..ending
    };
    Failed::untold(call, ending, told)
}

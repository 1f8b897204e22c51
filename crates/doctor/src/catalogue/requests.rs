//! D19 to D22, D26, E09, E10, E14, E15: rates, money under way, and what is wrong with a request or with the provider
//! itself.

use diagnosis::Cause;

use crate::answer::Answer;
use crate::finding::{Confidence, Finding};
use crate::observations::Observations;
use crate::precedence::proxies;

const RATES: [Cause; 5] = [
    Cause::RequestRate,
    Cause::TokenRate,
    Cause::TooLargeForRate,
    Cause::Rate,
    Cause::SlowDown,
];

/// A rate limit in the words of a billing stop.
fn in_disguise(answer: &Answer) -> bool {
    let words = answer.error.as_ref().is_some_and(|error| {
        error.message.contains("exceeded your current quota")
            || error.code.as_deref() == Some("insufficient_quota")
    });
    words && answer.cause.is_some_and(|cause| RATES.contains(&cause))
}

fn waited(answer: &Answer) -> Option<String> {
    let seconds = answer.headers.retry_after?;
    Some(format!(
        "the answer says to wait {seconds} s, which no billing stop does"
    ))
}

pub(super) fn d19(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&RATES).filter(|denial| !in_disguise(denial))?;
    let too_large = denial.cause == Some(Cause::TooLargeForRate);
    let finding = Finding::new(
        denial.sure(),
        "It is a rate limit: too much in too short a time. It is no matter of money.",
    )
    .because(denial.said())
    .because_all(waited(denial));
    Some(if too_large {
        finding.fix_where("This one call is larger than the rate allows in any minute: shorten it, or lower max tokens.", super::pages::rates(o.account.provider))
    } else {
        finding.fix_where("Wait as long as the answer says and send fewer calls at once. Failed calls count, too.", super::pages::rates(o.account.provider))
    })
}

pub(super) fn d20(o: &Observations) -> Option<Finding> {
    let denial = o.denials().find(|answer| in_disguise(answer))?;
    let kind = denial.error.as_ref().and_then(|error| error.kind.as_ref());
    let google = kind
        .filter(|kind| {
            kind.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        })
        .map(|status| format!("`{status}` is Google's word for a rate"));
    Some(
        Finding::new(
            Confidence::VeryLikely,
            "It is a passing rate limit, although it is worded like a billing stop.",
        )
        .because(denial.said())
        .because_all(google)
        .because_all(waited(denial))
        .because("Gemini and Azure use OpenAI's words for an empty balance when a rate per minute or day is reached")
        .fix_where("Wait and try again; do not buy credit for it, and do not take the key out of use. On Azure raise the deployment's tokens per minute.", super::pages::rates(o.account.provider)),
    )
}

pub(super) fn d21(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::InFlightBudget])?;
    Some(
        Finding::new(denial.sure(), "Calls under way hold what is left of the credit; it passes when they end.")
            .because(denial.said())
            .fix("Try again in a moment, with fewer calls at once or lower max tokens: each holds its worst case until it ends."),
    )
}

pub(super) fn d22(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::WorstCaseTooLarge])?;
    Some(
        Finding::new(
            denial.sure(),
            "The most this call may cost does not fit into what is left.",
        )
        .because(denial.said())
        .fix_where(
            "Lower max tokens below what the message says can be afforded, or buy credit.",
            super::pages::credit(o.account.provider),
        ),
    )
}

pub(super) fn d26(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::ServiceTierNotAllowed])?;
    Some(
        Finding::new(
            denial.sure(),
            "The project may not use the service tier that the call asks for.",
        )
        .because(denial.said())
        .fix_where(
            "Leave service_tier out, or allow the tier in the project.",
            super::pages::project_limits(o),
        ),
    )
}

pub(super) fn e09(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::ServerFailure, Cause::Overloaded])?;
    Some(
        Finding::new(
            denial.sure(),
            "The provider failed. It is no matter of money, and nothing here is wrong.",
        )
        .because(denial.said())
        .fix_where(
            "Try again with growing pauses; a second provider carries calls over such times.",
            super::pages::status(o.account.provider),
        ),
    )
}

pub(super) fn e14(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::ContextTooLong])?;
    let verdict = "The prompt, or the prompt with the longest answer it asks for, is longer than the model takes. It is no matter of money.";
    Some(
        Finding::new(denial.sure(), verdict)
            .because(denial.said())
            .fix("Send a shorter prompt or a shorter history, ask for fewer max tokens, or use a model with a longer context."),
    )
}

pub(super) fn e15(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::ContentRefused])?;
    let verdict = "The provider does not answer what this prompt asks for. It is no matter of money, and the account is well.";
    Some(
        Finding::new(denial.sure(), verdict)
            .because(denial.said())
            .because("such a refusal is about one call: others with the same key are served")
            .fix("Change the prompt; the same one is refused again, also with another key."),
    )
}

pub(super) fn e10(o: &Observations) -> Option<Finding> {
    let denial = o
        .denied_by(&[Cause::MalformedRequest, Cause::Unknown])
        .filter(|answer| !(300..400).contains(&answer.status))?;
    Some(unexplained(o, denial))
}

/// What can be said of an error that no row explains.
pub(crate) fn unexplained(o: &Observations, denial: &Answer) -> Finding {
    let wrong = denial.cause == Some(Cause::MalformedRequest);
    let (confidence, verdict) = if wrong {
        (
            Confidence::Likely,
            "The request is one that no provider would take, or goes to a path that does not exist.",
        )
    } else {
        (
            Confidence::Possible,
            "The refusal is none of those that are known.",
        )
    };
    let error = denial.error.as_ref();
    let empty = error.is_none_or(|error| error.message.is_empty());
    Finding::new(confidence, verdict)
        .because(denial.said())
        .because_all(empty.then(|| "the answer holds no error that can be read".to_owned()))
        .because_all(proxies(o))
        .fix("Read its message; look at the base URL (it ends in /v1 for most providers) and at the model's name.")
}

//! D12, D27, D28: what time and repetition make of a refusal.

use crate::answer::Answer;
use crate::finding::{Confidence, Finding};
use crate::observations::Observations;

/// By the provider's word a top-up takes a few minutes.
const MINUTES: i64 = 15 * 60;
/// Users have waited for hours.
const HOURS: i64 = 6 * 3600;
/// The library for Python gives up beyond this wait; the one for Node never does. In seconds.
const LONG: u64 = 120;

pub(super) fn d12(o: &Observations) -> Option<Finding> {
    let denial = o.billing_denial()?;
    let topped_up = o.told.topped_up_at?;
    let age = o.now.as_second().checked_sub(topped_up.as_second())?;
    if !(0..=HOURS).contains(&age) {
        return None;
    }
    let confidence = if age <= MINUTES {
        Confidence::Likely
    } else {
        Confidence::Possible
    };
    let minutes = age.checked_div(60)?;
    Some(
        Finding::new(confidence, "The top-up or the raised limit has not arrived everywhere yet.")
            .because(format!("it was {minutes} min ago, by your word"))
            .because(denial.said())
            .because("the provider says a few minutes; users report 5 to 30, some of them hours")
            .against((age > MINUTES).then(|| "it should have arrived by now; a deficit may have eaten it (D13), or another organization was topped up (D09)".to_owned()))
            .fix("Wait, and do not buy again. `seawall doctor --watch --probe-chat` asks until it has arrived."),
    )
}

pub(super) fn d27(o: &Observations) -> Option<Finding> {
    let long = |answer: &&Answer| {
        answer
            .headers
            .retry_after
            .is_some_and(|seconds| seconds > LONG)
    };
    let denial = o.denials().find(long)?;
    let seconds = denial.headers.retry_after?;
    let (confidence, client) = if denial.headers.from_node {
        (
            Confidence::Certain,
            "the call came from the library for Node, which sleeps as long as it is told to, without a bound",
        )
    } else {
        (
            Confidence::Possible,
            "the library for Node would sleep that long without a bound; the one for Python gives up at once",
        )
    };
    Some(
        Finding::new(confidence, "A client that hangs may only be sleeping as long as the answer told it to.")
            .warns()
            .because(format!("the answer says to wait {seconds} s"))
            .because(client)
            .fix("Give the client a time-out and maxRetries: 0, or put a gateway before it that takes that header out."),
    )
}

pub(super) fn d28(o: &Observations) -> Option<Finding> {
    let again = |answer: &&Answer| {
        answer.is_billing() && answer.headers.retry_count.is_some_and(|count| count > 0)
    };
    let denial = o.denials().find(again)?;
    let count = denial.headers.retry_count?;
    Some(
        Finding::new(Confidence::Certain, "The client repeats calls that cannot succeed before somebody acts.")
            .warns()
            .because(format!("x-stainless-retry-count is {count} on a refusal for want of money"))
            .because("the official libraries repeat every 429 twice; work before the call is done, and may be paid, each time")
            .fix("Set max_retries to 0 for this error, or answer it with `x-should-retry: false`, as Seawall does."),
    )
}

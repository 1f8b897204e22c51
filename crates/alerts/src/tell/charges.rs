//! Calls whose charge somebody should look at. Many at once become one alert that counts them.

use ledger::{Book, PresumeReason};
use money::Nanos;
use serde_json::{Value, json};

use super::words::{fields, usd};
use crate::Kind;
use crate::alert::{Call, Draft};
use crate::watch::Gathered;

/// Why a hold was charged in full, in words.
pub(crate) const fn why(reason: PresumeReason) -> &'static str {
    match reason {
        PresumeReason::HolderGone => "the server ended while the call ran",
        PresumeReason::DeadlinePassed => "nobody said any more that the call lives",
        PresumeReason::ProviderFailed => "the provider failed in a way that it may bill for",
        PresumeReason::CutOff => "the answer was cut off before the provider said what it cost",
        PresumeReason::NoUsage => "the answer did not say what it cost",
        PresumeReason::TimedOut => "the call took too long",
    }
}

/// Calls that were charged what they held.
pub(crate) fn presumed(book: &Book, gathered: &Gathered) -> Option<Draft> {
    let sentence = match (gathered.count, gathered.calls.first()) {
        (1, Some(call)) => format!(
            "A call was charged the {} it held, because nobody knows what it cost: {}. It is corrected when that is known.",
            usd(Nanos::new(call.charged)),
            call.why.as_deref().unwrap_or("no reason is known"),
        ),
        (count, _) => format!(
            "{count} calls were charged what they held, because nobody knows what they cost. Each is corrected when that is \
             known."
        ),
    };
    draft(book, gathered, Kind::PresumedCharges, sentence)
}

/// Calls that cost more than was held for them.
pub(crate) fn overruns(book: &Book, gathered: &Gathered) -> Option<Draft> {
    let sentence = match (gathered.count, gathered.calls.first()) {
        (1, Some(call)) => format!(
            "A call cost {}, more than the {} that were held for it. The bound was wrong; it is charged what it cost.",
            usd(Nanos::new(call.charged)),
            usd(Nanos::new(call.held)),
        ),
        (count, _) => format!(
            "{count} calls cost more than was held for them. The bounds were wrong; each is charged what it cost."
        ),
    };
    draft(book, gathered, Kind::Overrun, sentence)
}

fn draft(book: &Book, gathered: &Gathered, kind: Kind, sentence: String) -> Option<Draft> {
    let organization = book.organization()?;
    let first = gathered.calls.first()?;
    let word = if kind == Kind::Overrun {
        "overrun"
    } else {
        "presumed"
    };
    let lines = gathered.calls.iter().map(|call| ("call", line(call)));
    Some(Draft {
        kind,
        once: format!("{word}:{}:{}", gathered.first, gathered.last),
        seq: gathered.last,
        at: book.now(),
        subject: format!(
            "{}: {} ({word})",
            organization.name,
            if gathered.count == 1 {
                "a call to look at".to_owned()
            } else {
                format!("{} calls to look at", gathered.count)
            }
        ),
        sentence,
        lines: lines.collect(),
        path: format!("/requests/{}", first.request),
        command: format!("seawall explain {}", first.request),
        budget: None,
        data: fields(json!({
            "count": gathered.count,
            "first_entry": gathered.first,
            "last_entry": gathered.last,
            "calls": gathered.calls.iter().map(program).collect::<Vec<Value>>(),
        })),
    })
}

fn line(call: &Call) -> String {
    let (held, charged) = (usd(Nanos::new(call.held)), usd(Nanos::new(call.charged)));
    let why = call.why.as_deref().map(|why| format!(": {why}"));
    format!(
        "{} held {held}, charged {charged}{}",
        call.request,
        why.unwrap_or_default()
    )
}

fn program(call: &Call) -> Value {
    json!({
        "request_id": call.request,
        "held_usd": Nanos::new(call.held).to_string(),
        "charged_usd": Nanos::new(call.charged).to_string(),
        "reason": call.why,
    })
}

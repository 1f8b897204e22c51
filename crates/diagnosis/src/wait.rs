//! How long a provider says to wait: in headers, in the body, or in a sentence.
//!
//! Nothing here is believed without a bound: what is longer than [`LONGEST`] is cut to it.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Cause, Symptom};

/// The longest wait that is told. Monthly ceilings come back within a month; a year is somebody's mistake.
const LONGEST: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// What is written in front of a wait.
const BEFORE_A_SPAN: [&str; 5] = [
    "try again in ",
    "retry after ",
    "retry in ",
    "try again after ",
    "wait ",
];
/// What is written in front of a date.
const BEFORE_A_DATE: [&str; 3] = ["regain access on ", "blocked until ", "resets on "];

/// How long to wait for what this cause closes, from now on; `message` is the symptom's in lower case.
///
/// In the order of how plainly it is meant: the headers for retrying, what the body says, what the sentence says, and last
/// when a rate's window is refilled.
pub(crate) fn told(symptom: &Symptom<'_>, cause: Cause, message: &str) -> Option<Duration> {
    let header = |name| header(symptom, name);
    let now = symptom.now;
    header("retry-after-ms")
        .and_then(|text| quantity(text, Unit::MILLI))
        .or_else(|| header("retry-after").and_then(|text| moment(text, now)))
        .or_else(|| symptom.wait.and_then(|text| moment(text, now)))
        .or_else(|| in_sentence(message, now))
        .or_else(|| refill(symptom, cause))
        .map(|wait| wait.min(LONGEST))
}

/// Whether there is any word on when to come back, other than the state of a rate's window.
pub(crate) fn is_told(symptom: &Symptom<'_>, message: &str) -> bool {
    header(symptom, "retry-after-ms").is_some()
        || header(symptom, "retry-after").is_some()
        || symptom.wait.is_some()
        || in_sentence(message, symptom.now).is_some()
}

fn header<'a>(symptom: &Symptom<'a>, name: &str) -> Option<&'a str> {
    let mut headers = symptom.headers.iter();
    let (_, value) = headers.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
    Some(value.trim())
}

/// When the window is full again that this cause speaks of; the latest where it does not say which.
fn refill(symptom: &Symptom<'_>, cause: Cause) -> Option<Duration> {
    if !cause.is_rate() {
        return None;
    }
    // Every name has nothing in it.
    let unit = if cause == Cause::RequestRate {
        "request"
    } else if cause == Cause::TokenRate {
        "token"
    } else {
        ""
    };
    let windows = symptom.headers.iter().filter(|(name, _)| {
        let name = name.to_ascii_lowercase();
        name.contains("ratelimit") && name.contains("reset") && name.contains(unit)
    });
    windows
        .filter_map(|(_, value)| moment(value.trim(), symptom.now))
        .max()
}

fn in_sentence(message: &str, now: i64) -> Option<Duration> {
    let after = |phrase: &&str| message.split_once(phrase).map(|(_, rest)| rest);
    let date = BEFORE_A_DATE
        .iter()
        .filter_map(after)
        .find_map(|rest| date(rest, now));
    let span = || BEFORE_A_SPAN.iter().filter_map(after).find_map(span);
    date.or_else(span)
}

/// A header's or a body's word on when: `55s`, `1m30s`, `29`, a date, or milliseconds since 1970.
fn moment(text: &str, now: i64) -> Option<Duration> {
    if let Some(at) = text
        .parse::<i64>()
        .ok()
        .filter(|number| *number > 1_000_000_000_000)
    {
        return until(at.checked_mul(1_000)?, now);
    }
    let all_digits = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    if all_digits(text) {
        return quantity(text, Unit::SECOND);
    }
    span(text)
        .or_else(|| {
            let at = text.parse::<Timestamp>().ok()?;
            until(at.as_microsecond(), now)
        })
        .or_else(|| {
            let at = jiff::fmt::rfc2822::parse(text).ok()?;
            until(at.timestamp().as_microsecond(), now)
        })
}

/// A day as Anthropic writes it: `2026-09-01 at 00:00 UTC`. A day without an hour begins at midnight.
fn date(text: &str, now: i64) -> Option<Duration> {
    let mut words = text.split_whitespace();
    let day = words.next()?.trim_end_matches(['.', ',']);
    let hour = match words.next() {
        Some("at") => words.next()?,
        _ => "00:00",
    };
    let hour = hour.trim_end_matches(['.', ',']);
    let seconds = if hour.matches(':').count() == 1 {
        ":00"
    } else {
        ""
    };
    let at: Timestamp = format!("{day}T{hour}{seconds}Z").parse().ok()?;
    until(at.as_microsecond(), now)
}

/// Nothing where the moment has passed: it is no reason to wait any more.
fn until(at: i64, now: i64) -> Option<Duration> {
    let micros = at.checked_sub(now)?.max(0);
    Some(Duration::from_micros(u64::try_from(micros).ok()?))
}

/// Units of time, in nanoseconds.
struct Unit;

impl Unit {
    const MILLI: u128 = 1_000_000;
    const SECOND: u128 = 1_000_000_000;

    fn of(word: &str) -> Option<u128> {
        let seconds: u128 = match word {
            "us" | "µs" => return Some(1_000),
            "ms" | "millisecond" | "milliseconds" => return Some(Self::MILLI),
            "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hour" | "hours" => 3_600,
            "d" | "day" | "days" => 86_400,
            _ => return None,
        };
        seconds.checked_mul(Self::SECOND)
    }
}

/// Numbers with units, one after the other: `6ms`, `3.72s`, `1m30s`, `37 seconds`. It ends where the next is neither.
fn span(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut sum: Option<Duration> = None;
    loop {
        let (number, after) = leading(rest, |character| {
            character.is_ascii_digit() || character == '.'
        });
        let (unit, after) = leading(
            after.strip_prefix(' ').unwrap_or(after),
            char::is_alphabetic,
        );
        let (false, Some(unit)) = (number.is_empty(), Unit::of(unit)) else {
            return sum;
        };
        let one = quantity(number, unit)?;
        sum = Some(sum.unwrap_or_default().saturating_add(one));
        rest = after;
    }
}

fn leading(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text
        .find(|character| !belongs(character))
        .unwrap_or(text.len());
    text.split_at(end)
}

/// So many of a unit, a decimal number; cut to [`LONGEST`]. Parts below a nanosecond are left out.
fn quantity(number: &str, unit: u128) -> Option<Duration> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole: u128 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut nanos = whole.saturating_mul(unit);
    let mut place = unit;
    for digit in part.chars() {
        place = place.checked_div(10)?;
        let digit = u128::from(digit.to_digit(10)?);
        nanos = nanos.saturating_add(place.saturating_mul(digit));
    }
    if number.bytes().all(|byte| byte == b'.') {
        return None;
    }
    let longest = LONGEST.as_nanos();
    u64::try_from(nanos.min(longest))
        .ok()
        .map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-08-22, noon.
    const NOW: i64 = 1_787_400_000_000_000;

    #[test]
    fn waits_are_read_as_they_are_written() {
        for (text, millis) in [
            ("6ms", Some(6)),
            ("3.72s", Some(3_720)),
            ("1m30s", Some(90_000)),
            ("6m0s", Some(360_000)),
            ("9m38.016s. need more?", Some(578_016)),
            ("37 seconds. please", Some(37_000)),
            ("2h3m", Some(7_380_000)),
            ("0s", Some(0)),
            ("soon", None),
            ("s", None),
            ("", None),
            (". .s", None),
        ] {
            let expected = millis.map(Duration::from_millis);
            assert_eq!(span(text), expected, "{text}");
        }
    }

    #[test]
    fn moments_are_counted_from_now() {
        for (text, seconds) in [
            ("29", Some(29)),
            ("0.5", Some(0)),
            ("55s", Some(55)),
            ("2026-08-22T12:01:00Z", Some(60)),
            ("2026-08-22T14:01:00+02:00", Some(60)),
            ("Sat, 22 Aug 2026 12:02:00 GMT", Some(120)),
            ("1787400060000", Some(60)),
            // What has passed is no reason to wait.
            ("2025-06-01T00:00:00Z", Some(0)),
            ("99999999999999999999999999", Some(LONGEST.as_secs())),
            ("-5", None),
            ("tomorrow", None),
            ("", None),
        ] {
            let told = moment(text, NOW).map(|wait| wait.min(LONGEST).as_secs());
            assert_eq!(told, seconds, "{text}");
        }
    }

    #[test]
    fn a_resume_date_in_a_sentence_is_read() {
        for (text, seconds) in [
            (
                "you will regain access on 2026-08-23 at 00:00 utc.",
                Some(43_200),
            ),
            ("usage blocked until 2026-08-22 at 13:00 utc", Some(3_600)),
            ("blocked until 2026-08-23.", Some(43_200)),
            ("regain access on monday", None),
        ] {
            let told = in_sentence(text, NOW).map(|wait| wait.as_secs());
            assert_eq!(told, seconds, "{text}");
        }
    }
}

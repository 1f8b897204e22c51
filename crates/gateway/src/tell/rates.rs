//! `x-ratelimit-*`: what is left of the limits on requests and on tokens, in the headers and the spelling of OpenAI, which
//! clients slow down by.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use ledger::{Check, Measure, Time};

/// The measures that have such headers, and their names: limit, remaining, reset.
const HEADERS: [(Measure, [HeaderName; 3]); 2] = [
    (
        Measure::Requests,
        [
            HeaderName::from_static("x-ratelimit-limit-requests"),
            HeaderName::from_static("x-ratelimit-remaining-requests"),
            HeaderName::from_static("x-ratelimit-reset-requests"),
        ],
    ),
    (
        Measure::Tokens,
        [
            HeaderName::from_static("x-ratelimit-limit-tokens"),
            HeaderName::from_static("x-ratelimit-remaining-tokens"),
            HeaderName::from_static("x-ratelimit-reset-tokens"),
        ],
    ),
];

/// Says of each measure where least is left. A provider's own figures stay where none of ours counts the call.
pub(crate) fn tell(headers: &mut HeaderMap, checks: &[Check], now: Time) {
    for (measure, [limit, remaining, reset]) in HEADERS {
        let of_measure = checks.iter().filter(|check| check.measure == measure);
        let Some(check) = of_measure.min_by_key(|check| check.left) else {
            continue;
        };
        let Some(ceiling) = check.ceiling else {
            continue;
        };
        headers.insert(limit, HeaderValue::from(ceiling.get()));
        headers.insert(remaining, HeaderValue::from(check.left.get().max(0)));
        // A provider's reset would not be that of our limit.
        headers.remove(&reset);
        if let Some(at) = check.resets_at {
            let micros = at.micros().saturating_sub(now.micros());
            let seconds = u64::try_from(micros).unwrap_or(0).div_ceil(1_000_000);
            if let Ok(value) = HeaderValue::from_str(&spelt(seconds)) {
                headers.insert(reset, value);
            }
        }
    }
}

/// `6s`, `1m0s`, `2h0m5s`.
fn spelt(seconds: u64) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{rest}s"),
        (0, minutes) => format!("{minutes}m{rest}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{rest}s"),
    }
}

#[cfg(test)]
mod tests {
    use ids::LimitId;
    use ledger::{CheckKind, Quantity, Rolling, Scope, Window};

    use super::*;

    fn check(measure: Measure, left: i64, resets_at: Option<i64>) -> Check {
        Check {
            kind: CheckKind::HardLimit(LimitId::from_bytes([1; 16])),
            scope: Scope::Organization,
            measure,
            subject: None,
            ceiling: Some(Quantity::new(20)),
            window: Some(Window::Rolling(Rolling { seconds: 60 })),
            spent: Quantity::ZERO,
            held: Quantity::ZERO,
            left: Quantity::new(left),
            resets_at: resets_at.map(Time::from_micros),
            freezes: false,
        }
    }

    #[test]
    fn the_least_of_each_measure_is_told_as_openai_spells_it() {
        let mut headers = HeaderMap::new();
        let theirs = HeaderValue::from_static("9");
        headers.insert("x-ratelimit-reset-tokens", theirs.clone());
        headers.insert("x-ratelimit-remaining-tokens", theirs);
        let checks = [
            check(Measure::Usd, 1, None),
            check(Measure::Requests, 7, Some(100_000_000)),
            check(Measure::Requests, 3, Some(60_000_001)),
            check(Measure::Tokens, -5, None),
        ];
        tell(&mut headers, &checks, Time::from_micros(1_000_000));
        let told = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(told("x-ratelimit-limit-requests"), Some("20"));
        assert_eq!(told("x-ratelimit-remaining-requests"), Some("3"));
        assert_eq!(told("x-ratelimit-reset-requests"), Some("1m0s"));
        assert_eq!(told("x-ratelimit-remaining-tokens"), Some("0"));
        assert_eq!(told("x-ratelimit-reset-tokens"), None);
    }

    #[test]
    fn seconds_are_spelt_like_openais() {
        for (seconds, expected) in [(0, "0s"), (6, "6s"), (60, "1m0s"), (7_205, "2h0m5s")] {
            assert_eq!(spelt(seconds), expected);
        }
    }

    #[test]
    fn without_such_limits_the_providers_figures_stay() {
        let mut headers = HeaderMap::new();
        let theirs = HeaderValue::from_static("9");
        headers.insert("x-ratelimit-remaining-requests", theirs.clone());
        tell(
            &mut headers,
            &[check(Measure::Usd, 1, None)],
            Time::from_micros(0),
        );
        assert_eq!(headers.get("x-ratelimit-remaining-requests"), Some(&theirs));
    }
}

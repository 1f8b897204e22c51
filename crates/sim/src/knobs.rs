//! The `x-sim-…` request headers: what one call asks of the simulation. Read once, refused when they make no sense.

use std::time::Duration;

use http::HeaderMap;

use crate::fault::{Fault, LONGEST};
use crate::refusal::Refusals;

/// The most tokens that a header can ask for.
const MOST_TOKENS: u64 = 4_000_000;
/// The longest tag that is recorded, in bytes.
const LONGEST_TAG: usize = 256;

/// What the headers of one call ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Knobs {
    pub(crate) output: Option<u64>,
    pub(crate) reasoning: u64,
    pub(crate) cached: u64,
    pub(crate) written: u64,
    pub(crate) searches: u64,
    pub(crate) latency: Option<Duration>,
    pub(crate) chunk_delay: Option<Duration>,
    pub(crate) chunk_tokens: Option<u64>,
    pub(crate) fault: Option<Fault>,
    pub(crate) tag: Option<Box<str>>,
    pub(crate) ignore_max: bool,
}

impl Knobs {
    /// Reads them. The error is a sentence for the caller.
    pub(crate) fn read(headers: &HeaderMap, refusals: &Refusals) -> Result<Self, String> {
        let mut knobs = Self::default();
        for (name, value) in headers {
            let Some(knob) = name.as_str().strip_prefix("x-sim-") else {
                continue;
            };
            let value = value
                .to_str()
                .map_err(|_not_ascii| format!("{name} is not plain text"))?;
            if !knobs.set(knob, value, refusals) {
                return Err(format!(
                    "{name}: `{value}` is not understood by the simulated provider"
                ));
            }
        }
        Ok(knobs)
    }

    /// Sets one; `false` where name or value make no sense.
    fn set(&mut self, knob: &str, value: &str, refusals: &Refusals) -> bool {
        match knob {
            "output-tokens" => put(&mut self.output, tokens(value)),
            "reasoning-tokens" => tokens(value).map(|n| self.reasoning = n).is_some(),
            "cached-tokens" => tokens(value).map(|n| self.cached = n).is_some(),
            "cache-write-tokens" => tokens(value).map(|n| self.written = n).is_some(),
            "web-searches" => tokens(value).map(|n| self.searches = n).is_some(),
            "latency-ms" => put(&mut self.latency, millis(value)),
            "chunk-delay-ms" => put(&mut self.chunk_delay, millis(value)),
            "chunk-tokens" => put(&mut self.chunk_tokens, tokens(value).filter(|n| *n > 0)),
            "fault" => put(&mut self.fault, Fault::named(value, refusals)),
            "tag" => put(
                &mut self.tag,
                (value.len() <= LONGEST_TAG).then(|| value.into()),
            ),
            "ignore-max" => {
                self.ignore_max = value == "1";
                value == "1" || value == "0"
            }
            _ => false,
        }
    }
}

/// Keeps what was understood; says whether there was anything.
fn put<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    *place = value;
    place.is_some()
}

fn tokens(value: &str) -> Option<u64> {
    value.parse().ok().filter(|n| *n <= MOST_TOKENS)
}

fn millis(value: &str) -> Option<Duration> {
    value
        .parse()
        .ok()
        .map(Duration::from_millis)
        .filter(|wait| *wait <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(name: &'static str, value: &'static str) -> Result<Knobs, String> {
        let mut headers = HeaderMap::new();
        headers.insert("x-other", HeaderValue::from_static("left alone"));
        headers.insert(name, HeaderValue::from_static(value));
        Knobs::read(&headers, &Refusals::read().unwrap())
    }

    #[test]
    fn a_knob_is_understood_or_refused_never_passed_over() {
        assert_eq!(read("x-sim-output-tokens", "17").unwrap().output, Some(17));
        assert_eq!(
            read("x-sim-latency-ms", "3").unwrap().latency,
            Some(Duration::from_millis(3))
        );
        assert!(read("x-sim-ignore-max", "1").unwrap().ignore_max);
        assert!(read("x-sim-fault", "drop:mid").unwrap().fault.is_some());
        for (name, value) in [
            ("x-sim-output-tokens", "-1"),
            ("x-sim-output-tokens", "4000001"),
            ("x-sim-chunk-tokens", "0"),
            ("x-sim-latency-ms", "600001"),
            ("x-sim-fault", "explode"),
            ("x-sim-ignore-max", "yes"),
            ("x-sim-outputtokens", "1"),
        ] {
            assert!(read(name, value).is_err(), "{name}: {value}");
        }
    }
}

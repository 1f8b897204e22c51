//! How long calls took, and the percentiles of it.
//!
//! All durations are kept, four bytes each, so a percentile is an observation and not an estimate.

use std::time::Duration;

/// The durations of calls, in microseconds.
#[derive(Debug, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// Adds the duration of one call. More than 71 minutes count as 71 minutes.
    pub fn push(&mut self, duration: Duration) {
        self.0
            .push(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX));
    }

    /// Takes over the durations of another.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// How many calls there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there was no call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The duration, in microseconds, that `per_mille` of 1000 calls did not exceed (nearest rank); `None` where there
    /// was no call.
    pub fn percentile(&mut self, per_mille: usize) -> Option<u32> {
        self.0.sort_unstable();
        let rank = (self.0.len() * per_mille).div_ceil(1000).min(self.0.len());
        self.0.get(rank.saturating_sub(1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_observed_durations_by_nearest_rank() {
        let mut latencies = Latencies::default();
        for micros in (1..=100).rev() {
            latencies.push(Duration::from_micros(micros));
        }
        let found = [0, 500, 990, 1000].map(|per_mille| latencies.percentile(per_mille));
        assert_eq!(found, [Some(1), Some(50), Some(99), Some(100)]);
    }

    #[test]
    fn no_calls_have_no_percentiles() {
        assert_eq!(Latencies::default().percentile(500), None);
    }
}

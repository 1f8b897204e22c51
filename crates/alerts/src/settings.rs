//! What an organization wants to be told, and how the whole behaves.

use std::time::Duration;

use ids::OrganizationId;
use money::Nanos;

/// What one organization wants to be told beside its budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// It is told when less credit than this is left; `None`: never.
    pub balance_low: Option<Nanos>,
    /// It is told so many days before credit lapses; zero: never.
    pub lapse_notice_days: u32,
}

impl Default for Wishes {
    /// At five dollars, and a week before.
    fn default() -> Self {
        Self {
            balance_low: Some(Nanos::new(5_000_000_000)),
            lapse_notice_days: 7,
        }
    }
}

/// The bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Deliveries that may wait in the outbox; what comes beyond is kept as failed, and shown.
    pub most_waiting: u64,
    /// How long a delivery is tried.
    pub give_up_after: Duration,
    /// How often it is tried at most.
    pub most_attempts: u32,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// Attempts at one time; to one target there is only ever one.
    pub most_at_once: usize,
    /// The pause after the first attempt. Each further one is four times as long, up to three hours.
    pub first_pause: Duration,
    /// How long alerts are kept.
    pub keep_days: u32,
    /// What is gathered from the journals before it is looked at.
    pub gather: Duration,
    /// Who is told of the accounts at providers, which are nobody's in particular; `None`: every organization that is told
    /// of anything.
    pub upstreams_to: Option<OrganizationId>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            most_waiting: 10_000,
            give_up_after: Duration::from_secs(3 * 86_400),
            most_attempts: 40,
            attempt_timeout: Duration::from_secs(15),
            most_at_once: 16,
            first_pause: Duration::from_secs(1),
            keep_days: 30,
            gather: Duration::from_millis(100),
            upstreams_to: None,
        }
    }
}

/// No pause between two attempts is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(3 * 3600);

impl Options {
    /// How long to wait after this many attempts.
    #[must_use]
    pub fn pause(&self, attempts: u32) -> Duration {
        let times = 4_u32.saturating_pow(attempts.saturating_sub(1).min(15));
        self.first_pause.saturating_mul(times).min(LONGEST_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_three_hours_and_the_attempts_last_for_three_days() {
        let options = Options::default();
        let seconds: Vec<u64> = (1..=9).map(|n| options.pause(n).as_secs()).collect();
        assert_eq!(seconds, [1, 4, 16, 64, 256, 1024, 4096, 10_800, 10_800]);
        let all: Duration = (1..options.most_attempts).map(|n| options.pause(n)).sum();
        assert!(all > options.give_up_after, "{all:?}");
    }
}

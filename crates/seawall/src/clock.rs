//! The clock. Nothing else in the project reads it; whoever needs a time is handed one.

use ledger::Time;

/// The operating system's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl teller::Clock for SystemClock {
    fn now(&self) -> Time {
        Time::from(jiff::Timestamp::now())
    }
}

/// How long something takes, for whoever waits for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the module that reads the clock"
    )]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    pub(crate) fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }
}

/// Whole seconds since 1970, for the simulated provider.
pub(crate) fn seconds() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0)
}

/// The moment it is.
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// The day it is in UTC.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}

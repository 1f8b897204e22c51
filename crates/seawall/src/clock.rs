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

/// Whole seconds since 1970, for the simulated provider.
pub(crate) fn seconds() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0)
}

/// The day it is in UTC.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}

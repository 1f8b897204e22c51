//! When credit runs out, at the pace of the last week. Pure.

use ledger::Time;
use money::Nanos;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What is left, and how fast it goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) left: Nanos,
    /// What was spent in so many seconds.
    pub(super) spent: Nanos,
    pub(super) seconds: i64,
}

impl Pace {
    /// What goes in a day.
    pub(super) fn per_day(self) -> Nanos {
        let day = i128::from(self.spent.get()).saturating_mul(i128::from(DAY));
        let day = day.checked_div(i128::from(self.seconds)).unwrap_or(0);
        Nanos::new(i64::try_from(day).unwrap_or(i64::MAX))
    }

    /// In how many seconds nothing is left; `None`: never, at this pace.
    fn lasts(self) -> Option<i64> {
        if !self.left.is_positive() {
            return Some(0);
        }
        let seconds = i128::from(self.left.get()).saturating_mul(i128::from(self.seconds));
        let seconds = seconds.checked_div(i128::from(self.spent.get()))?;
        // What lasts for centuries lasts.
        i64::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds > 0 && *seconds < 400 * 365 * DAY)
    }

    pub(super) fn runs_out(self, now: Time) -> Option<Time> {
        self.lasts().map(|seconds| now.plus_seconds(seconds))
    }

    /// `used_up`, or `runs_out_soon` within so many days.
    pub(super) fn warning(self, soon: u32) -> Option<&'static str> {
        match self.lasts()? {
            0 => Some("used_up"),
            seconds if seconds < i64::from(soon).saturating_mul(DAY) => Some("runs_out_soon"),
            _later => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_lasts_as_long_as_the_pace_says_and_is_warned_of_in_its_last_week() {
        let now = Time::from_micros(0);
        for (left, spent, days, out, warning) in [
            // 7 a week of 70: ten weeks.
            (70, 7, 7, Some(70), None),
            (6, 7, 7, Some(6), Some("runs_out_soon")),
            (7, 7, 7, Some(7), None),
            // Half a day's pace counts for what it is.
            (10, 2, 1, Some(5), Some("runs_out_soon")),
            (10, 0, 7, None, None),
            (0, 7, 7, Some(0), Some("used_up")),
            (-3, 0, 7, Some(0), Some("used_up")),
        ] {
            let pace = Pace {
                left: Nanos::new(left * Nanos::DOLLAR.get()),
                spent: Nanos::new(spent * Nanos::DOLLAR.get()),
                seconds: days * DAY,
            };
            let at = out.map(|days: i64| now.plus_seconds(days * DAY));
            assert_eq!(
                (pace.runs_out(now), pace.warning(7)),
                (at, warning),
                "{pace:?}"
            );
        }
        let pace = Pace {
            left: Nanos::MAX,
            spent: Nanos::new(1),
            seconds: 1,
        };
        assert_eq!(pace.runs_out(now), None, "for centuries");
    }
}

//! Windows of time, in which a limit counts.

mod rolling;

pub use rolling::Rolling;

use jiff::civil;
use jiff::tz::TimeZone;

use crate::Time;
use crate::codec::{canonical_enum, canonical_struct};

/// How long a limit counts before it begins anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// For ever.
    Total,
    /// From midnight to midnight.
    Day {
        /// The IANA name of the time zone whose midnight it is.
        time_zone: Box<str>,
    },
    /// From Monday's midnight to the next one's.
    Week {
        /// The IANA name of the time zone whose Monday it is.
        time_zone: Box<str>,
    },
    /// From the first of a month to the next one's.
    Month {
        /// The IANA name of the time zone whose first it is.
        time_zone: Box<str>,
    },
    /// The last so many seconds, at every moment.
    Rolling(Rolling),
}

/// One window: from `start`, which belongs to it, to `end`, which does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first moment of the window.
    pub start: Time,
    /// The first moment after it.
    pub end: Time,
}

canonical_enum!(Window {
    1 => Total,
    2 => Day { time_zone },
    3 => Week { time_zone },
    4 => Month { time_zone },
    5 => Rolling(rolling),
});
canonical_struct!(Span { start, end });

/// The time zone is not one of the IANA database this program carries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {0:?}: give an IANA name such as \"UTC\" or \"Europe/Berlin\"")]
pub struct UnknownTimeZone(pub Box<str>);

impl Window {
    /// What people and programs call its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Day { .. } => "day",
            Self::Week { .. } => "week",
            Self::Month { .. } => "month",
            Self::Rolling(_) => "rolling",
        }
    }

    /// The IANA name of the zone whose midnights it has; `None` where it has none.
    #[must_use]
    pub const fn zone(&self) -> Option<&str> {
        match self {
            Self::Total | Self::Rolling(_) => None,
            Self::Day { time_zone } | Self::Week { time_zone } | Self::Month { time_zone } => {
                Some(time_zone)
            }
        }
    }

    /// The window, if it rolls.
    #[must_use]
    pub const fn rolling(&self) -> Option<&Rolling> {
        match self {
            Self::Rolling(rolling) => Some(rolling),
            Self::Total | Self::Day { .. } | Self::Week { .. } | Self::Month { .. } => None,
        }
    }

    /// The window that contains `now`. The windows of one kind and zone partition time: each moment is in exactly one of
    /// them, also where clocks are set forward or back.
    ///
    /// # Errors
    /// [`UnknownTimeZone`].
    pub fn span_at(&self, now: Time) -> Result<Span, UnknownTimeZone> {
        let (zone, first_day): (_, fn(civil::Date) -> civil::Date) = match self {
            // A rolling window never begins anew; what leaves it is told by its slots.
            Self::Total | Self::Rolling(_) => {
                return Ok(Span {
                    start: Time::EARLIEST,
                    end: Time::LATEST,
                });
            }
            Self::Day { time_zone } => (time_zone, |today| today),
            Self::Week { time_zone } => (time_zone, monday),
            Self::Month { time_zone } => (time_zone, civil::Date::first_of_month),
        };
        let zone = time_zone(zone)?;
        let today = now.to_timestamp().to_zoned(zone.clone()).date();
        let first = first_day(today);
        let next = match self {
            Self::Total | Self::Rolling(_) | Self::Day { .. } => {
                first.tomorrow().unwrap_or(civil::Date::MAX)
            }
            Self::Week { .. } => days_later(first, 7),
            Self::Month { .. } => first.last_of_month().tomorrow().unwrap_or(civil::Date::MAX),
        };
        Ok(Span {
            start: midnight(first, &zone),
            end: midnight(next, &zone),
        })
    }
}

/// The zone of an IANA name, from the database compiled into this program.
///
/// # Errors
/// [`UnknownTimeZone`].
pub fn time_zone(name: &str) -> Result<TimeZone, UnknownTimeZone> {
    TimeZone::get(name).map_err(|_jiff| UnknownTimeZone(name.into()))
}

/// The first moment of a day. Where clocks skip midnight it is the moment after the gap; where midnight comes twice, the
/// first one. Either way one day ends where the next begins.
fn midnight(date: civil::Date, zone: &TimeZone) -> Time {
    date.to_zoned(zone.clone())
        .map_or(Time::LATEST, |zoned| zoned.timestamp().into())
}

fn monday(date: civil::Date) -> civil::Date {
    days_later(
        date,
        i64::from(date.weekday().to_monday_zero_offset()).saturating_neg(),
    )
}

fn days_later(date: civil::Date, days: i64) -> civil::Date {
    date.checked_add(jiff::Span::new().days(days))
        .unwrap_or(if days < 0 {
            civil::Date::MIN
        } else {
            civil::Date::MAX
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    fn windows(zone: &str) -> [Window; 3] {
        let zone: Box<str> = zone.into();
        [
            Window::Day {
                time_zone: zone.clone(),
            },
            Window::Week {
                time_zone: zone.clone(),
            },
            Window::Month { time_zone: zone },
        ]
    }

    #[test]
    fn calendar_windows_begin_at_their_zones_midnight() {
        // window, zone, moment, start, end; the last two rows are days of 23 and 25 hours.
        let table = "
            day   UTC           2026-11-22T14:00:00Z  2026-11-22T00:00:00Z  2026-11-23T00:00:00Z
            week  UTC           2026-11-22T14:00:00Z  2026-11-16T00:00:00Z  2026-11-23T00:00:00Z
            week  UTC           2026-11-23T00:00:00Z  2026-11-23T00:00:00Z  2026-11-30T00:00:00Z
            month UTC           2026-11-30T23:59:59Z  2026-11-01T00:00:00Z  2026-12-01T00:00:00Z
            month UTC           2024-02-29T12:00:00Z  2024-02-01T00:00:00Z  2024-03-01T00:00:00Z
            month Asia/Tokyo    2026-11-30T15:00:00Z  2026-11-30T15:00:00Z  2026-12-31T15:00:00Z
            day   Europe/Berlin 2026-03-29T12:00:00Z  2026-03-28T23:00:00Z  2026-03-29T22:00:00Z
            day   Europe/Berlin 2026-10-25T12:00:00Z  2026-10-24T22:00:00Z  2026-10-25T23:00:00Z
        ";
        for row in table.lines().filter(|line| !line.trim().is_empty()) {
            let cells: Vec<&str> = row.split_whitespace().collect();
            let [kind, zone, moment, start, end] = cells[..] else {
                panic!("{row}")
            };
            let [day, week, month] = windows(zone);
            let window = match kind {
                "day" => day,
                "week" => week,
                _ => month,
            };
            assert_eq!(
                window.span_at(at(moment)),
                Ok(Span {
                    start: at(start),
                    end: at(end)
                }),
                "{row}"
            );
        }
    }

    #[test]
    fn an_unknown_time_zone_is_refused() {
        let window = Window::Day {
            time_zone: "Mars/Olympus".into(),
        };
        assert_eq!(
            window.span_at(Time::from_micros(0)),
            Err(UnknownTimeZone("Mars/Olympus".into()))
        );
    }

    proptest::proptest! {
        #[test]
        fn windows_partition_time(
            seconds in 0_i64..4_000_000_000,
            // Zones whose clocks skip midnight, turn back over it, or skipped a whole day.
            zone in proptest::sample::select(vec![
                "UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "America/Havana", "Asia/Kathmandu",
                "Africa/Cairo", "Australia/Lord_Howe",
            ]),
        ) {
            let now = Time::from_micros(0).plus_seconds(seconds);
            for window in windows(zone) {
                let span = window.span_at(now).unwrap();
                proptest::prop_assert!(span.start <= now && now < span.end);
                proptest::prop_assert_eq!(window.span_at(span.start).unwrap(), span);
                let next = window.span_at(span.end).unwrap();
                proptest::prop_assert_eq!(next.start, span.end);
                let last = Time::from_micros(span.end.micros().saturating_sub(1));
                proptest::prop_assert_eq!(window.span_at(last).unwrap(), span);
            }
        }
    }
}

//! Calendar windows, counted by hand.

/// In UTC or, where `tokyo`, nine hours before it, in Tokyo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    Total,
    Day {
        tokyo: bool,
    },
    Week {
        tokyo: bool,
    },
    Month {
        tokyo: bool,
    },
    /// The last so many seconds.
    Rolling {
        seconds: i64,
    },
}

/// Whether what was spent then counts in the window of now, if that rolls. The window is cut into 64 parts of the calendar, and
/// what was spent in a part leaves with its end.
pub(crate) fn counts_still(window: Window, at: i64, now: i64) -> bool {
    let Window::Rolling { seconds } = window else {
        return true;
    };
    let length = seconds * 1_000_000;
    let part = (length + 63) / 64;
    let end_of_part = at - at.rem_euclid(part) + part;
    now < end_of_part + length
}

const DAY: i64 = 86_400_000_000;
const TOKYO: i64 = 9 * 3_600_000_000;

/// The number of the window that a moment is in.
pub(crate) fn number_at(window: Window, micros: i64) -> i64 {
    let day = |tokyo| (micros + if tokyo { TOKYO } else { 0 }).div_euclid(DAY);
    match window {
        Window::Total | Window::Rolling { .. } => 0,
        Window::Day { tokyo } => day(tokyo),
        // The first of January 1970 was a Thursday.
        Window::Week { tokyo } => (day(tokyo) + 3).div_euclid(7),
        Window::Month { tokyo } => month_of(day(tokyo)),
    }
}

/// Months since January 1970, found by walking through all of them.
fn month_of(day: i64) -> i64 {
    let (mut month, mut rest) = (0, day);
    loop {
        let year = 1970 + month / 12;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month % 12 {
            1 => 28 + i64::from(leap),
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
        if rest < length {
            return month;
        }
        rest -= length;
        month += 1;
    }
}

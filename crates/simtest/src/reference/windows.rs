//! Windows of time, counted by hand: the calendar in days since 1970, and what leaves a window that rolls.

use ledger::Window;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// The window that a moment is in: its first moment, and the first one after it. `None` for a time zone that nobody names
/// here.
pub(super) fn span_of(window: &Window, at: i64) -> Option<(i64, i64)> {
    let zone = match window {
        // What rolls never begins anew.
        Window::Total | Window::Rolling(_) => return Some((i64::MIN, i64::MAX)),
        Window::Day { time_zone } | Window::Week { time_zone } | Window::Month { time_zone } => {
            time_zone
        }
    };
    let ahead = match &**zone {
        "UTC" | "Africa/Abidjan" => 0,
        "Asia/Tokyo" => 9 * HOUR,
        _ => return None,
    };
    let today = (at + ahead).div_euclid(DAY);
    let (first, next) = match window {
        Window::Week { .. } => week_of(today),
        Window::Month { .. } => month_of(today),
        Window::Day { .. } | Window::Total | Window::Rolling(_) => (today, today + 1),
    };
    Some((first * DAY - ahead, next * DAY - ahead))
}

/// The first of January 1970 was a Thursday.
fn week_of(day: i64) -> (i64, i64) {
    let monday = day - (day + 3).rem_euclid(7);
    (monday, monday + 7)
}

/// Found by walking through all months since January 1970.
fn month_of(day: i64) -> (i64, i64) {
    let (mut month, mut first) = (0, 0);
    loop {
        let year = 1970 + month / 12;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month % 12 {
            1 => 28 + i64::from(leap),
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
        if day < first + length {
            return (first, first + length);
        }
        first += length;
        month += 1;
    }
}

/// When what was spent at a moment leaves a window of so many seconds. The window is cut into 64 parts of the calendar, and
/// a part leaves whole, when its end was the window's length ago.
pub(super) fn leaves(seconds: u32, at: i64) -> i64 {
    let length = i64::from(seconds) * 1_000_000;
    let part = (length + 63) / 64;
    at - at.rem_euclid(part) + part + length
}

//! Reading how long a hard limit or a budget is to count.

use ledger::{Rolling, Window};

use crate::error::ApiError;
use crate::fields::Fields;

/// A window before it is known where its days begin.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    /// By the calendar, or in all. `None`: in the organization's time zone.
    Calendar(Kind, Option<Box<str>>),
    /// The last so many seconds.
    Rolling(Rolling),
}

/// A kind of window.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Total,
    Day,
    Week,
    Month,
}

const WINDOWS: [(&str, Option<Kind>); 5] = [
    ("total", Some(Kind::Total)),
    ("day", Some(Kind::Day)),
    ("week", Some(Kind::Week)),
    ("month", Some(Kind::Month)),
    ("rolling", None),
];

impl Wanted {
    /// The window, with the organization's time zone where it names none.
    pub(crate) fn in_zone(self, usual: Box<str>) -> Window {
        let (kind, zone) = match self {
            Self::Rolling(rolling) => return Window::Rolling(rolling),
            Self::Calendar(kind, zone) => (kind, zone),
        };
        let time_zone = zone.unwrap_or(usual);
        match kind {
            Kind::Total => Window::Total,
            Kind::Day => Window::Day { time_zone },
            Kind::Week => Window::Week { time_zone },
            Kind::Month => Window::Month { time_zone },
        }
    }
}

/// Reads the member `window`.
pub(crate) fn read(fields: &mut Fields) -> Result<Wanted, ApiError> {
    let mut window = object(fields, "window")?;
    let kind = window.word("kind", &WINDOWS)?;
    let Some(kind) = kind.ok_or_else(|| missing("window.kind"))? else {
        return rolling(window);
    };
    let zone: Option<String> = window.optional("time_zone")?;
    window.finish()?;
    if let Some(zone) = &zone {
        ledger::time_zone(zone)
            .map_err(|unknown| ApiError::invalid("window.time_zone", format!("is an {unknown}")))?;
        if matches!(kind, Kind::Total) {
            return Err(ApiError::invalid(
                "window.time_zone",
                "means nothing where the window is total: leave it out",
            ));
        }
    }
    Ok(Wanted::Calendar(kind, zone.map(Into::into)))
}

fn rolling(mut window: Fields) -> Result<Wanted, ApiError> {
    let seconds: u32 = window.required("seconds")?;
    window.finish()?;
    if !(1..=Rolling::LONGEST).contains(&seconds) {
        let longest = Rolling::LONGEST;
        let problem = format!("must be a whole number from 1 to {longest} (366 days)");
        return Err(ApiError::invalid("window.seconds", problem));
    }
    Ok(Wanted::Rolling(Rolling { seconds }))
}

pub(crate) fn object(fields: &mut Fields, name: &'static str) -> Result<Fields, ApiError> {
    let path = fields.path(name);
    fields.object(name)?.ok_or_else(|| missing(&path))
}

pub(crate) fn missing(path: &str) -> ApiError {
    let message = format!("`{path}` is missing. Add it to the request.");
    ApiError::bad("missing_field", message).with("field", path)
}

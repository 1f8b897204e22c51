//! Reading what hard limit is wanted, and saying clearly what cannot be had yet: a limit that would silently be another
//! one is worse than none.

use ledger::Window;
use money::Nanos;
use serde_json::Value;

use crate::error::ApiError;
use crate::fields::{Fields, FromJson};
use crate::scope::Place;

/// What is wanted, but for its scope.
pub(super) struct Wanted {
    pub(super) amount: Nanos,
    pub(super) window: Kind,
    /// `None`: the organization's.
    pub(super) time_zone: Option<Box<str>>,
}

/// A kind of window.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Total,
    Day,
    Week,
    Month,
}

impl Kind {
    pub(crate) fn in_zone(self, time_zone: Box<str>) -> Window {
        match self {
            Self::Total => Window::Total,
            Self::Day => Window::Day { time_zone },
            Self::Week => Window::Week { time_zone },
            Self::Month => Window::Month { time_zone },
        }
    }
}

/// A word of the contract that this version does not know how to keep has no meaning yet.
pub(crate) type Meaning<T> = Option<T>;

pub(crate) const WINDOWS: [(&str, Meaning<Kind>); 5] = [
    ("total", Some(Kind::Total)),
    ("day", Some(Kind::Day)),
    ("week", Some(Kind::Week)),
    ("month", Some(Kind::Month)),
    ("rolling", None),
];
const MEASURES: [(&str, Meaning<()>); 3] =
    [("usd", Some(())), ("requests", None), ("tokens", None)];
const MODES: [(&str, Meaning<()>); 2] = [("enforce", Some(())), ("shadow", None)];
const ON_TRIP: [(&str, Meaning<()>); 2] = [("refuse", Some(())), ("freeze_key", None)];

pub(super) fn read(fields: &mut Fields) -> Result<(Place, Wanted), ApiError> {
    let place = scope(fields)?;
    known(fields, "measure", &MEASURES)?;
    known(fields, "mode", &MODES)?;
    known(fields, "on_trip", &ON_TRIP)?;
    refuse_until(fields)?;
    if fields.optional::<Anything>("amount")?.is_some() {
        return Err(ApiError::invalid(
            "amount",
            "counts requests or tokens, which is not available in this version yet: send `amount_usd`",
        ));
    }
    let amount = fields.required("amount_usd")?;
    let mut window = object(fields, "window")?;
    let kind = known(&mut window, "kind", &WINDOWS)?;
    let kind = kind.ok_or_else(|| missing("window.kind"))?;
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
    let time_zone = zone.map(Into::into);
    Ok((
        place,
        Wanted {
            amount,
            window: kind,
            time_zone,
        },
    ))
}

/// `until_at` is in the contract for a raise that ends by itself.
pub(super) fn refuse_until(fields: &mut Fields) -> Result<(), ApiError> {
    match fields.optional::<Anything>("until_at")? {
        Some(_) => Err(ApiError::not_yet(
            "until_at",
            "a hard limit that changes back by itself is",
        )),
        None => Ok(()),
    }
}

pub(crate) fn known<T: Copy>(
    fields: &mut Fields,
    name: &'static str,
    words: &[(&'static str, Meaning<T>)],
) -> Result<Option<T>, ApiError> {
    match fields.word(name, words)? {
        Some(None) => {
            let there = words.iter().filter(|(_, meaning)| meaning.is_some());
            let there: Vec<&str> = there.map(|(word, _)| *word).collect();
            let problem = format!("anything but {} is", there.join(", "));
            Err(ApiError::not_yet(&fields.path(name), problem))
        }
        Some(meaning) => Ok(meaning),
        None => Ok(None),
    }
}

fn scope(fields: &mut Fields) -> Result<Place, ApiError> {
    let mut scope = object(fields, "scope")?;
    let kind: String = scope.required("kind")?;
    match kind.as_str() {
        "organization" | "project" | "key" => {}
        "model" | "end_user" | "tag" | "upstream" => {
            let problem = format!("a hard limit on a {} is", kind.replace('_', " "));
            return Err(ApiError::not_yet("scope.kind", problem));
        }
        _ => {
            let problem = "must be one of: organization, project, key";
            return Err(ApiError::invalid("scope.kind", problem));
        }
    }
    let id: String = scope.required("id")?;
    scope.finish()?;
    let place = match kind.as_str() {
        "organization" => id.parse().map(Place::Organization),
        "project" => id.parse().map(Place::Project),
        _ => id.parse().map(Place::Key),
    };
    place.map_err(|wrong| ApiError::invalid("scope.id", format!("is {wrong}")))
}

pub(crate) fn object(fields: &mut Fields, name: &'static str) -> Result<Fields, ApiError> {
    let path = fields.path(name);
    fields.object(name)?.ok_or_else(|| missing(&path))
}

pub(crate) fn missing(path: &str) -> ApiError {
    let message = format!("`{path}` is missing. Add it to the request.");
    ApiError::bad("missing_field", message).with("field", path)
}

/// A value that only matters by being there.
struct Anything;

impl FromJson for Anything {
    fn from_json(_value: Value) -> Result<Self, String> {
        Ok(Self)
    }
}

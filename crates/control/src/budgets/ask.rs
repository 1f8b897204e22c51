//! Reading what budget is wanted.

use money::Nanos;

use crate::error::ApiError;
use crate::fields::Fields;
use crate::limits::ask::{Kind, WINDOWS, known, missing, object};
use crate::scope::Place;

/// What is wanted.
pub(super) struct Wanted {
    pub(super) place: Place,
    pub(super) amount: Nanos,
    pub(super) window: Kind,
    /// `None`: the organization's.
    pub(super) time_zone: Option<Box<str>>,
    pub(super) thresholds: Vec<u16>,
}

/// Thresholds where none are named, in percent.
const USUAL: [u16; 3] = [50, 80, 100];

pub(super) fn read(fields: &mut Fields) -> Result<Wanted, ApiError> {
    let place = scope(fields)?;
    let amount = fields.required("amount_usd")?;
    let thresholds = fields.given("thresholds")?;
    let mut window = object(fields, "window")?;
    let kind = known(&mut window, "kind", &WINDOWS)?.ok_or_else(|| missing("window.kind"))?;
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
    Ok(Wanted {
        place,
        amount,
        window: kind,
        time_zone: zone.map(Into::into),
        thresholds: thresholds.unwrap_or_else(|| USUAL.to_vec()),
    })
}

fn scope(fields: &mut Fields) -> Result<Place, ApiError> {
    let mut scope = object(fields, "scope")?;
    let kind: String = scope.required("kind")?;
    let id: String = scope.required("id")?;
    scope.finish()?;
    let place = match kind.as_str() {
        "organization" => id.parse().map(Place::Organization),
        "project" => id.parse().map(Place::Project),
        "key" => id.parse().map(Place::Key),
        _ => {
            let problem = "must be one of: organization, project, key";
            return Err(ApiError::invalid("scope.kind", problem));
        }
    };
    place.map_err(|wrong| ApiError::invalid("scope.id", format!("is {wrong}")))
}

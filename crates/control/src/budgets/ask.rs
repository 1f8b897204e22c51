//! Reading what budget is wanted.

use money::Nanos;

use crate::error::ApiError;
use crate::fields::Fields;
use crate::limits::window::{self, object};
use crate::scope::Place;

/// What is wanted.
pub(super) struct Wanted {
    pub(super) place: Place,
    pub(super) amount: Nanos,
    pub(super) window: window::Wanted,
    pub(super) thresholds: Vec<u16>,
}

/// Thresholds where none are named, in percent.
const USUAL: [u16; 3] = [50, 80, 100];

pub(super) fn read(fields: &mut Fields) -> Result<Wanted, ApiError> {
    let place = scope(fields)?;
    let amount = fields.required("amount_usd")?;
    let thresholds = fields.given("thresholds")?;
    let window = window::read(fields)?;
    if let window::Wanted::Rolling(_) = window {
        let problem = "a budget whose window rolls is";
        return Err(ApiError::not_yet("window.kind", problem));
    }
    Ok(Wanted {
        place,
        amount,
        window,
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

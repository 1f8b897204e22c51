//! `/limits`: hard limits, the owner's ceilings.
//!
//! The organization's approved usage limit is listed with them, because it stops calls as well, but it is the operator's
//! and changes with the organization. So does its spend guard, which stops no call and is not listed. Caps on upstream accounts
//! are listed by the account, in whose own Book they are.

mod ask;
pub(crate) mod contract;
mod on;
pub(crate) mod preview;
mod shown;
mod subjects;
pub(crate) mod view;
mod warnings;
pub(crate) mod window;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ids::LimitId;
use ledger::{Book, ChangeLimit, Command, LimitOrigin, Measure, Time, UsedSoFar};
use teller::Teller;

pub(crate) use self::shown::of_which;
use self::view::{One, View};
use crate::app::{App, carry_out, create as create_object, look};
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::organizations::nothing_to_change;
use crate::path::Named;
use crate::query::Params;
use crate::scope;
use crate::show::List;
use crate::upstreams::caps;

const WHAT: &str = "hard limit";

async fn read(teller: &Teller, id: LimitId) -> Result<One, ApiError> {
    look(teller, WHAT, move |book: &Book, _now: Time| {
        book.limit(id).map(|limit| One::of(limit, book))
    })
    .await
}

pub(crate) async fn create(State(app): State<App>, mut ask: Ask) -> Result<Response, ApiError> {
    let wanted = ask::read(&mut ask.fields, &app.pepper)?;
    let cause = ask.cause();
    ask.fields.finish()?;
    let teller = match &wanted.on.upstream {
        Some(name) => caps::begin(&app, name).await?,
        None => wanted.on.teller(&app).await?,
    };
    let zone = |book: &Book, _now: Time| book.organization().map(|found| found.time_zone.clone());
    let zone = look(&teller, "organization", zone).await?;
    let id = LimitId::from_bytes(app.ids.id());
    let command = Command::CreateLimit(wanted.terms(id, zone));
    let id = LimitId::from_bytes(create_object(&teller, command, cause).await?);
    app.remember(id, teller.organization());
    Ok((StatusCode::CREATED, Json(read(&teller, id).await?)).into_response())
}

pub(crate) async fn list(
    State(app): State<App>,
    params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let (_teller, list) = scope::list(&app, params, View::of).await?;
    Ok(Json(list))
}

pub(crate) async fn get(
    State(app): State<App>,
    Named(id): Named<LimitId>,
) -> Result<Json<One>, ApiError> {
    let teller = app.teller_of(id).await?;
    read(&teller, id).await.map(Json)
}

pub(crate) async fn patch(
    State(app): State<App>,
    Named(id): Named<LimitId>,
    mut ask: Ask,
) -> Result<Json<One>, ApiError> {
    let amounts = ask::Amounts::read(&mut ask.fields)?;
    let words = [("keep", UsedSoFar::Keep), ("reset", UsedSoFar::Reset)];
    let used = ask.fields.word("used", &words)?;
    let until: Option<Time> = ask.fields.optional("until_at")?;
    ask.fields.finish()?;
    let teller = app.teller_of(id).await?;
    let amount = amounts.of(measure_of_the_owners(&teller, id).await?)?;
    if until.is_some() && amount.is_none() {
        return Err(ApiError::invalid(
            "until_at",
            "says until when another amount holds: send that amount with it",
        ));
    }
    if amount.is_none() && used.is_none() {
        return Err(nothing_to_change());
    }
    let command = Command::ChangeLimit(ChangeLimit {
        id,
        amount,
        used: used.unwrap_or(UsedSoFar::Keep),
        until,
    });
    carry_out(&teller, command, ask.actor.cause()).await?;
    read(&teller, id).await.map(Json)
}

pub(crate) async fn delete(
    State(app): State<App>,
    Named(id): Named<LimitId>,
    actor: Actor,
) -> Result<StatusCode, ApiError> {
    let teller = app.teller_of(id).await?;
    measure_of_the_owners(&teller, id).await?;
    carry_out(&teller, Command::DeleteLimit { id }, actor.cause()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a limit measures, unless it changes with the organization only.
async fn measure_of_the_owners(teller: &Teller, id: LimitId) -> Result<Measure, ApiError> {
    let known = move |book: &Book, _now: Time| {
        let limit = book.limit(id)?;
        Some((limit.origin, limit.measure))
    };
    match look(teller, WHAT, known).await? {
        (LimitOrigin::Owner, measure) => Ok(measure),
        (LimitOrigin::Operator, _) => Err(ApiError::conflict(
            "approved_usage_limit",
            "This is the organization's approved usage limit. Change `approved_usage_limit_usd` with PATCH on the \
             organization instead.",
        )),
        (LimitOrigin::Guard, _) => Err(ApiError::conflict(
            "spend_guard",
            "This is the organization's spend guard. Change `spend_guard_usd` with PATCH on the organization instead.",
        )),
    }
}

//! `/limits`: hard limits, the owner's ceilings.
//!
//! The organization's approved usage limit is listed with them, because it stops calls as well, but it is the operator's
//! and changes with the organization.

pub(crate) mod ask;
pub(crate) mod contract;
pub(crate) mod preview;
mod view;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ids::LimitId;
use ledger::{Book, ChangeLimit, Command, LimitOrigin, LimitTerms, Time, UsedSoFar};
use teller::Teller;

use self::view::View;
use crate::app::{App, carry_out, create as create_object, look};
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::organizations::nothing_to_change;
use crate::path::Named;
use crate::query::Params;
use crate::scope;
use crate::show::List;

const WHAT: &str = "hard limit";

async fn read(teller: &Teller, id: LimitId) -> Result<View, ApiError> {
    look(teller, WHAT, move |book: &Book, _now: Time| {
        book.limit(id).map(|limit| View::of(limit, book))
    })
    .await
}

pub(crate) async fn create(State(app): State<App>, mut ask: Ask) -> Result<Response, ApiError> {
    let (place, wanted) = ask::read(&mut ask.fields)?;
    let cause = ask.cause();
    ask.fields.finish()?;
    let teller = place.teller(&app).await?;
    let zone = match wanted.time_zone {
        Some(zone) => zone,
        None => {
            let zone =
                |book: &Book, _now: Time| book.organization().map(|found| found.time_zone.clone());
            look(&teller, "organization", zone).await?
        }
    };
    let command = Command::CreateLimit(LimitTerms::hard_limit(
        LimitId::from_bytes(app.ids.id()),
        place.scope(),
        wanted.amount,
        wanted.window.in_zone(zone),
    ));
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
) -> Result<Json<View>, ApiError> {
    let teller = app.teller_of(id).await?;
    read(&teller, id).await.map(Json)
}

pub(crate) async fn patch(
    State(app): State<App>,
    Named(id): Named<LimitId>,
    mut ask: Ask,
) -> Result<Json<View>, ApiError> {
    let amount = ask
        .fields
        .given::<money::Nanos>("amount_usd")?
        .map(Into::into);
    let words = [("keep", UsedSoFar::Keep), ("reset", UsedSoFar::Reset)];
    let used = ask.fields.word("used", &words)?;
    ask::refuse_until(&mut ask.fields)?;
    ask.fields.finish()?;
    if amount.is_none() && used.is_none() {
        return Err(nothing_to_change());
    }
    let teller = app.teller_of(id).await?;
    must_be_the_owners(&teller, id).await?;
    let command = Command::ChangeLimit(ChangeLimit {
        id,
        amount,
        used: used.unwrap_or(UsedSoFar::Keep),
        until: None,
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
    must_be_the_owners(&teller, id).await?;
    carry_out(&teller, Command::DeleteLimit { id }, actor.cause()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn must_be_the_owners(teller: &Teller, id: LimitId) -> Result<(), ApiError> {
    let origin = move |book: &Book, _now: Time| book.limit(id).map(|limit| limit.origin);
    match look(teller, WHAT, origin).await? {
        LimitOrigin::Owner | LimitOrigin::Guard => Ok(()),
        LimitOrigin::Operator => Err(ApiError::conflict(
            "approved_usage_limit",
            "This is the organization's approved usage limit. Change `approved_usage_limit_usd` with PATCH on the \
             organization instead.",
        )),
    }
}

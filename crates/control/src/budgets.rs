//! `/budgets`: tripwires on spending. A budget never stops a call, and every answer says so.

mod ask;
pub(crate) mod contract;
mod view;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ids::BudgetId;
use ledger::{Book, ChangeBudget, Command, CreateBudget, Time};
use teller::Teller;

use self::view::{Figures, View};
use crate::app::{App, carry_out, create as create_object, look};
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::notify::{self, owner};
use crate::organizations::nothing_to_change;
use crate::path::Named;
use crate::query::Params;
use crate::scope;
use crate::show::List;

const WHAT: &str = "budget";

async fn figures(teller: &Teller, id: BudgetId) -> Result<Figures, ApiError> {
    look(teller, WHAT, move |book: &Book, _now: Time| {
        book.budget(id).map(|budget| Figures::of(budget, book))
    })
    .await
}

pub(crate) async fn create(State(app): State<App>, mut ask: Ask) -> Result<Response, ApiError> {
    let wanted = ask::read(&mut ask.fields)?;
    let targets = notify::read(&app, &mut ask.fields)?;
    let cause = ask.cause();
    ask.fields.finish()?;
    let teller = wanted.place.teller(&app).await?;
    let zone = |book: &Book, _now: Time| book.organization().map(|found| found.time_zone.clone());
    let zone = look(&teller, "organization", zone).await?;
    let command = Command::CreateBudget(CreateBudget {
        id: BudgetId::from_bytes(app.ids.id()),
        scope: wanted.place.scope(),
        amount: wanted.amount,
        window: wanted.window.in_zone(zone),
        thresholds: wanted.thresholds,
    });
    let id = BudgetId::from_bytes(create_object(&teller, command, cause).await?);
    app.remember(id, teller.organization());
    // After the budget: a repetition under one Idempotency-Key comes to the same budget and the same targets.
    let owner = owner(teller.organization(), Some(id.to_bytes()));
    let notify = notify::put(&app, owner, targets.unwrap_or_default()).await?;
    let view = View::new(figures(&teller, id).await?, notify);
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

pub(crate) async fn list(
    State(app): State<App>,
    params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let (teller, list) = scope::list(&app, params, Figures::of).await?;
    let mut data = Vec::new();
    for figures in list.data {
        let owner = owner(teller.organization(), Some(figures.id().to_bytes()));
        data.push(View::new(figures, notify::views(&app, owner).await?));
    }
    Ok(Json(List {
        data,
        next_cursor: list.next_cursor,
    }))
}

pub(crate) async fn get(
    State(app): State<App>,
    Named(id): Named<BudgetId>,
) -> Result<Json<View>, ApiError> {
    let teller = app.teller_of(id).await?;
    let figures = figures(&teller, id).await?;
    let owner = owner(teller.organization(), Some(id.to_bytes()));
    Ok(Json(View::new(figures, notify::views(&app, owner).await?)))
}

pub(crate) async fn patch(
    State(app): State<App>,
    Named(id): Named<BudgetId>,
    mut ask: Ask,
) -> Result<Json<View>, ApiError> {
    let amount = ask.fields.given("amount_usd")?;
    let thresholds = ask.fields.given("thresholds")?;
    let targets = notify::read(&app, &mut ask.fields)?;
    ask.fields.finish()?;
    if amount.is_none() && thresholds.is_none() && targets.is_none() {
        return Err(nothing_to_change());
    }
    let teller = app.teller_of(id).await?;
    // The command first: what it rejects changes nothing.
    if amount.is_some() || thresholds.is_some() {
        let command = Command::ChangeBudget(ChangeBudget {
            id,
            amount,
            thresholds,
        });
        carry_out(&teller, command, ask.actor.cause()).await?;
    }
    let figures = figures(&teller, id).await?;
    let owner = owner(teller.organization(), Some(id.to_bytes()));
    let notify = match targets {
        Some(targets) => notify::put(&app, owner, targets).await?,
        None => notify::views(&app, owner).await?,
    };
    Ok(Json(View::new(figures, notify)))
}

pub(crate) async fn delete(
    State(app): State<App>,
    Named(id): Named<BudgetId>,
    actor: Actor,
) -> Result<StatusCode, ApiError> {
    let teller = app.teller_of(id).await?;
    carry_out(&teller, Command::DeleteBudget { id }, actor.cause()).await?;
    let owner = owner(teller.organization(), Some(id.to_bytes()));
    notify::put(&app, owner, Vec::new()).await?;
    Ok(StatusCode::NO_CONTENT)
}

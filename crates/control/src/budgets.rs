//! `/budgets`: tripwires on spending. A budget never stops a call, and every answer says so.

mod ask;
pub(crate) mod contract;
mod view;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ids::BudgetId;
use ledger::{Book, Budget, ChangeBudget, Command, CreateBudget, Time};
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
use crate::scope::Place;
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
    let zone = match wanted.time_zone {
        Some(zone) => zone,
        None => {
            let zone =
                |book: &Book, _now: Time| book.organization().map(|found| found.time_zone.clone());
            look(&teller, "organization", zone).await?
        }
    };
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

/// Those on exactly the organization, project or key that is named; an organization's list has all of them.
pub(crate) async fn list(
    State(app): State<App>,
    mut params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let place = Place::read(&mut params)?;
    let page = params.page::<BudgetId>()?;
    params.finish()?;
    let place = place.ok_or_else(|| {
        ApiError::bad(
            "missing_parameter",
            "Say whose budgets: add ?organization=org_…, ?project=proj_… or ?key=key_….",
        )
    })?;
    let question = move |book: &Book, _now: Time| {
        place.within(book)?;
        let wanted = |budget: &&Budget| match place {
            Place::Organization(_) => true,
            Place::Project(_) | Place::Key(_) => budget.scope == place.scope(),
        };
        let (budgets, next) = page.cut(book.budgets().filter(wanted), |budget| budget.id);
        let figures = budgets.into_iter().map(|budget| Figures::of(budget, book));
        Some((figures.collect::<Vec<_>>(), next))
    };
    let teller = place.teller(&app).await?;
    let (found, next) = look(&teller, place.what(), question).await?;
    let mut data = Vec::new();
    for figures in found {
        let owner = owner(teller.organization(), Some(figures.id().to_bytes()));
        data.push(View::new(figures, notify::views(&app, owner).await?));
    }
    Ok(Json(List::new(data, next)))
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

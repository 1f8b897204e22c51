//! `/organizations`: who owns money.

mod ceilings;
pub(crate) mod contract;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ids::{LimitId, OrganizationId};
use ledger::{
    Book, ChangeOrganization, Command, CreateOrganization, DirectoryCommand, LimitOrigin, Outcome,
    Time,
};
use money::Nanos;
use serde::Serialize;
use teller::{RolledBack, Teller, Unavailable};
use utoipa::ToSchema;

use crate::app::{App, carry_out, create as create_object, look};
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::path::Named;
use crate::query::Params;
use crate::show::{At, List, OrganizationRef, Text, Usd, hex};

const APPROVED: &str = "approved_usage_limit_usd";
const GUARD: &str = "spend_guard_usd";
/// The zone of an organization that names none.
const USUAL_ZONE: &str = "UTC";

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub(crate) struct View {
    id: OrganizationRef,
    name: Box<str>,
    time_zone: Box<str>,
    approved_usage_limit_usd: Option<Usd>,
    /// What freezes a key that spends too fast; null: nothing does.
    spend_guard: Option<ceilings::GuardView>,
    created_at: At,
    /// Why it is stopped; null where it is not.
    stopped: Option<String>,
}

fn view(book: &Book, _now: Time) -> Option<View> {
    let organization = book.organization()?;
    Some(View {
        id: Text(organization.id),
        name: organization.name.clone(),
        time_zone: organization.time_zone.clone(),
        approved_usage_limit_usd: ceilings::of(book, LimitOrigin::Operator)
            .map(|limit| Usd(limit.amount.usd())),
        spend_guard: ceilings::GuardView::of(book),
        created_at: At(organization.created_at),
        stopped: None,
    })
}

/// One whose Book cannot be asked: as its journal has it, and why.
fn stopped(why: &RolledBack) -> Option<View> {
    let organization = why.found.as_ref()?;
    Some(View {
        id: Text(why.organization),
        name: organization.name.clone(),
        time_zone: organization.time_zone.clone(),
        approved_usage_limit_usd: None,
        spend_guard: None,
        created_at: At(organization.created_at),
        stopped: Some(why.to_string()),
    })
}

pub(crate) async fn create(State(app): State<App>, mut ask: Ask) -> Result<Response, ApiError> {
    let name: String = ask.fields.required("name")?;
    let zone = time_zone(&mut ask.fields)?.unwrap_or_else(|| USUAL_ZONE.into());
    let amount = not_below_zero(APPROVED, ask.fields.optional(APPROVED)?)?;
    let guard = match ask.fields.change(GUARD)? {
        Some(asked) => not_below_zero(GUARD, asked)?,
        None => app.spend_guard,
    };
    let cause = ask.cause();
    ask.fields.finish()?;
    let id = match cause.idempotency {
        // What was asked under an Idempotency-Key is remembered in a Book, so a repetition must come to the same one.
        Some(asked) => derived_id(&app, &asked.key),
        None => OrganizationId::from_bytes(app.ids.id()),
    };
    let command = DirectoryCommand::CreateOrganization(CreateOrganization {
        id,
        name: name.into(),
        time_zone: zone,
        approved_usage_limit: amount.map(|amount| (LimitId::from_bytes(app.ids.id()), amount)),
        spend_guard: guard.map(|amount| ceilings::guard(LimitId::from_bytes(app.ids.id()), amount)),
    });
    let teller = app.teller(id)?;
    create_object(&teller, command, cause).await?;
    let made = look(&teller, "organization", view).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

fn derived_id(app: &App, key: &[u8; 32]) -> OrganizationId {
    let hash = app.pepper.hash(&format!("organization {}", hex(key)));
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(hash.to_bytes()) {
        *to = from;
    }
    OrganizationId::from_bytes(id)
}

fn time_zone(fields: &mut Fields) -> Result<Option<Box<str>>, ApiError> {
    let zone: Option<String> = fields.given("time_zone")?;
    if let Some(zone) = &zone {
        ledger::time_zone(zone)
            .map_err(|unknown| ApiError::invalid("time_zone", format!("is an {unknown}")))?;
    }
    Ok(zone.map(Into::into))
}

pub(crate) async fn list(
    State(app): State<App>,
    mut params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let page = params.page::<OrganizationId>()?;
    params.finish()?;
    let store = app.tellers.store();
    let mut ids = store.organizations(page.cursor, page.limit).await?;
    // The Books of upstream accounts come after all organizations.
    ids.retain(|id| !id.is_of_upstream());
    let next = ids.last().copied().filter(|_| ids.len() == page.limit);
    let mut views = Vec::new();
    for id in ids {
        match app.teller(id)?.ask(view).await {
            Ok(found) => views.extend(found),
            // The others are shown all the same.
            Err(Unavailable::RolledBack(why)) => views.extend(stopped(&why)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(List::new(views, next)))
}

pub(crate) async fn get(
    State(app): State<App>,
    Named(id): Named<OrganizationId>,
) -> Result<Json<View>, ApiError> {
    look(&app.teller(id)?, "organization", view).await.map(Json)
}

pub(crate) async fn patch(
    State(app): State<App>,
    Named(id): Named<OrganizationId>,
    mut ask: Ask,
) -> Result<Json<View>, ApiError> {
    let name: Option<String> = ask.fields.given("name")?;
    let zone = time_zone(&mut ask.fields)?;
    let amount = ask.fields.change(APPROVED)?;
    let amount = amount.map(|amount| not_below_zero(APPROVED, amount));
    let amount = amount.transpose()?;
    let guard = ask.fields.change(GUARD)?;
    let guard = guard.map(|amount| not_below_zero(GUARD, amount));
    let guard = guard.transpose()?;
    ask.fields.finish()?;
    if name.is_none() && zone.is_none() && amount.is_none() && guard.is_none() {
        return Err(nothing_to_change());
    }
    let teller = app.teller(id)?;
    let change = (name.is_some() || zone.is_some()).then(|| {
        let name = name.map(Into::into);
        ChangeOrganization {
            name,
            time_zone: zone,
        }
    });
    let mut commands: Vec<Command> = Vec::new();
    commands.extend(change.map(|change| DirectoryCommand::ChangeOrganization(change).into()));
    let new = [(); 2].map(|()| LimitId::from_bytes(app.ids.id()));
    let edits = move |book: &Book, _now: Time| {
        book.organization()?;
        let [approved, guarded] = new;
        let approve = amount.and_then(|amount| ceilings::approve(book, approved, amount));
        let watch = guard.and_then(|amount| ceilings::watch(book, guarded, amount));
        Some(approve.into_iter().chain(watch).collect::<Vec<_>>())
    };
    commands.extend(look(&teller, "organization", edits).await?);
    carry_out_all(&teller, commands, &ask.actor).await?;
    look(&teller, "organization", view).await.map(Json)
}

pub(crate) fn nothing_to_change() -> ApiError {
    ApiError::bad(
        "missing_field",
        "There is nothing to change: send at least one field.",
    )
}

/// The ledger would refuse it, but by its own name for it.
fn not_below_zero(field: &str, amount: Option<Nanos>) -> Result<Option<Nanos>, ApiError> {
    if amount.is_some_and(Nanos::is_negative) {
        return Err(ApiError::invalid(field, "must not be negative"));
    }
    Ok(amount)
}

/// Carries out the commands of one request. Each is decided without being done first, so that a request with something
/// wrong in it changes nothing.
pub(crate) async fn carry_out_all(
    teller: &Teller,
    commands: Vec<Command>,
    actor: &Actor,
) -> Result<(), ApiError> {
    let tried = commands.clone();
    let rejection = teller.ask(move |book, now| {
        tried.iter().find_map(
            |command| match ledger::decide(book, command, None, now).outcome {
                Outcome::Rejected(rejection) => Some(rejection),
                _ => None,
            },
        )
    });
    if let Some(rejection) = rejection.await? {
        return Err(rejection.into());
    }
    for command in commands {
        carry_out(teller, command, actor.cause()).await?;
    }
    Ok(())
}

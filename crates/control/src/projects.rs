//! `/projects`: what keys belong to.

pub(crate) mod contract;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ids::{OrganizationId, ProjectId};
use ledger::{Book, ChangeProject, CreateProject, DirectoryCommand, Project, ProjectState};
use serde::Serialize;
use teller::Teller;
use utoipa::ToSchema;

use crate::app::{App, carry_out, create as create_object, look};
use crate::body::Ask;
use crate::error::ApiError;
use crate::organizations::{carry_out_all, nothing_to_change};
use crate::path::Named;
use crate::query::Params;
use crate::show::{At, List, OrganizationRef, ProjectRef, Text};

const MAX_OUTPUT: &str = "default_max_output";

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Project)]
pub(crate) struct View {
    id: ProjectRef,
    organization_id: OrganizationRef,
    name: Box<str>,
    default_max_output: Option<u64>,
    /// Output tokens below which a call is refused instead of fitted; null: the setting `gateway.fit_floor`.
    fit_floor: Option<u64>,
    #[schema(value_type = contract::ProjectState)]
    state: &'static str,
    archived_at: Option<At>,
    created_at: At,
}

impl View {
    fn of(project: &Project, organization: OrganizationId) -> Self {
        let (state, archived_at) = match project.state {
            ProjectState::Active => ("active", None),
            ProjectState::Archived { at } => ("archived", Some(At(at))),
        };
        Self {
            id: Text(project.id),
            organization_id: Text(organization),
            name: project.name.clone(),
            default_max_output: project.default_max_output,
            fit_floor: project.fit_floor,
            state,
            archived_at,
            created_at: At(project.created_at),
        }
    }
}

async fn view(teller: &Teller, id: ProjectId) -> Result<View, ApiError> {
    let organization = teller.organization();
    let question = move |book: &Book, _now| {
        book.project(id)
            .map(|project| View::of(project, organization))
    };
    look(teller, "project", question).await
}

pub(crate) async fn create(
    State(app): State<App>,
    Named(organization): Named<OrganizationId>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let name: String = ask.fields.required("name")?;
    let default_max_output = ask.fields.optional(MAX_OUTPUT)?;
    let default_max_output = sensible(MAX_OUTPUT, default_max_output)?;
    let cause = ask.cause();
    ask.fields.finish()?;
    let teller = app.teller(organization)?;
    let command = DirectoryCommand::CreateProject(CreateProject {
        id: ProjectId::from_bytes(app.ids.id()),
        name: name.into(),
        default_max_output,
    });
    let id = ProjectId::from_bytes(create_object(&teller, command, cause).await?);
    app.remember(id, organization);
    let made = view(&teller, id).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

pub(crate) async fn list(
    State(app): State<App>,
    Named(organization): Named<OrganizationId>,
    mut params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let page = params.page::<ProjectId>()?;
    params.finish()?;
    let question = move |book: &Book, _now| {
        book.organization()?;
        let (projects, next) = page.cut(book.projects(), |project| project.id);
        let view = |project| View::of(project, organization);
        Some((projects.into_iter().map(view).collect(), next))
    };
    let (data, next) = look(&app.teller(organization)?, "organization", question).await?;
    Ok(Json(List::new(data, next)))
}

pub(crate) async fn get(
    State(app): State<App>,
    Named(id): Named<ProjectId>,
) -> Result<Json<View>, ApiError> {
    let teller = app.teller_of(id).await?;
    view(&teller, id).await.map(Json)
}

pub(crate) async fn patch(
    State(app): State<App>,
    Named(id): Named<ProjectId>,
    mut ask: Ask,
) -> Result<Json<View>, ApiError> {
    let name: Option<String> = ask.fields.given("name")?;
    let mut tokens = |field| {
        let asked = ask.fields.change(field)?;
        asked.map(|asked| sensible(field, asked)).transpose()
    };
    let (default_max_output, fit_floor) = (tokens(MAX_OUTPUT)?, tokens("fit_floor")?);
    ask.fields.finish()?;
    let plain = name.is_some() || default_max_output.is_some();
    if !plain && fit_floor.is_none() {
        return Err(nothing_to_change());
    }
    let teller = app.teller_of(id).await?;
    let change = DirectoryCommand::ChangeProject(ChangeProject {
        id,
        name: name.map(Into::into),
        default_max_output,
    });
    let floor = fit_floor.map(|fit_floor| DirectoryCommand::SetFitFloor { id, fit_floor });
    let commands = plain.then_some(change).into_iter().chain(floor);
    carry_out_all(&teller, commands.map(Into::into).collect(), &ask.actor).await?;
    view(&teller, id).await.map(Json)
}

pub(crate) async fn archive(
    State(app): State<App>,
    Named(id): Named<ProjectId>,
    ask: Ask,
) -> Result<Json<View>, ApiError> {
    ask.fields.finish()?;
    let teller = app.teller_of(id).await?;
    let command = DirectoryCommand::ArchiveProject { id };
    carry_out(&teller, command, ask.actor.cause()).await?;
    view(&teller, id).await.map(Json)
}

/// No model answers with more, so a larger number is a slip of the hand.
fn sensible(field: &str, tokens: Option<u64>) -> Result<Option<u64>, ApiError> {
    const MOST: u64 = 1_000_000_000;
    match tokens {
        Some(tokens) if tokens > MOST => Err(ApiError::invalid(
            field,
            "must be a number of output tokens, at most 1000000000",
        )),
        tokens => Ok(tokens),
    }
}

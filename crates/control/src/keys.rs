//! `/keys`: what a caller proves itself with. A secret leaves here once, in the answer that makes it.

pub(crate) mod contract;
mod lists;
pub(crate) mod rotate;
pub(crate) mod state;
mod view;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ids::{ApiKey, KeyId, OrganizationId, ProjectId, ShortId};
use ledger::{Book, ChangeKey, CreateKey, DirectoryCommand, Time};

use self::view::{Made, View};
use crate::app::{App, carry_out, create as create_object, look};
use crate::body::Ask;
use crate::error::ApiError;
use crate::organizations::nothing_to_change;
use crate::path::Named;
use crate::query::Params;
use crate::show::List;

/// A key that does not exist yet.
fn new_secret(app: &App, organization: OrganizationId) -> (KeyId, ApiKey) {
    let id = KeyId::from_bytes(app.ids.id());
    let secret = ApiKey::from_random(ShortId::from(organization), app.ids.random());
    (id, secret)
}

/// The answer that shows a key for the first time. Where `id` is not the key that was offered, the request was a
/// repetition and the secret that was offered is nobody's.
fn made(view: View, secret: &ApiKey, offered: KeyId, id: KeyId) -> Response {
    let secret = (offered == id).then(|| secret.reveal());
    (StatusCode::CREATED, Json(Made::new(view, secret))).into_response()
}

pub(crate) async fn create(
    State(app): State<App>,
    Named(project): Named<ProjectId>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let name: String = ask.fields.required("name")?;
    let expires_at = ask.fields.optional("expires_at")?;
    let models = lists::models(ask.fields.optional("models")?)?;
    let ip_allow = lists::ip_allow(ask.fields.optional("ip_allow")?)?;
    let cause = ask.cause();
    ask.fields.finish()?;
    let teller = app.teller_of(project).await?;
    let (offered, secret) = new_secret(&app, teller.organization());
    let command = DirectoryCommand::CreateKey(CreateKey {
        id: offered,
        project,
        name: name.into(),
        hash: app.pepper.hash(secret.reveal()),
        hint: secret.hint().into(),
        expires_at,
        models,
        ip_allow,
    });
    let id = KeyId::from_bytes(create_object(&teller, command, cause).await?);
    app.remember(id, teller.organization());
    Ok(made(view::read(&teller, id).await?, &secret, offered, id))
}

pub(crate) async fn list(
    State(app): State<App>,
    Named(project): Named<ProjectId>,
    mut params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let page = params.page::<KeyId>()?;
    params.finish()?;
    let teller = app.teller_of(project).await?;
    let organization = teller.organization();
    let question = move |book: &Book, now: Time| {
        book.project(project)?;
        let keys = book.keys().filter(|key| key.project == project);
        let (keys, next) = page.cut(keys, |key| key.id);
        let view = |key| View::of(key, organization, now);
        Some((keys.into_iter().map(view).collect(), next))
    };
    let (data, next) = look(&teller, "project", question).await?;
    Ok(Json(List::new(data, next)))
}

pub(crate) async fn get(
    State(app): State<App>,
    Named(id): Named<KeyId>,
) -> Result<Json<View>, ApiError> {
    let teller = app.teller_of(id).await?;
    view::read(&teller, id).await.map(Json)
}

pub(crate) async fn patch(
    State(app): State<App>,
    Named(id): Named<KeyId>,
    mut ask: Ask,
) -> Result<Json<View>, ApiError> {
    let name: Option<String> = ask.fields.given("name")?;
    let expires_at = ask.fields.change("expires_at")?;
    let models = ask.fields.change("models")?;
    let ip_allow = ask.fields.change("ip_allow")?;
    ask.fields.finish()?;
    if name.is_none() && expires_at.is_none() && models.is_none() && ip_allow.is_none() {
        return Err(nothing_to_change());
    }
    let change = ChangeKey {
        id,
        name: name.map(Into::into),
        expires_at,
        models: models.map(lists::models).transpose()?,
        ip_allow: ip_allow.map(lists::ip_allow).transpose()?,
    };
    let teller = app.teller_of(id).await?;
    let command = DirectoryCommand::ChangeKey(change);
    carry_out(&teller, command, ask.actor.cause()).await?;
    view::read(&teller, id).await.map(Json)
}

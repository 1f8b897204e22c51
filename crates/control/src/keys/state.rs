//! Stopping a key and letting it work again. Each may be asked for again without harm.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ids::KeyId;
use ledger::DirectoryCommand;

use super::view::{self, View};
use crate::app::{App, carry_out};
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::path::Named;

pub(crate) async fn freeze(
    State(app): State<App>,
    Named(id): Named<KeyId>,
    mut ask: Ask,
) -> Result<Json<View>, ApiError> {
    let reason: Option<String> = ask.fields.optional("reason")?;
    ask.fields.finish()?;
    let reason = reason.unwrap_or_else(|| format!("frozen by {}", ask.actor.name()));
    let command = DirectoryCommand::FreezeKey {
        id,
        reason: reason.into(),
    };
    change(&app, id, command, &ask.actor).await
}

pub(crate) async fn unfreeze(
    State(app): State<App>,
    Named(id): Named<KeyId>,
    ask: Ask,
) -> Result<Json<View>, ApiError> {
    ask.fields.finish()?;
    let command = DirectoryCommand::UnfreezeKey { id };
    change(&app, id, command, &ask.actor).await
}

async fn change(
    app: &App,
    id: KeyId,
    command: DirectoryCommand,
    actor: &Actor,
) -> Result<Json<View>, ApiError> {
    let teller = app.teller_of(id).await?;
    carry_out(&teller, command, actor.cause()).await?;
    view::read(&teller, id).await.map(Json)
}

pub(crate) async fn revoke(
    State(app): State<App>,
    Named(id): Named<KeyId>,
    actor: Actor,
) -> Result<StatusCode, ApiError> {
    let teller = app.teller_of(id).await?;
    let command = DirectoryCommand::RevokeKey { id };
    carry_out(&teller, command, actor.cause()).await?;
    Ok(StatusCode::NO_CONTENT)
}

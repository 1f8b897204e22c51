//! `/upstreams`: the accounts that calls can be sent to. Those of the configuration are shown, those made here can be
//! changed; a credential that was given is never shown again. What is parked of them is `parking`. `/secrets/rewrap`: the key that seals them has changed.

mod ask;
pub(crate) mod balance;
pub(crate) mod caps;
pub(crate) mod contract;
pub(crate) mod doctor;
pub(crate) mod parking;
mod parks;
mod view;

use accounts::{ChangeError, UpstreamName};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::path::{InPath, Named};
use crate::show::List;
use view::{One, View};

impl InPath for UpstreamName {
    const PARAM: &'static str = "name";
    const WHAT: &'static str = "upstream";
}

pub(crate) async fn list(State(app): State<App>) -> Json<List<View>> {
    let entries = app.upstreams.entries();
    let homes = app.check.only_homes();
    let view = |entry| View::among(&app, entry, &homes);
    Json(List::new(entries.iter().map(view).collect(), None::<u64>))
}

pub(crate) async fn get(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
) -> Result<Json<One>, ApiError> {
    let entry = app.upstreams.entry(name.as_str());
    let entry = entry.ok_or_else(|| ApiError::not_found("upstream"))?;
    let view = View::of(&app, &entry);
    let caps = caps::of(&app, name.as_str()).await?;
    Ok(Json(One { view, caps }))
}

pub(crate) async fn create(State(app): State<App>, mut ask: Ask) -> Result<Response, ApiError> {
    let wanted = ask::create(&mut ask.fields)?;
    ask.fields.finish()?;
    let now = app.tellers.settings().clock.now();
    let entry = app.upstreams.create(wanted, now).await?;
    say(&ask.actor, entry.draft.name.as_str(), "created");
    Ok((StatusCode::CREATED, Json(View::of(&app, &entry))).into_response())
}

/// What is left out stays as it is.
pub(crate) async fn patch(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
    mut ask: Ask,
) -> Result<Json<One>, ApiError> {
    let wanted = ask::change(&mut ask.fields)?;
    ask.fields.finish()?;
    let wanted = wanted.ok_or_else(crate::organizations::nothing_to_change)?;
    let now = app.tellers.settings().clock.now();
    let entry = app.upstreams.change(&name, (wanted, now)).await?;
    say(&ask.actor, name.as_str(), "changed");
    let view = View::of(&app, &entry);
    let caps = caps::of(&app, name.as_str()).await?;
    Ok(Json(One { view, caps }))
}

pub(crate) async fn delete(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
    actor: Actor,
) -> Result<StatusCode, ApiError> {
    app.upstreams.delete(&name).await?;
    say(&actor, name.as_str(), "deleted");
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn rewrap(State(app): State<App>, ask: Ask) -> Result<Json<Value>, ApiError> {
    let Ask { actor, fields, .. } = ask;
    fields.finish()?;
    let count = app.upstreams.rewrap().await?;
    tracing::info!(
        actor = actor.name(),
        count,
        "credentials were sealed by the key of now"
    );
    Ok(Json(json!({"rewrapped": count})))
}

/// An account belongs to no organization, so no journal has this.
pub(super) fn say(actor: &Actor, upstream: &str, what: &str) {
    tracing::info!(actor = actor.name(), upstream, "an upstream was {what}");
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotFound => Self::not_found("upstream"),
            ChangeError::Exists => Self::conflict(
                "already_exists",
                "An upstream of this name exists already. Change that one, or choose another name.",
            ),
            ChangeError::FromConfiguration => Self::conflict(
                "from_configuration",
                "This upstream comes from the configuration, seawall.toml or the environment, and is changed there: edit it \
                 and start the server again.",
            ),
            ChangeError::NoKey => Self::bad(
                "no_secrets_key",
                "A credential that is given here is kept encrypted, and this server has no key to encrypt it with. Make one \
                 with `openssl rand -base64 32`, name where it is as `secrets.key` in the configuration (`env:NAME` or \
                 `file:/path`), and start the server again; or put the upstream into seawall.toml.",
            ),
            ChangeError::TooMany => Self::conflict(
                "too_many",
                format!(
                    "There cannot be more than {} upstreams made here. Delete some first.",
                    accounts::MOST_UPSTREAMS
                ),
            )
            .with("most", accounts::MOST_UPSTREAMS),
            ChangeError::Invalid { field, problem } => Self::invalid(field, problem),
            ChangeError::Store(error) => error.into(),
            ChangeError::Contended => {
                Self::store_unavailable("the upstreams were changed by others again and again")
            }
        }
    }
}

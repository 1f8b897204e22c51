//! `/upstreams/{name}/credits` and `/balance`: what was bought at a provider, what is left of it, and when it runs out.
//!
//! The provider's own word counts where there is one: a day that was reconciled counts with what it billed, whoever called;
//! any other with what went through here. It stops nothing.

mod forecast;
mod standing;

use accounts::{BookError, Bought, MOST_BOUGHT, UpstreamName};
use axum::Json;
use axum::extract::{RawPathParams, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ledger::Time;
use money::Nanos;
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::path::Named;
use crate::show::hex;
use standing::Standing;
pub use standing::{StandingError, UpstreamStanding, upstream_standing};

/// The longest note, in bytes.
const LONGEST_NOTE: usize = 1_000;
/// Bytes of a purchase's id.
const ID: usize = 10;
/// Warned of when it lasts for less than so many days.
const SOON: u32 = 7;

/// Writes down a purchase.
pub(crate) async fn add(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    there(&app, &name)?;
    let amount: Nanos = ask.fields.required("amount_usd")?;
    let bought_at: Option<Time> = ask.fields.optional("bought_at")?;
    let note: Option<String> = ask.fields.optional("note")?;
    ask.fields.finish()?;
    if !amount.is_positive() {
        return Err(ApiError::invalid("amount_usd", "must be more than nothing"));
    }
    let note = note.unwrap_or_default();
    if note.len() > LONGEST_NOTE {
        return Err(ApiError::invalid("note", "must be at most 1,000 bytes"));
    }
    let now = app.tellers.settings().clock.now();
    let at = bought_at.unwrap_or(now);
    if at > now {
        return Err(ApiError::invalid("bought_at", "must not be in the future"));
    }
    // Under the same Idempotency-Key a purchase has the same id, and is one.
    let bytes = match &ask.idempotency {
        Some(promised) => promised.key.to_vec(),
        None => app.ids.random().to_vec(),
    };
    let id = hex(bytes.get(..ID).unwrap_or_default());
    let before = app.upstreams.book(&name).await?.bought;
    let same = before
        .iter()
        .find(|one| one.id == id && bought_at.is_none());
    let at = same.map_or(at, Bought::bought_at);
    let bought = Bought::new(id, (amount, at), note);
    app.upstreams.bought(&name, &bought).await?;
    tracing::info!(actor = ask.actor.name(), upstream = name.as_str(), %amount, "a purchase at a provider was told");
    Ok((StatusCode::CREATED, Json(view(&bought))).into_response())
}

/// Strikes out a purchase that was told wrongly.
pub(crate) async fn strike(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
    params: RawPathParams,
    actor: Actor,
) -> Result<StatusCode, ApiError> {
    there(&app, &name)?;
    let id = params.iter().find(|(param, _)| *param == "credit");
    let id = id.map(|(_, id)| id.to_owned()).unwrap_or_default();
    app.upstreams.not_bought(&name, &id).await?;
    tracing::info!(
        actor = actor.name(),
        upstream = name.as_str(),
        "a purchase at a provider was struck out"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// What is left, as far as anybody here can know.
pub(crate) async fn get(
    State(app): State<App>,
    Named(name): Named<UpstreamName>,
) -> Result<Json<Value>, ApiError> {
    there(&app, &name)?;
    let now = app.tellers.settings().clock.now();
    let standing = Standing::of((&app.upstreams, &app.log), &name, now).await?;
    let Standing { pace, since, .. } = standing;
    Ok(Json(json!({
        "upstream": name.as_str(),
        "bought_usd": standing.bought.to_string(),
        "went_through_usd": standing.went.to_string(),
        "left_usd": pace.left.to_string(),
        "per_day_usd": pace.per_day().to_string(),
        "runs_out_at": since.and(pace.runs_out(now)).map(|at| at.to_string()),
        "warning": since.and(pace.warning(SOON)),
        "since_at": since.map(|since| since.to_string()),
        "reconciled_days": standing.reconciled_days,
        "as_of_at": now.to_string(),
        "credits": standing.book.bought.iter().map(view).collect::<Vec<_>>(),
    })))
}

fn there(app: &App, name: &UpstreamName) -> Result<(), ApiError> {
    let entry = app.upstreams.entry(name.as_str());
    entry
        .map(|_entry| ())
        .ok_or_else(|| ApiError::not_found("upstream"))
}

fn view(bought: &Bought) -> Value {
    json!({
        "id": bought.id,
        "amount_usd": bought.amount().to_string(),
        "bought_at": bought.bought_at().to_string(),
        "note": bought.note,
    })
}

impl From<StandingError> for ApiError {
    fn from(error: StandingError) -> Self {
        match error {
            StandingError::Store(error) => error.into(),
            StandingError::Log(error) => error.into(),
        }
    }
}

impl From<BookError> for ApiError {
    fn from(error: BookError) -> Self {
        match error {
            BookError::NotFound => Self::not_found("purchase"),
            BookError::Another => Self::conflict(
                "idempotency_key_reused",
                "This Idempotency-Key was used for a different request before. Send a new key with a new request.",
            ),
            BookError::TooMany => Self::conflict(
                "too_many",
                format!("No more than {MOST_BOUGHT} purchases are kept for an upstream. Delete old ones first."),
            )
            .with("most", MOST_BOUGHT),
            BookError::Store(error) => error.into(),
            BookError::Contended => {
                Self::store_unavailable("what was bought at providers was changed by others again and again")
            }
        }
    }
}

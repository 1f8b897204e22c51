//! `/upstreams/{name}/credits` and `/balance`: what was bought at a provider, what is left of it, and when it runs out.
//!
//! The provider's own word counts where there is one: a day that was reconciled counts with what it billed, whoever called;
//! any other with what went through here. It stops nothing.

mod forecast;

use accounts::{BookError, Bought, MOST_BOUGHT, UpstreamName};
use axum::Json;
use axum::extract::{RawPathParams, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ledger::Time;
use money::Nanos;
use projections::{Bucket, Dimension, UsageFilter};
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::path::Named;
use crate::show::hex;
use forecast::Pace;

/// The longest note, in bytes.
const LONGEST_NOTE: usize = 1_000;
/// Bytes of a purchase's id.
const ID: usize = 10;
/// The seconds over which the pace is measured: a week.
const WEEK: i64 = 7 * 86_400;

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
    let book = app.upstreams.book(&name).await?;
    let sum =
        |amounts: &mut dyn Iterator<Item = Nanos>| amounts.fold(Nanos::ZERO, Nanos::saturating_add);
    let bought = sum(&mut book.bought.iter().map(Bought::amount));
    let since = book.bought.iter().map(Bought::bought_at).min();
    let hours = match since {
        Some(since) => through(&app, &name, since, now).await?,
        None => Vec::new(),
    };
    let billed: Vec<(Date, Nanos)> = book
        .days()
        .filter_map(|(day, amount)| Some((day.parse().ok()?, amount)))
        .filter(|(day, _)| since.is_some_and(|since| starts(*day) >= since))
        .collect();
    let reconciled = |at: &Time| billed.iter().any(|(day, _)| day_of(*at) == *day);
    let own = hours.iter().filter(|(at, _)| !reconciled(at));
    let went = sum(&mut own
        .clone()
        .map(|(_, cost)| *cost)
        .chain(billed.iter().map(|(_, amount)| *amount)));
    let week = now.plus_seconds(WEEK.saturating_neg());
    let lately = own.filter(|(at, _)| *at >= week).map(|(_, cost)| *cost);
    let days = billed
        .iter()
        .filter(|(day, _)| starts(*day) >= week)
        .map(|(_, amount)| *amount);
    let lately = sum(&mut lately.chain(days));
    let pace = Pace {
        left: bought.saturating_sub(went),
        spent: lately,
        seconds: since.map_or(WEEK, |since| seconds_between(since, now).clamp(1, WEEK)),
    };
    Ok(Json(json!({
        "upstream": name.as_str(),
        "bought_usd": bought.to_string(),
        "went_through_usd": went.to_string(),
        "left_usd": pace.left.to_string(),
        "per_day_usd": pace.per_day().to_string(),
        "runs_out_at": since.and(pace.runs_out(now)).map(|at| at.to_string()),
        "warning": since.and(pace.warning()),
        "since_at": since.map(|since| since.to_string()),
        "reconciled_days": billed.len(),
        "as_of_at": now.to_string(),
        "credits": book.bought.iter().map(view).collect::<Vec<_>>(),
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

/// What went through an account, by the hour.
async fn through(
    app: &App,
    name: &UpstreamName,
    since: Time,
    now: Time,
) -> Result<Vec<(Time, Nanos)>, ApiError> {
    let mut all = Vec::new();
    let mut filter = UsageFilter {
        organization: None,
        project: None,
        key: None,
        model: None,
        from: Some(since),
        to: Some(now),
        bucket: Bucket::Hour,
        group_by: vec![Dimension::Upstream],
        cursor: None,
        limit: 1_000,
    };
    loop {
        let page = app.log.usage(filter.clone()).await?;
        let own = page
            .rows
            .iter()
            .filter(|row| row.upstream.as_deref() == Some(name.as_str()));
        all.extend(own.map(|row| (row.starts_at, row.cost)));
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            return Ok(all);
        }
    }
}

const fn seconds_between(since: Time, now: Time) -> i64 {
    now.micros().saturating_sub(since.micros()) / 1_000_000
}

fn day_of(at: Time) -> Date {
    at.to_timestamp().to_zoned(TimeZone::UTC).date()
}

/// When a day begins, by UTC.
fn starts(day: Date) -> Time {
    let start = day.to_zoned(TimeZone::UTC);
    start.map_or(Time::EARLIEST, |start| start.timestamp().into())
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

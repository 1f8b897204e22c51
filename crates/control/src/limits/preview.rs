//! `/limits/preview`: what a hard limit would have refused of the calls of the last days, before it is set.

use axum::Json;
use axum::extract::State;
use ids::LimitId;
use ledger::{Book, LimitTerms, Time};
use serde::Serialize;
use teller::{Preview, ReplayError};
use utoipa::ToSchema;

use super::ask;
use super::shown::LimitOn;
use crate::app::{App, look};
use crate::body::Ask;
use crate::error::ApiError;
use crate::openapi::words;
use crate::scope::WindowView;
use crate::show::{At, RequestRef, Text, Usd, two_ways};

/// Days that are looked at where the request does not say.
const USUAL_DAYS: u32 = 7;
/// The most days.
const MOST_DAYS: u32 = 90;

/// What the limit would have done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitPreview)]
pub(crate) struct View {
    scope: LimitOn,
    #[schema(value_type = words::Measure)]
    measure: &'static str,
    /// Null where the measure is not usd.
    amount_usd: Option<Usd>,
    /// In requests or tokens; null where the measure is usd.
    amount: Option<i64>,
    window: WindowView,
    /// Calls that began from here on are reported.
    from_at: At,
    /// What was spent from here on counts; null: from the beginning.
    counted_from_at: Option<At>,
    to_at: At,
    /// Calls that it counts, granted in truth.
    calls: u64,
    /// Calls in its scope that it might count, and of which nothing is on record that says so: their tokens, end user and
    /// tags are written down only while a limit looks at them. They are left out of every figure here.
    undescribed: u64,
    /// Calls that ended without their tokens being on record. They count with the most they could have had.
    unmeasured: u64,
    /// How many of them would not have fitted as they were: refused, or cut down.
    would_refuse: u64,
    /// What those cost.
    would_refuse_cost_usd: Usd,
    first: Option<Which>,
    last: Option<Which>,
    /// The least amount that would have let every call pass.
    refuses_none_at_usd: Option<Usd>,
    /// The same in requests or tokens.
    refuses_none_at: Option<i64>,
}

/// A call that would have been refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewedCall)]
pub(crate) struct Which {
    request_id: RequestRef,
    at: At,
}

pub(crate) async fn post(State(app): State<App>, mut ask: Ask) -> Result<Json<View>, ApiError> {
    let wanted = ask::read(&mut ask.fields, &app.pepper)?;
    let days = ask.fields.optional::<u32>("days")?.unwrap_or(USUAL_DAYS);
    if days == 0 || days > MOST_DAYS {
        return Err(ApiError::invalid(
            "days",
            format!("must be a whole number from 1 to {MOST_DAYS}"),
        ));
    }
    ask.fields.finish()?;
    let teller = wanted.on.teller(&app).await?;
    if let Some(name) = &wanted.on.upstream
        && app.upstreams.book_of_caps(name).is_none()
    {
        return Err(ApiError::conflict(
            "nothing_counted_yet",
            "What goes through an upstream is counted from its first cap on, so there is nothing to look at yet. Set one with \
             `mode` `shadow`, which stops nothing, and ask again after some calls.",
        ));
    }
    let (place, calls) = (wanted.on.place, wanted.on.calls.clone());
    let question = move |book: &Book, now: Time| {
        place.within(book)?;
        let zone = book.organization()?.time_zone.clone();
        Some((zone, now, LimitOn::of((place.scope(), &calls), book)))
    };
    let (zone, now, scope) = look(&teller, place.what(), question).await?;
    let proposed = wanted.terms(LimitId::from_bytes(app.ids.id()), zone);
    let from = now.plus_seconds(i64::from(days).saturating_mul(-86_400));
    let preview = app
        .tellers
        .preview(teller.organization(), &proposed, from)
        .await
        .map_err(|error| not_possible(&error))?;
    Ok(Json(view(&preview, (scope, &proposed), now)))
}

fn view(preview: &Preview, (scope, proposed): (LimitOn, &LimitTerms), now: Time) -> View {
    let (amount_usd, amount) = two_ways(proposed.measure, Some(proposed.amount));
    let (refuses_none_at_usd, refuses_none_at) =
        two_ways(proposed.measure, Some(preview.stops_none));
    let which = |(at, request)| Which {
        request_id: Text(request),
        at: At(at),
    };
    View {
        scope,
        measure: proposed.measure.name(),
        amount_usd,
        amount,
        window: WindowView::of(&proposed.window),
        from_at: At(preview.from),
        counted_from_at: Some(At(preview.counted_from)).filter(|at| at.0 > Time::EARLIEST),
        to_at: At(now),
        calls: preview.calls,
        undescribed: preview.undescribed,
        unmeasured: preview.unmeasured,
        would_refuse: preview.stopped,
        would_refuse_cost_usd: Usd(preview.stopped_cost),
        first: preview.first.map(which),
        last: preview.last.map(which),
        refuses_none_at_usd,
        refuses_none_at,
    }
}

fn not_possible(error: &ReplayError) -> ApiError {
    match error {
        ReplayError::TooFar(_) => ApiError::conflict(
            "too_many_entries",
            "There were more than 2,000,000 entries in that time. Ask for fewer `days`, or for a shorter window.",
        ),
        ReplayError::Store(_) | ReplayError::Unreadable { .. } | ReplayError::NotThere(_) => {
            ApiError::store_unavailable(&error.to_string())
        }
    }
}

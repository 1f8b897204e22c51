//! `/forecast`: when the credit runs out and hard limits are reached if calls go on as they did in the last seven days.
//!
//! What is left is the Book's; how fast it goes is from the request log's exact sums. Nothing is decided by it.

mod pace;
mod sentence;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use ids::{KeyId, OrganizationId, ProjectId};
use ledger::{Book, Calls, Lot, Measure, Scope, Time};
use money::Nanos;
use projections::{Bucket, Dimension, UsageFilter};
use serde::Serialize;
use utoipa::ToSchema;

use self::pace::Pace;
use crate::app::{App, look};
use crate::error::ApiError;
use crate::limits::contract::SetBy;
use crate::openapi::operation::{self, Operation};
use crate::query::Params;
use crate::scope::{Place, ScopeView, WindowView, ends};
use crate::show::{At, LimitRef, OrganizationRef, Text, Usd};

/// How far back is looked, in seconds.
const BACK: i64 = 7 * 86_400;
/// An organization that has just begun is looked at as if it had run for an hour.
const LEAST: i64 = 3_600;
/// Pages of sums that are read at most, each of a thousand.
const MOST_PAGES: usize = 100;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Forecast)]
pub(crate) struct View {
    organization_id: OrganizationRef,
    as_of_at: At,
    /// What was spent since is the pace that is assumed to go on.
    pace_from_at: At,
    spent_usd: Usd,
    per_day_usd: Usd,
    credit_balance: Credit,
    /// All of them, the one that is reached first at the head.
    hard_limits: Vec<Ceiling>,
    /// All of it for people.
    sentence: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ForecastCredit)]
struct Credit {
    left_usd: Usd,
    /// Null: not at this pace.
    runs_out_at: Option<At>,
    /// What runs out of time before it is spent.
    lapses_usd: Usd,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ForecastLimit)]
struct Ceiling {
    limit_id: LimitRef,
    /// `owner`: a hard limit. `operator`: the organization's approved usage limit.
    #[schema(value_type = SetBy)]
    set_by: &'static str,
    scope: ScopeView,
    amount_usd: Usd,
    window: WindowView,
    left_usd: Usd,
    per_day_usd: Usd,
    /// Null: not before it resets, or not at this pace.
    reached_at: Option<At>,
    resets_at: Option<At>,
}

/// What was spent, by whom.
struct Spent {
    all: Nanos,
    projects: BTreeMap<ProjectId, Nanos>,
    keys: BTreeMap<KeyId, Nanos>,
}

impl Spent {
    fn by(&self, scope: Scope) -> Nanos {
        match scope {
            Scope::Organization => self.all,
            Scope::Project(id) => self.projects.get(&id).copied().unwrap_or(Nanos::ZERO),
            Scope::Key(id) => self.keys.get(&id).copied().unwrap_or(Nanos::ZERO),
        }
    }

    fn add(&mut self, cost: Nanos, project: Option<ProjectId>, key: Option<KeyId>) {
        let add = |sum: &mut Nanos| *sum = sum.saturating_add(cost);
        add(&mut self.all);
        if let Some(project) = project {
            add(self.projects.entry(project).or_insert(Nanos::ZERO));
        }
        if let Some(key) = key {
            add(self.keys.entry(key).or_insert(Nanos::ZERO));
        }
    }
}

pub(crate) async fn get(
    State(app): State<App>,
    mut params: Params,
) -> Result<Json<View>, ApiError> {
    let place = Place::read(&mut params)?;
    params.finish()?;
    let Some(Place::Organization(organization)) = place else {
        return Err(ApiError::bad(
            "missing_parameter",
            "Say whose forecast: add ?organization=org_….",
        ));
    };
    let teller = app.teller(organization)?;
    let begun = |book: &Book, now: Time| Some((book.organization()?.created_at, now));
    let (created_at, now) = look(&teller, "organization", begun).await?;
    let from = now.plus_seconds(-BACK).max(created_at);
    let spent = spent(&app, organization, from).await?;
    let seconds = now.micros().saturating_sub(from.micros()) / 1_000_000;
    let seconds = seconds.max(LEAST);
    let question = move |book: &Book, now: Time| {
        let pace = |scope| Pace::new(spent.by(scope), seconds);
        Some(view(book, (organization, from, now), pace))
    };
    look(&teller, "organization", question).await.map(Json)
}

/// What was spent since a moment. Sums are by the hour, so up to an hour more is looked at.
async fn spent(app: &App, organization: OrganizationId, from: Time) -> Result<Spent, ApiError> {
    let mut filter = UsageFilter {
        organization: Some(organization),
        project: None,
        key: None,
        model: None,
        from: Some(from),
        to: None,
        bucket: Bucket::Day,
        group_by: vec![Dimension::Project, Dimension::Key],
        cursor: None,
        limit: 1_000,
    };
    let mut spent = Spent {
        all: Nanos::ZERO,
        projects: BTreeMap::new(),
        keys: BTreeMap::new(),
    };
    for _page in 0..MOST_PAGES {
        let page = app.log.usage(filter.clone()).await?;
        for row in &page.rows {
            spent.add(row.cost, row.project, row.key);
        }
        if page.next_cursor.is_none() {
            break;
        }
        filter.cursor = page.next_cursor;
    }
    Ok(spent)
}

fn view(
    book: &Book,
    (organization, from, now): (OrganizationId, Time, Time),
    pace: impl Fn(Scope) -> Pace,
) -> View {
    let overall = pace(Scope::Organization);
    let lots: Vec<&Lot> = book.lots().collect();
    let end = pace::of_credit(&lots, overall, now);
    let mut hard_limits: Vec<Ceiling> = book
        .limits()
        .filter(|limit| limit.stops() && limit.measure == Measure::Usd && limit.calls == Calls::All)
        .map(|limit| {
            let pace = pace(limit.scope);
            let resets_at = ends(limit.span.end);
            let reached = pace.uses_up(limit.left().usd(), now);
            Ceiling {
                limit_id: Text(limit.id),
                set_by: limit.origin.name(),
                scope: ScopeView::of(limit.scope, book),
                amount_usd: Usd(limit.amount.usd()),
                window: WindowView::of(&limit.window),
                left_usd: Usd(limit.left().usd()),
                per_day_usd: Usd(pace.per_day()),
                reached_at: reached.filter(|at| *at < limit.span.end).map(At),
                resets_at: resets_at.map(At),
            }
        })
        .collect();
    hard_limits.sort_by_key(|one| one.reached_at.map_or(Time::LATEST, |at| at.0));
    let credit_balance = Credit {
        left_usd: Usd(book.balance().available()),
        runs_out_at: end.runs_out.map(At),
        lapses_usd: Usd(end.lapses),
    };
    View {
        organization_id: Text(organization),
        as_of_at: At(now),
        pace_from_at: At(from),
        spent_usd: Usd(overall.spent()),
        per_day_usd: Usd(overall.per_day()),
        sentence: sentence::of(overall, &credit_balance, &hard_limits, now),
        credit_balance,
        hard_limits,
    }
}

/// How this is described to clients.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        operation::get(
            "/forecast",
            "getForecast",
            "When credit runs out and hard limits are reached at the pace of the last seven days.",
        )
        .query_required::<OrganizationRef>("organization", "Whose.")
        .answers::<View>(),
    ]
}

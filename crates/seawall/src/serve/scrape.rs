//! `/metrics`, without a key: what the server counts of itself, and what organizations have, from their Books at this
//! moment.
//!
//! Nothing here is kept from one scrape to the next. What organizations have is told only where nobody but the operator
//! listens: on the listener of its own, or on a main one that is a loopback address.

use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::{StreamExt as _, stream};
use ids::OrganizationId;
use ledger::{Book, Calls, Limit, Measure, Scope, Time};
use metrics::{Figures, LimitFigures, Metrics};
use money::Nanos;
use teller::Tellers;

/// Organizations that are told of at most, the oldest first.
const MOST_ORGANIZATIONS: usize = 1_000;
/// Hard limits that are told of each at most, the oldest first.
const MOST_LIMITS: usize = 50;
/// Books asked at the same time.
const AT_ONCE: usize = 16;
/// How long they may take altogether. Those that have not answered by then are left out.
const PATIENCE: Duration = Duration::from_secs(5);
/// Credit that lapses within so many seconds lapses soon: 30 days.
const SOON: i64 = 30 * 24 * 60 * 60;

const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What a server counts; with tellers, what organizations have, too.
pub(super) fn router(metrics: Metrics, tellers: Option<Tellers>) -> Router {
    let scrape = move || {
        let (metrics, tellers) = (metrics.clone(), tellers.clone());
        async move { text(&metrics, tellers.as_ref()).await }
    };
    Router::new().route("/metrics", get(scrape))
}

async fn text(metrics: &Metrics, tellers: Option<&Tellers>) -> Response {
    let text = match tellers {
        None => metrics.text(),
        Some(tellers) => {
            let (figures, left_out) = figures(tellers).await;
            metrics.text_with(&figures, left_out)
        }
    };
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, KIND)], text).into_response(),
        Err(_unwritten) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What organizations have, and how many are left out.
async fn figures(tellers: &Tellers) -> (Vec<Figures>, usize) {
    let mut found = Vec::new();
    let listed = tokio::time::timeout(PATIENCE, tellers.organizations()).await;
    let Ok(Ok(mut all)) = listed else {
        tracing::warn!("organizations could not be listed for /metrics");
        return (found, 0);
    };
    // The Book of an upstream account's caps is no organization's.
    all.retain(|organization| !organization.is_of_upstream());
    let existing = all.len();
    all.truncate(MOST_ORGANIZATIONS);
    let mut answers = stream::iter(all)
        .map(|organization| of(tellers, organization))
        .buffered(AT_ONCE);
    let collecting = async {
        while let Some(figures) = answers.next().await {
            found.extend(figures);
        }
    };
    // Whether it came to its end shows in what was found.
    let _ended = tokio::time::timeout(PATIENCE, collecting).await.is_ok();
    drop(answers);
    let left_out = existing.saturating_sub(found.len());
    (found, left_out)
}

async fn of(tellers: &Tellers, organization: OrganizationId) -> Option<Figures> {
    let teller = tellers.of(organization).ok()?;
    teller.ask(read).await.ok().flatten()
}

fn read(book: &Book, now: Time) -> Option<Figures> {
    let organization = book.organization()?;
    let sums = book.balance();
    let soon = now.plus_seconds(SOON);
    let lapsing = book
        .lots()
        .filter(|lot| lot.lapses_at.is_some_and(|at| at <= soon))
        .fold(Nanos::ZERO, |sum, lot| sum.saturating_add(lot.left()));
    let told = book.limits().filter_map(limit);
    Some(Figures {
        organization: organization.id.to_string(),
        left: sums.left,
        held: sums.held,
        owed: sums.owed,
        lapsing,
        headroom: book.headroom(None, None).amount,
        limits: told.take(MOST_LIMITS).collect(),
    })
}

/// Those on keys are not told of: there can be very many, and their ids are of no use here.
fn limit(limit: &Limit) -> Option<LimitFigures> {
    let scope = match limit.scope {
        Scope::Organization => "organization",
        Scope::Project(_) => "project",
        Scope::Key(_) => return None,
    };
    if limit.measure != Measure::Usd || !limit.stops() || limit.calls != Calls::All {
        return None;
    }
    Some(LimitFigures {
        limit: limit.id.to_string(),
        scope,
        window: limit.window.kind(),
        amount: limit.amount.usd(),
        left: limit.left().usd(),
    })
}

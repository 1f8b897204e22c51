//! How what was bought at a provider stands: what went through since, and how fast.

use accounts::{Book, Bought, UpstreamName, Upstreams};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use journal::StoreError;
use ledger::Time;
use money::Nanos;
use projections::{Bucket, Dimension, LogError, RequestLog, UsageFilter};

use super::forecast::Pace;

/// The seconds over which the pace is measured: a week.
const WEEK: i64 = 7 * 86_400;

/// Why it is not known.
#[derive(Debug, thiserror::Error)]
pub enum StandingError {
    /// The store, which has what was bought.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The request log, which has what went through.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// What runs out, or has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamStanding {
    /// Everything that was bought.
    pub bought: Nanos,
    /// What is left of it; below zero where more went through.
    pub left: Nanos,
    /// What goes in a day.
    pub per_day: Nanos,
    /// When it runs out at that pace; `None`: never.
    pub runs_out: Option<Time>,
    /// The ids of the purchases, by their number and the last one: another purchase makes another text.
    pub purchases: String,
}

/// How an account stands whose credit is used up or lasts for less than so many days; `None`: it lasts, or nothing was bought
/// for it.
///
/// # Errors
/// [`StandingError`].
pub async fn upstream_standing(
    from: (&Upstreams, &RequestLog),
    name: &UpstreamName,
    (days, now): (u32, Time),
) -> Result<Option<UpstreamStanding>, StandingError> {
    let standing = Standing::of(from, name, now).await?;
    let Some(last) = standing.book.bought.last() else {
        return Ok(None);
    };
    let pace = standing.pace;
    Ok(pace.warning(days).map(|_soon| UpstreamStanding {
        bought: standing.bought,
        left: pace.left,
        per_day: pace.per_day(),
        runs_out: pace.runs_out(now),
        purchases: format!("{}:{}", standing.book.bought.len(), last.id),
    }))
}

/// What was bought, and what became of it.
pub(super) struct Standing {
    pub(super) book: Book,
    pub(super) bought: Nanos,
    pub(super) went: Nanos,
    /// Since the first purchase; `None`: there is none.
    pub(super) since: Option<Time>,
    pub(super) pace: Pace,
    pub(super) reconciled_days: usize,
}

impl Standing {
    pub(super) async fn of(
        (upstreams, log): (&Upstreams, &RequestLog),
        name: &UpstreamName,
        now: Time,
    ) -> Result<Self, StandingError> {
        let book = upstreams.book(name).await?;
        let bought = sum(book.bought.iter().map(Bought::amount));
        let since = book.bought.iter().map(Bought::bought_at).min();
        let hours = match since {
            Some(since) => through(log, name, (since, now)).await?,
            None => Vec::new(),
        };
        let billed: Vec<(Date, Nanos)> = book
            .days()
            .filter_map(|(day, amount)| Some((day.parse().ok()?, amount)))
            .filter(|(day, _)| since.is_some_and(|since| starts(*day) >= since))
            .collect();
        let reconciled = |at: &Time| billed.iter().any(|(day, _)| day_of(*at) == *day);
        let own = hours.iter().filter(|(at, _)| !reconciled(at)).copied();
        let days = billed.iter().map(|(day, amount)| (starts(*day), *amount));
        let all: Vec<(Time, Nanos)> = own.chain(days).collect();
        let week = now.plus_seconds(WEEK.saturating_neg());
        let went = sum(all.iter().map(|(_, cost)| *cost));
        let lately = all.iter().filter(|(at, _)| *at >= week);
        let pace = Pace {
            left: bought.saturating_sub(went),
            spent: sum(lately.map(|(_, cost)| *cost)),
            seconds: since.map_or(WEEK, |since| seconds_between(since, now).clamp(1, WEEK)),
        };
        Ok(Self {
            reconciled_days: billed.len(),
            book,
            bought,
            went,
            since,
            pace,
        })
    }
}

fn sum(amounts: impl Iterator<Item = Nanos>) -> Nanos {
    amounts.fold(Nanos::ZERO, Nanos::saturating_add)
}

/// What went through an account, by the hour.
async fn through(
    log: &RequestLog,
    name: &UpstreamName,
    (since, now): (Time, Time),
) -> Result<Vec<(Time, Nanos)>, LogError> {
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
        let page = log.usage(filter.clone()).await?;
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

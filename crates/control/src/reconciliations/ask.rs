//! What is to be reconciled.

use accounts::UpstreamName;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use ledger::Time;

use crate::error::ApiError;
use crate::fields::Fields;

/// Days at most.
const MOST_DAYS: i64 = 92;
/// Days where nobody says, today included.
const USUAL_DAYS: i64 = 8;
/// A provider's figures of a day count as complete so many hours after its end.
const COMPLETE_AFTER: i64 = 12;

/// What a request says.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) upstream: UpstreamName,
    /// The first day, by UTC.
    pub(super) from: Date,
    /// The day after the last.
    pub(super) to: Date,
    pub(super) post: bool,
    /// The provider's id of the account's key, where it cannot be told by its end.
    pub(super) provider_key: Option<String>,
    /// Days before this one are complete at the provider.
    pub(super) complete_before: Date,
    /// When this was asked.
    pub(super) now: Time,
}

impl Asked {
    pub(super) fn read(fields: &mut Fields, now: Time) -> Result<Self, ApiError> {
        let upstream: String = fields.required("upstream")?;
        let upstream = upstream
            .parse()
            .map_err(|problem| ApiError::invalid("upstream", format!("must be {problem}")))?;
        let today = now.to_timestamp().to_zoned(TimeZone::UTC).date();
        let beyond = |_error| ApiError::internal("a day beyond all calendars");
        let to = day(fields, "to")?;
        let to = to.map_or_else(|| today.tomorrow().map_err(beyond), Ok)?;
        let from = day(fields, "from")?;
        let from = from.map_or_else(|| to.checked_sub(USUAL_DAYS.days()).map_err(beyond), Ok)?;
        if from >= to {
            return Err(ApiError::invalid(
                "to",
                "must be a later day than `from`; it is not included itself",
            ));
        }
        let days = to.duration_since(from).as_hours() / 24;
        if days > MOST_DAYS {
            return Err(ApiError::invalid(
                "from",
                format!("must be at most {MOST_DAYS} days before `to`"),
            ));
        }
        let take: Option<bool> = fields.optional("take_incomplete")?;
        let ended = now.to_timestamp() - SignedDuration::from_hours(COMPLETE_AFTER);
        let complete_before = if take.unwrap_or(false) {
            to
        } else {
            ended.to_zoned(TimeZone::UTC).date()
        };
        Ok(Self {
            upstream,
            from,
            to,
            post: fields.optional("post")?.unwrap_or(false),
            provider_key: fields.optional("provider_key")?,
            complete_before,
            now,
        })
    }
}

fn day(fields: &mut Fields, name: &'static str) -> Result<Option<Date>, ApiError> {
    let text: Option<String> = fields.optional(name)?;
    text.map(|text| {
        text.parse::<Date>()
            .map_err(|_no_day| ApiError::invalid(name, "must be a day such as 2026-11-22"))
    })
    .transpose()
}

/// The first moment of a day, by UTC, in seconds since 1970.
pub(super) fn second(day: Date) -> i64 {
    let start = day.to_zoned(TimeZone::UTC);
    start.map_or(i64::MAX, |start| start.timestamp().as_second())
}

//! Sums of calls by the hour: what one call adds to them, and what they can be asked.
//!
//! A call counts once it has ended, in the hour in which it began, for what its row says. So the sums are those of the rows
//! at every moment, and when a row changes its share is taken out and the new one added. Rows go by age and number; the
//! sums stay for longer.

mod read;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use ids::{KeyId, OrganizationId, ProjectId};
use ledger::Time;
use money::Nanos;

use crate::call::{Call, Standing};
use crate::gate::hour_of;
use crate::{Outcome, ParseCursorError};

pub(crate) use read::read;

/// A call that names a model which does not exist is counted under none, or callers could make as many sums as they like.
pub(crate) const UNKNOWN_MODEL: &str = "model_not_found";

/// Units of one kind in one call, at most: 10¹². A count beyond it cannot be true, and no sum of such counts overflows.
const MOST_UNITS: u64 = 1_000_000_000_000;

/// What sums are kept apart by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lane {
    pub(crate) hour: i64,
    pub(crate) organization: OrganizationId,
    pub(crate) project: Option<ProjectId>,
    pub(crate) key: Option<KeyId>,
    pub(crate) model: Box<str>,
    pub(crate) upstream: Box<str>,
}

/// What one call adds.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) lane: Lane,
    pub(crate) outcome: Outcome,
    pub(crate) cost: Nanos,
    pub(crate) units: BTreeMap<u16, i64>,
}

impl Share {
    /// What a call adds as it is now: nothing while it runs.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        let Standing::Ended(outcome) = call.standing() else {
            return None;
        };
        let unknown = call.said.error_code.as_deref() == Some(UNKNOWN_MODEL);
        let model = call.model.clone().filter(|_| !unknown);
        let upstream = call.attempts.last().map(|last| last.upstream.clone());
        let mut units = BTreeMap::new();
        for fee in call.attempts.iter().flat_map(|attempt| &attempt.fees) {
            let quantity = fee.quantity.min(MOST_UNITS).cast_signed();
            let sum: &mut i64 = units.entry(fee.unit).or_insert(0);
            *sum = sum.saturating_add(quantity);
        }
        Some(Self {
            lane: Lane {
                hour: hour_of(call.started_at()),
                organization: call.organization,
                project: call.project,
                key: call.key,
                model: model.unwrap_or_default(),
                upstream: upstream.unwrap_or_default(),
            },
            outcome,
            cost: call.attempts.iter().fold(Nanos::ZERO, |sum, attempt| {
                sum.saturating_add(attempt.charged)
            }),
            units,
        })
    }
}

/// How long the time is that a sum is of. Both begin by UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// What sums can be told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The organization.
    Organization,
    /// The project.
    Project,
    /// The key.
    Key,
    /// The model.
    Model,
    /// The upstream account of the last attempt.
    Upstream,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 5] = [
        Self::Organization,
        Self::Project,
        Self::Key,
        Self::Model,
        Self::Upstream,
    ];

    /// Its name, as in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Project => "project",
            Self::Key => "key",
            Self::Model => "model",
            Self::Upstream => "upstream",
        }
    }
}

/// Which sums are wanted: of the calls to which every field that is given applies.
#[derive(Clone, Debug)]
pub struct UsageFilter {
    /// Whose.
    pub organization: Option<OrganizationId>,
    /// Of which project.
    pub project: Option<ProjectId>,
    /// With which key.
    pub key: Option<KeyId>,
    /// For which model.
    pub model: Option<Box<str>>,
    /// From the hour that this moment is in.
    pub from: Option<Time>,
    /// Up to the hour that this moment is in, which is included unless it begins with it.
    pub to: Option<Time>,
    /// How much time makes one sum.
    pub bucket: Bucket,
    /// What sums are told apart by.
    pub group_by: Vec<Dimension>,
    /// Later than the page this came with.
    pub cursor: Option<UsageCursor>,
    /// Sums at most: 1 to 1,000; zero means 200, more than 1,000 means 1,000.
    pub limit: usize,
}

/// One sum. What it was not told apart by is `None`, and so is what its calls have none of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow {
    /// When its hour or day begins.
    pub starts_at: Time,
    /// Whose.
    pub organization: Option<OrganizationId>,
    /// The project.
    pub project: Option<ProjectId>,
    /// The key.
    pub key: Option<KeyId>,
    /// The model.
    pub model: Option<Box<str>>,
    /// The upstream account.
    pub upstream: Option<Box<str>>,
    /// How many calls ended in each way, in the order of [`Outcome::ALL`].
    pub calls: [u64; 5],
    /// What they are charged.
    pub cost: Nanos,
    /// What they used, by the catalogue's code of the unit. Nothing for what was presumed.
    pub units: BTreeMap<u16, u64>,
}

/// Some sums, oldest first.
#[derive(Clone, Debug)]
pub struct UsagePage {
    /// The sums.
    pub rows: Vec<UsageRow>,
    /// Where the next page begins; `None` where this is the last.
    pub next_cursor: Option<UsageCursor>,
}

/// Where a page of sums ends: so many sums into the bucket that begins with this hour. A call that begins or ends while
/// pages of its bucket are read may shift them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageCursor {
    hour: u32,
    skip: u32,
}

impl fmt::Display for UsageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}{:08x}", self.hour, self.skip)
    }
}

impl FromStr for UsageCursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let digits = text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let (hour, skip) = text
            .split_at_checked(8)
            .filter(|_| digits && text.len() == 16)
            .ok_or(ParseCursorError)?;
        let number = |text| u32::from_str_radix(text, 16).map_err(|_digits| ParseCursorError);
        Ok(Self {
            hour: number(hour)?,
            skip: number(skip)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let cursor = UsageCursor {
            hour: 498_000,
            skip: u32::MAX,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "00000000", "+0000000+0000000", "000000000000000000"] {
            assert_eq!(text.parse::<UsageCursor>(), Err(ParseCursorError), "{text}");
        }
    }
}

//! What attempts at one upstream account were charged, by the day, key and model.
//!
//! The sums by the hour count a call where its last attempt went. A provider bills each attempt, so this reads the calls
//! themselves, a piece at a time, so that others who read are not kept waiting.

use std::collections::BTreeMap;

use ids::{HoldId, KeyId, OrganizationId, RequestId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ledger::Time;
use money::Nanos;
use rusqlite::{Connection, params};

use crate::call::Call;
use crate::stored::{self, Blob, COLUMNS};
use crate::{Attempt, AttemptState, LogError, RequestLog};

/// What the route of an adjustment begins with; the day that it is for follows.
pub const ADJUSTS: &str = "/reconciliations/";
/// Calls read at once.
const PIECE: usize = 10_000;
/// A call may have begun so long before an attempt of it.
const EARLIER: i64 = 86_400;

/// Which attempts are wanted.
#[derive(Clone, Debug)]
pub struct SpentFilter {
    /// At which account.
    pub upstream: Box<str>,
    /// On which days, by UTC: from this one.
    pub from: Date,
    /// Before this one.
    pub to: Date,
}

/// What one key's attempts for one model of one day were charged for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpentSum {
    /// The day by UTC on which their holds were taken, or that an adjustment is for.
    pub day: Date,
    /// Whose.
    pub organization: OrganizationId,
    /// With which key.
    pub key: KeyId,
    /// The model, as clients call it.
    pub model: Box<str>,
    /// What they were charged.
    pub amount: Nanos,
    /// How many; adjustments apart.
    pub calls: u64,
    /// What they used, by the catalogue's code of the unit.
    pub units: BTreeMap<u16, u64>,
}

/// An attempt whose charge is presumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresumedCall {
    /// Which.
    pub hold: HoldId,
    /// The day by UTC on which its hold was taken.
    pub day: Date,
    /// Whose.
    pub organization: OrganizationId,
    /// With which key.
    pub key: KeyId,
    /// The model, as clients call it.
    pub model: Box<str>,
    /// What is charged.
    pub amount: Nanos,
    /// What the provider calls the call, where this was its last attempt.
    pub provider_request_id: Option<Box<str>>,
}

/// All that is wanted.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    /// What is charged for good.
    pub sums: Vec<SpentSum>,
    /// What is presumed.
    pub presumed: Vec<PresumedCall>,
}

type Key = (Date, OrganizationId, KeyId, Box<str>);
/// After which call the next piece begins.
type After = (i64, [u8; 16]);

#[derive(Default)]
struct Gathered {
    sums: BTreeMap<Key, (Nanos, u64, BTreeMap<u16, u64>)>,
    presumed: Vec<PresumedCall>,
}

impl RequestLog {
    /// The first day by UTC whose calls are all kept by now, as far as their age goes.
    #[must_use]
    pub fn kept_from(&self, now: Time) -> Date {
        let days = i64::from(self.shared().options.keep_days).saturating_sub(1);
        day_of(now.plus_seconds(days.saturating_mul(EARLIER).saturating_neg()))
    }

    /// What attempts at an account were charged, as far as their calls are still in the log. At most `most` presumed ones.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn spent(&self, filter: SpentFilter, most: usize) -> Result<Spent, LogError> {
        let mut gathered = Gathered::default();
        let start = micros(filter.from).saturating_sub(EARLIER.saturating_mul(1_000_000));
        let mut after = Some((start, [0; 16]));
        while let Some(from) = after {
            let wanted = filter.clone();
            (gathered, after) = self
                .read(move |connection| piece(connection, &wanted, (from, most), gathered))
                .await?;
        }
        let sum = |((day, organization, key, model), (amount, calls, units)): (Key, _)| SpentSum {
            day,
            organization,
            key,
            model,
            amount,
            calls,
            units,
        };
        Ok(Spent {
            sums: gathered.sums.into_iter().map(sum).collect(),
            presumed: gathered.presumed,
        })
    }
}

/// The first microsecond of a day.
fn micros(day: Date) -> i64 {
    let start = day.to_zoned(TimeZone::UTC);
    start.map_or(i64::MAX, |start| start.timestamp().as_microsecond())
}

fn piece(
    connection: &Connection,
    filter: &SpentFilter,
    ((at, request), most): (After, usize),
    mut gathered: Gathered,
) -> Result<(Gathered, Option<After>), LogError> {
    // An adjustment is made later than what it is for.
    let sql = format!(
        "SELECT {COLUMNS} FROM call INDEXED BY call_at WHERE (at, request) > (?1, ?2)
         AND (at < ?3 OR route LIKE ?4) ORDER BY at, request LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let limit = i64::try_from(PIECE).unwrap_or(i64::MAX);
    let end = micros(filter.to);
    let adjusting = format!("{ADJUSTS}%");
    let mut rows = statement.query(params![at, Blob(request), end, adjusting, limit])?;
    let (mut last, mut count) = (None, 0_usize);
    while let Some(row) = rows.next()? {
        let found = stored::read(row)?;
        last = Some((found.place.at.micros(), found.call.request.to_bytes()));
        count = count.saturating_add(1);
        gathered.take(&found.call, filter, most)?;
    }
    Ok((gathered, last.filter(|_| count == PIECE)))
}

impl Gathered {
    fn take(&mut self, call: &Call, filter: &SpentFilter, most: usize) -> Result<(), LogError> {
        let adjusts = call.route.strip_prefix(ADJUSTS);
        let adjusts = adjusts.and_then(|day| day.parse::<Date>().ok());
        let (Some(key), Some(model)) = (call.key, &call.model) else {
            return Ok(());
        };
        let last = call.attempts.last().map(|last| last.number);
        let here = |attempt: &&Attempt| attempt.upstream == filter.upstream;
        for attempt in call.attempts.iter().filter(here) {
            let day = adjusts.unwrap_or_else(|| day_of(attempt.taken_at));
            if day < filter.from || day >= filter.to {
                continue;
            }
            match attempt.state {
                AttemptState::Open | AttemptState::Released(_) => {}
                AttemptState::Settled | AttemptState::Corrected(_) => {
                    let place = (day, call.organization, key, model.clone());
                    self.add(place, attempt, adjusts.is_none())?;
                }
                AttemptState::Presumed(_) if self.presumed.len() >= most => {}
                AttemptState::Presumed(_) => self.presumed.push(PresumedCall {
                    hold: hold(call.request, attempt.number),
                    day,
                    organization: call.organization,
                    key,
                    model: model.clone(),
                    amount: attempt.charged,
                    provider_request_id: call
                        .said
                        .provider_request_id
                        .clone()
                        .filter(|_| last == Some(attempt.number)),
                }),
            }
        }
        Ok(())
    }

    fn add(&mut self, place: Key, attempt: &Attempt, is_call: bool) -> Result<(), LogError> {
        let (amount, calls, units) =
            self.sums
                .entry(place)
                .or_insert((Nanos::ZERO, 0, BTreeMap::new()));
        let beyond = || LogError::Damaged("a sum that is beyond all amounts".to_owned());
        *amount = amount.checked_add(attempt.charged).ok_or_else(beyond)?;
        *calls = calls.saturating_add(u64::from(is_call));
        for fee in &attempt.fees {
            let sum = units.entry(fee.unit).or_default();
            *sum = sum.saturating_add(fee.quantity);
        }
        Ok(())
    }
}

fn day_of(at: Time) -> Date {
    at.to_timestamp().to_zoned(TimeZone::UTC).date()
}

const fn hold(request: RequestId, attempt: u8) -> HoldId {
    HoldId { request, attempt }
}

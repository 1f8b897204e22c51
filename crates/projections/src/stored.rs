//! A call as columns, and back.

mod attempts;
mod decided;
mod tried;

use ids::{EntryId, KeyId, OrganizationId, ProjectId, RequestId};
use ledger::Time;
use money::Nanos;
use rusqlite::Row;
use rusqlite::types::{ToSql, ToSqlOutput};

use crate::call::{Call, Said, Standing};
use crate::{Left, LogError, Outcome, Refusal};

use attempts::read_attempts;
pub(crate) use attempts::write_attempts;
pub(crate) use decided::{read_decided, write_decided};
use tried::read_tried;
pub(crate) use tried::write_tried;

/// The columns in the order that [`read`] expects.
pub(crate) const COLUMNS: &str = "request, organization, project, key, route, model, attempts, said_at, \
     said_outcome, http_status, error_code, provider_request_id, duration_ms, refused, needed, decision_seq, id, at, left_over, binding, tried";

/// How far a journal was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offset {
    /// The number of the last entry; zero where there is none.
    pub(crate) seq: u64,
    /// Its id, to tell whether the journal is still the one that was read.
    pub(crate) last: EntryId,
}

impl Offset {
    pub(crate) const START: Self = Self {
        seq: 0,
        last: EntryId::from_bytes([0; 16]),
    };
}

/// An id as a column.
pub(crate) struct Blob(pub(crate) [u8; 16]);

impl ToSql for Blob {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.as_slice().to_sql()
    }
}

/// Where a call stands in the file. A change of these moves it in the indexes, which anything else does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: Time,
    pub(crate) project: Option<ProjectId>,
    pub(crate) key: Option<KeyId>,
}

impl Place {
    pub(crate) fn of(call: &Call) -> Self {
        Self {
            at: call.started_at(),
            project: call.project,
            key: call.key,
        }
    }
}

pub(crate) const fn outcome_code(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Served => 1,
        Outcome::Refused => 2,
        Outcome::ProviderRefused => 3,
        Outcome::Failed => 4,
        Outcome::Cancelled => 5,
    }
}

pub(crate) const fn standing_code(standing: Standing) -> Option<i64> {
    match standing {
        Standing::Unknown => None,
        Standing::Running => Some(0),
        Standing::Ended(outcome) => Some(outcome_code(outcome)),
    }
}

/// A call that was read, and where it stands.
pub(crate) struct Found {
    pub(crate) call: Call,
    pub(crate) id: i64,
    pub(crate) place: Place,
}

fn left_of((amount, binding): (i64, Box<str>)) -> Left {
    Left {
        amount: Nanos::new(amount),
        binding,
    }
}

/// Reads a row of [`COLUMNS`].
pub(crate) fn read(row: &Row<'_>) -> Result<Found, LogError> {
    let text = |index| row.get::<_, Option<Box<str>>>(index);
    let (project, key) = (
        row.get::<_, Option<[u8; 16]>>(2)?,
        row.get::<_, Option<[u8; 16]>>(3)?,
    );
    let (project, key) = (
        project.map(ProjectId::from_bytes),
        key.map(KeyId::from_bytes),
    );
    let said_outcome = row.get::<_, Option<i64>>(8)?.map(|code| {
        let found = Outcome::ALL
            .into_iter()
            .find(|outcome| outcome_code(*outcome) == code);
        found.ok_or_else(|| LogError::Damaged(format!("outcome {code}")))
    });
    let refusal = if row.get::<_, bool>(13)? {
        Some(Refusal {
            needed: row.get::<_, Option<i64>>(14)?.map(Nanos::new),
            decision_seq: row.get::<_, Option<i64>>(15)?.map(i64::cast_unsigned),
            details_json: None,
            decided: None,
        })
    } else {
        None
    };
    let call = Call {
        request: RequestId::from_bytes(row.get(0)?),
        organization: OrganizationId::from_bytes(row.get(1)?),
        project,
        key,
        route: row.get(4)?,
        model: text(5)?,
        attempts: read_attempts(row.get_ref(6)?.as_str().map_err(rusqlite::Error::from)?)?,
        said: Said {
            at: row.get::<_, Option<i64>>(7)?.map(Time::from_micros),
            outcome: said_outcome.transpose()?,
            http_status: row.get(9)?,
            error_code: text(10)?,
            provider_request_id: text(11)?,
            duration_ms: row.get::<_, Option<i64>>(12)?.map(i64::cast_unsigned),
            left: row.get::<_, Option<i64>>(18)?.zip(text(19)?).map(left_of),
            tried: read_tried(text(20)?.as_deref())?,
        },
        refusal,
        error_json: None,
    };
    let place = Place {
        at: Time::from_micros(row.get(17)?),
        project,
        key,
    };
    Ok(Found {
        call,
        id: row.get(16)?,
        place,
    })
}

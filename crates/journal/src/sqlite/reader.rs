//! The thread that reads what may take long: journals, snapshots, records. It never holds up an append.

use ids::{OrganizationId, ShortId};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use tokio::sync::mpsc;

use super::segment::{self, Damaged, Trouble};
use super::statement::is_wrong_value;
use crate::{Record, StoreError, StoredSnapshot};

pub(super) type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(super) fn run(connection: &Connection, mut jobs: mpsc::Receiver<Job>) {
    while let Some(job) = jobs.blocking_recv() {
        job(connection);
    }
}

pub(super) fn entries(
    connection: &Connection,
    organization: OrganizationId,
    after: u64,
    most: usize,
) -> Result<Vec<Vec<u8>>, StoreError> {
    // Read before the entries: all that it counts must be among them, whatever is appended meanwhile.
    let last = last_seq(connection, organization)?;
    let found = segment::entries(connection, (organization, after), most, Damaged::Fails);
    let found = found.map_err(|trouble| match trouble {
        Trouble::Sqlite(error) => failed(error),
        Trouble::Damaged {
            first,
            last,
            problem,
        } => StoreError::Damaged(format!(
            "the segment of entries {first} to {last} of {organization}: {problem}"
        )),
    })?;
    let mut entries = Vec::with_capacity(found.len());
    let mut expected = after;
    for entry in found {
        expected = expected.saturating_add(1);
        if entry.seq != expected {
            return Err(missing(organization, expected));
        }
        entries.push(entry.bytes);
    }
    if entries.len() < most && expected < last {
        return Err(missing(organization, expected.saturating_add(1)));
    }
    Ok(entries)
}

fn missing(organization: OrganizationId, seq: u64) -> StoreError {
    StoreError::Damaged(format!("entry {seq} of {organization} is missing"))
}

/// The number of the journal's last entry, by its head.
fn last_seq(connection: &Connection, organization: OrganizationId) -> Result<u64, StoreError> {
    connection
        .prepare_cached("SELECT seq FROM head WHERE organization = ?1")
        .and_then(|mut statement| {
            statement
                .query_row(params![organization.to_bytes()], |row| row.get::<_, i64>(0))
                .optional()
        })
        .map(|seq| seq.map_or(0, i64::cast_unsigned))
        .map_err(failed)
}

pub(super) fn organizations(
    connection: &Connection,
    after: Option<OrganizationId>,
    most: usize,
) -> Result<Vec<OrganizationId>, StoreError> {
    let after = after.map_or_else(Vec::new, |id| id.to_bytes().to_vec());
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "SELECT organization FROM head WHERE organization > ?1 ORDER BY organization LIMIT ?2",
        )
        .and_then(|mut statement| {
            statement
                .query_map(params![after, most], |row| {
                    row.get(0).map(OrganizationId::from_bytes)
                })?
                .collect()
        })
        .map_err(failed)
}

pub(super) fn find(
    connection: &Connection,
    short: ShortId,
) -> Result<Option<OrganizationId>, StoreError> {
    connection
        .prepare_cached("SELECT organization FROM head WHERE short = ?1")
        .and_then(|mut statement| {
            statement
                .query_row(params![short.as_str()], |row| {
                    row.get(0).map(OrganizationId::from_bytes)
                })
                .optional()
        })
        .map_err(failed)
}

pub(super) fn snapshot(
    connection: &Connection,
    organization: OrganizationId,
) -> Result<Option<StoredSnapshot>, StoreError> {
    connection
        .prepare_cached("SELECT seq, bytes FROM snapshot WHERE organization = ?1")
        .and_then(|mut statement| {
            let found = statement.query_row(params![organization.to_bytes()], |row| {
                Ok(StoredSnapshot {
                    seq: row.get::<_, i64>(0)?.cast_unsigned(),
                    bytes: row.get(1)?,
                })
            });
            found.optional()
        })
        .map_err(failed)
}

pub(super) fn record(connection: &Connection, name: &str) -> Result<Option<Record>, StoreError> {
    connection
        .prepare_cached("SELECT version, bytes FROM record WHERE name = ?1")
        .and_then(|mut statement| {
            let found = statement.query_row(params![name], |row| {
                Ok(Record {
                    version: row.get::<_, i64>(0)?.cast_unsigned(),
                    bytes: row.get(1)?,
                })
            });
            found.optional()
        })
        .map_err(failed)
}

pub(super) fn failed(error: rusqlite::Error) -> StoreError {
    let broken = |code| matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase);
    if error.sqlite_error_code().is_some_and(broken) || is_wrong_value(&error) {
        StoreError::Damaged(error.to_string())
    } else {
        StoreError::Unavailable(error.to_string())
    }
}

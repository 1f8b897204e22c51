//! What the writer does within its transaction, one statement or few for each job.
//!
//! An error of these functions is the transaction's; what concerns one journal only is an answer.

use ids::{OrganizationId, ShortId};
use ledger::Head;
use rusqlite::{Connection, Error, ErrorCode, OptionalExtension, params};

use crate::{AppendError, Batch, StoreError, StoredSnapshot};

/// Appends; what is wrong with this one journal only is its own answer, and leaves the other appends of the transaction
/// alone. Else one damaged journal would stop every organization.
pub(super) fn append_apart(
    connection: &Connection,
    batch: &Batch,
) -> rusqlite::Result<Result<(), AppendError>> {
    let run = |sql| connection.prepare_cached(sql)?.execute([]).map(|_rows| ());
    run("SAVEPOINT apart")?;
    let said = match append(connection, batch) {
        Ok(None) => Ok(()),
        Ok(Some(head)) => Err(AppendError::Conflict(head)),
        Err(error) if of_one_job(&error) => {
            run("ROLLBACK TO apart")?;
            let organization = batch.organization;
            tracing::error!(%organization, %error, "a journal cannot be written");
            Err(AppendError::Unavailable(format!("{organization}: {error}")))
        }
        Err(error) => return Err(error),
    };
    run("RELEASE apart")?;
    Ok(said)
}

/// The head, or that it cannot be made out, which is no other organization's trouble.
pub(super) fn head_apart(
    connection: &Connection,
    organization: OrganizationId,
) -> rusqlite::Result<Result<Head, StoreError>> {
    match head(connection, organization) {
        Err(error) if of_one_job(&error) => Ok(Err(StoreError::Damaged(format!(
            "the head of {organization}: {error}"
        )))),
        found => found.map(Ok),
    }
}

/// Whether an error says something about what was asked or found (an entry that already stands, a short id that is
/// taken, a hash of the wrong length), and nothing about the file or the disk.
fn of_one_job(error: &Error) -> bool {
    let refused = |code| matches!(code, ErrorCode::ConstraintViolation | ErrorCode::TooBig);
    error.sqlite_error_code().is_some_and(refused) || is_wrong_value(error)
}

/// Whether a row holds a value that this program never wrote there.
pub(super) fn is_wrong_value(error: &Error) -> bool {
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
    )
}

/// Appends, or says which head is in the way.
fn append(connection: &Connection, batch: &Batch) -> rusqlite::Result<Option<Head>> {
    let found = head(connection, batch.organization)?;
    if found != batch.after {
        return Ok(Some(found));
    }
    let organization = batch.organization.to_bytes();
    let mut insert = connection
        .prepare_cached("INSERT INTO entry (organization, seq, bytes) VALUES (?1, ?2, ?3)")?;
    let mut seq = batch.after.seq;
    for bytes in batch.entries.iter() {
        seq = seq.saturating_add(1);
        insert.execute(params![organization, seq.cast_signed(), bytes])?;
    }
    let short = ShortId::from(batch.organization);
    connection
        .prepare_cached(
            "INSERT INTO head (organization, short, seq, hash) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (organization) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
        )?
        .execute(params![
            organization,
            short.as_str(),
            batch.head.seq.cast_signed(),
            batch.head.hash
        ])?;
    Ok(None)
}

fn head(connection: &Connection, organization: OrganizationId) -> rusqlite::Result<Head> {
    connection
        .prepare_cached("SELECT seq, hash FROM head WHERE organization = ?1")?
        .query_row(params![organization.to_bytes()], |row| {
            Ok(Head {
                seq: row.get::<_, i64>(0)?.cast_unsigned(),
                hash: row.get(1)?,
            })
        })
        .optional()
        .map(|head| head.unwrap_or(Head::EMPTY))
}

pub(super) fn put_snapshot(
    connection: &Connection,
    organization: OrganizationId,
    snapshot: &StoredSnapshot,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO snapshot (organization, seq, bytes) VALUES (?1, ?2, ?3)
             ON CONFLICT (organization) DO UPDATE SET seq = excluded.seq, bytes = excluded.bytes",
        )?
        .execute(params![
            organization.to_bytes(),
            snapshot.seq.cast_signed(),
            snapshot.bytes
        ])
        .map(|_rows| ())
}

pub(super) fn put_record(
    connection: &Connection,
    name: &str,
    expected: u64,
    bytes: &[u8],
) -> rusqlite::Result<bool> {
    let version: Option<i64> = connection
        .query_row(
            "SELECT version FROM record WHERE name = ?1",
            params![name],
            |row| row.get(0),
        )
        .optional()?;
    if version.unwrap_or(0).cast_unsigned() != expected {
        return Ok(false);
    }
    connection.execute(
        "INSERT INTO record (name, version, bytes) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET version = excluded.version, bytes = excluded.bytes",
        params![name, expected.saturating_add(1).cast_signed(), bytes],
    )?;
    Ok(true)
}

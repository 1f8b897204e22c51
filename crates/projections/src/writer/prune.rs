//! Removing what is too old or too much.

use rusqlite::{Connection, params};

use super::Memory;
use crate::gate::hour_of;
use crate::stored::Blob;
use crate::{LogError, Options};

/// Rows removed in one transaction, by either reason: more than one can add, so that it keeps up.
const MOST: u64 = 20_000;

pub(super) fn prune(
    connection: &Connection,
    memory: &mut Memory,
    options: &Options,
) -> Result<(), LogError> {
    let cutoff = memory.cutoff(options);
    let too_old = remove(
        connection,
        "DELETE FROM call WHERE id IN
             (SELECT id FROM call INDEXED BY call_at WHERE at < ?1 ORDER BY at, request LIMIT ?2)
         RETURNING request, refused OR error_code IS NOT NULL",
        cutoff.micros(),
    )?;
    memory.rows = memory.rows.saturating_sub(too_old);
    let too_many = memory.rows.saturating_sub(options.most_rows).min(MOST);
    if too_many > 0 {
        let removed = remove(
            connection,
            "DELETE FROM call WHERE id IN
                 (SELECT id FROM call INDEXED BY call_at ORDER BY at, request LIMIT min(?1, ?2))
             RETURNING request, refused OR error_code IS NOT NULL",
            too_many.cast_signed(),
        )?;
        memory.rows = memory.rows.saturating_sub(removed);
    }
    let hour = hour_of(cutoff);
    if hour > memory.swept {
        connection.execute("DELETE FROM suppressed WHERE hour < ?1", params![hour])?;
        super::tally::prune(connection, memory.usage_cutoff(options))?;
        memory.swept = hour;
    }
    Ok(())
}

/// Removes calls and the errors that were told, and says how many calls went.
fn remove(connection: &Connection, sql: &str, bound: i64) -> Result<u64, LogError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![bound, MOST.cast_signed()])?;
    let mut removed = 0_u64;
    let mut told = Vec::new();
    while let Some(row) = rows.next()? {
        removed = removed.saturating_add(1);
        if row.get(1)? {
            told.push(row.get::<_, [u8; 16]>(0)?);
        }
    }
    for request in told {
        connection
            .prepare_cached("DELETE FROM refusal WHERE request = ?1")?
            .execute(params![Blob(request)])?;
    }
    Ok(removed)
}

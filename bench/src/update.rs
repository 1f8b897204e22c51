//! What most systems do where Seawall has a journal: one row with a balance, and
//! `UPDATE … SET balance = balance - x WHERE balance >= x`.
//!
//! It is as fast as SQLite can do that: one connection and no one to wait for, a prepared statement, the same write-ahead
//! log and the same sync at commit. It takes money once per call and never settles, keeps no history, and explains nothing.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use crate::books::Outcome;

/// More than any measurement takes.
const PLENTY: i64 = 1_000_000_000_000_000;
/// What each call takes.
const AMOUNT: i64 = 1_000;

/// Updates a second, so many in one transaction, for `duration`.
///
/// # Errors
/// Where SQLite fails, or an update does not find its row.
#[expect(
    clippy::disallowed_methods,
    reason = "this program measures time and does nothing else"
)]
pub fn measure(file: &Path, in_one: u32, duration: Duration) -> Outcome<u64> {
    let mut connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);",
    )?;
    connection.execute("INSERT INTO account VALUES (1, ?1)", params![PLENTY])?;
    let begin = Instant::now();
    let mut updates: u64 = 0;
    while begin.elapsed() < duration {
        let transaction = connection.transaction()?;
        {
            let mut update = transaction.prepare_cached(
                "UPDATE account SET balance = balance - ?1 WHERE id = 1 AND balance >= ?1",
            )?;
            for _ in 0..in_one {
                if update.execute(params![AMOUNT])? != 1 {
                    return Err("an update found no row with enough money".into());
                }
                updates += 1;
            }
        }
        transaction.commit()?;
    }
    let micros = begin.elapsed().as_micros().max(1);
    Ok(u64::try_from(u128::from(updates) * 1_000_000 / micros)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_update_counted_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("row.db");
        let in_one = 8;
        let rate = measure(&file, in_one, Duration::from_millis(20)).unwrap();
        assert!(rate > 0);
        let left: i64 = Connection::open(&file)
            .unwrap()
            .query_row("SELECT balance FROM account", [], |row| row.get(0))
            .unwrap();
        let taken = PLENTY - left;
        assert!(
            taken > 0 && taken % (AMOUNT * i64::from(in_one)) == 0,
            "{taken}"
        );
    }
}

//! Opening the store, and refusing a file that could not keep its promises.

use std::path::Path;

use rusqlite::Connection;

use super::file::{self, Form, OpenError};
use super::{Durability, schema};

/// What the store's file is.
pub(super) const FORM: Form = Form {
    application: schema::APPLICATION,
    version: schema::VERSION,
    tables: &[schema::TABLES, schema::TABLES_OF_2],
    raise: |connection, _first| connection.execute_batch(schema::TABLES_OF_2),
    otherwise: "",
};

pub(super) fn connect(path: &Path, durability: Durability) -> Result<Connection, OpenError> {
    let connection = file::connect(path, &FORM)?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Relaxed => "NORMAL",
    };
    connection
        .execute_batch(&format!("PRAGMA synchronous = {synchronous};"))
        .map_err(|source| OpenError::Sqlite {
            path: path.to_owned(),
            source,
        })?;
    if durability == Durability::Full {
        check(&connection, path, "journal_mode", "wal")?;
        check(&connection, path, "synchronous", "2")?;
    }
    Ok(connection)
}

fn check(
    connection: &Connection,
    path: &Path,
    setting: &'static str,
    needed: &'static str,
) -> Result<(), OpenError> {
    let found = connection
        .pragma_query_value(None, setting, |row| {
            let value: rusqlite::types::Value = row.get(0)?;
            Ok(match value {
                rusqlite::types::Value::Text(text) => text,
                rusqlite::types::Value::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            })
        })
        .map_err(|source| OpenError::Sqlite {
            path: path.to_owned(),
            source,
        })?;
    if found == needed {
        Ok(())
    } else {
        Err(OpenError::Unsafe {
            path: path.to_owned(),
            setting,
            found,
            needed,
        })
    }
}

// Here and not with the other tests, because a setting is one connection's own: only the connection itself can tell.
#[cfg(test)]
mod tests {
    use super::*;

    fn setting(connection: &Connection, name: &str) -> String {
        let value = connection.pragma_query_value(None, name, |row| row.get(0));
        match value.unwrap() {
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Integer(number) => number.to_string(),
            other => panic!("{name} is {other:?}"),
        }
    }

    #[test]
    fn durability_full_is_a_log_that_is_synced_at_every_commit() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seawall.db");
        for (durability, synchronous) in [
            (Durability::Full, "2"),
            (Durability::Relaxed, "1"),
            (Durability::Full, "2"),
        ] {
            let connection = connect(&path, durability).unwrap();
            assert_eq!(setting(&connection, "journal_mode"), "wal");
            assert_eq!(setting(&connection, "synchronous"), synchronous);
        }
    }

    #[test]
    fn a_place_without_a_log_is_refused_under_full_durability_only() {
        // A database in memory cannot have a write-ahead log.
        let path = Path::new(":memory:");
        let error = connect(path, Durability::Full).unwrap_err();
        assert_eq!(
            error.to_string(),
            ":memory: cannot be used with durability = \"full\": journal_mode is \"memory\", must be \"wal\""
        );
        connect(path, Durability::Relaxed).unwrap();
    }
}

//! Opening a file, and refusing one that could not keep its promises.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::{Durability, schema};

/// Why a file was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it.
    #[error("{} is in use by another seawall; stop that one first, or ask it (SEAWALL_URL)", .0.display())]
    InUse(PathBuf),
    /// The file system says no.
    #[error("cannot open {}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite says no.
    #[error("cannot open {}: {source}", path.display())]
    Sqlite {
        /// Which file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// It may be read, but not written.
    #[error("{} cannot be written", .0.display())]
    ReadOnly(PathBuf),
    /// It is some other program's database.
    #[error("{} is a database of another program", .0.display())]
    NotOurs(PathBuf),
    /// A later version of this program wrote it.
    #[error("{} has tables of version {found}, this program knows {}: use a newer seawall", path.display(), schema::VERSION)]
    TooNew {
        /// Which file.
        path: PathBuf,
        /// The version found.
        found: i64,
    },
    /// A setting under which an acknowledged entry could be lost.
    #[error("{} cannot be used with durability = \"full\": {setting} is {found:?}, must be {needed:?}", path.display())]
    Unsafe {
        /// Which file.
        path: PathBuf,
        /// The setting's name.
        setting: &'static str,
        /// Its value.
        found: String,
        /// The value it must have.
        needed: &'static str,
    },
}

/// Takes the lock that says the file is ours. It goes with the process, however that ends.
pub(super) fn lock(path: &Path) -> Result<File, OpenError> {
    // A link to a file that is there must lead to the same lock.
    let file = path.canonicalize().unwrap_or_else(|_new| path.to_owned());
    let mut name = file.into_os_string();
    name.push(".lock");
    let name = PathBuf::from(name);
    let error = |source| OpenError::File {
        path: name.clone(),
        source,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(error(source)),
    }
}

pub(super) fn connect(path: &Path, durability: Durability) -> Result<Connection, OpenError> {
    let error = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let connection = Connection::open(path).map_err(error)?;
    connection
        .busy_timeout(Duration::from_secs(10))
        .map_err(error)?;
    // SQLite opens a file that may not be written for reading only, and would say so at the first append.
    if connection.is_readonly("main").map_err(error)? {
        return Err(OpenError::ReadOnly(path.to_owned()));
    }
    prepare(&connection, path)?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Relaxed => "NORMAL",
    };
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA wal_autocheckpoint = 4000;"
        ))
        .map_err(error)?;
    if durability == Durability::Full {
        check(&connection, path, "journal_mode", "wal")?;
        check(&connection, path, "synchronous", "2")?;
    }
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Makes the tables of a new file; refuses a file that is not ours to write.
fn prepare(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let error = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let pragma = |name: &str| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .map_err(error)
    };
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    // Another program's version says nothing to us, so whose file it is comes first.
    if application == schema::APPLICATION {
        if found > schema::VERSION {
            let path = path.to_owned();
            return Err(OpenError::TooNew { path, found });
        }
        return Ok(());
    }
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(error)?;
    if application != 0 || tables > 0 {
        return Err(OpenError::NotOurs(path.to_owned()));
    }
    connection
        .execute_batch(&format!(
            "BEGIN IMMEDIATE; {} PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT;",
            schema::TABLES,
            schema::APPLICATION,
            schema::VERSION
        ))
        .map_err(error)
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

pub(super) fn thread(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(|_detached| ())
        .map_err(|source| OpenError::File {
            path: PathBuf::from(name),
            source,
        })
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

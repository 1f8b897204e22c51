//! Opening the file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ledger::Time;
use rusqlite::Connection;

use crate::writer::tally;
use crate::{OpenError, schema};

/// Takes the lock that says the file is ours. It goes with the process, however that ends.
pub(crate) fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
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

/// Opens the file and makes its tables where it is new.
pub(crate) fn connect(path: &Path) -> Result<Connection, OpenError> {
    let error = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let connection = Connection::open(path).map_err(error)?;
    connection
        .busy_timeout(Duration::from_secs(10))
        .map_err(error)?;
    prepare(&connection, path)?;
    // A power loss may take the last seconds, rows and offset together: the journal still has them.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;
             PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;",
        )
        .map_err(error)?;
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
    if application == schema::APPLICATION {
        return match found {
            schema::VERSION => Ok(()),
            found @ (1 | 2) => raise(connection, found).map_err(error),
            found => Err(OpenError::TooNew {
                path: path.to_owned(),
                found,
            }),
        };
    }
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(error)?;
    if application != 0 || tables > 0 {
        return Err(OpenError::NotOurs(path.to_owned()));
    }
    connection
        .execute_batch(&format!(
            "BEGIN IMMEDIATE; {} {} PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT;",
            schema::TABLES,
            schema::TABLES_OF_2,
            schema::APPLICATION,
            schema::VERSION
        ))
        .map_err(error)
}

/// Makes a file of an earlier version one of this one.
fn raise(connection: &Connection, from: i64) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    if from == 1 {
        connection.execute_batch(&format!(
            "{} {} {}",
            schema::FROM_1,
            schema::TABLES_OF_2,
            schema::FROM_1_TO_2
        ))?;
    }
    connection.execute_batch(schema::FROM_2_TO_3)?;
    if from == 1 {
        tally::add_remaining(connection, None, Time::EARLIEST)?;
    }
    connection.execute_batch(&format!(
        "PRAGMA user_version = {}; COMMIT;",
        schema::VERSION
    ))
}

pub(crate) fn thread(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(|_detached| ())
        .map_err(|source| OpenError::File {
            path: PathBuf::from(name),
            source,
        })
}

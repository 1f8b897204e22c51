//! Opening a SQLite file of ours: whose it is, which version, who has it, and how it is written.
//!
//! The store, and every file that lies beside it, are opened here and nowhere else, so that each is locked, marked and
//! refused in the same way.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

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
    /// It is some other program's database, or another of ours.
    #[error("{} is not the database that belongs here: it is another program's, or another of ours", .0.display())]
    NotOurs(PathBuf),
    /// A later version of this program wrote it.
    #[error("{} has tables of version {found}, this program knows {known}: use a newer seawall{otherwise}", path.display())]
    TooNew {
        /// Which file.
        path: PathBuf,
        /// The version found.
        found: i64,
        /// The newest version this program knows.
        known: i64,
        /// What else helps, as the end of the sentence.
        otherwise: &'static str,
    },
    /// It has tables of an earlier version, and may only be read.
    #[error("{} has tables of an earlier version: start the server once, which brings them up to date", .0.display())]
    TooOld(PathBuf),
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

/// What a file is, and what its tables are.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Marks the file as of this kind (`application_id`).
    pub application: i64,
    /// The version of its tables (`user_version`).
    pub version: i64,
    /// What makes them in a new file.
    pub tables: &'static [&'static str],
    /// Takes a file of an earlier version to this one, inside a transaction.
    pub raise: fn(&Connection, i64) -> rusqlite::Result<()>,
    /// What helps against a file that is too new, as the end of a sentence that said: use a newer seawall.
    pub otherwise: &'static str,
}

/// Takes the lock that says the file is ours. It goes with the process, however that ends.
///
/// # Errors
/// [`OpenError::InUse`], [`OpenError::File`].
pub fn lock(path: &Path) -> Result<File, OpenError> {
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

/// Opens the file for writing and makes its tables where it is new. Everything that is written goes through a write-ahead
/// log; how often that is synced is the caller's to set.
///
/// # Errors
/// [`OpenError`].
pub fn connect(path: &Path, form: &Form) -> Result<Connection, OpenError> {
    let error = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let connection = Connection::open(path).map_err(error)?;
    connection
        .busy_timeout(Duration::from_secs(10))
        .map_err(error)?;
    // SQLite opens a file that may not be written for reading only, and would say so at the first write.
    if connection.is_readonly("main").map_err(error)? {
        return Err(OpenError::ReadOnly(path.to_owned()));
    }
    prepare(&connection, path, form)?;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000;")
        .map_err(error)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Refuses a file that is not of this form, whoever made it; `None` where it is new and has nothing in it. Otherwise the
/// version it has, which is this program's or an earlier one.
///
/// # Errors
/// [`OpenError`].
pub fn version(
    connection: &Connection,
    path: &Path,
    form: &Form,
) -> Result<Option<i64>, OpenError> {
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
    if application == form.application {
        if found > form.version {
            return Err(OpenError::TooNew {
                path: path.to_owned(),
                found,
                known: form.version,
                otherwise: form.otherwise,
            });
        }
        return Ok(Some(found));
    }
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(error)?;
    if application != 0 || tables > 0 {
        return Err(OpenError::NotOurs(path.to_owned()));
    }
    Ok(None)
}

/// Makes the tables of a new file, and raises an older one's.
fn prepare(connection: &Connection, path: &Path, form: &Form) -> Result<(), OpenError> {
    let error = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let version = form.version;
    match self::version(connection, path, form)? {
        Some(found) if found == version => Ok(()),
        Some(found) => {
            connection.execute_batch("BEGIN IMMEDIATE").map_err(error)?;
            (form.raise)(connection, found).map_err(error)?;
            connection
                .execute_batch(&format!("PRAGMA user_version = {version}; COMMIT;"))
                .map_err(error)
        }
        None => connection
            .execute_batch(&format!(
                "BEGIN IMMEDIATE; {} PRAGMA application_id = {}; PRAGMA user_version = {version}; COMMIT;",
                form.tables.concat(),
                form.application,
            ))
            .map_err(error),
    }
}

/// Starts a thread that works on a file.
///
/// # Errors
/// [`OpenError::File`]: the system has no place for another thread.
pub fn thread(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(|_detached| ())
        .map_err(|source| OpenError::File {
            path: PathBuf::from(name),
            source,
        })
}

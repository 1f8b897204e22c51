//! A store's file as it lies, for whoever checks or copies it. Nothing is written, no setting is changed, and no
//! write-ahead log is folded into the file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ids::OrganizationId;
use ledger::Head;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::segment::{self, Damaged, Trouble};
use super::{OpenError, file, open, reader, schema};
use crate::{StoreError, StoredSnapshot};

/// A store's file, open for reading. Its methods block.
#[derive(Debug)]
pub struct ReadOnly {
    connection: Connection,
    /// A backup of the first version has none.
    has_segments: bool,
    _lock: Option<File>,
}

/// An entry as it lies in the file: unlike [`crate::Store::read`], also where the one before it is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// The number it is filed under.
    pub seq: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// One organization's part of the file at one moment, but for its entries.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The head, if there is one.
    pub head: Option<StoredHead>,
    /// The snapshot kept last, if any.
    pub snapshot: Option<StoredSnapshot>,
    /// The number of the last entry that is filed.
    pub last: u64,
}

/// A journal's head as it lies in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredHead {
    /// The head.
    pub head: Head,
    /// The short id that the organization is found by.
    pub short: String,
}

impl ReadOnly {
    /// Opens the file of a store that has no server, and keeps servers away from it.
    ///
    /// # Errors
    /// [`OpenError`]; [`OpenError::InUse`] where a server has it.
    pub fn alone(path: &Path) -> Result<Self, OpenError> {
        exists(path)?;
        let lock = file::lock(path)?;
        // Nobody else has it, so that a file without a log beside it cannot change while it is read.
        Self::open(path, quiet(path), Some(lock))
    }

    /// Opens the file of a store whether a server has it or not.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn beside_a_server(path: &Path) -> Result<Self, OpenError> {
        exists(path)?;
        Self::open(path, false, None)
    }

    fn open(path: &Path, quiet: bool, lock: Option<File>) -> Result<Self, OpenError> {
        let error = |source| OpenError::Sqlite {
            path: path.to_owned(),
            source,
        };
        let connection = connect(path, quiet).map_err(error)?;
        // A file without anything in it is no store.
        let version = file::version(&connection, path, &open::FORM)?
            .ok_or_else(|| OpenError::NotOurs(path.to_owned()))?;
        Ok(Self {
            connection,
            has_segments: version >= schema::WITH_SEGMENTS,
            _lock: lock,
        })
    }

    /// The first organization after this one that the file knows in any way: by a head, an entry or a snapshot.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_organization(
        &self,
        after: Option<OrganizationId>,
    ) -> Result<Option<OrganizationId>, StoreError> {
        let after = after.map_or_else(Vec::new, |id| id.to_bytes().to_vec());
        let mut next: Option<[u8; 16]> = None;
        let segment = self.has_segments.then_some("segment");
        for table in ["head", "entry", "snapshot"].into_iter().chain(segment) {
            let found: Option<[u8; 16]> = self
                .connection
                .prepare_cached(&format!(
                    "SELECT organization FROM {table} WHERE organization > ?1 ORDER BY organization LIMIT 1"
                ))
                .and_then(|mut select| select.query_row(params![after], |row| row.get(0)).optional())
                .map_err(reader::failed)?;
            next = match (next, found) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        Ok(next.map(OrganizationId::from_bytes))
    }

    /// How many entries there are, by the heads.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn entries_by_heads(&self) -> Result<u64, StoreError> {
        self.connection
            .query_row(
                "SELECT coalesce(sum(max(seq, 0)), 0) FROM head",
                [],
                |row| row.get::<_, i64>(0),
            )
            .map(i64::cast_unsigned)
            .map_err(reader::failed)
    }

    /// At most `most` entries filed after number `after`, in the order of their numbers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn entries(
        &self,
        organization: OrganizationId,
        after: u64,
        most: u32,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if !self.has_segments {
            return segment::single(&self.connection, organization, after, most)
                .map_err(reader::failed);
        }
        let after = (organization, after);
        segment::entries(&self.connection, after, most, Damaged::IsLeftOut).map_err(|trouble| {
            match trouble {
                Trouble::Sqlite(error) => reader::failed(error),
                Trouble::Damaged { problem, .. } => StoreError::Damaged(problem),
            }
        })
    }

    /// What there is of an organization at one moment. A server that goes on appends more later, so entries after
    /// [`Moment::last`] say nothing about it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn moment(&self, organization: OrganizationId) -> Result<Moment, StoreError> {
        let _until_dropped = self
            .connection
            .unchecked_transaction()
            .map_err(reader::failed)?;
        Ok(Moment {
            head: self.head(organization)?,
            snapshot: self.snapshot(organization)?,
            last: self.last(organization).map_err(reader::failed)?,
        })
    }

    /// The number of the last entry there is, wherever it lies; 0: there is none.
    fn last(&self, organization: OrganizationId) -> rusqlite::Result<u64> {
        let single = self
            .connection
            .prepare_cached("SELECT coalesce(max(seq), 0) FROM entry WHERE organization = ?1")?
            .query_row(params![organization.to_bytes()], |row| row.get::<_, i64>(0))?;
        let archived = if self.has_segments {
            segment::last(&self.connection, organization)?
        } else {
            0
        };
        Ok(archived.max(single.cast_unsigned()))
    }

    /// The journal's head, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn head(&self, organization: OrganizationId) -> Result<Option<StoredHead>, StoreError> {
        self.connection
            .prepare_cached("SELECT seq, hash, short FROM head WHERE organization = ?1")
            .and_then(|mut select| {
                let found = select.query_row(params![organization.to_bytes()], |row| {
                    let head = Head {
                        seq: row.get::<_, i64>(0)?.cast_unsigned(),
                        hash: row.get(1)?,
                    };
                    let short = row.get(2)?;
                    Ok(StoredHead { head, short })
                });
                found.optional()
            })
            .map_err(reader::failed)
    }

    /// The snapshot kept last, if any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn snapshot(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<StoredSnapshot>, StoreError> {
        reader::snapshot(&self.connection, organization)
    }

    /// Copies everything, as of one moment, into a file that does not exist or is empty. A server may go on appending
    /// meanwhile: what it appends after the copy began is not in it.
    ///
    /// # Errors
    /// [`StoreError`]; what was written until then is of no use.
    pub fn copy_into(&self, path: &Path) -> Result<(), StoreError> {
        let unavailable = |error: String| StoreError::Unavailable(error);
        let name = path
            .to_str()
            .ok_or_else(|| unavailable(format!("{} is not UTF-8", path.display())))?;
        self.connection
            .execute("VACUUM INTO ?1", params![name])
            .map_err(reader::failed)?;
        File::open(path)
            .and_then(|copy| copy.sync_all())
            .map_err(|error| unavailable(error.to_string()))
    }
}

/// Opens a database for reading, without leaving a trace where it can be helped. `quiet` promises that nobody writes it
/// and that no log lies beside it.
///
/// # Errors
/// SQLite's own.
pub fn connect(path: &Path, quiet: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match path.canonicalize().ok().as_deref().and_then(Path::to_str) {
        // Without this SQLite makes two files beside one that is in log mode, if only to read it.
        Some(path) if quiet => {
            let path = path
                .replace('%', "%25")
                .replace('?', "%3f")
                .replace('#', "%23");
            let address = format!("file:{path}?immutable=1");
            Connection::open_with_flags(address, flags | OpenFlags::SQLITE_OPEN_URI)?
        }
        _ => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// Whether no write-ahead log lies beside a database.
#[must_use]
pub fn quiet(path: &Path) -> bool {
    let mut log = path
        .canonicalize()
        .unwrap_or_else(|_missing| path.to_owned())
        .into_os_string();
    log.push("-wal");
    std::fs::metadata(PathBuf::from(log)).map_or(true, |log| log.len() == 0)
}

fn exists(path: &Path) -> Result<(), OpenError> {
    match std::fs::metadata(path) {
        Ok(_) => Ok(()),
        Err(source) => Err(OpenError::File {
            path: path.to_owned(),
            source,
        }),
    }
}

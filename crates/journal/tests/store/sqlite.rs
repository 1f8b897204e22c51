//! The SQLite store: the suite under both durabilities, and what only a file can do wrong.

mod archive;
mod crash;
mod disk;
mod group;
mod open;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use ids::OrganizationId;
use journal::conformance::Harness;
use journal::sqlite::{Durability, Sqlite};
use rusqlite::{Connection, params};
use tempfile::TempDir;

struct Files {
    durability: Durability,
    directory: TempDir,
    count: AtomicUsize,
}

impl Files {
    fn new(durability: Durability) -> Self {
        Self {
            durability,
            directory: tempfile::tempdir().unwrap(),
            count: AtomicUsize::new(0),
        }
    }

    fn next(&self) -> PathBuf {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        self.directory.path().join(format!("{count}.db"))
    }

    /// What a crash leaves behind: the file and its log as they lie, and not the memory beside them. Appends only add to
    /// the log as long as it is short, so it may grow while it is copied.
    fn copy(&self, store: &Sqlite) -> PathBuf {
        let to = self.next();
        std::fs::copy(store.path(), &to).unwrap();
        std::fs::copy(log_of(store.path()), log_of(&to)).unwrap();
        to
    }

    fn open(&self, path: &Path) -> Sqlite {
        Sqlite::open(path, self.durability).unwrap()
    }
}

/// The file's write-ahead log.
fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Another connection to the file, as no part of the store makes one.
fn behind(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

impl Harness for Files {
    type Store = Sqlite;
    type Saved = PathBuf;

    async fn fresh(&self) -> Sqlite {
        self.open(&self.next())
    }

    async fn crash(&self, store: Sqlite) -> Sqlite {
        self.open(&self.copy(&store))
    }

    async fn save(&self, store: &Sqlite) -> PathBuf {
        self.copy(store)
    }

    async fn restore(&self, store: Sqlite, saved: PathBuf) -> Sqlite {
        drop(store);
        self.open(&saved)
    }

    async fn lose_entry(&self, store: &Sqlite, organization: OrganizationId, seq: u64) {
        let deleted = behind(store.path()).execute(
            "DELETE FROM entry WHERE organization = ?1 AND seq = ?2",
            params![organization.to_bytes(), seq.cast_signed()],
        );
        assert_eq!(deleted.unwrap(), 1, "there is such an entry");
    }
}

mod full {
    use super::{Durability, Files};
    journal::conformance_suite!(Files::new(Durability::Full));
}

mod relaxed {
    use super::{Durability, Files};
    journal::conformance_suite!(Files::new(Durability::Relaxed));
}

//! A store and a request log in real files, written by the programs that write them, and damaged by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use audit::{Finding, Part, Report};
use ids::OrganizationId;
use journal::sqlite::{Durability, ReadOnly, Sqlite};
use ledger::Entry;
use projections::{LogFile, Options, RequestLog};
use rusqlite::{Connection, Params};
use tempfile::TempDir;

use crate::honest;

/// The organization that is damaged.
pub(crate) const HURT: OrganizationId = OrganizationId::from_bytes([1; 16]);
/// The one that is not.
pub(crate) const WELL: OrganizationId = OrganizationId::from_bytes([2; 16]);

/// Where a store and its request log are in a folder.
pub(crate) fn paths(folder: &Path) -> (PathBuf, PathBuf) {
    let log = folder.join("seawall-requests.db");
    (folder.join("seawall.db"), log)
}

/// Two journals of so many entries each, and the request log of both, at rest in their files.
pub(crate) struct Files {
    folder: TempDir,
    /// Entries of the journal that is damaged.
    pub(crate) entries: u64,
}

impl Files {
    pub(crate) async fn of(entries: usize) -> Self {
        let (folder, live) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (store_file, log_file) = paths(live.path());
        let store = Arc::new(Sqlite::open(&store_file, Durability::Relaxed).unwrap());
        let last = honest::append(&store, 1, entries).await;
        honest::append(&store, 2, entries).await;
        let log = RequestLog::open(&log_file, Options::default()).unwrap();
        log.catch_up(Arc::<Sqlite>::clone(&store)).await.unwrap();
        // Copies are at rest, whatever the threads of the living files still do.
        for (from, to) in [
            (&store_file, "seawall.db"),
            (&log_file, "seawall-requests.db"),
        ] {
            let to = folder.path().join(to);
            let from = Connection::open(from).unwrap();
            from.execute("VACUUM INTO ?1", [to.to_str().unwrap()])
                .unwrap();
        }
        log.close().await;
        Self {
            folder,
            entries: last,
        }
    }

    pub(crate) fn store(&self) -> PathBuf {
        paths(self.folder.path()).0
    }

    pub(crate) fn log(&self) -> PathBuf {
        paths(self.folder.path()).1
    }

    pub(crate) fn verify(&self) -> Report {
        verify(self.folder.path())
    }

    /// Lets go of the store's file, and puts a copy that is at rest in its place.
    pub(crate) fn at_rest(&self, store: Sqlite) {
        let path = self.store();
        let copy = self.folder.path().join("copy.db");
        Connection::open(&path)
            .unwrap()
            .execute("VACUUM INTO ?1", [copy.to_str().unwrap()])
            .unwrap();
        drop(store);
        // The threads of the store end with its last handle; their lock is the file's beside it.
        std::fs::rename(copy, &path).unwrap();
        for end in ["-wal", "-shm", ".lock"] {
            let mut beside = path.as_os_str().to_owned();
            beside.push(end);
            std::fs::remove_file(beside).ok();
        }
    }

    /// Changes rows of the store; at least one must be there to be changed.
    pub(crate) fn in_store(&self, sql: &str, values: impl Params) {
        change(&self.store(), sql, values);
    }

    /// Changes rows of the request log.
    pub(crate) fn in_log(&self, sql: &str, values: impl Params) {
        change(&self.log(), sql, values);
    }

    /// The bytes of an entry of the journal that is damaged.
    pub(crate) fn entry(&self, seq: u64) -> Vec<u8> {
        let store = Connection::open(self.store()).unwrap();
        let found = store.query_row(
            "SELECT bytes FROM entry WHERE organization = ?1 AND seq = ?2",
            (HURT.to_bytes(), seq.cast_signed()),
            |row| row.get(0),
        );
        found.unwrap()
    }

    pub(crate) fn put(&self, seq: u64, bytes: &[u8]) {
        self.in_store(
            "UPDATE entry SET bytes = ?3 WHERE organization = ?1 AND seq = ?2",
            (HURT.to_bytes(), seq.cast_signed(), bytes),
        );
    }

    /// The first entry from `seq` on of which this is true.
    pub(crate) fn find(&self, seq: u64, is: impl Fn(&Entry) -> bool) -> Entry {
        let entries = (seq..=self.entries).map(|seq| Entry::decode(&self.entry(seq)).unwrap());
        entries.into_iter().find(is).unwrap()
    }

    /// Asserts that exactly this is found, and that the other organization is looked at all the same.
    pub(crate) fn assert_found(&self, part: Part, entry: Option<u64>, says: &str) {
        let report = self.verify();
        let [finding] = &report.findings[..] else {
            panic!("not one finding, but {:#?}", report.findings)
        };
        let Finding {
            organization,
            problem,
            ..
        } = finding;
        assert_eq!(*organization, Some(HURT), "{finding:?}");
        assert_eq!((finding.part, finding.entry), (part, entry), "{finding:?}");
        assert!(problem.contains(says), "{problem:?} does not say {says:?}");
        assert_eq!(report.organizations, 2);
        assert!(report.entries >= self.entries, "{report:?}");
    }
}

/// Looks at the store and the request log of a folder.
pub(crate) fn verify(folder: &Path) -> Report {
    let (store, log) = paths(folder);
    let store = ReadOnly::alone(&store).unwrap();
    let log = LogFile::open(&log).unwrap();
    audit::verify(&store, log.as_ref(), |_entries| {}).unwrap()
}

fn change(path: &Path, sql: &str, values: impl Params) {
    let changed = Connection::open(path)
        .unwrap()
        .execute(sql, values)
        .unwrap();
    assert!(changed > 0, "nothing was damaged");
}

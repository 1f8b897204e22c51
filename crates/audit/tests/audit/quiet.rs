//! Verifying an honest store is silent, and leaves everything as it was.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use journal::sqlite::{Durability, OpenError, ReadOnly, Sqlite};
use projections::{Options, RequestLog};
use tempfile::TempDir;

use crate::honest;
use crate::store::{Files, paths, verify};

/// All files of a folder, but the locks.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let contents = files.map(|file| {
        let name = file.file_name().into_string().unwrap();
        (name, std::fs::read(file.path()).unwrap())
    });
    contents
        .filter(|(name, _)| !name.ends_with(".lock"))
        .collect()
}

#[tokio::test]
async fn a_hundred_thousand_honest_entries_are_as_they_should_be() {
    let files = Files::of(50_000).await;
    let report = files.verify();
    assert_eq!(report.findings, []);
    assert!(report.entries >= 100_000, "{report:?}");
    assert!(report.request_log);
}

#[tokio::test]
async fn nothing_is_changed_or_left_behind_by_verifying() {
    let files = Files::of(100).await;
    let store = files.store();
    let folder = store.parent().unwrap();
    let before = contents(folder);
    assert_eq!(files.verify().findings, []);
    assert_eq!(contents(folder), before);
}

#[tokio::test]
async fn files_that_a_crash_left_with_a_log_beside_them_are_read_whole_and_stay_as_they_are() {
    let (live, crashed) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (store_file, log_file) = paths(live.path());
    let store = Arc::new(Sqlite::open(&store_file, Durability::Full).unwrap());
    let entries = honest::append(&store, 1, 300).await;
    let log = RequestLog::open(&log_file, Options::default()).unwrap();
    log.catch_up(Arc::<Sqlite>::clone(&store)).await.unwrap();
    for name in [
        "seawall.db",
        "seawall.db-wal",
        "seawall-requests.db",
        "seawall-requests.db-wal",
    ] {
        std::fs::copy(live.path().join(name), crashed.path().join(name)).unwrap();
    }
    let before = contents(crashed.path());
    assert!(!before["seawall.db-wal"].is_empty());
    let report = verify(crashed.path());
    assert_eq!(report.findings, []);
    assert_eq!(report.entries, entries);
    let after = contents(crashed.path());
    for (name, bytes) in before {
        assert!(after.get(&name) == Some(&bytes), "{name} was changed");
    }
}

#[tokio::test]
async fn a_store_that_a_server_has_is_refused_and_can_be_copied_while_it_is_written() {
    let folder = TempDir::new().unwrap();
    let (path, _) = paths(folder.path());
    let store = Sqlite::open(&path, Durability::Relaxed).unwrap();
    honest::append(&store, 1, 300).await;
    let refused = ReadOnly::alone(&path).unwrap_err();
    assert!(matches!(refused, OpenError::InUse(_)), "{refused}");

    let copies = TempDir::new().unwrap();
    let (copy, _) = paths(copies.path());
    let reading = ReadOnly::beside_a_server(&path).unwrap();
    let (copied, ()) = tokio::join!(async { reading.copy_into(&copy) }, async {
        honest::append(&store, 2, 300).await;
    });
    copied.unwrap();
    let report = verify(copies.path());
    assert_eq!(report.findings, []);
    assert!(report.entries >= 300);
    Sqlite::open(&copy, Durability::Full).unwrap();
}

#[test]
fn a_store_that_is_not_there_is_not_made() {
    let folder = TempDir::new().unwrap();
    let (path, _) = paths(folder.path());
    assert!(matches!(
        ReadOnly::alone(&path),
        Err(OpenError::File { .. })
    ));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

//! Segments of old entries in the file.

use ids::OrganizationId;
use journal::conformance::Author;
use journal::sqlite::{Durability, ReadOnly, Sqlite};
use journal::{Store, StoreError, StoredSnapshot};
use rusqlite::params;

use super::behind;

/// A store whose first 2,000 entries are in two segments, and its journal.
async fn archived(path: &std::path::Path) -> (Sqlite, OrganizationId) {
    let store = Sqlite::open(path, Durability::Relaxed).unwrap();
    let mut author = Author::new(1);
    store.append(author.batch(2_500)).await.unwrap();
    let organization = author.organization();
    let snapshot = StoredSnapshot {
        seq: 2_500,
        bytes: Vec::new(),
    };
    store.put_snapshot(organization, snapshot).await.unwrap();
    assert_eq!(store.archive(organization, 2_000).await.unwrap(), 1_000);
    assert_eq!(store.archive(organization, 2_000).await.unwrap(), 2_000);
    assert_eq!(store.archive(organization, 2_000).await.unwrap(), 2_000);
    (store, organization)
}

#[tokio::test]
async fn archived_entries_leave_their_rows_and_take_less_than_half_of_the_room() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    let (store, organization) = archived(&path).await;
    let file = behind(&path);
    let ask = |sql| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(ask("SELECT count(*) FROM entry"), 500);
    assert_eq!(ask("SELECT count(*) FROM segment"), 2);
    let packed = ask("SELECT sum(length(bytes)) FROM segment");
    let entries = store.read(organization, 0, 2_000).await.unwrap();
    let bytes: usize = entries.iter().map(Vec::len).sum();
    assert!(
        usize::try_from(packed).unwrap() * 2 < bytes,
        "{packed} of {bytes}"
    );
}

#[tokio::test]
async fn a_segment_that_was_changed_is_damage_and_the_rest_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    let (store, organization) = archived(&path).await;
    let file = behind(&path);
    let good: Vec<u8> = file
        .query_row("SELECT bytes FROM segment WHERE first = 1", [], |row| {
            row.get(0)
        })
        .unwrap();
    for place in [0, 2, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[place] ^= 0x10;
        file.execute(
            "UPDATE segment SET bytes = ?1 WHERE first = 1",
            params![bad],
        )
        .unwrap();
        let error = store.read(organization, 0, 10).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
        assert!(
            error
                .to_string()
                .contains("the segment of entries 1 to 1000"),
            "{error}"
        );
        assert_eq!(
            store.read(organization, 1_000, 10_000).await.unwrap().len(),
            1_500
        );
        // Whoever looks for damage sees what is there.
        let seen = ReadOnly::beside_a_server(&path).unwrap();
        let first = seen.entries(organization, 0, 10).unwrap();
        assert_eq!(first[0].seq, 1_001);
    }
}

#[tokio::test]
async fn a_segment_that_is_gone_leaves_a_gap_that_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    let (store, organization) = archived(&path).await;
    behind(&path)
        .execute("DELETE FROM segment WHERE first = 1001", [])
        .unwrap();
    let error = store.read(organization, 900, 1_000).await.unwrap_err();
    assert!(error.to_string().contains("entry 1001"), "{error}");
}

#[tokio::test]
async fn a_file_of_the_first_version_is_raised_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    let store = Sqlite::open(&path, Durability::Full).unwrap();
    let mut author = Author::new(1);
    store.append(author.batch(9)).await.unwrap();
    drop(store);
    let file = behind(&path);
    // What the first version had not.
    file.execute_batch("DROP TABLE segment; PRAGMA user_version = 1;")
        .unwrap();
    drop(file);
    let old = ReadOnly::beside_a_server(&path).unwrap();
    let seen = old.entries(author.organization(), 0, 100).unwrap();
    assert_eq!(
        seen.len(),
        9,
        "a backup of that version can still be looked at"
    );
    assert!(old.next_organization(None).unwrap().is_some());
    let store = Sqlite::open(&path, Durability::Full).unwrap();
    assert_eq!(
        store
            .read(author.organization(), 0, 100)
            .await
            .unwrap()
            .len(),
        9
    );
    store.append(author.batch(1)).await.unwrap();
    assert_eq!(store.archive(author.organization(), 5).await.unwrap(), 0);
}

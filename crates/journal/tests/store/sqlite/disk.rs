//! A disk that is full, and then has space again.

use journal::conformance::{Author, replay};
use journal::sqlite::{Durability, Sqlite};
use journal::{AppendError, Batch, Store};
use ledger::Head;

const MANY_PAGES: u32 = 1_000_000;

#[tokio::test]
async fn a_full_disk_refuses_appends_whole_and_space_brings_them_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    let store = Sqlite::open(&path, Durability::Full).unwrap();
    let (mut author, mut neighbour) = (Author::new(1), Author::new(2));
    store.append(author.batch(5)).await.unwrap();
    let before = author.head();

    store.limit_pages(1).await.unwrap();
    // Two small entries that would still fit, and a large one that does not.
    let (small, large) = (author.batch(2), author.large(1 << 20));
    let batch = Batch {
        entries: small
            .entries
            .iter()
            .chain(&*large.entries)
            .cloned()
            .collect(),
        after: before,
        ..large
    };
    let beside = neighbour.large(1 << 20);
    for _again in 0..3 {
        let (first, second) =
            tokio::join!(store.append(batch.clone()), store.append(beside.clone()));
        for refused in [first, second] {
            let refused = refused.unwrap_err();
            assert!(
                matches!(refused, AppendError::Unavailable(_)),
                "{refused:?}"
            );
        }
        let book = replay(&store, author.organization()).await;
        assert_eq!(book.head(), before, "nothing half done");
        let book = replay(&store, neighbour.organization()).await;
        assert_eq!(book.head(), Head::EMPTY, "nothing half done");
    }

    store.limit_pages(MANY_PAGES).await.unwrap();
    store.append(batch).await.unwrap();
    store.append(beside).await.unwrap();
    for author in [author, neighbour] {
        assert_eq!(replay(&store, author.organization()).await, *author.book());
    }
}

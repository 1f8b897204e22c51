//! Appending, reading, and where a journal stands.

use std::sync::Arc;

use futures_util::future::join_all;
use ids::ShortId;
use ledger::{Entry, Head};

use super::Harness;
use super::author::{Author, appended, replay};
use crate::Store;

/// Bytes come back as they were given, and make the same Book.
pub async fn what_was_appended_is_read_back(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut author = Author::new(1);
    let mut given = Vec::new();
    for entries in [1, 3, 2] {
        let batch = author.batch(entries);
        given.extend_from_slice(&batch.entries);
        appended(&store, batch).await;
        let head = store.head(author.organization()).await;
        assert_eq!(head.expect("a head can be read"), author.head());
    }
    let read = store.read(author.organization(), 0, 100).await;
    assert_eq!(read.expect("a journal can be read"), given);
    assert_eq!(replay(&store, author.organization()).await, *author.book());
}

/// Where there is no journal there is nothing, and no error.
pub async fn a_journal_that_does_not_exist_is_empty(harness: &impl Harness) {
    let store = harness.fresh().await;
    appended(&store, Author::new(2).batch(3)).await;
    let nobody = Author::new(1).organization();
    assert_eq!(store.head(nobody).await.expect("a head"), Head::EMPTY);
    assert!(
        store
            .read(nobody, 0, 10)
            .await
            .expect("no entry")
            .is_empty()
    );
    assert!(
        store
            .read(nobody, 5, 10)
            .await
            .expect("no entry")
            .is_empty()
    );
    let found = store.find(ShortId::from(nobody)).await;
    assert_eq!(found.expect("an answer"), None);
    assert_eq!(store.snapshot(nobody).await.expect("an answer"), None);
}

/// Entries are numbered from 1, across batches of every size.
pub async fn numbering_has_no_gaps(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut author = Author::new(1);
    for entries in 1..=12 {
        appended(&store, author.batch(entries)).await;
    }
    let read = store.read(author.organization(), 0, 1000).await;
    let numbers: Vec<u64> = read
        .expect("a journal can be read")
        .iter()
        .map(|bytes| Entry::decode(bytes).expect("an entry").seq)
        .collect();
    assert_eq!(numbers, (1..=78).collect::<Vec<u64>>());
    assert_eq!(author.head().seq, 78);
}

/// A read gives the entries after a number, as many as were asked for, fewer only at the end.
pub async fn a_read_gives_no_more_than_was_asked(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut author = Author::new(1);
    let batch = author.batch(25);
    let all = Arc::clone(&batch.entries);
    appended(&store, batch).await;
    // A neighbour on either side, whose entries must not show.
    appended(&store, Author::new(0).batch(30)).await;
    appended(&store, Author::new(2).batch(30)).await;
    for (after, most, expected) in [
        (0, 10, &all[..10]),
        (10, 10, &all[10..20]),
        (20, 10, &all[20..]),
        (20, 5, &all[20..]),
        (0, 25, &all[..]),
        (0, usize::MAX, &all[..]),
        (24, 1, &all[24..]),
        (7, 0, &[]),
        (25, 10, &[]),
        (1000, 10, &[]),
        (u64::MAX, 10, &[]),
    ] {
        let read = store.read(author.organization(), after, most).await;
        let read = read.expect("a journal can be read");
        assert!(
            read == expected,
            "{most} entries after {after}: {}",
            read.len()
        );
    }
}

/// An entry of more than a mebibyte comes back whole, and its neighbours with it.
pub async fn a_large_entry_is_kept_whole(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut author = Author::new(1);
    appended(&store, author.batch(2)).await;
    let large = author.large(1 << 20);
    assert!(large.entries[0].len() > 1 << 20, "it is large");
    appended(&store, large).await;
    appended(&store, author.batch(2)).await;
    assert_eq!(replay(&store, author.organization()).await, *author.book());
}

/// Journals grow side by side, each by its own numbers and hashes.
pub async fn many_organizations_do_not_disturb_each_other(harness: &impl Harness) {
    let store = harness.fresh().await;
    let grown = (1..=48).map(|number| {
        let store = &store;
        async move {
            let mut author = Author::new(number);
            for entries in [1, 2, 5, 1] {
                appended(store, author.batch(entries)).await;
            }
            author
        }
    });
    for author in join_all(grown).await {
        assert_eq!(author.head().seq, 9);
        assert_eq!(replay(&store, author.organization()).await, *author.book());
    }
}

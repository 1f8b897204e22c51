//! What a store keeps beside the entries: snapshots, records, and the list of journals.

use ids::{OrganizationId, ShortId};
use tokio::task::JoinSet;

use super::Harness;
use super::author::{Author, appended};
use crate::{Record, Store, StoredSnapshot};

/// The snapshot kept last is the one there is, for each organization its own, and none where none was kept.
pub async fn a_snapshot_replaces_the_one_before(harness: &impl Harness) {
    let store = harness.fresh().await;
    let (mut author, neighbour) = (Author::new(1), Author::new(2));
    appended(&store, author.batch(9)).await;
    let organization = author.organization();
    assert_eq!(store.snapshot(organization).await.expect("an answer"), None);
    for (seq, bytes) in [(3, vec![1; 100_000]), (9, vec![2; 10]), (5, Vec::new())] {
        let snapshot = StoredSnapshot { seq, bytes };
        let put = store.put_snapshot(organization, snapshot.clone()).await;
        put.expect("a snapshot is kept");
        let kept = store.snapshot(organization).await.expect("an answer");
        assert_eq!(kept, Some(snapshot));
    }
    let none = store.snapshot(neighbour.organization()).await;
    assert_eq!(none.expect("an answer"), None);
}

/// A record is compared and set, and counts how often it was written.
pub async fn a_record_is_written_only_over_the_version_expected(harness: &impl Harness) {
    let store = harness.fresh().await;
    assert_eq!(store.record("first").await.expect("an answer"), None);
    for (expected, value, written) in [
        (1, "too early", false),
        (0, "a", true),
        (0, "not again", false),
        (2, "too early", false),
        (1, "b", true),
        (1, "too late", false),
        (2, "", true),
    ] {
        let put = store.put_record("first", expected, value.into()).await;
        assert_eq!(put.expect("an answer"), written, "{value} over {expected}");
        if written {
            let record = store.record("first").await.expect("an answer");
            let (version, bytes) = (expected + 1, value.into());
            assert_eq!(record, Some(Record { version, bytes }));
        }
    }
    assert_eq!(store.record("second").await.expect("an answer"), None);
}

/// Of many that write a record over the same version at once one succeeds, and its value is the one that stands.
pub async fn of_many_writers_of_a_record_exactly_one_succeeds(harness: &impl Harness) {
    let store = harness.fresh().await;
    for version in 0..4 {
        let mut writers = JoinSet::new();
        for writer in 0..16_u8 {
            let put = store.put_record("contended", version, vec![writer]);
            writers.spawn(async move { (writer, put.await.expect("an answer")) });
        }
        let mut won = writers.join_all().await;
        won.retain(|(_, written)| *written);
        assert_eq!(won.len(), 1, "over version {version}");
        let record = store.record("contended").await.expect("an answer");
        let (version, bytes) = (version + 1, vec![won[0].0]);
        assert_eq!(record, Some(Record { version, bytes }));
    }
}

/// A key's short id leads to its organization, from the journal's first entry on.
pub async fn an_organization_is_found_by_its_short_id(harness: &impl Harness) {
    let store = harness.fresh().await;
    for number in 1..=20 {
        let mut author = Author::new(number);
        let short = ShortId::from(author.organization());
        assert_eq!(store.find(short).await.expect("an answer"), None);
        appended(&store, author.batch(1)).await;
        let found = store.find(short).await.expect("an answer");
        assert_eq!(found, Some(author.organization()));
        appended(&store, author.batch(1)).await;
        let found = store.find(short).await.expect("an answer");
        assert_eq!(found, Some(author.organization()));
    }
}

/// Page by page, every organization comes once, in the order of the ids.
pub async fn organizations_come_in_pages_in_order(harness: &impl Harness) {
    let store = harness.fresh().await;
    let none = store.organizations(None, 10).await;
    assert!(none.expect("an answer").is_empty());
    let mut all: Vec<OrganizationId> = Vec::new();
    for number in 1..=23 {
        // Neither in order nor in reverse.
        let mut author = Author::new(number * 5 % 23 + 1);
        appended(&store, author.batch(1)).await;
        all.push(author.organization());
    }
    all.sort_unstable();
    for page in [1, 5, 22, 23, 24, usize::MAX] {
        let mut listed: Vec<OrganizationId> = Vec::new();
        loop {
            let next = store.organizations(listed.last().copied(), page).await;
            let next = next.expect("an answer");
            assert!(next.len() <= page, "no more than was asked");
            if next.is_empty() {
                break;
            }
            listed.extend(next);
        }
        assert_eq!(listed, all, "in pages of {page}");
    }
}

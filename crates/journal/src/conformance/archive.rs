//! Old entries, where they take less room.

use super::Harness;
use super::author::{Author, appended, replay};
use crate::{Store, StoredSnapshot};

/// What is archived is read as before, in pages of any size, and across a crash; nothing beyond the number that was named, nor
/// beyond the last snapshot, is archived; and the journal goes on.
pub async fn what_is_archived_is_read_as_before(harness: &impl Harness) {
    let mut store = harness.fresh().await;
    let (mut author, mut neighbour) = (Author::new(1), Author::new(2));
    appended(&store, author.batch(1_300)).await;
    appended(&store, author.large(1 << 20)).await;
    appended(&store, author.batch(1_200)).await;
    appended(&store, neighbour.batch(30)).await;
    let organization = author.organization();
    let all = store.read(organization, 0, 10_000).await;
    let all = all.expect("a journal can be read");
    let none = store.archive(organization, 2_000).await;
    assert_eq!(none.expect("an answer"), 0, "there is no snapshot yet");
    let snapshot = StoredSnapshot {
        seq: 2_400,
        bytes: vec![1],
    };
    let put = store.put_snapshot(organization, snapshot).await;
    put.expect("a snapshot is kept");
    for (through, most) in [(1_999, 1_999), (10_000, 2_400)] {
        let mut before = 0;
        loop {
            let last = store.archive(organization, through).await;
            let last = last.expect("an answer");
            assert!(last <= most, "{last} when told {through}");
            if last == before {
                break;
            }
            before = last;
        }
        store = harness.crash(store).await;
        for (after, page) in [(0, 10_000), (0, 7), (995, 10), (1_990, 1_000), (2_399, 5)] {
            let read = store.read(organization, after, page).await;
            let read = read.expect("a journal can be read");
            let from = usize::try_from(after).expect("a small number");
            let expected: Vec<_> = all.iter().skip(from).take(page).collect();
            assert!(read.iter().eq(expected), "{page} after {after}");
        }
    }
    appended(&store, author.batch(3)).await;
    for author in [author, neighbour] {
        assert_eq!(replay(&store, author.organization()).await, *author.book());
    }
}

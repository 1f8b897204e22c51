//! Old entries in an archive: everything that reads a journal says the same as before.

use std::sync::Arc;
use std::time::Duration;

use ids::LimitId;
use journal::sqlite::{Durability, Sqlite};
use journal::{Batch, Store, StoredSnapshot};
use ledger::{Book, Entry, Fact, HoldFact, LimitTerms, Scope, Snapshot, Time, Window};
use teller::{Preview, Recorded, Tellers};

use crate::calls::{costs, settles};
use crate::world::{Node, ORGANIZATION, dollars, passes};

/// Ten days of calls.
async fn lived() -> Node {
    let node = Node::with_credit(dollars(1_000)).await;
    for call in 1..=240 {
        let hold = node.holds(call, dollars(2)).await;
        settles(hold, costs(dollars(1))).await;
        passes(Duration::from_secs(3_600)).await;
    }
    node
}

/// The same journal in a file, with a snapshot of most of it.
async fn filed(node: &Node, path: &std::path::Path) -> Arc<Sqlite> {
    let store = Arc::new(Sqlite::open(path, Durability::Relaxed).unwrap());
    let bytes = node.store.read(ORGANIZATION, 0, usize::MAX).await.unwrap();
    let mut book = Book::empty();
    for entries in bytes.chunks(100) {
        let after = book.head();
        for bytes in entries {
            let entry = Entry::decode(bytes).unwrap();
            book.apply(&entry, Entry::hash(bytes)).unwrap();
        }
        let batch = Batch {
            organization: ORGANIZATION,
            after,
            entries: entries.into(),
            head: book.head(),
        };
        store.append(batch).await.unwrap();
    }
    let snapshot = StoredSnapshot {
        seq: book.head().seq,
        bytes: Snapshot::encode(&book),
    };
    store.put_snapshot(ORGANIZATION, snapshot).await.unwrap();
    store
}

async fn previewed(tellers: &Tellers, from: Time) -> Preview {
    let window = Window::Day {
        time_zone: "UTC".into(),
    };
    let id = LimitId::from_bytes([60; 16]);
    let day = LimitTerms::hard_limit(id, Scope::Organization, dollars(10), window);
    tellers.preview(ORGANIZATION, &day, from).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn decisions_are_made_again_and_previews_are_the_same_across_an_archive() {
    let node = lived().await;
    let directory = tempfile::tempdir().unwrap();
    let store = filed(&node, &directory.path().join("seawall.db")).await;
    let before = node.now().plus_seconds(-2 * 86_400);
    let tellers = Tellers::new(
        Arc::<Sqlite>::clone(&store),
        node.tellers.settings().clone(),
    );
    tellers.archive(before).await.unwrap();

    let journal = node.journal().await;
    let young = journal.iter().find(|entry| entry.at >= before).unwrap().seq;
    let archived = store.archive(ORGANIZATION, 0).await.unwrap();
    assert_eq!(
        archived,
        young - 1,
        "all that is older, and nothing younger"
    );
    let read = store.read(ORGANIZATION, 0, usize::MAX).await.unwrap();
    assert_eq!(
        read,
        node.store.read(ORGANIZATION, 0, usize::MAX).await.unwrap()
    );
    let grants = journal
        .iter()
        .filter(|entry| matches!(entry.fact, Fact::Hold(HoldFact::Taken(_))));
    for entry in grants.step_by(20) {
        let recorded = Recorded::Granted { seq: entry.seq };
        let replayed = tellers.replay(ORGANIZATION, &recorded).await.unwrap();
        assert_eq!(replayed.differences, [], "entry {}", entry.seq);
    }
    // One moment for both: while a thread works, paused time goes on.
    let from = before.plus_seconds(-7 * 86_400);
    let preview = previewed(&tellers, from).await;
    assert_eq!(preview, previewed(&node.tellers, from).await);
    assert!(preview.stopped > 100, "{preview:?}");
}

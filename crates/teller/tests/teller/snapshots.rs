//! A start from a snapshot is a start from the beginning, only sooner.

use std::sync::Arc;

use journal::conformance::replay;
use journal::{Store, StoredSnapshot};
use ledger::Snapshot;
use teller::{Settings, Tellers};

use crate::calls::{NOTHING, settles};
use crate::unruly::Unruly;
use crate::world::{Node, ORGANIZATION, add_credit, answered, as_usual, dollars, stays_open};

async fn kept(node: &Node) -> Option<StoredSnapshot> {
    node.store.snapshot(ORGANIZATION).await.unwrap()
}

/// Some calls come and go.
async fn is_busy(node: &Node, calls: std::ops::Range<u32>) {
    for call in calls {
        let hold = node.holds(call, dollars(1)).await;
        settles(hold, NOTHING).await;
    }
    node.book().await;
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_is_kept_every_so_many_entries() {
    let node = Node::with(dollars(10), |settings| settings.snapshot_every = 10).await;
    assert_eq!(kept(&node).await, None);
    is_busy(&node, 0..20).await;
    let head = node.book().await.head().seq;
    let snapshot = kept(&node).await.unwrap();
    assert!(head - snapshot.seq <= 12, "{} of {head}", snapshot.seq);
    let fresh = node.other_with(("b", 1), as_usual);
    assert_eq!(fresh.book().await, replay(&node.store, ORGANIZATION).await);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_is_never_ahead_of_the_journal() {
    let node = Node::with(dollars(10), |settings| settings.snapshot_every = 1).await;
    let other = node.other("b", 1);
    for call in 0..20 {
        let hold = node.holds(call, dollars(1)).await;
        other.does(add_credit(100 + call, dollars(1))).await;
        settles(hold, NOTHING).await;
        let head = node.store.head(ORGANIZATION).await.unwrap();
        let snapshot = kept(&node).await.unwrap();
        assert!(snapshot.seq <= head.seq);
        let book = Snapshot::decode(&snapshot.bytes).unwrap();
        assert_eq!(book.head().seq, snapshot.seq);
    }
    let fresh = node.other("c", 1);
    assert_eq!(fresh.book().await, replay(&node.store, ORGANIZATION).await);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_of_a_book_that_runs_ahead_waits_for_the_journal() {
    let node = Node::with_credit(dollars(10)).await;
    let settings = Settings {
        run: [9; 8],
        snapshot_every: 1,
        ..node.tellers.settings().clone()
    };
    let unruly = Unruly::refusing(1, node.store.clone());
    let tellers = Tellers::new(Arc::new(unruly), settings);
    let teller = tellers.of(ORGANIZATION).unwrap();
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    let mut first = Box::pin(teller.command(add_credit(2, dollars(1)), None));
    let _not_yet = futures_util::poll!(&mut first);
    node.store.until_asked(appends + 1).await;
    // Decided while the first is on its way; its own append will not happen.
    let mut second = Box::pin(teller.command(add_credit(3, dollars(1)), None));
    assert!(stays_open(&mut second).await);
    stall.release();
    answered(first).await.unwrap();
    answered(second).await.unwrap_err();
    let left = answered(teller.ask(|book, _now| book.balance().left)).await;
    assert_eq!(left.unwrap(), dollars(11));
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_is_kept_at_the_end() {
    let node = Node::with_credit(dollars(10)).await;
    is_busy(&node, 0..5).await;
    assert_eq!(kept(&node).await, None);
    let book = node.book().await;
    node.tellers.stop().await;
    let snapshot = kept(&node).await.unwrap();
    assert_eq!(Snapshot::decode(&snapshot.bytes).unwrap(), book);
    let again = node.other("a", 1);
    assert_eq!(again.book().await, book);
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_was_only_read_gets_its_snapshot_at_the_end() {
    let node = Node::with_credit(dollars(10)).await;
    is_busy(&node, 0..5).await;
    let other = node.other("b", 1);
    let book = other.book().await;
    other.tellers.stop().await;
    let snapshot = kept(&node).await.unwrap();
    assert_eq!(Snapshot::decode(&snapshot.bytes).unwrap(), book);
}

#[tokio::test(start_paused = true)]
async fn two_busy_nodes_keep_snapshots_too() {
    let node = Node::with(dollars(100), |settings| settings.snapshot_every = 10).await;
    let other = node.other_with(("b", 1), |settings| settings.snapshot_every = 10);
    for call in 0..50 {
        drop(node.holds(call * 2, dollars(1)).await);
        drop(other.holds(call * 2 + 1, dollars(1)).await);
    }
    let snapshot = kept(&node).await.expect("one was kept");
    let head = node.book().await.head().seq;
    assert!(head - snapshot.seq <= 20, "{} of {head}", snapshot.seq);
}

#[tokio::test(start_paused = true)]
async fn an_unusable_snapshot_is_not_used() {
    let node = Node::with_credit(dollars(10)).await;
    is_busy(&node, 0..5).await;
    let book = node.book().await;
    let good = Snapshot::encode(&book);
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let mut newer = good.clone();
    newer[0] = 200;
    for bytes in [Vec::new(), flipped, newer, good[..good.len() / 2].to_vec()] {
        let snapshot = StoredSnapshot {
            seq: book.head().seq,
            bytes,
        };
        let put = node.store.put_snapshot(ORGANIZATION, snapshot);
        put.await.unwrap();
        assert_eq!(node.other("b", 1).book().await, book);
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_passed_by_a_snapshot_reads_on() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other_with(("b", 1), |settings| settings.snapshot_every = 5);
    is_busy(&other, 0..20).await;
    let snapshot = kept(&node).await.unwrap();
    assert!(snapshot.seq > 4);
    let hold = node.holds(100, dollars(10)).await;
    settles(hold, NOTHING).await;
    assert_eq!(node.book().await, replay(&node.store, ORGANIZATION).await);
}

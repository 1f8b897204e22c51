//! A store that lost or changed what it had acknowledged: an organization stops until a person has looked.

use std::time::Duration;

use journal::Store;
use ledger::{DirectoryCommand, Snapshot};

use crate::calls::unanswered;
use crate::world::{KEY, Node, ORGANIZATION, add_credit, as_usual, dollars, passes};

/// Nothing is answered, and nothing written.
async fn is_halted(node: &Node, because: &str) {
    let head = node.store.head(ORGANIZATION).await.unwrap();
    for call in 0..3 {
        let why = unanswered(node.asks_for(call, dollars(1))).await;
        assert!(why.contains(because), "{why}");
        let why = node.ask_book().await.unwrap_err().to_string();
        assert!(why.contains(because), "{why}");
        let command = add_credit(99, dollars(1));
        let why = node.command(command).await.unwrap_err().to_string();
        assert!(why.contains(because), "{why}");
        passes(Duration::from_secs(600)).await;
    }
    assert_eq!(node.store.head(ORGANIZATION).await.unwrap(), head);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_rolled_back_halts() {
    let node = Node::with_credit(dollars(10)).await;
    node.store.roll_back(ORGANIZATION, 1);
    is_halted(&node, "the store has rolled back: it does not have entry 4").await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_rolled_back_and_went_on_halts() {
    let node = Node::with_credit(dollars(10)).await;
    node.store.roll_back(ORGANIZATION, 1);
    let other = node.other("b", 1);
    other.does(add_credit(2, dollars(1))).await;
    other.does(add_credit(3, dollars(1))).await;
    is_halted(&node, "the store has rolled back").await;
    other.does(add_credit(4, dollars(1))).await;
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_is_gone_halts() {
    let node = Node::with_credit(dollars(10)).await;
    node.store.roll_back(ORGANIZATION, 1_000);
    is_halted(&node, "the store has rolled back").await;
}

#[tokio::test(start_paused = true)]
async fn a_halted_book_does_not_leave_memory_and_come_back_as_if_nothing_were() {
    let node = Node::with(dollars(10), |settings| {
        settings.idle_after = Duration::from_secs(60);
    })
    .await;
    node.store.roll_back(ORGANIZATION, 1);
    is_halted(&node, "the store has rolled back").await;
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_told_why_when_a_store_has_rolled_back() {
    let node = Node::with_credit(dollars(10)).await;
    let _hold = node.holds(1, dollars(10)).await;
    let waiting = node.asks_for(2, dollars(5));
    node.store.roll_back(ORGANIZATION, 1);
    node.ask_book().await.unwrap_err();
    let why = unanswered(waiting).await;
    assert!(why.contains("the store has rolled back"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn a_damaged_entry_halts() {
    for seq in 1..=5 {
        let node = Node::with_credit(dollars(10)).await;
        node.does(add_credit(2, dollars(1))).await;
        assert!(node.store.damage(ORGANIZATION, seq));
        let other = node.other("b", 1);
        is_halted(&other, "of the journal ").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_last_entry_that_says_another_thing_than_was_appended_halts() {
    let node = Node::with_credit(dollars(10)).await;
    let freeze = DirectoryCommand::FreezeKey {
        id: KEY,
        reason: "leaked".into(),
    };
    node.does(freeze).await;
    assert!(node.store.damage(ORGANIZATION, 5));
    let other = node.other("b", 1);
    is_halted(&other, "entry 5 of the journal is not the one").await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_entry_halts() {
    let node = Node::with_credit(dollars(10)).await;
    assert!(node.store.lose(ORGANIZATION, 2));
    let other = node.other("b", 1);
    is_halted(&other, "is damaged").await;
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_of_entries_that_the_journal_lost_halts() {
    let node = Node::with_credit(dollars(10)).await;
    let book = node.book().await;
    let snapshot = journal::StoredSnapshot {
        seq: book.head().seq,
        bytes: Snapshot::encode(&book),
    };
    node.store.roll_back(ORGANIZATION, 1);
    node.store
        .put_snapshot(ORGANIZATION, snapshot)
        .await
        .unwrap();
    let fresh = node.other_with(("b", 1), as_usual);
    is_halted(&fresh, "the store has rolled back").await;
}

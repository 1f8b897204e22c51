//! Rollbacks of a cluster as the simulation found them: snapshots of what is lost, nodes that mend what others miss, and
//! what was done again before a person accepted.

use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;
use ids::LotId;
use journal::{Store, StoredSnapshot};
use ledger::{
    Book, Cause, ChargeBack, Command, IdempotencyKey, LimitTerms, Measure, Scope, Snapshot, Window,
};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::calls::costs;
use crate::restored::{behind_a_gap, much_happens, rolled_back};
use crate::unruly::Unruly;
use crate::world::{LIMIT, Node, ORGANIZATION, add_credit, dollars};

/// Keeps a snapshot of this Book, as a node does that has not heard yet of the store's rolling back.
async fn keeps_snapshot_of(node: &Node, book: &Book) {
    let snapshot = StoredSnapshot {
        seq: book.head().seq,
        bytes: Snapshot::encode(book),
    };
    let kept = node.store.put_snapshot(ORGANIZATION, snapshot).await;
    kept.unwrap();
}

#[tokio::test]
async fn a_snapshot_of_what_was_lost_does_not_keep_it_from_being_appended_again() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let backup = node.store.save();
    much_happens(&node).await;
    let (journal, book) = (node.journal().await, node.book().await);
    node.store.restore(backup);
    keeps_snapshot_of(&node, &book).await;

    // Who remembers nothing knows of the loss from the snapshot alone.
    rolled_back(&node.other("b", 1)).await;
    let next = node.next_run(folder.path(), 2);
    assert_eq!(next.book().await.spent_ever(), dollars(2 + 1));
    assert_eq!(next.journal().await[..journal.len()], journal[..]);
    node.other("b", 2).book().await;
}

#[tokio::test]
async fn an_accepted_gap_leaves_no_snapshot_of_what_is_lost() {
    let folder = TempDir::new().unwrap();
    let (node, book) = behind_a_gap(folder.path()).await;
    keeps_snapshot_of(&node, &book).await;
    let why = rolled_back(&node).await;
    let last = node.tellers.rollback(ORGANIZATION).await.unwrap();
    assert_eq!(last.unwrap().rolled_back.acknowledged, why.acknowledged);
    node.tellers
        .accept_rollback(ORGANIZATION, why.acknowledged)
        .await
        .unwrap();
    assert_eq!(node.book().await.spent_ever(), dollars(4));
    assert_eq!(node.other("b", 1).book().await, node.book().await);
}

#[tokio::test]
async fn a_loss_that_only_a_snapshot_tells_of_can_be_accepted() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let other = node.other("b", 1);
    other.does(add_credit(2, dollars(5))).await;
    let book = other.book().await;
    node.store.roll_back(ORGANIZATION, 1);
    keeps_snapshot_of(&other, &book).await;
    let next = node.next_run(folder.path(), 2);
    let why = rolled_back(&next).await;
    assert_eq!(why.acknowledged, 5);
    let accepted = next.tellers.accept_rollback(ORGANIZATION, 5).await.unwrap();
    assert_eq!((accepted.remembered, accepted.restorable), (0, 0));
    assert_eq!(next.book().await.balance().added, dollars(10));
}

#[tokio::test]
async fn a_node_that_is_stopped_goes_on_once_another_has_appended_again_what_it_missed() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let node = Node::remembering(one.path(), dollars(10)).await;
    let backup = node.store.save();
    node.does(add_credit(2, dollars(5))).await;
    let journal = node.journal().await;
    // It came later and knows of the last entry, and not what it says.
    let other = node.other_remembering(two.path(), "b");
    other.book().await;
    node.store.restore(backup);
    rolled_back(&other).await;
    node.book().await;
    assert_eq!(node.journal().await, journal);

    rolled_back(&other).await;
    let seen = other.tellers.rollback(ORGANIZATION).await.unwrap();
    assert!(seen.is_none(), "{seen:?}");
    assert_eq!(other.book().await, node.book().await);
    assert!(other.tellers.rolled_back().is_empty());
}

#[tokio::test]
async fn what_was_asked_for_again_under_its_idempotency_key_is_not_restored_beside_it() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let backup = node.store.save();
    let charge_back = Command::ChargeBack(ChargeBack {
        lot: LotId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        amount: dollars(2),
        note: "".into(),
    });
    let cause = Cause {
        actor: "somebody".into(),
        idempotency: Some(IdempotencyKey {
            key: [5; 32],
            request: [6; 32],
        }),
    };
    let asked = || (charge_back.clone(), Some(cause.clone()));
    let (command, by) = asked();
    node.teller.command(command, by).await.unwrap();
    node.does(add_credit(2, dollars(1))).await;
    node.store.restore(backup);

    // Somebody who heard nothing asks again, of a node that knows nothing.
    let (command, by) = asked();
    let other = node.other("b", 1);
    other.teller.command(command, by).await.unwrap();
    let why = rolled_back(&node).await;
    let accepted = node
        .tellers
        .accept_rollback(ORGANIZATION, why.acknowledged)
        .await
        .unwrap();
    assert_eq!((accepted.remembered, accepted.restorable), (6, 1));
    let balance = node.book().await.balance();
    assert_eq!((balance.added, balance.voided), (dollars(11), dollars(2)));
}

#[tokio::test]
async fn a_call_that_was_decided_again_since_is_not_charged_a_second_time() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let backup = node.store.save();
    drop(node.holds(1, dollars(4)).await);
    node.store.restore(backup);
    // Its caller heard nothing and asks another node, where it is charged and forgotten.
    let other = node.other("b", 1);
    let call = other.holds(1, dollars(4)).await;
    call.settle(costs(dollars(1))).await.unwrap();
    other.book().await;
    let why = rolled_back(&node).await;
    node.tellers
        .accept_rollback(ORGANIZATION, why.acknowledged)
        .await
        .unwrap();
    let book = node.book().await;
    assert_eq!(
        (book.spent_ever(), book.holds().count()),
        (dollars(1), 0),
        "{:?}",
        book.balance()
    );
}

#[tokio::test]
async fn what_was_said_of_a_call_that_is_left_out_is_left_out_with_it() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let of_tokens = LimitTerms {
        measure: Measure::Tokens,
        ..LimitTerms::hard_limit(LIMIT, Scope::Organization, dollars(1), Window::Total)
    };
    node.does(Command::CreateLimit(of_tokens)).await;
    let backup = node.store.save();
    drop(node.holds(1, dollars(4)).await);
    node.store.restore(backup);
    // Its caller heard nothing and asks another node; so what is remembered of the call is not appended again.
    let other = node.other("b", 1);
    let call = other.holds(1, dollars(4)).await;
    call.settle(costs(dollars(1))).await.unwrap();
    other.does(Command::DeleteLimit { id: LIMIT }).await;
    let why = rolled_back(&node).await;
    node.tellers
        .accept_rollback(ORGANIZATION, why.acknowledged)
        .await
        .unwrap();
    // Nothing is said of the next call, which no limit looks at.
    drop(node.holds(2, dollars(2)).await);
    assert_eq!(node.book().await.holds().count(), 1);
}

#[tokio::test]
async fn a_reading_that_was_overtaken_does_not_forget_what_the_node_was_told_meanwhile() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let (go_on, until) = oneshot::channel();
    let late = Arc::new(Unruly::reading_late(until, node.store.other_node()));
    let beside = node.beside(Arc::<Unruly>::clone(&late));
    let mut asked = pin!(beside.ask(|book, _now| book.balance().added));
    // It has read the journal, and has not heard yet what that says.
    assert!(asked.as_mut().now_or_never().is_none());
    while late.reads() == 0 {
        tokio::task::yield_now().await;
    }
    node.does(add_credit(2, dollars(5))).await;
    let journal = node.journal().await;
    node.store.roll_back(ORGANIZATION, 1);
    go_on.send(()).unwrap();

    let first = asked.await;
    assert!(first.is_err(), "{first:?}");
    let next = beside.ask(|book, _now| book.balance().added).await;
    assert_eq!(next.unwrap(), dollars(15));
    assert_eq!(node.journal().await, journal);
}

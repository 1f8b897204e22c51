//! A store that rolled back, and a node that remembers what it had acknowledged.
//!
//! What remembers is a real file and a thread, so time is real here; nothing waits for it to pass.

use std::path::{Path, PathBuf};

use ids::KeyId;
use ledger::{Book, DirectoryCommand, Fact, HoldFact, KeyState, PresumeReason};
use teller::{AcceptError, RolledBack, Unavailable, Unmendable};
use tempfile::TempDir;

use crate::calls::{costs, refused, unanswered};
use crate::world::{
    KEY, LIMIT, Node, ORGANIZATION, add_credit, change_limit, dollars, key, nothing_is_lost,
    set_limit,
};

/// A key was made and another one revoked, a limit lowered, credit added, a call charged and another one held.
pub(crate) async fn much_happens(node: &Node) {
    node.does(set_limit(dollars(8))).await;
    node.does(DirectoryCommand::CreateKey(key(9))).await;
    node.does(DirectoryCommand::RevokeKey { id: KEY_OF_NINE })
        .await;
    node.does(change_limit(dollars(6))).await;
    node.does(add_credit(2, dollars(5))).await;
    let call = node.holds(1, dollars(3)).await;
    call.settle(costs(dollars(2))).await.unwrap();
    drop(node.holds(2, dollars(1)).await);
    node.book().await;
}

const KEY_OF_NINE: KeyId = KeyId::from_bytes([9; 16]);

pub(crate) async fn rolled_back(node: &Node) -> RolledBack {
    match node.ask_book().await.unwrap_err() {
        Unavailable::RolledBack(why) => RolledBack::clone(&why),
        other @ Unavailable::NoAnswer(_) => panic!("{other}"),
    }
}

/// The one file that a folder has of this kind.
fn files(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == suffix)
        })
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn what_a_restored_backup_lacks_is_appended_again_bit_for_bit_before_anything_is_answered() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let backup = node.store.save();
    much_happens(&node).await;
    let (journal, book) = (node.journal().await, node.book().await);
    node.store.restore(backup);

    let next = node.next_run(folder.path(), 2);
    let restored = next.book().await;
    assert_eq!(next.journal().await[..journal.len()], journal[..]);
    assert_eq!(book.spent_ever(), dollars(2));
    assert_eq!(restored.spent_ever(), dollars(2 + 1));
    assert_eq!(restored.limit(LIMIT).unwrap().amount.usd(), dollars(6));
    let state = &restored.key(KEY_OF_NINE).unwrap().state;
    assert!(matches!(state, KeyState::Revoked { .. }), "{state:?}");
    // The call that was running is presumed, as after any end of a process; and only once.
    let presumed = next.journal().await.split_off(journal.len());
    let [entry] = &presumed[..] else {
        panic!("{presumed:?}")
    };
    let fact = &entry.fact;
    assert!(
        matches!(fact, Fact::Hold(HoldFact::Presumed { reason, .. }) if *reason == PresumeReason::HolderGone),
        "{fact:?}"
    );
    nothing_is_lost(&restored);
    assert_eq!(
        next.tellers
            .rollback(ORGANIZATION)
            .await
            .unwrap()
            .map(|_| ()),
        None
    );
}

#[tokio::test]
async fn a_whole_journal_that_is_gone_comes_back_at_the_start() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let journal = node.journal().await;
    node.store.roll_back(ORGANIZATION, 1_000);
    assert!(node.journal().await.is_empty());
    let next = node.next_run(folder.path(), 2);
    next.tellers.presume_earlier_boots().await.unwrap();
    assert_eq!(next.journal().await, journal);
}

#[tokio::test]
async fn a_store_that_rolls_back_under_a_running_node_is_mended_by_it() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let call = node.holds(1, dollars(4)).await;
    let journal = node.journal().await;
    node.store.roll_back(ORGANIZATION, 2);
    assert!(node.journal().await.len() < journal.len());
    // Nobody but this node knows of the hold; its call goes on and is charged.
    call.settle(costs(dollars(3))).await.unwrap();
    assert_eq!(node.book().await.spent_ever(), dollars(3));
    assert_eq!(node.journal().await[..journal.len()], journal[..]);
    nothing_is_lost(&node.book().await);
}

#[tokio::test]
async fn a_store_that_is_ahead_of_what_is_remembered_has_not_rolled_back() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let other = node.other("b", 1);
    other.does(add_credit(2, dollars(1))).await;
    let journal = node.journal().await;
    // What another node appended was read, and is remembered from then on.
    let next = node.next_run(folder.path(), 2);
    next.book().await;
    node.store.roll_back(ORGANIZATION, 2);
    let third = node.next_run(folder.path(), 3);
    third.book().await;
    assert_eq!(third.journal().await, journal);
}

#[tokio::test]
async fn a_file_cut_anywhere_mends_as_far_as_it_reaches_and_never_keeps_a_sound_store_from_starting()
 {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let backup = node.store.save();
    much_happens(&node).await;
    let journal = node.journal().await;
    let sound = node.store.save();
    let file = files(folder.path(), "acknowledged").remove(0);
    let whole = std::fs::read(&file).unwrap();
    for length in (0..whole.len()).step_by(97) {
        for bytes in [whole[..length].to_vec(), {
            let mut flipped = whole.clone();
            flipped[length] ^= 4;
            flipped
        }] {
            let damaged = TempDir::new().unwrap();
            let place = damaged.path().join(file.file_name().unwrap());
            std::fs::write(&place, &bytes).unwrap();
            node.store.restore(sound.clone());
            node.next_run(damaged.path(), 2).book().await;

            std::fs::write(&place, &bytes).unwrap();
            files(damaged.path(), "acknowledged")[1..]
                .iter()
                .for_each(|newer| std::fs::remove_file(newer).unwrap());
            node.store.restore(backup.clone());
            let next = node.next_run(damaged.path(), 3);
            let answered = next.ask_book().await;
            let stands = next.journal().await;
            // Whatever was appended again is what had stood there; only what follows is new.
            let common = stands.iter().zip(&journal).take_while(|(a, b)| a == b);
            let common = common.count();
            let new = &stands[common..];
            assert!(
                new.len() <= 1 && answered.is_ok() || new.is_empty(),
                "{length}: {new:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_gap_halts_one_organization_with_one_sentence_and_nothing_is_appended() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let backup = node.store.save();
    node.does(add_credit(2, dollars(5))).await;
    forget(folder.path());
    let next = node.next_run(folder.path(), 2);
    next.does(add_credit(3, dollars(1))).await;
    node.store.restore(backup);

    let third = node.next_run(folder.path(), 3);
    third.tellers.presume_earlier_boots().await.unwrap();
    let why = rolled_back(&third).await;
    assert_eq!(why.because, Unmendable::Gap { from: 6 });
    assert_eq!(&*why.found.as_ref().unwrap().name, "Acme");
    assert!(
        why.to_string()
            .contains("entries 5 to 5 are remembered nowhere, those from 6 on are"),
        "{why}"
    );
    assert_eq!(third.journal().await.len(), 4);
    let call = third.asks_for(1, dollars(1));
    assert!(unanswered(call).await.contains("the store has rolled back"));
}

/// What was remembered until now, lost.
fn forget(folder: &Path) {
    for file in files(folder, "acknowledged") {
        std::fs::remove_file(file).unwrap();
    }
}

/// A node whose credit of 5 dollars (entry 5) nobody remembers, and everything that happened after it is lost.
pub(crate) async fn behind_a_gap(folder: &Path) -> (Node, Book) {
    let node = Node::remembering(folder, dollars(10)).await;
    let backup = node.store.save();
    node.does(add_credit(2, dollars(5))).await;
    forget(folder);
    let next = node.next_run(folder, 2);
    much_happens_again(&next).await;
    let book = next.book().await;
    node.store.restore(backup);
    (node.next_run(folder, 3), book)
}

async fn much_happens_again(node: &Node) {
    node.does(set_limit(dollars(8))).await;
    node.does(DirectoryCommand::RevokeKey { id: KEY }).await;
    node.does(DirectoryCommand::CreateKey(key(9))).await;
    node.does(change_limit(dollars(6))).await;
    let ask = ledger::TakeHold {
        key: KEY_OF_NINE,
        ..node.ask(1, crate::calls::fixed(dollars(5)))
    };
    let (call, _) = crate::calls::granted(node.asks(ask)).await;
    call.settle(costs(dollars(4))).await.unwrap();
    node.book().await;
}

#[tokio::test]
async fn an_accepted_gap_gets_what_is_remembered_as_entries_of_its_own_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let (node, book) = behind_a_gap(folder.path()).await;
    rolled_back(&node).await;
    let seen = node.tellers.rollback(ORGANIZATION).await.unwrap().unwrap();
    assert_eq!((seen.calls.taken, seen.calls.charged), (1, 1));
    assert_eq!(seen.calls.spent, dollars(4));
    assert_eq!(seen.calls.spent_not_restorable, dollars(0));
    assert_eq!(seen.changes.len(), 4, "{:?}", seen.changes);
    assert_eq!(node.journal().await.len(), 4, "looking changes nothing");

    let acknowledged = seen.rolled_back.acknowledged;
    let wrong = node.tellers.accept_rollback(ORGANIZATION, 5).await;
    assert!(matches!(wrong, Err(AcceptError::Another(last)) if last == acknowledged));
    node.tellers
        .accept_rollback(ORGANIZATION, acknowledged)
        .await
        .unwrap();
    let restored = node.book().await;
    assert_eq!(restored.spent_ever(), book.spent_ever());
    assert_eq!(restored.limit(LIMIT).unwrap().amount.usd(), dollars(6));
    assert_eq!(restored.limit(LIMIT).unwrap().count.spent.usd(), dollars(4));
    assert_eq!(restored.balance().added, dollars(10), "entry 5 is nowhere");
    nothing_is_lost(&restored);
    assert!(matches!(
        refused(node.asks_at_once(7, dollars(1))).await,
        ledger::Refusal::Key(_)
    ));
    let causes = node
        .journal()
        .await
        .into_iter()
        .filter_map(|entry| entry.cause);
    let causes: Vec<_> = causes.map(|cause| cause.actor).collect();
    assert!(
        causes.contains(&"restored from entry 10".into()),
        "{causes:?}"
    );
    assert_eq!(files(folder.path(), "entries").len(), 1);
    // It is over: neither again nor at the next start.
    let again = node
        .tellers
        .accept_rollback(ORGANIZATION, acknowledged)
        .await;
    assert!(
        matches!(again, Err(AcceptError::NotRolledBack)),
        "{again:?}"
    );
    let next = node.next_run(folder.path(), 4);
    assert_eq!(next.book().await.spent_ever(), dollars(4));
}

#[tokio::test]
async fn where_the_journal_went_on_by_itself_the_stricter_state_wins() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    node.does(set_limit(dollars(8))).await;
    node.does(DirectoryCommand::CreateKey(key(9))).await;
    let frozen = DirectoryCommand::FreezeKey {
        id: KEY_OF_NINE,
        reason: "leaked".into(),
    };
    node.does(frozen.clone()).await;
    let backup = node.store.save();
    node.does(DirectoryCommand::UnfreezeKey { id: KEY_OF_NINE })
        .await;
    node.does(change_limit(dollars(9))).await;
    node.does(DirectoryCommand::RevokeKey { id: KEY }).await;
    let call = ledger::TakeHold {
        key: KEY_OF_NINE,
        ..node.ask(1, crate::calls::fixed(dollars(5)))
    };
    let (call, _) = crate::calls::granted(node.asks(call)).await;
    call.settle(costs(dollars(5))).await.unwrap();
    node.book().await;
    node.store.restore(backup);
    let other = node.other("b", 1);
    other.does(change_limit(dollars(7))).await;
    other.does(frozen).await;
    other.does(add_credit(3, dollars(1))).await;

    let next = node.next_run(folder.path(), 2);
    let why = rolled_back(&next).await;
    assert!(
        matches!(why.because, Unmendable::Diverged { .. }),
        "{why:?}"
    );
    next.tellers
        .accept_rollback(ORGANIZATION, why.acknowledged)
        .await
        .unwrap();
    let book = next.book().await;
    let limit = book.limit(LIMIT).unwrap();
    assert_eq!(
        (limit.amount.usd(), limit.count.spent.usd()),
        (dollars(7), dollars(5))
    );
    let state = |id| book.key(id).unwrap().state.clone();
    assert!(matches!(state(KEY_OF_NINE), KeyState::Frozen { .. }));
    assert!(matches!(state(KEY), KeyState::Revoked { .. }));
    assert_eq!(book.balance().added, dollars(11));
    nothing_is_lost(&book);
    // The other node, which knew nothing of it, reads it like anything another node appended.
    assert_eq!(other.book().await.head(), book.head());
}

#[tokio::test]
async fn what_is_accepted_while_the_store_is_away_is_not_forgotten_and_can_be_asked_again() {
    let folder = TempDir::new().unwrap();
    let (node, _) = behind_a_gap(folder.path()).await;
    let why = rolled_back(&node).await;
    node.store.inject(journal::memory::Fault::AppendUnavailable);
    let away = node
        .tellers
        .accept_rollback(ORGANIZATION, why.acknowledged)
        .await;
    assert!(matches!(away, Err(AcceptError::Unavailable(_))), "{away:?}");
    rolled_back(&node).await;
    node.tellers
        .accept_rollback(ORGANIZATION, why.acknowledged)
        .await
        .unwrap();
    assert_eq!(node.book().await.spent_ever(), dollars(4));
}

#[tokio::test]
async fn what_cannot_be_taken_up_is_left_out_and_what_follows_it_is_not() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    let backup = node.store.save();
    node.does(set_limit(dollars(8))).await;
    let _call = node.holds(1, dollars(3)).await;
    forget(folder.path());
    // The call's hold and the limit are in the gap; that it is presumed is remembered, and so is what comes after.
    let second = node.next_run(folder.path(), 2);
    second.does(change_limit(dollars(7))).await;
    second.does(add_credit(2, dollars(5))).await;
    let _other = second.holds(2, dollars(4)).await;
    node.store.restore(backup);

    let next = node.next_run(folder.path(), 3);
    let acknowledged = rolled_back(&next).await.acknowledged;
    let lost = next
        .tellers
        .accept_rollback(ORGANIZATION, acknowledged)
        .await
        .unwrap();
    assert_eq!((lost.calls.charged, lost.calls.charged_unknown), (1, 1));
    let left_out = lost.changes.iter().filter(|(_, why)| why.is_some());
    assert_eq!(left_out.count(), 1, "{:?}", lost.changes);
    let book = next.book().await;
    assert_eq!(book.balance().added, dollars(15));
    assert_eq!(book.spent_ever(), dollars(4), "the other call, presumed");
    nothing_is_lost(&book);
}

#[tokio::test]
async fn what_a_lost_lot_paid_is_owed_by_another_and_not_forgotten() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(3)).await;
    let backup = node.store.save();
    node.does(add_credit(2, dollars(5))).await;
    forget(folder.path());
    let second = node.next_run(folder.path(), 2);
    let call = second.holds(1, dollars(7)).await;
    call.settle(costs(dollars(6))).await.unwrap();
    second.book().await;
    node.store.restore(backup);
    let next = node.next_run(folder.path(), 3);
    let acknowledged = rolled_back(&next).await.acknowledged;
    let accepted = next.tellers.accept_rollback(ORGANIZATION, acknowledged);
    accepted.await.unwrap();
    let book = next.book().await;
    assert_eq!(book.spent_ever(), dollars(6));
    assert_eq!(book.balance().owed, dollars(3));
    nothing_is_lost(&book);
    assert!(matches!(
        refused(next.asks_at_once(2, dollars(1))).await,
        ledger::Refusal::Money(_)
    ));
}

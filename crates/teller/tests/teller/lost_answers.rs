//! P1, P3: an append whose answer was lost has happened or not, and the same bytes again find out which.

use journal::memory::{Fault, Memory};
use ledger::{Fact, HoldFact, Outcome, ReleaseReason};

use crate::calls::{costs, granted, is_granted, settles, short, story, unanswered};
use crate::world::{Node, add_credit, dollars, nothing_is_lost, passes, stays_open};

/// The two ways to lose an answer.
const LOST: [Fault; 2] = [Fault::AnswerLost, Fault::AppendLost];

#[tokio::test(start_paused = true)]
async fn the_same_bytes_are_sent_until_some_entry_stands_there() {
    for lost in LOST {
        let node = Node::with_credit(dollars(10)).await;
        let appends = node.appends();
        node.store.inject(lost);
        node.store.inject(Fault::AppendLost);
        is_granted(node.asks_for(1, dollars(4))).await;
        let asked = &node.store.asked()[appends..];
        assert_eq!(asked.len(), 3, "{lost:?}");
        for again in asked {
            assert_eq!(again.entries, asked[0].entries, "{lost:?}");
            assert_eq!(again.after, asked[0].after, "{lost:?}");
        }
        assert_eq!(story(&node.journal().await, 1), ["taken"], "{lost:?}");
        observed_all(&node).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_happened_unheard_stands_once_also_where_another_node_appended_behind_it() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    other.book().await;
    node.store.inject(Fault::AnswerLost);
    let call = node.asks_for(1, dollars(4));
    another_appends(&node.store, &other).await;
    let (hold, _) = granted(call).await;
    let journal = node.journal().await;
    assert_eq!(story(&journal, 1), ["taken"]);
    assert!(
        matches!(journal.last().unwrap().fact, Fact::Credit(_)),
        "theirs is behind ours"
    );
    settles(hold, costs(dollars(1))).await;
    assert_eq!(node.book().await.balance().left, dollars(14));
    observed_all_of_both(&node, &other).await;
}

#[tokio::test(start_paused = true)]
async fn what_did_not_happen_is_decided_again_on_what_another_node_appended() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    other.book().await;
    node.store.inject(Fault::AppendLost);
    let call = node.asks_for(1, dollars(4));
    another_appends(&node.store, &other).await;
    is_granted(call).await;
    let journal = node.journal().await;
    assert_eq!(story(&journal, 1), ["taken"]);
    assert!(
        matches!(journal.last().unwrap().fact, Fact::Hold(_)),
        "ours is behind theirs"
    );
    observed_all_of_both(&node, &other).await;
}

#[tokio::test(start_paused = true)]
async fn a_command_is_carried_out_once_whatever_became_of_the_answer() {
    for lost in LOST {
        for behind in [false, true] {
            let node = Node::with_credit(dollars(10)).await;
            let other = node.other("b", 1);
            other.book().await;
            node.store.inject(lost);
            let mut command = Box::pin(node.command(add_credit(9, dollars(1))));
            let _not_yet = futures_util::poll!(&mut command);
            if behind {
                another_appends(&node.store, &other).await;
            }
            let outcome = command.await.unwrap();
            assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
            let expected = if behind { dollars(16) } else { dollars(11) };
            let book = node.book().await;
            assert_eq!(book.balance().left, expected, "{lost:?} {behind}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_settlement_is_neither_lost_nor_doubled() {
    for lost in LOST {
        let node = Node::with_credit(dollars(10)).await;
        let other = node.other("b", 1);
        other.book().await;
        let hold = node.holds(1, dollars(10)).await;
        node.store.inject(lost);
        settles(hold, costs(dollars(3))).await;
        another_appends(&node.store, &other).await;
        let book = node.book().await;
        assert_eq!(book.balance().spent, dollars(3), "{lost:?}");
        assert_eq!(book.balance().left, dollars(12), "{lost:?}");
        assert_eq!(story(&node.journal().await, 1), ["taken", "settled"]);
        nothing_is_lost(&book);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_answered_on_top_of_a_batch_in_doubt() {
    let node = Node::with_credit(dollars(10)).await;
    let (appends, heads) = (node.appends(), node.store.heads_asked());
    node.store.inject(Fault::AppendLost);
    let first = node.asks_for(1, dollars(10));
    node.store.until_asked(appends + 1).await;
    let stall = node.store.stall_appends();
    let mut second = node.asks_at_once(2, dollars(1));
    assert!(stays_open(&mut second).await);
    assert_eq!(node.store.heads_asked(), heads);
    stall.release();
    is_granted(first).await;
    assert!(short(second).await.transient);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_fails_leaves_the_batch_in_doubt() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    other.book().await;
    node.store.inject(Fault::AnswerLost);
    node.store.inject(Fault::AppendLost);
    node.store.inject(Fault::ReadUnavailable);
    let call = node.asks_for(1, dollars(4));
    another_appends(&node.store, &other).await;
    is_granted(call).await;
    assert_eq!(story(&node.journal().await, 1), ["taken"]);
    observed_all_of_both(&node, &other).await;
}

#[tokio::test(start_paused = true)]
async fn a_caller_is_told_when_the_doubt_lasts_and_then_holds_nothing() {
    for lost in LOST {
        let node = Node::with_credit(dollars(10)).await;
        node.store.inject(lost);
        for _try in 0..20 {
            node.store.inject(Fault::AppendUnavailable);
        }
        let call = node.asks_for(1, dollars(4));
        assert!(unanswered(call).await.contains("the store does not answer"));
        let later = node.asks_for(2, dollars(4));
        assert!(
            unanswered(later)
                .await
                .contains("the store does not answer")
        );
        passes(std::time::Duration::from_secs(60)).await;
        let journal = node.journal().await;
        assert_eq!(story(&journal, 1), ["taken", "released"], "{lost:?}");
        assert_eq!(story(&journal, 2), [""; 0], "{lost:?}");
        let released = journal.iter().find_map(|entry| match entry.fact {
            Fact::Hold(HoldFact::Released { reason, .. }) => Some(reason),
            _ => None,
        });
        assert_eq!(released, Some(ReleaseReason::NotSent));
        assert_eq!(node.book().await.balance().left, dollars(10), "{lost:?}");
        observed_all(&node).await;
    }
}

/// Another node appends while this one, whose first try is out, waits to try again.
async fn another_appends(store: &Memory, other: &Node) {
    store.until_asked(store.asked().len() + 1).await;
    other.does(add_credit(2, dollars(5))).await;
}

async fn observed_all(node: &Node) {
    assert_eq!(node.seen.entries(), node.journal().await);
}

async fn observed_all_of_both(node: &Node, other: &Node) {
    let mut both = [node.seen.entries(), other.seen.entries()].concat();
    both.sort_by_key(|entry| entry.seq);
    assert_eq!(both, node.journal().await);
}

//! P2, P5: no answer leaves a teller before the store vouched for what it rests on.

use journal::memory::Fault;
use ledger::{DirectoryCommand, KeyProblem, Patience, Refusal, TakeHold};

use crate::calls::{NOTHING, fixed, granted, is_granted, refused, settles, short, unanswered};
use crate::world::{
    KEY, Node, add_credit, answered, change_limit, dollars, key, set_limit, stays_open,
};

#[tokio::test(start_paused = true)]
async fn a_grant_is_told_only_after_its_append() {
    let node = Node::with_credit(dollars(10)).await;
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    let mut call = node.asks_for(1, dollars(1));
    assert!(stays_open(&mut call).await);
    assert_eq!(node.appends(), appends + 1, "it is on its way");
    stall.release();
    is_granted(call).await;
    assert_eq!(node.store.asked()[appends].entries.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_only_after_the_head_was_read() {
    let node = Node::with_credit(dollars(10)).await;
    let (heads, stall) = (node.store.heads_asked(), node.store.stall_heads());
    let mut call = node.asks_for(1, dollars(11));
    assert!(stays_open(&mut call).await);
    assert_eq!(node.store.heads_asked(), heads + 1);
    stall.release();
    assert!(!short(call).await.transient);
    assert_eq!(node.store.heads_asked(), heads + 1);
}

#[tokio::test(start_paused = true)]
async fn a_head_read_vouches_only_for_what_was_asked_before_it() {
    let node = Node::with_credit(dollars(10)).await;
    let (heads, stall) = (node.store.heads_asked(), node.store.stall_heads());
    let first = node.asks_for(1, dollars(11));
    node.store.until_heads_asked(heads + 1).await;
    let second = node.asks_for(2, dollars(11));
    stall.release();
    short(first).await;
    short(second).await;
    assert_eq!(node.store.heads_asked(), heads + 2);
}

#[tokio::test(start_paused = true)]
async fn one_head_read_serves_all_who_were_refused_together() {
    let node = Node::with_credit(dollars(10)).await;
    let heads = node.store.heads_asked();
    let calls: Vec<_> = (0..200)
        .map(|call| node.asks_for(call, dollars(11)))
        .collect();
    for call in calls {
        short(call).await;
    }
    assert_eq!(node.store.heads_asked(), heads + 1);
}

#[tokio::test(start_paused = true)]
async fn a_question_is_answered_from_the_head_as_it_was_read_since() {
    let node = Node::with_credit(dollars(10)).await;
    let (heads, appends) = (node.store.heads_asked(), node.appends());
    assert_eq!(node.book().await.balance().left, dollars(10));
    assert_eq!(node.store.heads_asked(), heads + 1);
    node.other("b", 1).does(add_credit(2, dollars(5))).await;
    assert_eq!(node.book().await.balance().left, dollars(15));
    assert_eq!(node.appends(), appends, "a question appends nothing");
}

#[tokio::test(start_paused = true)]
async fn a_command_that_changes_nothing_is_vouched_for_as_well() {
    let node = Node::with_credit(dollars(10)).await;
    node.does(DirectoryCommand::RevokeKey { id: KEY }).await;
    let (heads, appends) = (node.store.heads_asked(), node.appends());
    node.does(DirectoryCommand::RevokeKey { id: KEY }).await;
    assert_eq!(node.store.heads_asked(), heads + 1);
    assert_eq!(node.appends(), appends);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_waits_for_the_hold_it_rests_on() {
    let node = Node::with_credit(dollars(10)).await;
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    let first = node.asks_for(1, dollars(10));
    node.store.until_asked(appends + 1).await;
    let mut second = node.asks_at_once(2, dollars(1));
    assert!(stays_open(&mut second).await);
    stall.release();
    let (_hold, _grant) = granted(first).await;
    assert!(short(second).await.transient);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_refused_for_a_hold_that_never_became_durable() {
    let node = Node::with_credit(dollars(11)).await;
    let hold = node.holds(0, dollars(1)).await;
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    node.store.inject(Fault::AppendUnavailable);
    let first = node.asks_for(1, dollars(10));
    node.store.until_asked(appends + 1).await;
    let second = node.asks_at_once(2, dollars(1));
    // What is asked is decided in order, so the second call has been refused when this receipt comes.
    settles(hold, NOTHING).await;
    stall.release();
    unanswered(first).await;
    unanswered(second).await;
    is_granted(node.asks_for(3, dollars(10))).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_is_refused_when_credit_was_added_behind_our_back() {
    let (node, other) = two_nodes().await;
    other.does(add_credit(2, dollars(40))).await;
    is_granted(node.asks_for(1, dollars(50))).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_is_refused_when_credit_is_added_while_the_refusal_is_on_its_way() {
    let (node, other) = two_nodes().await;
    let (heads, stall) = (node.store.heads_asked(), node.store.stall_heads());
    let call = node.asks_for(1, dollars(50));
    node.store.until_heads_asked(heads + 1).await;
    other.does(add_credit(2, dollars(40))).await;
    stall.release();
    is_granted(call).await;
}

#[tokio::test(start_paused = true)]
async fn what_another_node_did_to_a_limit_or_a_key_binds_at_once() {
    let (node, other) = two_nodes().await;
    node.does(set_limit(dollars(5))).await;
    short(node.asks_for(1, dollars(6))).await;
    other.does(change_limit(dollars(6))).await;
    let (hold, _) = granted(node.asks_for(2, dollars(6))).await;
    drop(hold);
    other.does(change_limit(dollars(1))).await;
    short(node.asks_at_once(3, dollars(1))).await;
    other.does(change_limit(dollars(9))).await;
    let freeze = DirectoryCommand::FreezeKey {
        id: KEY,
        reason: "leaked".into(),
    };
    other.does(freeze).await;
    let frozen = refused(node.asks_for(4, dollars(1))).await;
    assert!(
        matches!(frozen, Refusal::Key(KeyProblem::Frozen(_))),
        "{frozen:?}"
    );
    other.does(DirectoryCommand::UnfreezeKey { id: KEY }).await;
    is_granted(node.asks_for(5, dollars(1))).await;
    other.does(DirectoryCommand::RevokeKey { id: KEY }).await;
    let revoked = refused(node.asks_for(6, dollars(1))).await;
    assert!(
        matches!(revoked, Refusal::Key(KeyProblem::Revoked)),
        "{revoked:?}"
    );
    other.does(DirectoryCommand::CreateKey(key(9))).await;
    let new = TakeHold {
        key: key(9).id,
        ..node.ask(7, fixed(dollars(1)))
    };
    is_granted(node.asks(new)).await;
}

#[tokio::test(start_paused = true)]
async fn a_try_is_refused_at_once_and_without_the_store() {
    let node = Node::with_credit(dollars(10)).await;
    let heads = node.store.heads_asked();
    let _appends = node.store.stall_appends();
    let _heads = node.store.stall_heads();
    let call = node.asks(TakeHold {
        patience: Patience::Try,
        ..node.ask(1, fixed(dollars(11)))
    });
    assert_eq!(short(call).await.needed, dollars(11));
    assert_eq!(node.store.heads_asked(), heads);
}

#[tokio::test(start_paused = true)]
async fn a_try_that_is_granted_is_durable() {
    let node = Node::with_credit(dollars(10)).await;
    let stall = node.store.stall_appends();
    let mut call = node.asks(TakeHold {
        patience: Patience::Try,
        ..node.ask(1, fixed(dollars(10)))
    });
    assert!(stays_open(&mut call).await);
    stall.release();
    is_granted(call).await;
}

/// Two nodes that both know of $10.
async fn two_nodes() -> (Node, Node) {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    let both = futures_util::future::join(node.book(), other.book());
    let (mine, theirs) = answered(both).await;
    assert_eq!(mine, theirs);
    (node, other)
}

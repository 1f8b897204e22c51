//! Holds of calls that live, that crashed, and that went away.

use std::time::Duration;

use ledger::{Fact, HoldFact, PresumeReason};

use crate::calls::{NOTHING, costs, granted, id, settles, short, story};
use crate::world::{HOLD, Node, dollars, passes, stays_open};

#[tokio::test(start_paused = true)]
async fn a_start_presumes_holds_of_earlier_boots_of_this_node_only() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    let _earlier = node.holds(1, dollars(1)).await;
    let _theirs = other.holds(2, dollars(1)).await;
    let again = node.other("a", 2);
    again.tellers.presume_earlier_boots().await.unwrap();
    let _own = again.holds(3, dollars(1)).await;
    let book = again.book().await;
    assert_eq!(
        book.presumed().map(|(id, _)| *id).collect::<Vec<_>>(),
        [id(1)]
    );
    assert_eq!(
        book.holds().map(|(id, _)| *id).collect::<Vec<_>>(),
        [id(2), id(3)]
    );
    let reason = again
        .journal()
        .await
        .iter()
        .find_map(|entry| match entry.fact {
            Fact::Hold(HoldFact::Presumed { reason, .. }) => Some(reason),
            _ => None,
        });
    assert_eq!(reason, Some(PresumeReason::HolderGone));
}

#[tokio::test(start_paused = true)]
async fn a_book_that_is_read_again_keeps_its_own_holds() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(1)).await;
    drop(node.other("b", 1).holds(2, dollars(1)).await);
    let _conflict = node.holds(3, dollars(1)).await;
    assert_eq!(node.book().await.presumed().count(), 0);
    assert_eq!(settles(hold, NOTHING).await.overrun, dollars(0));
}

#[tokio::test(start_paused = true)]
async fn thousands_of_holds_of_an_earlier_boot_are_presumed() {
    let node = Node::with_credit(dollars(10)).await;
    let calls: Vec<_> = (0..2_500)
        .map(|call| node.asks_for(call, money::Nanos::new(1)))
        .collect();
    for call in calls {
        drop(granted(call).await);
    }
    let again = node.other("a", 2);
    again.tellers.presume_earlier_boots().await.unwrap();
    // One batch presumes a thousand; the next follows by itself.
    passes(Duration::from_secs(1)).await;
    let book = again.book().await;
    assert_eq!((book.holds().count(), book.presumed().count()), (0, 2_500));
}

#[tokio::test(start_paused = true)]
async fn the_hold_of_a_living_call_is_renewed() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    other.book().await;
    let hold = node.holds(1, dollars(1)).await;
    passes(HOLD * 20).await;
    let book = other.book().await;
    let (_, kept) = book.holds().next().unwrap();
    assert!(kept.deadline > node.now());
    let journal = node.journal().await;
    assert!(!story(&journal, 1).contains(&"presumed"));
    assert!(story(&journal, 1).len() > 20, "renewed again and again");
    settles(hold, costs(dollars(1))).await;
    assert_eq!(node.book().await.balance().left, dollars(9));
}

#[tokio::test(start_paused = true)]
async fn the_hold_of_a_crashed_call_is_presumed_after_its_deadline_and_not_before() {
    let node = Node::with_credit(dollars(10)).await;
    drop(node.holds(1, dollars(4)).await);
    passes(HOLD - Duration::from_secs(1)).await;
    assert_eq!(story(&node.journal().await, 1), ["taken"]);
    passes(HOLD / 3 + Duration::from_secs(2)).await;
    assert_eq!(story(&node.journal().await, 1), ["taken", "presumed"]);
    let balance = node.book().await.balance();
    assert_eq!((balance.spent, balance.held), (dollars(4), dollars(0)));
}

#[tokio::test(start_paused = true)]
async fn the_hold_of_a_dead_node_is_presumed_by_another_one_at_its_deadline() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(4)).await;
    let other = node.other("b", 1);
    other.book().await;
    // The first node does not reach the store any more.
    let _cut_off = node.store.stall_appends();
    let _from_heads = node.store.stall_heads();
    passes(HOLD - Duration::from_secs(1)).await;
    assert_eq!(other.book().await.presumed().count(), 0);
    passes(HOLD).await;
    assert_eq!(other.book().await.presumed().count(), 1);
    drop(hold);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_reads_a_book_presumes_what_is_overdue_at_once() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(4)).await;
    let _cut_off = node.store.stall_appends();
    passes(HOLD).await;
    let other = node.other("b", 1);
    other.book().await;
    assert_eq!(other.book().await.presumed().count(), 1);
    drop(hold);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_ends_after_it_was_presumed_corrects_its_charge() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(4)).await;
    let again = node.other("a", 2);
    again.tellers.presume_earlier_boots().await.unwrap();
    assert_eq!(again.book().await.balance().spent, dollars(4));
    settles(hold, costs(dollars(1))).await;
    assert_eq!(node.book().await.balance().spent, dollars(1));
    assert_eq!(
        story(&node.journal().await, 1),
        ["taken", "presumed", "corrected"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_away_before_it_is_looked_at_leaves_no_trace() {
    let node = Node::with_credit(dollars(10)).await;
    drop(node.asks_for(1, dollars(4)));
    assert_eq!(node.book().await.balance().held, dollars(0));
    assert_eq!(story(&node.journal().await, 1), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_away_while_it_waits_holds_nothing() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(10)).await;
    let waiting = node.asks_for(2, dollars(10));
    node.book().await;
    drop(waiting);
    settles(hold, NOTHING).await;
    assert_eq!(node.book().await.balance().left, dollars(10));
    assert_eq!(story(&node.journal().await, 2), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_away_before_its_grant_is_told_holds_nothing() {
    let node = Node::with_credit(dollars(10)).await;
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    let call = node.asks_for(1, dollars(10));
    node.store.until_asked(appends + 1).await;
    drop(call);
    stall.release();
    let next = granted(node.asks_for(2, dollars(10))).await;
    assert_eq!(story(&node.journal().await, 1), ["taken", "released"]);
    drop(next);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_away_after_its_grant_was_told_and_before_it_heard_holds_nothing() {
    let node = Node::with_credit(dollars(10)).await;
    let call = node.asks_for(1, dollars(10));
    // The answer is there, and nobody has taken it.
    node.book().await;
    assert_eq!(story(&node.journal().await, 1), ["taken"]);
    drop(call);
    assert_eq!(node.book().await.balance().left, dollars(10));
    assert_eq!(story(&node.journal().await, 1), ["taken", "released"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_ends_is_told_before_its_settlement_is_durable() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(4)).await;
    let stall = node.store.stall_appends();
    let receipt = settles(hold, costs(dollars(6))).await;
    assert_eq!((receipt.charged, receipt.overrun), (dollars(6), dollars(2)));
    let mut question = Box::pin(node.ask_book());
    assert!(stays_open(&mut question).await, "a figure is not");
    stall.release();
    assert_eq!(question.await.unwrap().balance().spent, dollars(6));
    assert!(!short(node.asks_for(2, dollars(5))).await.transient);
}

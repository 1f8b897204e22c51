//! A store that is away: callers are told, and what has happened is not forgotten.

use std::time::Duration;

use journal::memory::Fault;

use crate::calls::{costs, is_granted, settles, short, story, unanswered};
use crate::world::{HOLD, Node, add_credit, dollars, passes, stays_open};

#[tokio::test(start_paused = true)]
async fn a_call_is_told_that_the_store_is_away_and_served_when_it_is_back() {
    let node = Node::with_credit(dollars(10)).await;
    node.store.inject(Fault::AppendUnavailable);
    let why = unanswered(node.asks_for(1, dollars(4))).await;
    assert!(why.contains("the store does not answer"), "{why}");
    is_granted(node.asks_for(2, dollars(10))).await;
    let journal = node.journal().await;
    assert_eq!(story(&journal, 1), [""; 0]);
    assert_eq!(story(&journal, 2), ["taken"]);
}

#[tokio::test(start_paused = true)]
async fn without_a_head_nobody_is_refused_and_no_question_answered() {
    let node = Node::with_credit(dollars(10)).await;
    node.store.inject(Fault::HeadUnavailable);
    unanswered(node.asks_for(1, dollars(11))).await;
    node.store.inject(Fault::HeadUnavailable);
    node.ask_book().await.unwrap_err();
    short(node.asks_for(1, dollars(11))).await;
}

#[tokio::test(start_paused = true)]
async fn a_book_that_cannot_be_read_is_read_later() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    other.store.inject(Fault::ReadUnavailable);
    other.store.inject(Fault::ReadUnavailable);
    unanswered(other.asks_for(1, dollars(1))).await;
    unanswered(other.asks_for(2, dollars(1))).await;
    is_granted(other.asks_for(3, dollars(1))).await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stays_away_is_not_asked_all_the_time() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(10)).await;
    for _try in 0..10_000 {
        node.store.inject(Fault::AppendUnavailable);
    }
    settles(hold, costs(dollars(3))).await;
    let appends = node.appends();
    passes(Duration::from_secs(1)).await;
    let tries = node.appends() - appends;
    assert!((1..=60).contains(&tries), "{tries} tries in a second");
}

#[tokio::test(start_paused = true)]
async fn a_settlement_is_appended_when_the_store_is_back_without_being_asked_again() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(10)).await;
    for _try in 0..5 {
        node.store.inject(Fault::AppendUnavailable);
    }
    let receipt = settles(hold, costs(dollars(3))).await;
    assert!(receipt.changed);
    passes(Duration::from_secs(20)).await;
    assert_eq!(story(&node.journal().await, 1), ["taken", "settled"]);
    assert_eq!(node.book().await.balance().left, dollars(7));
}

#[tokio::test(start_paused = true)]
async fn settlements_keep_their_order_through_an_outage() {
    let node = Node::with_credit(dollars(10)).await;
    let (first, second) = (
        node.holds(1, dollars(4)).await,
        node.holds(2, dollars(4)).await,
    );
    node.store.inject(Fault::AppendUnavailable);
    node.store.inject(Fault::AppendUnavailable);
    settles(first, costs(dollars(1))).await;
    settles(second, costs(dollars(2))).await;
    passes(Duration::from_secs(20)).await;
    let book = node.book().await;
    assert_eq!(
        (book.balance().spent, book.balance().left),
        (dollars(3), dollars(7))
    );
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_money_is_told_that_the_store_is_away() {
    let node = Node::with_credit(dollars(10)).await;
    let _hold = node.holds(1, dollars(10)).await;
    let mut waiting = node.asks_for(2, dollars(5));
    node.book().await;
    assert!(futures_util::poll!(&mut waiting).is_pending());
    node.store.inject(Fault::AppendUnavailable);
    node.command(add_credit(2, dollars(1))).await.unwrap_err();
    unanswered(waiting).await;
}

#[tokio::test(start_paused = true)]
async fn a_living_call_keeps_its_hold_through_a_short_outage_though_nobody_asks() {
    let node = Node::with_credit(dollars(10)).await;
    // The other node would presume the hold at its deadline.
    let other = node.other("b", 1);
    other.book().await;
    let hold = node.holds(1, dollars(5)).await;
    node.store.inject(Fault::HeadUnavailable);
    node.ask_book().await.unwrap_err();
    passes(HOLD / 2).await;
    other.book().await;
    passes(HOLD * 5).await;
    let told = story(&node.journal().await, 1);
    assert!(!told.contains(&"presumed"), "{told:?}");
    assert!(settles(hold, costs(dollars(1))).await.changed);
}

#[tokio::test(start_paused = true)]
async fn after_a_long_outage_holds_of_living_calls_are_renewed_before_any_is_presumed() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(5)).await;
    drop(node.holds(2, dollars(5)).await);
    // Away from when the crashed call's hold is to be presumed until long after every deadline.
    passes(HOLD - Duration::from_secs(1)).await;
    node.store.inject(Fault::AppendUnavailable);
    for _try in 0..100 {
        node.store.inject(Fault::ReadUnavailable);
    }
    passes(HOLD * 20).await;
    let journal = node.journal().await;
    assert_eq!(story(&journal, 2), ["taken", "presumed"]);
    let told = story(&journal, 1);
    assert!(!told.contains(&"presumed"), "{told:?}");
    settles(hold, costs(dollars(1))).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_ends_while_the_book_cannot_be_read_is_settled_when_it_can() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(5)).await;
    node.store.inject(Fault::HeadUnavailable);
    node.ask_book().await.unwrap_err();
    for _try in 0..5 {
        node.store.inject(Fault::ReadUnavailable);
    }
    assert!(settles(hold, costs(dollars(1))).await.changed);
    assert_eq!(node.book().await.balance().left, dollars(9));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_merely_slow_answers_in_the_end() {
    let node = Node::with_credit(dollars(10)).await;
    let stall = node.store.stall_appends();
    let mut call = node.asks_for(1, dollars(1));
    assert!(stays_open(&mut call).await);
    stall.release();
    is_granted(call).await;
}

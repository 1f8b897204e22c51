//! P2: a call waits for money that is only held, then it is fitted, then refused.

use std::time::Duration;

use ids::LotId;
use ledger::{AddCredit, Command, LotKind, Patience};
use tokio::time::Instant;

use crate::calls::{Asked, NOTHING, by_units, costs, fixed, granted, is_granted, settles, short};
use crate::world::{Node, WAIT, add_credit, dollars, passes};

/// A node on which one call holds all of $10.
async fn all_held() -> (Node, teller::LiveHold) {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(0, dollars(10)).await;
    (node, hold)
}

fn is_waiting(call: &mut Asked) -> bool {
    use futures_util::FutureExt;
    call.now_or_never().is_none()
}

#[tokio::test(start_paused = true)]
async fn when_money_frees_the_first_to_come_is_the_first_to_get_it() {
    let (node, hold) = all_held().await;
    let first = node.asks_for(1, dollars(6));
    let mut second = node.asks_for(2, dollars(6));
    node.book().await;
    settles(hold, NOTHING).await;
    let (first, _) = granted(first).await;
    assert!(is_waiting(&mut second));
    settles(first, costs(dollars(1))).await;
    is_granted(second).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_overtakes_who_waits_when_money_frees() {
    let (node, hold) = all_held().await;
    let first = node.asks_for(1, dollars(6));
    node.book().await;
    // Both reach the teller together, the newcomer right behind the settlement.
    let mut settled = Box::pin(hold.settle(NOTHING));
    let _not_yet = futures_util::poll!(&mut settled);
    let mut newcomer = node.asks_for(2, dollars(6));
    let (_hold, _) = granted(first).await;
    assert!(is_waiting(&mut newcomer));
    assert!(short(newcomer).await.transient);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fits_beside_who_waits_does_not_wait() {
    let node = Node::with_credit(dollars(10)).await;
    let _hold = node.holds(0, dollars(7)).await;
    let mut waiting = node.asks_for(1, dollars(6));
    node.book().await;
    let asked = Instant::now();
    is_granted(node.asks_for(2, dollars(3))).await;
    assert_eq!(asked.elapsed(), Duration::ZERO);
    assert!(is_waiting(&mut waiting));
}

#[tokio::test(start_paused = true)]
async fn added_credit_ends_the_wait() {
    let (node, _hold) = all_held().await;
    let call = node.asks_for(1, dollars(6));
    node.book().await;
    let asked = Instant::now();
    node.does(add_credit(2, dollars(6))).await;
    is_granted(call).await;
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn after_the_wait_a_call_is_refused_as_transient() {
    let (node, _hold) = all_held().await;
    let asked = Instant::now();
    let shortfall = short(node.asks_for(1, dollars(6))).await;
    assert!(shortfall.transient);
    assert_eq!(asked.elapsed(), WAIT);
}

#[tokio::test(start_paused = true)]
async fn after_the_wait_a_call_is_fitted_if_it_can_be() {
    let node = Node::with_credit(dollars(10)).await;
    let _hold = node.holds(0, dollars(7)).await;
    let asked = Instant::now();
    let (_hold, grant) = granted(node.asks(node.ask(1, by_units()))).await;
    assert_eq!(asked.elapsed(), WAIT);
    assert!(grant.fitted);
    assert_eq!((grant.units, grant.amount), (300, dollars(3)));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_no_running_call_stops_does_not_wait() {
    let (node, _hold) = all_held().await;
    let asked = Instant::now();
    assert!(!short(node.asks_for(1, dollars(11))).await.transient);
    assert!(short(node.asks_at_once(2, dollars(1))).await.transient);
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn no_more_wait_than_may() {
    let node = Node::with(dollars(10), |settings| settings.most_waiting = 2).await;
    let hold = node.holds(0, dollars(7)).await;
    let mut waiting: Vec<Asked> = (1..=2)
        .map(|call| node.asks_for(call, dollars(4)))
        .collect();
    node.book().await;
    let asked = Instant::now();
    assert!(short(node.asks_for(3, dollars(4))).await.transient);
    let (fitted, grant) = granted(node.asks(node.ask(4, by_units()))).await;
    assert!(grant.fitted);
    assert_eq!(asked.elapsed(), Duration::ZERO);
    assert!(waiting.iter_mut().all(is_waiting));
    settles(fitted, NOTHING).await;
    settles(hold, NOTHING).await;
    for call in waiting {
        is_granted(call).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_not_prolonged_by_being_looked_at_again() {
    let node = Node::with_credit(dollars(10)).await;
    let _most = node.holds(0, dollars(9)).await;
    let asked = Instant::now();
    let mut call = node.asks_for(1, dollars(5));
    for other in 10..17 {
        let small = node.holds(other, dollars(1)).await;
        passes(WAIT / 8).await;
        settles(small, NOTHING).await;
        assert!(is_waiting(&mut call));
    }
    assert!(short(call).await.transient);
    assert_eq!(asked.elapsed(), WAIT);
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_not_prolonged_by_what_other_nodes_append() {
    let (node, _hold) = all_held().await;
    let other = node.other("b", 1);
    let asked = Instant::now();
    let call = node.asks_for(1, dollars(6));
    passes(WAIT / 2).await;
    other.does(add_credit(2, dollars(1))).await;
    assert!(short(call).await.transient);
    assert_eq!(asked.elapsed(), WAIT);
}

#[tokio::test(start_paused = true)]
async fn money_that_another_node_freed_is_found_at_the_end_of_the_wait() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    let theirs = other.holds(0, dollars(10)).await;
    let call = node.asks_for(1, dollars(6));
    passes(WAIT / 2).await;
    settles(theirs, NOTHING).await;
    other.book().await;
    is_granted(call).await;
}

#[tokio::test(start_paused = true)]
async fn money_that_another_node_freed_is_found_whenever_the_book_is_read() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    let theirs = other.holds(0, dollars(10)).await;
    let call = node.asks_for(1, dollars(6));
    node.book().await;
    settles(theirs, NOTHING).await;
    other.book().await;
    let freed = Instant::now();
    node.book().await;
    is_granted(call).await;
    assert_eq!(freed.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn who_came_first_stays_first_when_the_book_is_read_again() {
    let (node, hold) = all_held().await;
    let other = node.other("b", 1);
    let first = node.asks_for(1, dollars(6));
    node.book().await;
    passes(WAIT / 2).await;
    let second = node.asks_for(2, dollars(6));
    other.does(add_credit(2, dollars(1))).await;
    node.book().await;
    settles(hold, NOTHING).await;
    let (_hold, _) = granted(first).await;
    assert!(short(second).await.transient);
}

#[tokio::test(start_paused = true)]
async fn a_try_never_waits() {
    let (node, _hold) = all_held().await;
    let asked = Instant::now();
    let call = node.asks(ledger::TakeHold {
        patience: Patience::Try,
        ..node.ask(1, fixed(dollars(1)))
    });
    assert!(short(call).await.transient);
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_answered_although_a_conflict_took_the_book_and_nothing_else_was_asked() {
    let node = Node::with_credit(dollars(10)).await;
    let lapses = AddCredit {
        lot: LotId::from_bytes([9; 16]),
        kind: LotKind::Grant,
        amount: dollars(1),
        lapses_at: Some(node.now().plus_seconds(5)),
        priority: 1,
        note: "".into(),
    };
    node.does(Command::AddCredit(lapses)).await;
    let other = node.other("b", 1);
    let _hold = other.holds(0, dollars(10)).await;
    node.book().await;
    passes(Duration::from_secs(6)).await;
    // The call's round has the entry of the lapse and no answer, because the call waits.
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    let call = node.asks_for(1, dollars(6));
    node.store.until_asked(appends + 1).await;
    other.does(add_credit(2, dollars(1))).await;
    stall.release();
    assert!(short(call).await.transient);
}

//! A node that stops answers everything first.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use journal::memory::Fault;

use crate::calls::{NOTHING, costs, is_granted, settles, short, story};
use crate::world::{Node, ORGANIZATION, answered, dollars};

#[tokio::test(start_paused = true)]
async fn what_was_asked_before_the_stop_is_answered() {
    let node = Node::with_credit(dollars(10)).await;
    let calls: Vec<_> = (0..20)
        .map(|call| node.asks_at_once(call, dollars(1)))
        .collect();
    let all = async {
        let mut served = 0;
        for call in calls {
            match answered(call).await.unwrap() {
                teller::HoldAnswer::Granted(..) => served += 1,
                teller::HoldAnswer::Refused(_, _) => {}
                teller::HoldAnswer::Rejected(rejection) => panic!("{rejection}"),
            }
        }
        served
    };
    let (served, ()) = join(all, answered(node.tellers.stop())).await;
    assert_eq!(served, 10);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_money_is_answered_before_the_end() {
    let node = Node::with_credit(dollars(10)).await;
    let _hold = node.holds(1, dollars(10)).await;
    let waiting = node.asks_for(2, dollars(5));
    node.book().await;
    let (shortfall, ()) = join(short(waiting), answered(node.tellers.stop())).await;
    assert!(shortfall.transient);
}

#[tokio::test(start_paused = true)]
async fn a_settlement_is_durable_when_the_stop_is_over() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(10)).await;
    node.store.inject(Fault::AnswerLost);
    node.store.inject(Fault::AppendUnavailable);
    settles(hold, costs(dollars(3))).await;
    answered(node.tellers.stop()).await;
    assert_eq!(story(&node.journal().await, 1), ["taken", "settled"]);
}

#[tokio::test(start_paused = true)]
async fn after_the_stop_nothing_is_answered() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(1)).await;
    answered(node.tellers.stop()).await;
    node.tellers.of(ORGANIZATION).unwrap_err();
    node.ask_book().await.unwrap_err();
    answered(
        node.teller
            .hold(node.ask(2, crate::calls::fixed(dollars(1)))),
    )
    .await
    .unwrap_err();
    assert!(answered(hold.settle(NOTHING)).await.is_none());
    // The next run presumes it.
    let again = node.other("a", 2);
    again.tellers.presume_earlier_boots().await.unwrap();
    assert_eq!(again.book().await.presumed().count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stop_twice_is_a_stop() {
    let node = Node::with_credit(dollars(10)).await;
    is_granted(node.asks_for(1, dollars(1))).await;
    answered(join(node.tellers.stop(), node.tellers.stop())).await;
    let stopped = tokio::time::timeout(Duration::from_secs(1), node.tellers.stop());
    stopped.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn tellers_that_nobody_uses_any_more_leave_nothing_in_memory() {
    let node = Node::with_credit(dollars(10)).await;
    settles(node.holds(1, dollars(1)).await, costs(dollars(1))).await;
    answered(node.tellers.stop()).await;
    let seen = Arc::clone(&node.seen);
    drop(node);
    assert_eq!(Arc::strong_count(&seen), 1);
}

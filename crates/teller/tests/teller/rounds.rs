//! More load makes larger batches, not longer queues; and whoever observes sees every entry once.

use ledger::Outcome;
use money::Nanos;

use crate::calls::{NOTHING, granted, is_granted, settles, taken};
use crate::world::{Node, add_credit, answered, dollars};

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_at_once_are_one_append() {
    let node = Node::with_credit(dollars(10)).await;
    let appends = node.appends();
    let calls: Vec<_> = (0..1_000)
        .map(|call| node.asks_for(call, Nanos::new(10_000_000)))
        .collect();
    for call in calls {
        is_granted(call).await;
    }
    assert_eq!(node.appends(), appends + 1);
    assert_eq!(node.store.asked()[appends].entries.len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn while_one_batch_is_on_its_way_the_next_is_decided() {
    let node = Node::with_credit(dollars(10)).await;
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    let first = node.asks_for(0, Nanos::new(1));
    node.store.until_asked(appends + 1).await;
    let others: Vec<_> = (1..=5_000)
        .map(|call| node.asks_for(call, Nanos::new(1)))
        .collect();
    stall.release();
    is_granted(first).await;
    for call in others {
        is_granted(call).await;
    }
    let batches: Vec<usize> = node.store.asked()[appends..]
        .iter()
        .map(|batch| batch.entries.len())
        .collect();
    assert!(batches.len() <= 7, "{batches:?}");
    assert_eq!(batches.iter().sum::<usize>(), 5_001);
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_in_one_round_is_decided_in_order() {
    let node = Node::with_credit(dollars(0)).await;
    let too_soon = node.asks_at_once(1, dollars(1));
    let add = Box::pin(node.teller.command(add_credit(1, dollars(2)), None));
    let mut add = add;
    let _not_yet = futures_util::poll!(&mut add);
    let in_time = node.asks_at_once(2, dollars(1));
    let outcome = answered(add).await.unwrap();
    assert!(matches!(outcome, Outcome::Done { .. }));
    crate::calls::short(too_soon).await;
    is_granted(in_time).await;
}

#[tokio::test(start_paused = true)]
async fn the_same_hold_is_not_taken_twice() {
    let node = Node::with_credit(dollars(10)).await;
    let hold = node.holds(1, dollars(1)).await;
    let again = answered(node.asks_for(1, dollars(1))).await.unwrap();
    assert!(
        matches!(again, teller::HoldAnswer::Rejected(_)),
        "{again:?}"
    );
    settles(hold, NOTHING).await;
    assert_eq!(node.book().await.balance().left, dollars(10));
}

#[tokio::test(start_paused = true)]
async fn an_observer_sees_every_entry_of_its_node_once_and_in_order() {
    let node = Node::with_credit(dollars(100)).await;
    let other = node.other("b", 1);
    for round in 0..20 {
        let mine: Vec<_> = (0..5)
            .map(|call| node.asks_for(round * 100 + call, dollars(1)))
            .collect();
        let theirs: Vec<_> = (0..5)
            .map(|call| other.asks_for(round * 100 + 50 + call, dollars(1)))
            .collect();
        for call in mine.into_iter().chain(theirs) {
            settles(granted(call).await.0, NOTHING).await;
        }
    }
    // What was settled last is durable once a question was answered.
    let _books = (node.book().await, other.book().await);
    let journal = node.journal().await;
    assert_eq!(taken(&journal).len(), 200);
    let (mine, theirs) = (node.seen.entries(), other.seen.entries());
    for seen in [&mine, &theirs] {
        assert!(seen.is_sorted_by_key(|entry| entry.seq));
    }
    let mut both = [mine, theirs].concat();
    both.sort_by_key(|entry| entry.seq);
    assert_eq!(both, journal);
}

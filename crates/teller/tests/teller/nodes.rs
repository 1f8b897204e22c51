//! P1, P2: two nodes on one store.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use ledger::{CreditFact, Fact, LimitFact, Patience, TakeHold};
use teller::HoldAnswer;

use crate::calls::{Asked, costs, fixed, granted, id, is_granted, settles, short, story, taken};
use crate::world::{LIMIT, Node, add_credit, answered, dollars, nothing_is_lost, set_limit};

/// A hundred calls on each of two nodes, a dollar each.
fn two_hundred_calls(node: &Node, other: &Node) -> Vec<Asked> {
    let each = |call: u32| {
        let (mine, theirs) = (call * 2, call * 2 + 1);
        [
            node.asks_for(mine, dollars(1)),
            other.asks_for(theirs, dollars(1)),
        ]
    };
    (0..100).flat_map(each).collect()
}

#[tokio::test(start_paused = true)]
async fn two_nodes_never_pass_a_limit_and_use_it_to_the_last_dollar() {
    let node = Node::with_credit(dollars(1_000)).await;
    node.does(set_limit(dollars(120))).await;
    let other = node.other("b", 1);
    let answers = answered(join_all(two_hundred_calls(&node, &other))).await;
    let (mut live, mut transient) = (Vec::new(), 0);
    for answer in answers {
        match answer.unwrap() {
            HoldAnswer::Granted(hold, _) => live.push(hold),
            HoldAnswer::Refused(_, _) => transient += 1,
            HoldAnswer::Rejected(rejection) => panic!("{rejection}"),
        }
    }
    assert_eq!((live.len(), transient), (120, 80));
    let book = node.book().await;
    assert_eq!(book, other.book().await);
    assert_eq!(book.limit(LIMIT).unwrap().count.held.usd(), dollars(120));
}

#[tokio::test(start_paused = true)]
async fn of_two_nodes_none_refuses_while_the_money_fits() {
    let node = Node::with_credit(dollars(200)).await;
    node.does(set_limit(dollars(200))).await;
    let other = node.other("b", 1);
    for call in answered(join_all(two_hundred_calls(&node, &other))).await {
        let answer = call.unwrap();
        assert!(matches!(answer, HoldAnswer::Granted(..)), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_several_threads_two_nodes_use_a_limit_to_the_last_dollar() {
    let node = Node::with_credit(dollars(1_000)).await;
    node.does(set_limit(dollars(150))).await;
    let other = node.other("b", 1);
    let calls = (0..200).map(|call| {
        let at = if call % 2 == 0 { &node } else { &other };
        at.will_ask(TakeHold {
            patience: Patience::Last,
            ..at.ask(call, fixed(dollars(1)))
        })
    });
    let calls: Vec<Asked> = calls.collect();
    let mut live = Vec::new();
    for answer in answered(join_all(calls)).await {
        if let HoldAnswer::Granted(hold, _) = answer.unwrap() {
            live.push(hold);
        }
    }
    assert_eq!(live.len(), 150);
    let book = other.book().await;
    assert_eq!(book.limit(LIMIT).unwrap().count.held.usd(), dollars(150));
}

#[tokio::test(start_paused = true)]
async fn whole_calls_on_two_nodes_cost_what_they_cost() {
    let node = Node::with_credit(dollars(100)).await;
    node.does(set_limit(dollars(90))).await;
    let other = node.other("b", 1);
    let call = |call: u32| {
        let at = if call.is_multiple_of(2) {
            &node
        } else {
            &other
        };
        async move {
            let (hold, _) = granted(at.asks_for(call, dollars(3))).await;
            settles(hold, costs(dollars(1))).await
        }
    };
    for wave in 0..4 {
        let receipts = answered(join_all((wave * 15..wave * 15 + 15).map(call))).await;
        assert!(receipts.iter().all(|receipt| receipt.changed));
    }
    let book = node.book().await;
    let limit = book.limit(LIMIT).unwrap();
    assert_eq!(
        (limit.count.spent.usd(), limit.count.held.usd()),
        (dollars(60), dollars(0))
    );
    assert_eq!(book.balance().left, dollars(40));
    nothing_is_lost(&book);
}

#[tokio::test(start_paused = true)]
async fn after_a_conflict_all_is_decided_again_in_the_order_it_was_asked() {
    let node = Node::with_credit(dollars(4)).await;
    let other = node.other("b", 1);
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    let first = node.asks_at_once(1, dollars(1));
    node.store.until_asked(appends + 1).await;
    let second = node.asks_at_once(2, dollars(1));
    let third = node.asks_at_once(3, dollars(1));
    let fourth = node.asks_at_once(4, dollars(1));
    let theirs = other.holds(5, dollars(2)).await;
    stall.release();
    is_granted(first).await;
    is_granted(second).await;
    assert!(short(third).await.transient);
    assert!(short(fourth).await.transient);
    assert_eq!(taken(&node.journal().await), [id(5), id(1), id(2)]);
    drop(theirs);
}

#[tokio::test(start_paused = true)]
async fn a_settlement_that_was_answered_early_outlives_a_conflict() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    let hold = node.holds(1, dollars(10)).await;
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    let receipt = settles(hold, costs(dollars(3))).await;
    assert_eq!(receipt.headroom.unwrap().amount, dollars(7));
    node.store.until_asked(appends + 1).await;
    other.does(add_credit(2, dollars(1))).await;
    stall.release();
    let book = node.book().await;
    assert_eq!(book.balance().spent, dollars(3));
    assert_eq!(book.balance().left, dollars(8));
    assert_eq!(story(&node.journal().await, 1), ["taken", "settled"]);
}

#[tokio::test(start_paused = true)]
async fn a_command_that_met_a_conflict_is_carried_out_once() {
    let node = Node::with_credit(dollars(10)).await;
    let other = node.other("b", 1);
    let (appends, stall) = (node.appends(), node.store.stall_appends());
    let mut limit = Box::pin(node.command(set_limit(dollars(5))));
    let _not_yet = futures_util::poll!(&mut limit);
    node.store.until_asked(appends + 1).await;
    other.does(add_credit(2, dollars(1))).await;
    stall.release();
    let outcome = limit.await.unwrap();
    assert!(matches!(outcome, ledger::Outcome::Done { object: Some(_) }));
    let journal = node.journal().await;
    let made = |fact: &Fact| matches!(fact, Fact::Limit(LimitFact::Created { .. }));
    assert_eq!(journal.iter().filter(|e| made(&e.fact)).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_two_entries_of_a_cluster_have_one_id() {
    let node = Node::with_credit(dollars(100)).await;
    let other = node.other("b", 1);
    answered(join_all((0..40).map(|call| {
        let at = if call % 2 == 0 { &node } else { &other };
        at.asks_for(call, dollars(1))
    })))
    .await;
    let journal = node.journal().await;
    let ids: BTreeSet<_> = journal.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), journal.len());
    let added = |fact: &Fact| matches!(fact, Fact::Credit(CreditFact::Added { .. }));
    assert_eq!(journal.iter().filter(|e| added(&e.fact)).count(), 1);
}

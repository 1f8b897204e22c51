//! Books that nobody asks leave memory, and come back.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::calls::{NOTHING, costs, is_granted, settles, story};
use crate::world::{HOLD, Node, ORGANIZATION, dollars, passes};

const IDLE: Duration = Duration::from_secs(60);

async fn node_that_forgets() -> Node {
    Node::with(dollars(10), |settings| settings.idle_after = IDLE).await
}

/// Whether the Book is in memory: its view is there before anything was asked.
fn is_in_memory(node: &Node) -> bool {
    node.tellers.of(ORGANIZATION).unwrap().view().is_some()
}

#[tokio::test(start_paused = true)]
async fn a_book_that_nobody_asks_leaves_memory_and_comes_back_as_it_was() {
    let node = node_that_forgets().await;
    settles(node.holds(1, dollars(4)).await, costs(dollars(1))).await;
    let book = node.book().await;
    assert!(is_in_memory(&node));
    passes(IDLE * 2).await;
    assert!(!is_in_memory(&node));
    assert_eq!(node.book().await, book);
    assert!(is_in_memory(&node));
    is_granted(node.asks_for(2, dollars(9))).await;
}

#[tokio::test(start_paused = true)]
async fn a_book_that_is_asked_stays() {
    let node = node_that_forgets().await;
    for _minute in 0..10 {
        passes(IDLE - Duration::from_secs(1)).await;
        assert!(is_in_memory(&node));
        node.book().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_book_with_a_living_call_stays_and_its_hold_is_renewed() {
    let node = node_that_forgets().await;
    let hold = node.holds(1, dollars(4)).await;
    passes(IDLE * 10).await;
    assert!(is_in_memory(&node));
    assert!(!story(&node.journal().await, 1).contains(&"presumed"));
    settles(hold, NOTHING).await;
    passes(IDLE * 2).await;
    assert!(!is_in_memory(&node));
}

#[tokio::test(start_paused = true)]
async fn a_book_that_came_back_does_not_presume_its_own_runs_holds() {
    let node = node_that_forgets().await;
    // A teller's handle outlives the Book's stay in memory.
    let teller = node.teller.clone();
    passes(IDLE * 2).await;
    let hold = node.holds(1, dollars(4)).await;
    passes(HOLD * 2).await;
    let presumed = teller.ask(|book, _now| book.presumed().count());
    assert_eq!(presumed.await.unwrap(), 0);
    settles(hold, NOTHING).await;
}

#[tokio::test(start_paused = true)]
async fn entries_keep_ids_of_their_own_when_a_book_comes_back() {
    let node = node_that_forgets().await;
    for call in 0..5 {
        settles(node.holds(call, dollars(1)).await, NOTHING).await;
        passes(IDLE * 2).await;
        assert!(!is_in_memory(&node));
    }
    let journal = node.journal().await;
    let ids: BTreeSet<_> = journal.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), journal.len());
}

//! Appends that must not happen, and those beside them that must.

use futures_util::future::join_all;
use ledger::Head;
use tokio::task::JoinSet;

use super::Harness;
use super::author::{Author, appended, conflict, replay};
use crate::{AppendError, Store};

/// Whoever decided on a head that is no longer the journal's is told which one is, and appends nothing.
pub async fn an_append_after_an_old_head_conflicts(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut first = Author::new(1);
    let from_the_beginning = Author::new(1).other_node(9).batch(2);
    appended(&store, first.batch(2)).await;
    let mut second = first.other_node(2);
    appended(&store, first.batch(3)).await;
    for late in [from_the_beginning, second.batch(1), second.batch(4)] {
        let answer = store.append(late).await;
        assert_eq!(conflict(&answer), Some(first.head()), "{answer:?}");
    }
    assert_eq!(replay(&store, first.organization()).await, *first.book());
}

/// A head is its number and its hash: the right number of another history is another head.
pub async fn an_append_after_another_history_conflicts(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut ours = Author::new(1);
    appended(&store, ours.batch(2)).await;
    let mut theirs = ours.other_node(2);
    appended(&store, ours.batch(1)).await;
    // Made, but never appended: the same number, another hash.
    theirs.batch(1);
    assert_eq!(theirs.head().seq, ours.head().seq);
    let answer = store.append(theirs.batch(1)).await;
    assert_eq!(conflict(&answer), Some(ours.head()), "{answer:?}");
    assert_eq!(replay(&store, ours.organization()).await, *ours.book());
}

/// A journal that does not exist stands at the empty head, and no append but the first makes it exist.
pub async fn an_append_to_a_journal_that_does_not_exist_conflicts(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut author = Author::new(1);
    author.batch(3);
    let answer = store.append(author.batch(1)).await;
    assert_eq!(conflict(&answer), Some(Head::EMPTY), "{answer:?}");
    let organizations = store.organizations(None, 10).await;
    assert!(organizations.expect("an answer").is_empty());
    replay(&store, author.organization()).await;
}

/// Of many nodes that append at one head at once one succeeds, and the others are told its head.
pub async fn of_many_appends_at_one_head_exactly_one_happens(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut agreed = Author::new(1);
    appended(&store, agreed.batch(1)).await;
    for round in 1..=8 {
        let mut appends = JoinSet::new();
        let mut nodes: Vec<Author> = (2..34).map(|run| agreed.other_node(run)).collect();
        for (node, author) in nodes.iter_mut().enumerate() {
            let append = store.append(author.batch(round));
            appends.spawn(async move { (node, append.await) });
        }
        let (won, lost): (Vec<_>, Vec<_>) = appends
            .join_all()
            .await
            .into_iter()
            .partition(|(_, answer)| answer.is_ok());
        assert_eq!(won.len(), 1, "round {round}");
        agreed = nodes.swap_remove(won[0].0);
        for (_, answer) in lost {
            assert_eq!(conflict(&answer), Some(agreed.head()), "{answer:?}");
        }
    }
    assert_eq!(replay(&store, agreed.organization()).await, *agreed.book());
}

/// A conflict is one append's, whatever the store writes together with it.
pub async fn a_conflict_does_not_disturb_its_neighbours(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut stale = Author::new(10);
    appended(&store, stale.batch(1)).await;
    let late = stale.other_node(2).batch(1);
    appended(&store, stale.batch(1)).await;

    let mut authors: Vec<Author> = (1..=9).chain(11..=20).map(Author::new).collect();
    let mut batches: Vec<_> = authors.iter_mut().map(|author| author.batch(3)).collect();
    batches.insert(9, late);
    let mut answers = join_all(batches.into_iter().map(|batch| store.append(batch))).await;
    let refused = answers.remove(9);
    assert_eq!(conflict(&refused), Some(stale.head()), "{refused:?}");
    for (answer, author) in answers.iter().zip(&authors) {
        assert!(answer.is_ok(), "{answer:?}");
        assert_eq!(replay(&store, author.organization()).await, *author.book());
    }
    assert_eq!(replay(&store, stale.organization()).await, *stale.book());
}

/// Keys name their organization by its short id, so a second one with the same is refused; whatever the store writes
/// together with it is not.
pub async fn a_taken_short_id_does_not_disturb_its_neighbours(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut first = Author::new(10);
    appended(&store, first.batch(2)).await;
    let mut second = Author::namesake(10);

    let mut authors: Vec<Author> = (1..=9).chain(11..=20).map(Author::new).collect();
    let mut batches: Vec<_> = authors.iter_mut().map(|author| author.batch(3)).collect();
    batches.insert(9, second.batch(2));
    let mut answers = join_all(batches.into_iter().map(|batch| store.append(batch))).await;
    let refused = answers.remove(9);
    assert!(
        matches!(refused, Err(AppendError::Unavailable(_))),
        "{refused:?}"
    );
    for (answer, author) in answers.iter().zip(&authors) {
        assert!(answer.is_ok(), "{answer:?}");
        assert_eq!(replay(&store, author.organization()).await, *author.book());
    }
    assert_eq!(replay(&store, first.organization()).await, *first.book());
    let nothing = replay(&store, second.organization()).await;
    assert_eq!(nothing.head(), Head::EMPTY);
}

//! Lost answers, crashes, stores that forget, and damage.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::join_all;
use ledger::Head;

use super::Harness;
use super::author::{Author, appended, conflict, replay};
use crate::{Answer, AppendError, Batch, Store, StoreError};

/// The same append a second time finds its own head in the way, by which its caller knows that it happened.
pub async fn a_repeated_append_happens_once(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut author = Author::new(1);
    for entries in [1, 4] {
        let batch = author.batch(entries);
        appended(&store, batch.clone()).await;
        for _again in 0..3 {
            let answer = store.append(batch.clone()).await;
            assert_eq!(conflict(&answer), Some(batch.head), "{answer:?}");
        }
        assert_eq!(replay(&store, author.organization()).await, *author.book());
    }
}

/// An append whose answer nobody heard has happened or not; the identical append again tells, and nothing is doubled.
pub async fn an_append_nobody_waited_for_is_resolved_by_repeating_it(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut authors: Vec<Author> = (1..=40).map(Author::new).collect();
    for round in 1..=3 {
        let batches: Vec<Batch> = authors
            .iter_mut()
            .map(|author| author.batch(round))
            .collect();
        abandoned(batches.iter().map(|batch| store.append(batch.clone()))).await;
        let resolved = batches
            .into_iter()
            .map(|batch| until_resolved(&store, batch));
        join_all(resolved).await;
    }
    for author in &authors {
        assert_eq!(replay(&store, author.organization()).await, *author.book());
    }
}

/// Repeats an append until it is known to stand, which it must in the end: nobody else writes this journal.
async fn until_resolved(store: &impl Store, batch: Batch) {
    loop {
        match store.append(batch.clone()).await {
            Ok(()) => return,
            Err(AppendError::Conflict(head)) => return assert_eq!(head, batch.head),
            Err(AppendError::Ambiguous(_) | AppendError::Unavailable(_)) => {}
        }
    }
}

/// Begins each append and waits for none.
async fn abandoned(appends: impl Iterator<Item = Answer<(), AppendError>>) {
    let mut appends: Vec<_> = appends.collect();
    poll_fn(|context| {
        for append in &mut appends {
            // Answered at once or not: whatever it says is not heard.
            let _unheard = append.as_mut().poll(context).is_ready();
        }
        Poll::Ready(())
    })
    .await;
}

/// What was acknowledged before a crash is there after it, and can be gone on from.
pub async fn a_crash_loses_nothing_that_was_acknowledged(harness: &impl Harness) {
    let mut store = harness.fresh().await;
    let mut authors: Vec<Author> = (1..=10).map(Author::new).collect();
    for round in 0..3_u8 {
        let entries = usize::from(round) + 1;
        let batches = authors.iter_mut().map(|author| author.batch(entries));
        for answer in join_all(batches.map(|batch| store.append(batch))).await {
            answer.expect("the append happens");
        }
        let value = vec![round];
        let written = store.put_record("kept", u64::from(round), value.clone());
        let written = written.await;
        assert!(written.expect("an answer"));
        store = harness.crash(store).await;
        for author in &authors {
            assert_eq!(replay(&store, author.organization()).await, *author.book());
        }
        let record = store.record("kept").await.expect("an answer");
        assert_eq!(record.map(|record| record.bytes), Some(value));
    }
}

/// A crash in the midst of appends leaves each of them whole or not at all, and repeating them makes them whole.
pub async fn a_crash_leaves_no_half_of_a_batch(harness: &impl Harness) {
    let mut store = harness.fresh().await;
    let mut authors: Vec<Author> = (1..=30).map(Author::new).collect();
    for _round in 0..3 {
        let before: Vec<Head> = authors.iter().map(Author::head).collect();
        let batches: Vec<Batch> = authors.iter_mut().map(|author| author.batch(6)).collect();
        abandoned(batches.iter().map(|batch| store.append(batch.clone()))).await;
        store = harness.crash(store).await;
        for (author, before) in authors.iter().zip(before) {
            let book = replay(&store, author.organization()).await;
            let (found, after) = (book.head(), author.head());
            assert!(found == before || found == after, "{found:?}");
        }
        join_all(
            batches
                .into_iter()
                .map(|batch| until_resolved(&store, batch)),
        )
        .await;
    }
    for author in &authors {
        assert_eq!(replay(&store, author.organization()).await, *author.book());
    }
}

/// A store that acknowledged entries and then lost them stands at a head that is not ours.
///
/// First at a lower number; once another node has gone on from there, at another hash. Appending at our head conflicts
/// either way.
pub async fn a_store_that_lost_entries_shows_it(harness: &impl Harness) {
    let store = harness.fresh().await;
    let mut ours = Author::new(1);
    appended(&store, ours.batch(4)).await;
    let mut theirs = ours.other_node(2);
    let saved = harness.save(&store).await;
    appended(&store, ours.batch(3)).await;
    let next = ours.other_node(3).batch(1);
    let store = harness.restore(store, saved).await;

    let book = replay(&store, ours.organization()).await;
    assert_eq!(book, *theirs.book(), "all is as it was when it was saved");
    let answer = store.append(next.clone()).await;
    assert_eq!(conflict(&answer), Some(theirs.head()), "{answer:?}");

    appended(&store, theirs.batch(3)).await;
    assert_eq!(theirs.head().seq, ours.head().seq);
    assert_ne!(theirs.head(), ours.head());
    let answer = store.append(next).await;
    assert_eq!(conflict(&answer), Some(theirs.head()), "{answer:?}");
    assert_eq!(replay(&store, ours.organization()).await, *theirs.book());
}

/// A journal that has lost an entry is never read as a shorter one.
pub async fn a_missing_entry_is_damage(harness: &impl Harness) {
    for (lost, after) in [(1, 0), (3, 0), (3, 2), (9, 0), (9, 8)] {
        let store = harness.fresh().await;
        let mut author = Author::new(1);
        appended(&store, author.batch(9)).await;
        appended(&store, Author::new(2).batch(9)).await;
        harness
            .lose_entry(&store, author.organization(), lost)
            .await;
        let read = store.read(author.organization(), after, 100).await;
        assert!(
            matches!(&read, Err(StoreError::Damaged(_))),
            "entry {lost} lost, read after {after}: {read:?}"
        );
        let neighbour = Author::new(2).organization();
        assert_eq!(replay(&store, neighbour).await.head().seq, 9);
        // What lies before the loss can still be read.
        let most = usize::try_from(lost).expect("a small number") - 1;
        let before = store.read(author.organization(), 0, most).await;
        assert_eq!(before.expect("it is whole").len(), most);
    }
}

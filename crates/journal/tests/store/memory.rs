//! The store in memory, and its faults: tests of other crates believe in them.

use std::future::poll_fn;
use std::task::Poll;

use ids::OrganizationId;
use journal::conformance::{Author, Harness, replay};
use journal::memory::{Fault, Memory, Saved};
use journal::{Answer, AppendError, Store, StoreError, StoredSnapshot};
use ledger::{Entry, Head};

struct InMemory;

impl Harness for InMemory {
    type Store = Memory;
    type Saved = Saved;

    async fn fresh(&self) -> Memory {
        Memory::new()
    }

    async fn crash(&self, store: Memory) -> Memory {
        store.other_node()
    }

    async fn save(&self, store: &Memory) -> Saved {
        store.save()
    }

    async fn restore(&self, store: Memory, saved: Saved) -> Memory {
        store.restore(saved);
        store
    }

    async fn lose_entry(&self, store: &Memory, organization: OrganizationId, seq: u64) {
        assert!(store.lose(organization, seq), "there is such an entry");
    }
}

mod conformance {
    journal::conformance_suite!(super::InMemory);
}

/// Begins an answer; says whether it was there at once.
async fn begun<T, E>(answer: &mut Answer<T, E>) -> bool {
    poll_fn(|context| Poll::Ready(answer.as_mut().poll(context).is_ready())).await
}

#[tokio::test]
async fn a_lost_answer_is_of_an_append_that_happened() {
    let (store, mut author) = (Memory::new(), Author::new(1));
    store.inject(Fault::AnswerLost);
    let batch = author.batch(3);
    let answer = store.append(batch.clone()).await;
    assert!(
        matches!(answer, Err(AppendError::Ambiguous(_))),
        "{answer:?}"
    );
    assert_eq!(replay(&store, author.organization()).await, *author.book());
    let answer = store.append(batch.clone()).await;
    assert!(
        matches!(answer, Err(AppendError::Conflict(head)) if head == batch.head),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_lost_append_has_not_happened_and_can_be_repeated() {
    let (store, mut author) = (Memory::new(), Author::new(1));
    store.inject(Fault::AppendLost);
    store.inject(Fault::AppendUnavailable);
    let batch = author.batch(3);
    let first = store.append(batch.clone()).await;
    let second = store.append(batch.clone()).await;
    assert!(matches!(first, Err(AppendError::Ambiguous(_))), "{first:?}");
    assert!(
        matches!(second, Err(AppendError::Unavailable(_))),
        "{second:?}"
    );
    assert_eq!(
        replay(&store, author.organization()).await.head(),
        Head::EMPTY
    );
    store.append(batch).await.expect("the faults are over");
    assert_eq!(replay(&store, author.organization()).await, *author.book());
    let asked: Vec<usize> = store
        .asked()
        .iter()
        .map(|batch| batch.entries.len())
        .collect();
    assert_eq!(asked, [3, 3, 3]);
}

#[tokio::test]
async fn faults_of_reading_meet_one_call_each_of_their_own_line() {
    let store = Memory::new();
    let (other, nobody) = (store.other_node(), Author::new(1).organization());
    store.inject(Fault::HeadUnavailable);
    store.inject(Fault::ReadUnavailable);
    assert_eq!(other.head(nobody).await.expect("another line"), Head::EMPTY);
    let head = store.head(nobody).await;
    let read = store.read(nobody, 0, 1).await;
    assert!(matches!(head, Err(StoreError::Unavailable(_))), "{head:?}");
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    store.head(nobody).await.expect("the fault is over");
    store.read(nobody, 0, 1).await.expect("the fault is over");
    assert_eq!((store.heads_asked(), other.heads_asked()), (2, 1));
}

#[tokio::test]
async fn a_stalled_append_happens_when_it_is_released() {
    let (store, mut author) = (Memory::new(), Author::new(1));
    let other = store.other_node();
    let batch = author.batch(2);
    let (first, second) = (store.stall_appends(), store.stall_appends());
    let mut append = store.append(batch.clone());
    assert!(!begun(&mut append).await, "it is held back");
    store.until_asked(1).await;
    first.release();
    assert!(!begun(&mut append).await, "the second stall stands");
    let head = other.head(author.organization()).await;
    assert_eq!(head.expect("a head"), Head::EMPTY, "nothing happened yet");
    // Another node is not held back, and is first.
    let theirs = Author::new(1).other_node(2).batch(1);
    other
        .append(theirs.clone())
        .await
        .expect("its line is free");
    second.release();
    let answer = append.await;
    assert!(
        matches!(answer, Err(AppendError::Conflict(head)) if head == theirs.head),
        "{answer:?}"
    );
}

#[tokio::test]
async fn stalled_heads_are_read_when_they_are_released() {
    let (store, mut author) = (Memory::new(), Author::new(1));
    let stall = store.stall_heads();
    let mut head = store.head(author.organization());
    assert!(!begun(&mut head).await, "it is held back");
    store.until_heads_asked(1).await;
    store.append(author.batch(1)).await.expect("appends pass");
    drop(stall);
    assert_eq!(head.await.expect("a head"), author.head());
}

#[tokio::test]
async fn a_roll_back_takes_whole_appends_and_later_snapshots() {
    let (store, mut author) = (Memory::new(), Author::new(1));
    let organization = author.organization();
    let mut heads = vec![Head::EMPTY];
    for entries in [1, 2, 3] {
        store.append(author.batch(entries)).await.expect("appended");
        heads.push(author.head());
    }
    let bytes = Vec::new();
    let put = store.put_snapshot(organization, StoredSnapshot { seq: 3, bytes });
    put.await.expect("kept");
    assert_eq!(store.roll_back(organization, 1), heads[2]);
    assert_eq!(replay(&store, organization).await.head(), heads[2]);
    assert!(store.snapshot(organization).await.expect("one").is_some());
    assert_eq!(store.roll_back(organization, 1), heads[1]);
    assert_eq!(store.snapshot(organization).await.expect("none"), None);
    assert_eq!(store.roll_back(organization, 7), Head::EMPTY);
    let none = store.organizations(None, 1).await;
    assert!(none.expect("an answer").is_empty());
}

#[tokio::test]
async fn a_damaged_entry_has_another_hash() {
    let (store, mut author) = (Memory::new(), Author::new(1));
    let batch = author.batch(3);
    store.append(batch.clone()).await.expect("appended");
    assert!(store.damage(author.organization(), 2));
    assert!(!store.damage(author.organization(), 4), "there is none");
    let read = store.read(author.organization(), 0, 9).await;
    let read = read.expect("the store does not know");
    let same: Vec<bool> = (read.iter().zip(batch.entries.iter()))
        .map(|(read, given)| Entry::hash(read) == Entry::hash(given))
        .collect();
    assert_eq!(same, [true, false, true]);
}

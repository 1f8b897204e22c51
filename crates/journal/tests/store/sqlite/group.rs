//! Many appends, few commits: seen from outside, in the write-ahead log.

use std::future::{Future, poll_fn};
use std::path::Path;
use std::task::Poll;

use futures_util::future::join_all;
use journal::Store;
use journal::conformance::{Author, replay};
use journal::sqlite::{Durability, Sqlite};

use super::{behind, log_of};

/// Appends that wait at once. Each takes two of the 128 steps that a task may make before others have their turn.
const APPENDS: u32 = 50;

/// The commits in a write-ahead log that was never begun anew. After a header of 32 bytes come frames: a header of 24
/// and a page; bytes 4 to 8 of a frame's header are zero unless a commit ends with it.
/// <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>
fn commits(path: &Path) -> usize {
    let log = std::fs::read(log_of(path)).unwrap();
    let page = u32::from_be_bytes(log[8..12].try_into().unwrap());
    let salts = &log[16..24];
    log[32..]
        .chunks_exact(24 + usize::try_from(page).unwrap())
        .take_while(|frame| &frame[8..16] == salts)
        .filter(|frame| frame[4..8] != [0; 4])
        .count()
}

async fn appends_in_one_go(durability: Durability) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    let store = Sqlite::open(&path, durability).unwrap();
    let mut first = Author::new(0);
    store.append(first.batch(1)).await.unwrap();
    let before = commits(&path);
    store.append(first.batch(1)).await.unwrap();
    assert_eq!(commits(&path), before + 1, "one append alone is one commit");

    // The writer cannot begin while another has the file, so that all appends come to wait.
    let other = behind(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut authors: Vec<Author> = (1..=APPENDS).map(Author::new).collect();
    let mut answers = Box::pin(join_all(
        authors
            .iter_mut()
            .map(|author| store.append(author.batch(2))),
    ));
    let none = poll_fn(|context| Poll::Ready(answers.as_mut().poll(context).is_pending())).await;
    assert!(none, "no append is answered before it was committed");
    other.execute_batch("ROLLBACK").unwrap();
    for answer in answers.await {
        answer.unwrap();
    }
    // The writer had taken up whatever waited when it tried to begin; all others are the next commit.
    let made = commits(&path) - before - 1;
    assert!(
        (1..=2).contains(&made),
        "{APPENDS} appends in {made} commits"
    );
    for author in &authors {
        assert_eq!(replay(&store, author.organization()).await, *author.book());
    }
}

#[tokio::test]
async fn appends_that_wait_are_one_commit_under_full_durability() {
    appends_in_one_go(Durability::Full).await;
}

#[tokio::test]
async fn appends_that_wait_are_one_commit_under_relaxed_durability() {
    appends_in_one_go(Durability::Relaxed).await;
}

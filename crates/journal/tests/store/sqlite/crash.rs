//! A process that is killed while it appends.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use futures_util::future::join_all;
use journal::Store;
use journal::conformance::{Author, replay};
use journal::sqlite::{Durability, Sqlite};

/// Journals that the child writes at once.
const JOURNALS: u32 = 8;
/// Entries in each of its batches.
const ENTRIES: usize = 3;
/// Acknowledged appends after which it is killed.
const ENOUGH: usize = 400;
/// Marks the child's lines, and its one argument.
const MARK: &str = "acknowledged:";

#[test]
fn what_was_acknowledged_survives_kill_9_under_full_durability() {
    survives(
        Durability::Full,
        "sqlite::crash::what_was_acknowledged_survives_kill_9_under_full_durability",
    );
}

#[test]
fn what_was_acknowledged_survives_kill_9_under_relaxed_durability() {
    survives(
        Durability::Relaxed,
        "sqlite::crash::what_was_acknowledged_survives_kill_9_under_relaxed_durability",
    );
}

/// Runs as two processes of this same test: the parent kills the child, and looks at what it left.
fn survives(durability: Durability, test: &str) {
    let argument =
        std::env::args().find_map(|argument| argument.strip_prefix(MARK).map(PathBuf::from));
    if let Some(path) = argument {
        return appends_until_killed(&path, durability);
    }
    for round in 1..=3 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seawall.db");
        let heads = killed_in_the_midst(&path, test);
        assert!(
            heads.iter().any(|head| *head > 0),
            "round {round}: it appended"
        );
        look_at(&path, durability, &heads);
    }
}

/// The child. It says what was acknowledged on its standard output, past the test harness's capture.
fn appends_until_killed(path: &Path, durability: Durability) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let store = Sqlite::open(path, durability).unwrap();
    let journals = (1..=JOURNALS).map(|number| {
        let store = &store;
        async move {
            let mut author = Author::new(number);
            loop {
                store.append(author.batch(ENTRIES)).await.unwrap();
                // Fails once nobody listens, and so ends a child whose parent is gone.
                let line = format!("{MARK}{number} {}\n", author.head().seq);
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
        }
    });
    runtime.block_on(join_all(journals));
}

/// The number of the last acknowledged entry, for each journal.
fn killed_in_the_midst(path: &Path, test: &str) -> Vec<u64> {
    let mut child: Child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .arg(format!("{MARK}{}", path.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut heads = vec![0; usize::try_from(JOURNALS).unwrap() + 1];
    let mut acknowledged = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some((journal, seq)) = line
            .strip_prefix(MARK)
            .and_then(|line| line.split_once(' '))
        else {
            continue;
        };
        let journal: usize = journal.parse().unwrap();
        heads[journal] = seq.parse().unwrap();
        acknowledged += 1;
        if acknowledged == ENOUGH {
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success(), "it was killed");
    assert!(acknowledged >= ENOUGH, "it ended by itself");
    heads
}

fn look_at(path: &Path, durability: Durability, heads: &[u64]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let store = Sqlite::open(path, durability).unwrap();
    for (number, acknowledged) in (0..).zip(heads) {
        let book = runtime.block_on(replay(&store, Author::new(number).organization()));
        let (found, batch) = (book.head().seq, u64::try_from(ENTRIES).unwrap());
        assert!(
            found >= *acknowledged,
            "journal {number}: {found} of {acknowledged}"
        );
        assert_eq!(found % batch, 0, "journal {number}: half a batch");
    }
}

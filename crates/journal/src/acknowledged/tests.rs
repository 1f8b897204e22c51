//! Files as they are written, torn, damaged and bounded.

use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::conformance::Author;

fn open(folder: &Path) -> Acknowledged {
    Acknowledged::open(folder, Bounds::default()).unwrap()
}

/// Makes a batch and has it remembered, as of its author's own time.
async fn note(memory: &Acknowledged, author: &mut Author, entries: usize) -> Batch {
    let batch = author.batch(entries);
    memory.note(&batch, author.book().now()).await;
    batch
}

/// The files, oldest first.
fn files(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

fn bytes(folder: &Path) -> u64 {
    let lengths = files(folder).into_iter();
    lengths.map(|file| file.metadata().unwrap().len()).sum()
}

#[tokio::test]
async fn what_was_acknowledged_is_there_again_bit_for_bit_after_the_process_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, mut other) = (Author::new(1), Author::new(2));
    let mut expected = Vec::new();
    for _run in 0..3 {
        let memory = open(folder.path());
        for _batch in 0..4 {
            expected.extend(note(&memory, &mut one, 3).await.entries.to_vec());
            note(&memory, &mut other, 2).await;
        }
        assert_eq!(memory.head(one.organization()), Some(one.head()));
    }
    let memory = open(folder.path());
    assert_eq!(memory.head(other.organization()), Some(other.head()));
    let run = memory.run(one.organization()).await.unwrap().unwrap();
    assert_eq!((run.after, run.head), (Head::EMPTY, one.head()));
    assert_eq!(run.entries, expected);
    let stranger = Author::new(3).organization();
    assert_eq!(memory.head(stranger), None);
    assert_eq!(memory.run(stranger).await.unwrap(), None);
    assert_eq!(memory.organizations().len(), 2);
}

#[tokio::test]
async fn a_run_begins_anew_after_a_gap_and_after_a_head_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let memory = open(folder.path());
    let mut author = Author::new(1);
    note(&memory, &mut author, 2).await;
    author.batch(1);
    let gap = author.head();
    note(&memory, &mut author, 2).await;
    let run = memory.run(author.organization()).await.unwrap().unwrap();
    assert_eq!((run.after, run.entries.len()), (gap, 2));

    let mut other = author.other_node(2);
    let branch = other.head();
    memory.stands(author.organization(), branch).await;
    note(&memory, &mut other, 1).await;
    let run = memory.run(author.organization()).await.unwrap().unwrap();
    assert_eq!((run.after, run.head), (gap, other.head()));

    memory.stands(author.organization(), gap).await;
    assert_eq!(memory.head(author.organization()), Some(gap));
    assert_eq!(memory.run(author.organization()).await.unwrap(), None);
}

#[tokio::test]
async fn a_file_that_ends_anywhere_gives_what_was_whole_and_never_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut author = Author::new(1);
    let mut heads = vec![Head::EMPTY];
    let memory = open(folder.path());
    for _batch in 0..3 {
        note(&memory, &mut author, 2).await;
        heads.push(author.head());
    }
    let file = files(folder.path()).remove(0);
    let whole = std::fs::read(&file).unwrap();
    for length in 0..whole.len() {
        let torn = tempfile::tempdir().unwrap();
        std::fs::write(
            torn.path().join(file.file_name().unwrap()),
            &whole[..length],
        )
        .unwrap();
        let memory = open(torn.path());
        let head = memory.head(author.organization()).unwrap_or(Head::EMPTY);
        assert!(heads.contains(&head), "{length}");
        if let Some(run) = memory.run(author.organization()).await.unwrap() {
            assert_eq!((run.after, run.head), (Head::EMPTY, head), "{length}");
        }
    }
}

#[tokio::test]
async fn no_flipped_bit_makes_an_entry_that_was_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut author = Author::new(1);
    let memory = open(folder.path());
    let mut true_ones = Vec::new();
    for _batch in 0..3 {
        true_ones.extend(note(&memory, &mut author, 1).await.entries.to_vec());
    }
    let file = files(folder.path()).remove(0);
    let whole = std::fs::read(&file).unwrap();
    for place in 0..whole.len() {
        let damaged = tempfile::tempdir().unwrap();
        let mut bytes = whole.clone();
        bytes[place] ^= 0x10;
        std::fs::write(damaged.path().join(file.file_name().unwrap()), &bytes).unwrap();
        let memory = open(damaged.path());
        for organization in memory.organizations() {
            assert_eq!(organization, author.organization(), "{place}");
        }
        if let Some(run) = memory.run(author.organization()).await.unwrap() {
            let from = usize::try_from(run.after.seq).unwrap();
            let until = usize::try_from(run.head.seq).unwrap();
            assert_eq!(run.entries, true_ones[from..until], "{place}");
        }
        // And it goes on in a new file.
        let mut next = author.other_node(9);
        note(&memory, &mut next, 1).await;
        assert_eq!(memory.head(author.organization()), Some(next.head()));
    }
}

#[tokio::test]
async fn the_files_stay_within_their_bounds_and_an_organization_that_rests_keeps_its_head() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = Bounds {
        bytes: 40_000,
        keep: Duration::from_secs(1_000_000),
    };
    let memory = Acknowledged::open(folder.path(), bounds).unwrap();
    let (mut resting, mut busy) = (Author::new(1), Author::new(2));
    note(&memory, &mut resting, 2).await;
    for _batch in 0..400 {
        note(&memory, &mut busy, 3).await;
        assert!(bytes(folder.path()) < 42_000);
    }
    assert!(bytes(folder.path()) > 30_000);
    let memory = Acknowledged::open(folder.path(), bounds).unwrap();
    assert_eq!(memory.head(resting.organization()), Some(resting.head()));
    assert_eq!(memory.run(resting.organization()).await.unwrap(), None);
    let run = memory.run(busy.organization()).await.unwrap().unwrap();
    assert_eq!(run.head, busy.head());
    assert!(run.after.seq > 0 && run.entries.len() > 50);
}

#[tokio::test]
async fn what_is_older_than_is_kept_goes_by_the_entries_own_times() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = Bounds {
        bytes: 64 << 20,
        keep: Duration::from_secs(80),
    };
    let memory = Acknowledged::open(folder.path(), bounds).unwrap();
    // An author's clock goes on by a second with each entry.
    let mut author = Author::new(1);
    for _second in 0..500 {
        note(&memory, &mut author, 1).await;
    }
    let run = memory.run(author.organization()).await.unwrap().unwrap();
    assert_eq!(run.head, author.head());
    let kept = run.entries.len();
    assert!((80..110).contains(&kept), "{kept}");
}

#[tokio::test]
async fn where_nothing_can_be_written_it_goes_on_and_is_remembered_again_once_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inner");
    let memory = open(&place);
    let mut author = Author::new(1);
    std::fs::remove_dir(&place).unwrap();
    note(&memory, &mut author, 2).await;
    assert_eq!(memory.head(author.organization()), Some(author.head()));
    std::fs::create_dir(&place).unwrap();
    let before = author.head();
    note(&memory, &mut author, 2).await;
    let run = memory.run(author.organization()).await.unwrap().unwrap();
    assert_eq!((run.after, run.head), (before, author.head()));
}

#[tokio::test]
async fn others_cannot_read_what_is_remembered() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    note(&open(folder.path()), &mut Author::new(1), 1).await;
    for file in files(folder.path()) {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

//! Lies of the request log: each is found, and told by what the journal says.

use audit::Part;
use rusqlite::Connection;

use crate::store::{Files, HURT};

/// A call of the organization that is damaged, in the midst of its rows.
const SOME: &str =
    "request = (SELECT request FROM call WHERE organization = ?1 ORDER BY at LIMIT 1 OFFSET 40)";

fn set(files: &Files, what: &str) {
    files.in_log(
        &format!("UPDATE call SET {what} WHERE {SOME}"),
        [HURT.to_bytes()],
    );
}

#[tokio::test]
async fn a_row_that_lies_of_a_charge_is_found_with_both_amounts() {
    let files = Files::of(300).await;
    set(&files, "attempts = json_set(attempts, '$[0][9]', 1)");
    files.assert_found(
        Part::RequestLog,
        None,
        "is charged $0.000000001, the journal says $",
    );
}

#[tokio::test]
async fn a_row_that_lies_of_anything_else_is_found() {
    let table = [
        (
            "attempts = json_set(attempts, '$[0][5]', 1)",
            "held $0.000000001",
        ),
        (
            "attempts = json_set(attempts, '$[0][8]', 21)",
            "the journal says",
        ),
        (
            "attempts = json_set(attempts, '$[0][2]', 1)",
            "another time",
        ),
        ("attempts = '[]', said_at = at", "has 0 attempts"),
        ("attempts = 'x'", "cannot be read"),
        ("outcome = 5", "ended otherwise"),
        ("at = at + 1", "began at another time"),
        ("key = zeroblob(16)", "another organization, project or key"),
        ("model = 'gpt-6'", "another route or model"),
        ("request = zeroblob(16)", "no journal has"),
    ];
    for (what, says) in table {
        let files = Files::of(200).await;
        set(&files, what);
        let found = files.verify().findings;
        let all: Vec<_> = found.iter().map(|finding| &*finding.problem).collect();
        assert!(
            found.iter().all(|finding| finding.part == Part::RequestLog),
            "{what}: {all:?}"
        );
        assert!(
            all.iter().any(|problem| problem.contains(says)),
            "{what}: {all:?}"
        );
    }
}

#[tokio::test]
async fn a_row_that_is_missing_is_found() {
    let files = Files::of(300).await;
    files.in_log(&format!("DELETE FROM call WHERE {SOME}"), [HURT.to_bytes()]);
    files.assert_found(Part::RequestLog, None, "is missing");
}

#[tokio::test]
async fn the_first_row_that_lies_is_named_and_the_others_are_counted() {
    let files = Files::of(300).await;
    files.in_log(
        "UPDATE call SET outcome = 5 WHERE organization = ?1 AND outcome = 1",
        [HURT.to_bytes()],
    );
    files.assert_found(Part::RequestLog, None, " more");
}

#[tokio::test]
async fn a_log_that_is_behind_or_has_lost_its_oldest_rows_does_not_lie() {
    let files = Files::of(300).await;
    files.in_log(
        "DELETE FROM call WHERE at < (SELECT at FROM call ORDER BY at LIMIT 1 OFFSET 30)",
        [],
    );
    assert_eq!(files.verify().findings, []);
    files.in_log(
        "DELETE FROM call WHERE organization = ?1",
        [HURT.to_bytes()],
    );
    files.in_log(
        "DELETE FROM journal_offset WHERE organization = ?1",
        [HURT.to_bytes()],
    );
    assert_eq!(files.verify().findings, []);
    std::fs::remove_file(files.log()).unwrap();
    let report = files.verify();
    assert_eq!((report.findings, report.request_log), (vec![], false));
}

#[tokio::test]
async fn a_log_that_has_read_more_than_the_journal_has_betrays_a_store_that_rolled_back() {
    let files = Files::of(300).await;
    let last = files.entries;
    let store = Connection::open(files.store()).unwrap();
    let hurt = HURT.to_bytes();
    store
        .execute(
            "DELETE FROM entry WHERE organization = ?1 AND seq = ?2",
            (hurt, last.cast_signed()),
        )
        .unwrap();
    let hash = ledger::Entry::hash(&files.entry(last - 1));
    store
        .execute(
            "UPDATE head SET seq = seq - 1, hash = ?2 WHERE organization = ?1",
            (hurt, hash),
        )
        .unwrap();
    drop(store);
    let said = format!("has read entry {last}, but the last entry is {}", last - 1);
    files.assert_found(Part::RequestLog, Some(last), &said);
}

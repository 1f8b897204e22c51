//! Damage to a journal, its head and its snapshot: each is found, and named at its first entry.

use audit::Part;
use journal::Store;
use journal::sqlite::{Durability, Sqlite};
use ledger::{Entry, Fact, Head, HoldFact, Snapshot, Time};
use money::Nanos;

use crate::honest::Honest;
use crate::store::{Files, HURT, WELL};

const MANY: usize = 300;
/// An entry in the midst.
const HERE: u64 = 150;

#[tokio::test]
async fn any_flipped_byte_of_an_entry_is_found_at_that_entry() {
    let files = Files::of(40).await;
    for seq in [1, 20, files.entries] {
        let whole = files.entry(seq);
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x01;
            files.put(seq, &bytes);
            let report = files.verify();
            let found = &report.findings;
            // The end of a journal is in the head, the snapshot and the request log as well.
            assert!(
                found.len() == 1 || seq == files.entries,
                "byte {place}: {found:?}"
            );
            assert_eq!(found[0].entry, Some(seq), "byte {place}: {found:?}");
            assert_eq!(report.findings[0].organization, Some(HURT));
        }
        files.put(seq, &whole);
    }
    assert_eq!(files.verify().findings, []);
}

#[tokio::test]
async fn a_removed_entry_is_found_wherever_it_stood() {
    let files = Files::of(MANY).await;
    for seq in [1, HERE, files.entries] {
        let whole = files.entry(seq);
        let here = (HURT.to_bytes(), seq.cast_signed());
        files.in_store(
            "DELETE FROM entry WHERE organization = ?1 AND seq = ?2",
            here,
        );
        let missing = format!("entry {seq} is missing");
        let found = files.verify().findings;
        assert!(found[0].problem.starts_with(&missing), "{found:?}");
        assert_eq!((found[0].part, found[0].entry), (Part::Journal, Some(seq)));
        let (organization, number) = here;
        files.in_store(
            "INSERT INTO entry (organization, seq, bytes) VALUES (?1, ?2, ?3)",
            (organization, number, whole),
        );
    }
    assert_eq!(files.verify().findings, []);
}

#[tokio::test]
async fn an_entry_that_moved_up_into_a_gap_is_found() {
    let files = Files::of(MANY).await;
    for seq in HERE..files.entries {
        files.put(seq, &files.entry(seq + 1));
    }
    files.assert_found(
        Part::Journal,
        Some(HERE),
        "says of itself that it is entry 151",
    );
}

#[tokio::test]
async fn a_changed_amount_is_found_where_it_was_changed() {
    let files = Files::of(MANY).await;
    let settled = |entry: &Entry| matches!(entry.fact, Fact::Hold(HoldFact::Settled { .. }));
    let mut entry = files.find(HERE, settled);
    if let Fact::Hold(HoldFact::Settled { draws, charge, .. }) = &mut entry.fact {
        // Nothing within the entry contradicts itself.
        draws[0].amount = Nanos::new(draws[0].amount.get() + 1);
        charge.amount = Nanos::new(charge.amount.get() + 1);
    }
    files.put(entry.seq, &entry.encode());
    files.assert_found(Part::Journal, Some(entry.seq), "was changed");
}

#[tokio::test]
async fn an_amount_that_its_own_parts_contradict_is_found() {
    let files = Files::of(MANY).await;
    let taken = |entry: &Entry| matches!(entry.fact, Fact::Hold(HoldFact::Taken(_)));
    let mut entry = files.find(HERE, taken);
    if let Fact::Hold(HoldFact::Taken(taken)) = &mut entry.fact {
        taken.amount = Nanos::new(1);
    }
    files.put(entry.seq, &entry.encode());
    files.assert_found(Part::Journal, Some(entry.seq), "do not add up");
}

#[tokio::test]
async fn a_pair_in_the_wrong_order_is_found_at_the_first_of_the_two() {
    let files = Files::of(MANY).await;
    let (one, other) = (files.entry(HERE), files.entry(HERE + 1));
    files.put(HERE, &other);
    files.put(HERE + 1, &one);
    files.assert_found(
        Part::Journal,
        Some(HERE),
        "says of itself that it is entry 151",
    );
}

#[tokio::test]
async fn an_entry_with_a_wrong_link_is_told_from_one_that_was_changed_before_it() {
    let files = Files::of(MANY).await;
    let mut entry = Entry::decode(&files.entry(HERE)).unwrap();
    entry.previous = [7; 32];
    files.put(HERE, &entry.encode());
    files.assert_found(Part::Journal, Some(HERE), "does not carry the hash");
}

#[tokio::test]
async fn a_head_that_lies_is_found() {
    let files = Files::of(MANY).await;
    let last = files.entries;
    let hash = Entry::hash(&files.entry(last));
    let set = |sql: &str| files.in_store(sql, [HURT.to_bytes()]);
    set("UPDATE head SET seq = seq - 1 WHERE organization = ?1");
    files.assert_found(Part::Head, Some(last), "but the last entry is");
    set("UPDATE head SET seq = seq + 2 WHERE organization = ?1");
    files.assert_found(Part::Journal, Some(last + 1), "is missing: the head is");
    set("UPDATE head SET seq = seq - 1, hash = zeroblob(32) WHERE organization = ?1");
    files.assert_found(Part::Head, Some(last), "another hash");
    files.in_store(
        "UPDATE head SET hash = ?2 WHERE organization = ?1",
        (HURT.to_bytes(), hash),
    );
    set("UPDATE head SET short = 'nobody' WHERE organization = ?1");
    files.assert_found(Part::Head, Some(last), "where nobody looks");
    set("UPDATE head SET hash = x'00' WHERE organization = ?1");
    assert_eq!(files.verify().findings[0].organization, Some(HURT));
    set("DELETE FROM head WHERE organization = ?1");
    files.assert_found(Part::Head, Some(last), "there is no head");
}

#[tokio::test]
async fn a_snapshot_that_lies_is_found() {
    let files = Files::of(MANY).await;
    let mut honest = Honest::new(1);
    honest.round();
    let another = Snapshot::encode(&honest.book);
    let last = files.entries;
    files.in_store(
        "UPDATE snapshot SET bytes = ?2 WHERE organization = ?1",
        (HURT.to_bytes(), another),
    );
    files.assert_found(Part::Snapshot, Some(last), "is not what the entries");
    files.in_store(
        "UPDATE snapshot SET seq = ?2 WHERE organization = ?1",
        (HURT.to_bytes(), (last + 1).cast_signed()),
    );
    files.assert_found(Part::Snapshot, Some(last), "but the last entry is");
}

#[tokio::test]
async fn a_snapshot_of_another_version_is_no_lie() {
    let files = Files::of(MANY).await;
    files.in_store(
        "UPDATE snapshot SET bytes = x'ff00' WHERE organization = ?1",
        [HURT.to_bytes()],
    );
    assert_eq!(files.verify().findings, []);
}

#[tokio::test]
async fn a_journal_of_another_organization_is_found() {
    let files = Files::of(MANY).await;
    files.in_store(
        "DELETE FROM entry WHERE organization = ?1",
        [HURT.to_bytes()],
    );
    files.in_store(
        "INSERT INTO entry SELECT ?1, seq, bytes FROM entry WHERE organization = ?2",
        (HURT.to_bytes(), WELL.to_bytes()),
    );
    let found = files.verify().findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].problem.contains("another organization"),
        "{found:?}"
    );
}

#[tokio::test]
async fn who_rewrites_a_journal_to_its_end_is_betrayed_by_snapshot_and_request_log() {
    let files = Files::of(MANY).await;
    let mut head = Head::EMPTY;
    for seq in 1..=files.entries {
        let mut entry = Entry::decode(&files.entry(seq)).unwrap();
        entry.previous = head.hash;
        if let Fact::Hold(HoldFact::Taken(taken)) = &mut entry.fact
            && seq < HERE
        {
            taken.deadline = Time::LATEST;
            taken.upstream = "nobody".into();
        }
        let bytes = entry.encode();
        files.put(seq, &bytes);
        let hash = Entry::hash(&bytes);
        head = Head { seq, hash };
    }
    files.in_store(
        "UPDATE head SET hash = ?2 WHERE organization = ?1",
        (HURT.to_bytes(), head.hash),
    );
    let found = files.verify().findings;
    let parts: Vec<_> = found.iter().map(|finding| finding.part).collect();
    assert_eq!(parts, [Part::Snapshot, Part::RequestLog], "{found:?}");
}

#[tokio::test]
async fn an_archive_is_looked_into_and_a_flipped_byte_in_it_is_found() {
    let files = Files::of(MANY).await;
    let store = Sqlite::open(&files.store(), Durability::Relaxed).unwrap();
    let archived = store.archive(HURT, files.entries).await.unwrap();
    assert!(archived > HERE / 2, "{archived}");
    files.at_rest(store);
    assert_eq!(files.verify().findings, []);
    files.in_store(
        "UPDATE segment SET bytes = zeroblob(length(bytes)) WHERE organization = ?1",
        [HURT.to_bytes()],
    );
    let found = files.verify().findings;
    assert_eq!((found[0].part, found[0].entry), (Part::Journal, Some(1)));
    assert_eq!(found[0].problem, "entry 1 is missing", "{found:?}");
    assert!(
        found.iter().all(|one| one.organization == Some(HURT)),
        "{found:?}"
    );
}

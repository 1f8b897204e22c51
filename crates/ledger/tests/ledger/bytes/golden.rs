//! Golden bytes: what an entry was written as once, it is written as for ever.
//!
//! `golden.txt` has a name, the bytes and their SHA-256 for each entry. A new kind of entry adds its lines; a line that
//! is there never changes, because journals out there have those bytes and hash over them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ledger::{BudgetFact, CreditFact, DirectoryFact, Entry, Fact, HoldFact, LimitFact, Snapshot};
use sha2::{Digest, Sha256};

use super::entries;
use crate::tables::script;
use crate::world::World;

const GOLDEN: &str = include_str!("../golden.txt");

#[derive(Debug, PartialEq, Eq)]
struct Line {
    name: String,
    bytes: String,
    hash: String,
}

fn lines() -> Vec<Line> {
    let rows: Vec<&str> = GOLDEN
        .lines()
        .filter(|row| !row.is_empty() && !row.starts_with('#'))
        .collect();
    let words = |row: &str, word: &str| -> String {
        row.trim().strip_prefix(word).expect(row).trim().to_owned()
    };
    rows.chunks(3)
        .map(|rows| {
            let [name, bytes, hash] = rows else {
                panic!("not three rows: {rows:?}")
            };
            Line {
                name: (*name).to_owned(),
                bytes: words(bytes, "bytes"),
                hash: words(hash, "sha-256"),
            }
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn line_of(name: &str, bytes: &[u8]) -> Line {
    Line {
        name: name.to_owned(),
        bytes: hex(bytes),
        hash: hex(&Sha256::digest(bytes)),
    }
}

#[test]
fn every_kind_of_entry_has_the_bytes_it_always_had() {
    let golden = lines();
    let now: Vec<Line> = entries::all()
        .iter()
        .map(|(name, entry)| line_of(name, &entry.encode()))
        .collect();
    let mut wrong = String::new();
    for line in now.iter().filter(|line| !golden.contains(line)) {
        let Line { name, bytes, hash } = line;
        write!(wrong, "\n{name}\n    bytes   {bytes}\n    sha-256 {hash}").unwrap();
    }
    assert!(
        wrong.is_empty(),
        "an entry is not written as golden.txt has it. If its name is there, the encoding of journals changed, which \
         must not be; if it is a new kind of entry, add it:\n{wrong}"
    );
    for line in &golden {
        let Line { name, .. } = line;
        assert!(
            now.contains(line),
            "golden.txt has {name:?}, which no entry is written as"
        );
    }
    assert_eq!(golden.len(), now.len(), "a name is in golden.txt twice");
}

#[test]
fn golden_bytes_are_read_as_their_entries_and_written_again_the_same() {
    assert_eq!(lines().len(), entries::all().len());
    for (line, (name, entry)) in lines().iter().zip(entries::all()) {
        assert_eq!(line.name, name);
        let bytes = unhex(&line.bytes);
        let read = Entry::decode(&bytes).expect(name);
        assert_eq!(read, entry);
        assert_eq!(hex(&read.encode()), line.bytes, "{name}");
        assert_eq!(hex(&Entry::hash(&bytes)), line.hash, "{name}");
    }
}

#[test]
fn no_kind_of_fact_is_without_golden_bytes() {
    let seen: BTreeSet<&str> = entries::all()
        .iter()
        .map(|(_, entry)| kind(&entry.fact))
        .collect();
    assert_eq!(seen, KINDS.into_iter().collect());
}

/// What [`kind`] can answer. A new variant does not compile there until it is named, and then belongs here.
const KINDS: [&str; 38] = [
    "OrganizationCreated",
    "OrganizationChanged",
    "ProjectCreated",
    "ProjectChanged",
    "ProjectArchived",
    "ProjectFitFloor",
    "KeyCreated",
    "KeyChanged",
    "KeyFrozen",
    "KeyUnfrozen",
    "KeyRevoked",
    "Added",
    "Lapsed",
    "Voided",
    "OwedRepaid",
    "LimitCreated",
    "LimitChanged",
    "LimitDeleted",
    "WindowOpened",
    "Taken",
    "Renewed",
    "Settled",
    "Released",
    "Presumed",
    "Corrected",
    "LimitCreatedFor",
    "ChargedBack",
    "BudgetCreated",
    "BudgetChanged",
    "BudgetDeleted",
    "BudgetWindowOpened",
    "BudgetCrossed",
    "LimitSet",
    "LimitAmended",
    "RaiseEnded",
    "Rolled",
    "Described",
    "Measured",
];

fn kind(fact: &Fact) -> &'static str {
    match fact {
        Fact::Directory(DirectoryFact::OrganizationCreated { .. }) => "OrganizationCreated",
        Fact::Directory(DirectoryFact::OrganizationChanged { .. }) => "OrganizationChanged",
        Fact::Directory(DirectoryFact::ProjectCreated { .. }) => "ProjectCreated",
        Fact::Directory(DirectoryFact::ProjectChanged { .. }) => "ProjectChanged",
        Fact::Directory(DirectoryFact::ProjectArchived { .. }) => "ProjectArchived",
        Fact::Directory(DirectoryFact::ProjectFitFloor { .. }) => "ProjectFitFloor",
        Fact::Directory(DirectoryFact::KeyCreated(_)) => "KeyCreated",
        Fact::Directory(DirectoryFact::KeyChanged(_)) => "KeyChanged",
        Fact::Directory(DirectoryFact::KeyFrozen { .. }) => "KeyFrozen",
        Fact::Directory(DirectoryFact::KeyUnfrozen { .. }) => "KeyUnfrozen",
        Fact::Directory(DirectoryFact::KeyRevoked { .. }) => "KeyRevoked",
        Fact::Credit(CreditFact::Added { .. }) => "Added",
        Fact::Credit(CreditFact::Lapsed { .. }) => "Lapsed",
        Fact::Credit(CreditFact::ChargedBack { .. }) => "ChargedBack",
        Fact::Credit(CreditFact::Voided { .. }) => "Voided",
        Fact::Credit(CreditFact::OwedRepaid { .. }) => "OwedRepaid",
        Fact::Limit(LimitFact::Created { .. }) => "LimitCreated",
        Fact::Limit(LimitFact::CreatedFor { .. }) => "LimitCreatedFor",
        Fact::Limit(LimitFact::Changed { .. }) => "LimitChanged",
        Fact::Limit(LimitFact::Deleted { .. }) => "LimitDeleted",
        Fact::Limit(LimitFact::WindowOpened { .. }) => "WindowOpened",
        Fact::Limit(LimitFact::Set { .. }) => "LimitSet",
        Fact::Limit(LimitFact::Amended { .. }) => "LimitAmended",
        Fact::Limit(LimitFact::RaiseEnded { .. }) => "RaiseEnded",
        Fact::Limit(LimitFact::Rolled { .. }) => "Rolled",
        Fact::Hold(HoldFact::Taken(_)) => "Taken",
        Fact::Hold(HoldFact::Renewed { .. }) => "Renewed",
        Fact::Hold(HoldFact::Settled { .. }) => "Settled",
        Fact::Hold(HoldFact::Released { .. }) => "Released",
        Fact::Hold(HoldFact::Presumed { .. }) => "Presumed",
        Fact::Hold(HoldFact::Corrected { .. }) => "Corrected",
        Fact::Hold(HoldFact::Described { .. }) => "Described",
        Fact::Hold(HoldFact::Measured { .. }) => "Measured",
        Fact::Budget(BudgetFact::Created { .. }) => "BudgetCreated",
        Fact::Budget(BudgetFact::Changed { .. }) => "BudgetChanged",
        Fact::Budget(BudgetFact::Deleted { .. }) => "BudgetDeleted",
        Fact::Budget(BudgetFact::WindowOpened { .. }) => "BudgetWindowOpened",
        Fact::Budget(BudgetFact::Crossed { .. }) => "BudgetCrossed",
    }
}

/// A snapshot has a version and may change with it; this notices a change without one.
#[test]
fn a_snapshot_of_version_4_has_the_bytes_it_always_had() {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        project p                                                         -> done p
        key k p models=a,b expires=2027-01-01T00:00:00Z                   -> done k
        freeze k why                                                      -> done
        unfreeze k                                                        -> done
        credit a 10.00 lapses=2027-01-01T00:00:00Z idem=x/y               -> done a
        limit l key:k 5.00 week/Asia/Tokyo                                -> done l
        limit m org 9.00 total model=a*                                   -> done m
        budget b project:p 2.00 week/Asia/Tokyo at=40,80                  -> done b
        take h1 k 1.00 model=a                                            -> granted 1.00
        take h2 k 1.00 model=a                                            -> granted 1.00
        presume h2                                                        -> charged 1.00; headroom 3.00 by l; b tells 40% at 1.00
        limit r org 9requests rolling/60                                  -> done r
        limit e org 9000tokens rolling/60 each=user                       -> done e
        limit t org 1.00 day each=tag shadow                              -> done t
        limit u org 1.00 day user=alice until=2027-01-01T00:00:00Z        -> done u
        limit v org 1.00 day tag=red                                      -> done v
        change r 10requests keep until=2026-12-01T00:00:00Z               -> done
        change u - reset                                                  -> done
        take h3 k 0.50 model=a user=alice tags=blue,red tokens=70         -> granted 0.50
        take h4 k 0.70 model=a user=bob tags=blue tokens=30               -> granted 0.70
        settle h3 0.10 tokens=50                                          -> charged 0.10; headroom 0.90 by u
        presume h4                                                        -> charged 0.70; headroom 2.20 by l; b tells 80% at 1.80
        ",
    );
    let bytes = Snapshot::encode(&world.book);
    assert_eq!(bytes[0], 4);
    assert_eq!(
        hex(&Sha256::digest(&bytes)),
        "bf944a92f9ed0615cb2f899050d30c311ec87045c45ecf28ea7143c665a92c30",
        "a snapshot is written differently: give it a new version"
    );
}

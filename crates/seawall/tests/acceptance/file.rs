//! The store's file, read without the program that wrote it: every journal is folded anew, entry by entry, and the
//! chain of hashes is computed again.

use std::path::Path;

use ledger::{Book, Entry};
use rusqlite::{Connection, OpenFlags};

/// What the journals of a store come to.
#[derive(Debug)]
pub(crate) struct Journals {
    pub(crate) books: Vec<Book>,
    pub(crate) entries: u64,
}

/// Reads a store that no process has open. Panics where a chain is broken, an entry cannot be read or taken up, or a
/// head is not the last entry.
pub(crate) fn read(store: &Path) -> Journals {
    let file = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut heads = file
        .prepare("SELECT organization, seq, hash FROM head ORDER BY organization")
        .unwrap();
    let heads: Vec<(Vec<u8>, i64, Vec<u8>)> = heads
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut journals = Journals {
        books: Vec::new(),
        entries: 0,
    };
    for (organization, seq, hash) in heads {
        let (book, last) = fold(&file, &organization);
        let seq = u64::try_from(seq).unwrap();
        assert_eq!(book.head().seq, seq, "the head is not the last entry");
        assert_eq!(last[..], hash[..], "the head has another hash");
        journals.entries += seq;
        journals.books.push(book);
    }
    journals
}

/// Folds one journal; answers the hash of its last entry as well.
fn fold(file: &Connection, organization: &[u8]) -> (Book, [u8; 32]) {
    let mut entries = file
        .prepare("SELECT seq, bytes FROM entry WHERE organization = ? ORDER BY seq")
        .unwrap();
    let rows = entries
        .query_map([organization], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .unwrap();
    let mut book = Book::empty();
    let mut previous = [0; 32];
    for (place, row) in (1..).zip(rows) {
        let (seq, bytes) = row.unwrap();
        let seq = u64::try_from(seq).unwrap();
        assert_eq!(seq, place, "an entry is missing");
        let entry = Entry::decode(&bytes).unwrap();
        assert_eq!(entry.seq, seq);
        assert_eq!(
            entry.previous, previous,
            "entry {seq} does not follow the one before it"
        );
        assert_eq!(
            entry.encode(),
            bytes,
            "entry {seq} is not what it encodes to"
        );
        previous = Entry::hash(&bytes);
        book.apply(&entry, previous).unwrap();
    }
    (book, previous)
}

impl Journals {
    /// P3 for every lot of every journal, by the books as folded here, none of which may have an open hold.
    pub(crate) fn assert_balanced_and_at_rest(&self) {
        for book in &self.books {
            for lot in book.lots() {
                let used = [lot.spent, lot.held, lot.lapsed, lot.voided, lot.left()];
                let used: i64 = used.iter().map(|part| part.get()).sum();
                assert_eq!(lot.added.get(), used - lot.owed().get(), "{lot:?}");
                assert_eq!(lot.held.get(), 0, "{lot:?}");
            }
            for limit in book.limits() {
                assert_eq!(limit.count.held.get(), 0, "{limit:?}");
            }
        }
    }
}

//! Whoever writes the journals of the checks: a real Book for each.

use std::sync::Arc;

use ids::{LotId, OrganizationId};
use ledger::{
    AddCredit, Book, Cause, Command, CreateOrganization, DirectoryCommand, Entry, Head, LotKind,
    Sealer, step,
};
use money::Nanos;

use crate::{AppendError, Batch, Store};

/// An organization's Book, and the batches that follow from it.
#[derive(Debug)]
pub struct Author {
    organization: OrganizationId,
    book: Book,
    run: u8,
    sealer: Sealer,
    /// Entries made, by it and those it branched off from.
    count: u32,
}

impl Author {
    /// The organization with this number, as its first node sees it: without entries. Organizations sort by number.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self::with_id(number, number)
    }

    /// Another organization with the same short id as the one with this number.
    #[must_use]
    pub fn namesake(number: u32) -> Self {
        Self::with_id(u32::MAX, number)
    }

    fn with_id(first: u32, last: u32) -> Self {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&first.to_be_bytes());
        id[12..].copy_from_slice(&last.to_be_bytes());
        Self {
            organization: OrganizationId::from_bytes(id),
            book: Book::empty(),
            run: 1,
            sealer: Sealer::new([1; 8]),
            count: 0,
        }
    }

    /// Another node with the same Book; what it writes is different, and so are its heads. `run` is not 1, and one of its
    /// own for each node.
    #[must_use]
    pub fn other_node(&self, run: u8) -> Self {
        // Its entries' ids are no other's, also where it branches off twice.
        let mut ids = [run; 8];
        let before = ids.last_chunk_mut::<4>();
        *before.expect("eight are more than four") = self.count.to_be_bytes();
        Self {
            organization: self.organization,
            book: self.book.clone(),
            run,
            sealer: Sealer::new(ids),
            count: self.count,
        }
    }

    /// Whose journal it is.
    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The head after all batches that were made.
    #[must_use]
    pub fn head(&self) -> Head {
        self.book.head()
    }

    /// The Book after all batches that were made.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The next so many entries. The journal's first one begins the organization, the others add credit.
    pub fn batch(&mut self, entries: usize) -> Batch {
        let after = self.head();
        let entries = (0..entries)
            .map(|_| {
                let entry = self.next_entry();
                self.take_up(&entry)
            })
            .collect();
        self.batch_of(after, entries)
    }

    /// One entry that carries a text of so many bytes. No command makes such a long one, but a journal may hold it.
    pub fn large(&mut self, bytes: usize) -> Batch {
        let after = self.head();
        let mut entry = self.next_entry();
        entry.cause = Some(Cause {
            actor: "x".repeat(bytes).into(),
            idempotency: None,
        });
        let entry = self.take_up(&entry);
        self.batch_of(after, Arc::new([entry]))
    }

    fn batch_of(&self, after: Head, entries: Arc<[Vec<u8>]>) -> Batch {
        Batch {
            organization: self.organization,
            after,
            entries,
            head: self.head(),
        }
    }

    fn take_up(&mut self, entry: &Entry) -> Vec<u8> {
        let bytes = entry.encode();
        self.book
            .apply(entry, Entry::hash(&bytes))
            .expect("the entry follows the one before");
        bytes
    }

    /// What the ledger decides next on a copy of the Book.
    fn next_entry(&mut self) -> Entry {
        self.count += 1;
        let command = self.next_command();
        let (mut book, now) = (self.book.clone(), self.book.now().plus_seconds(1));
        let stepped = step(&mut book, &command, None, now, &mut self.sealer);
        let mut entries = stepped.expect("the ledger agrees with itself").entries;
        assert_eq!(entries.len(), 1, "one command makes one entry");
        entries.remove(0).0
    }

    fn next_command(&self) -> Command {
        if self.book.organization().is_none() {
            let first = CreateOrganization {
                id: self.organization,
                name: "Example".into(),
                time_zone: "UTC".into(),
                approved_usage_limit: None,
                spend_guard: None,
            };
            return DirectoryCommand::CreateOrganization(first).into();
        }
        let mut lot = [self.run; 16];
        lot[12..].copy_from_slice(&self.count.to_be_bytes());
        Command::AddCredit(AddCredit {
            lot: LotId::from_bytes(lot),
            kind: LotKind::Purchase,
            amount: Nanos::new(1),
            lapses_at: None,
            priority: 0,
            note: "".into(),
        })
    }
}

/// Reads a whole journal in small pages and takes it up, which checks every number and every hash; then the Book's head
/// must be the store's.
pub async fn replay(store: &impl Store, organization: OrganizationId) -> Book {
    const PAGE: usize = 7;
    let mut book = Book::empty();
    loop {
        let page = store.read(organization, book.head().seq, PAGE).await;
        let page = page.expect("a journal can be read");
        assert!(page.len() <= PAGE, "no more than was asked");
        for bytes in &page {
            let entry = Entry::decode(bytes).expect("what was appended is what is read");
            book.apply(&entry, Entry::hash(bytes))
                .expect("the entry follows the one before");
        }
        if page.len() < PAGE {
            break;
        }
    }
    let head = store.head(organization).await.expect("a head can be read");
    assert_eq!(book.head(), head, "the head is that of the last entry");
    book
}

/// The head that was in the way, if that was the answer.
pub(super) fn conflict(answer: &Result<(), AppendError>) -> Option<Head> {
    match answer {
        Err(AppendError::Conflict(head)) => Some(*head),
        Ok(()) | Err(AppendError::Ambiguous(_) | AppendError::Unavailable(_)) => None,
    }
}

/// Appends, which must succeed.
pub(super) async fn appended(store: &impl Store, batch: Batch) {
    store.append(batch).await.expect("the append happens");
}

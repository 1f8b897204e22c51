//! The journal as it stands in the store, and everything that follows from it.
//!
//! Each entry that reaches the store is taken up by the ledger's Book and by the slow reference, which must say the same.
//! The figures after every entry are kept, because an answer rests on one of the heads between question and answer.

use ledger::{Book, Entry, Head, Holder};

use crate::asked::Asked;
use crate::reference::{Context, Figures, Reference, Wrong};
use crate::rollback::says_again;

/// An entry that stands.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) entry: Entry,
    pub(crate) bytes: Vec<u8>,
    pub(crate) author: Holder,
}

/// The journal.
#[derive(Debug)]
pub(crate) struct Truth {
    entries: Vec<Standing>,
    book: Book,
    pub(crate) reference: Reference,
    /// After each entry; the first is of the journal without entries.
    figures: Vec<Figures>,
}

impl Truth {
    pub(crate) fn new() -> Self {
        Self {
            entries: Vec::new(),
            book: Book::empty(),
            reference: Reference::default(),
            figures: vec![Figures::default()],
        }
    }

    /// The number of the last entry.
    pub(crate) fn seq(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn head(&self) -> Head {
        self.book.head()
    }

    pub(crate) fn entries(&self) -> &[Standing] {
        &self.entries
    }

    /// The entries after one head, up to another.
    pub(crate) fn between(&self, from: usize, to: usize) -> impl Iterator<Item = &Entry> {
        let entries = self.entries.iter().take(to).skip(from);
        entries.map(|standing| &standing.entry)
    }

    pub(crate) fn figures(&self, seq: usize) -> Option<&Figures> {
        self.figures.get(seq)
    }

    /// The figures of now.
    pub(crate) fn now(&self) -> Result<&Figures, Wrong> {
        self.figures
            .last()
            .ok_or_else(|| "there are no figures".to_owned())
    }

    /// Takes up an entry that an author's append put into the store.
    pub(crate) fn take(
        &mut self,
        bytes: &[u8],
        author: &Holder,
        asked: &Asked,
    ) -> Result<(), Wrong> {
        let entry = Entry::decode(bytes).map_err(|error| error.to_string())?;
        let wrong = |why: Wrong| format!("entry {}: {why}: {:?}", entry.seq, entry.fact);
        self.book
            .apply(&entry, Entry::hash(bytes))
            .map_err(|fault| wrong(fault.to_string()))?;
        let before = self.now()?.clone();
        let context = Context {
            author,
            asked,
            restored: says_again(&entry),
        };
        self.reference
            .take(&entry, &before, context)
            .map_err(wrong)?;
        let figures = self.reference.figures();
        figures.agree(&self.book).map_err(wrong)?;
        self.figures.push(figures);
        self.entries.push(Standing {
            entry,
            bytes: bytes.to_vec(),
            author: author.clone(),
        });
        Ok(())
    }

    /// Where an append ends: budgets have told all that is reached, and keys are frozen that had to be.
    pub(crate) fn append_ends(&self) -> Result<(), Wrong> {
        self.reference.all_are_frozen()?;
        self.reference.all_is_told(self.now()?)
    }

    /// The same journal up to some entry, everything that followed being forgotten.
    pub(crate) fn up_to(&self, seq: usize, asked: &Asked) -> Result<Self, Wrong> {
        let mut earlier = Self::new();
        for standing in self.entries.iter().take(seq) {
            earlier.take(&standing.bytes, &standing.author, asked)?;
        }
        Ok(earlier)
    }

    /// The head it had after so many entries.
    pub(crate) fn head_at(&self, seq: usize) -> Head {
        let standing = seq.checked_sub(1).and_then(|place| self.entries.get(place));
        standing.map_or(Head::EMPTY, |standing| Head {
            seq: standing.entry.seq,
            hash: Entry::hash(&standing.bytes),
        })
    }

    /// Whether this was its head once.
    pub(crate) fn goes_through(&self, head: Head) -> bool {
        usize::try_from(head.seq).is_ok_and(|seq| self.head_at(seq) == head)
    }

    /// The Book after some entry, read from the journal's beginning.
    pub(crate) fn book_at(&self, head: Head) -> Result<Book, Wrong> {
        let mut book = Book::empty();
        let seq = usize::try_from(head.seq).map_err(|size| size.to_string())?;
        for Standing { entry, bytes, .. } in self.entries.iter().take(seq) {
            book.apply(entry, Entry::hash(bytes))
                .map_err(|fault| fault.to_string())?;
        }
        if book.head() == head {
            Ok(book)
        } else {
            Err(format!(
                "the journal does not go through entry {}",
                head.seq
            ))
        }
    }
}

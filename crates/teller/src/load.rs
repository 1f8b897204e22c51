//! Reading a Book from its journal.

use ids::OrganizationId;
use journal::{Store, StoreError};
use ledger::{Book, DecodeError, Entry, Head, Inconsistent, Snapshot};

use crate::mend::{Kept, Later};
use crate::rollback::{Restored, RolledBack};

/// Entries asked for at once.
const PAGE: usize = 1000;

/// Why a Book could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("entry {seq} of the journal cannot be read: {source}")]
    Unreadable { seq: u64, source: DecodeError },
    #[error("entry {seq} of the journal {source}")]
    Inconsistent { seq: u64, source: Inconsistent },
    /// What the store had acknowledged is not there any more.
    #[error("{0}")]
    RolledBack(Box<RolledBack>),
    /// The store's head is not the head of its entries.
    #[error("the store is damaged: entry {0} of the journal is not the one that its head names")]
    NotItsHead(u64),
}

impl From<RolledBack> for LoadError {
    fn from(rolled_back: RolledBack) -> Self {
        Self::RolledBack(Box::new(rolled_back))
    }
}

/// Heads that were seen before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// Acknowledged: the journal must go through it.
    pub(crate) durable: Head,
    /// Named by the store as its head: the journal must go through it, too.
    pub(crate) reported: Option<Head>,
    /// The journal may go through it or not.
    pub(crate) asked: Option<Head>,
}

/// A Book as it was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) book: Box<Book>,
    /// Whether the journal goes through the head that was asked about.
    pub(crate) asked_found: bool,
    /// The last entry of the snapshot that it was read from; 0: it was read from the beginning.
    pub(crate) snapshot: u64,
    /// What the store had lost, and has again.
    pub(crate) restored: Option<Restored>,
}

/// Reads the Book from its last snapshot, or the journal's beginning, to its head. What the store does not have any more,
/// and is remembered, is appended again before.
pub(crate) async fn load(kept: &Kept, known: Known) -> Result<Loaded, LoadError> {
    let (store, organization) = (&*kept.store, kept.organization);
    let remembered = kept.remembered();
    let (mut book, evidence) = from_snapshot(store, organization).await?;
    let snapshot = book.head();
    let earlier = |head: Option<Head>| head.filter(|head| before(snapshot, *head));
    let mut later = Later::new();
    let mut passed = Passed {
        remembered,
        known,
        evidence,
        through: Through {
            remembered: remembered.is_none(),
            ..Through::default()
        },
    };
    if let Some(head) = earlier(remembered) {
        passed.through.remembered = stands(store, organization, head).await?;
        later.skipped();
    }
    if let Some(head) = earlier(Some(known.durable)) {
        passed.through.durable = stands(store, organization, head).await?;
    }
    if let Some(head) = earlier(known.reported) {
        passed.through.reported = stands(store, organization, head).await?;
    }
    if let Some(head) = earlier(known.asked) {
        passed.through.asked = stands(store, organization, head).await?;
    }
    read_on(store, organization, &mut book, |head, bytes| {
        if let (Some(bytes), true) = (bytes, passed.through.remembered) {
            later.push(bytes);
        }
        passed.note(head);
    })
    .await?;
    let restored = match remembered.filter(|_| !passed.through.remembered) {
        None if kept.remembered() == remembered => {
            kept.caught_up(later, &book).await;
            None
        }
        None => {
            overtaken(kept).await?;
            None
        }
        Some(head) => Some(kept.mend(&mut book, head, |head| passed.note(head)).await?),
    };
    passed.check(organization)?;
    Ok(Loaded {
        book: Box::new(book),
        asked_found: passed.through.asked,
        snapshot: snapshot.seq,
        restored,
    })
}

/// While this reading was under way another teller of this node, which was about to end, was told of more. If that is in the
/// journal, this reading is only behind; if not, the journal is to be read once more, by who knows of it.
async fn overtaken(kept: &Kept) -> Result<(), LoadError> {
    let stands = match kept.remembered() {
        Some(head) => stands(&*kept.store, kept.organization, head).await?,
        None => true,
    };
    if stands {
        return Ok(());
    }
    let why = "what it had acknowledged meanwhile is not there, and is looked for once more";
    Err(StoreError::Unavailable(why.to_owned()).into())
}

/// The Book of an organization's journal as it is, whatever is remembered of it, and the head of a snapshot that is of
/// entries which it does not have.
pub(crate) async fn as_it_is(
    store: &dyn Store,
    organization: OrganizationId,
) -> Result<(Book, Option<Head>), LoadError> {
    let (mut book, evidence) = from_snapshot(store, organization).await?;
    read_on(store, organization, &mut book, |_head, _bytes| {}).await?;
    Ok((book, evidence))
}

/// The Book of the last snapshot, unless it is unreadable (then an older program's, or a newer one's), or of entries that
/// the journal does not have: whoever did not know yet that the store had rolled back may have kept it since. Its head is
/// told then, because what it is of was acknowledged.
async fn from_snapshot(
    store: &dyn Store,
    organization: OrganizationId,
) -> Result<(Book, Option<Head>), LoadError> {
    let Some(snapshot) = store.snapshot(organization).await? else {
        return Ok((Book::empty(), None));
    };
    match Snapshot::decode(&snapshot.bytes) {
        Ok(book) if stands(store, organization, book.head()).await? => Ok((book, None)),
        Ok(book) => Ok((Book::empty(), Some(book.head()))),
        Err(error) => {
            tracing::warn!(%organization, %error, "a snapshot cannot be used; the journal is read from its beginning");
            Ok((Book::empty(), None))
        }
    }
}

/// Takes up the entries after the Book's head, saying of each head that it was passed, and with which entry.
async fn read_on(
    store: &dyn Store,
    organization: OrganizationId,
    book: &mut Book,
    mut passed: impl FnMut(Head, Option<&[u8]>),
) -> Result<(), LoadError> {
    passed(book.head(), None);
    let mut coming = store.read(organization, book.head().seq, PAGE);
    loop {
        let page = coming.await?;
        // The store reads the next page while this one is taken up.
        let after = book.head().seq.saturating_add(count(&page));
        let full = page.len() == PAGE;
        let next = full.then(|| store.read(organization, after, PAGE));
        for bytes in &page {
            let seq = book.head().seq.saturating_add(1);
            let entry =
                Entry::decode(bytes).map_err(|source| LoadError::Unreadable { seq, source })?;
            book.apply(&entry, Entry::hash(bytes))
                .map_err(|source| LoadError::Inconsistent { seq, source })?;
            passed(book.head(), Some(bytes));
        }
        match next {
            Some(next) => coming = next,
            None => return Ok(()),
        }
    }
}

/// How many entries a page has.
fn count(page: &[Vec<u8>]) -> u64 {
    u64::try_from(page.len()).unwrap_or(u64::MAX)
}

/// Whether the reading, which begins at the snapshot, does not come past this head.
const fn before(snapshot: Head, head: Head) -> bool {
    head.seq < snapshot.seq
}

/// Whether the journal has this head's entry.
pub(crate) async fn stands(
    store: &dyn Store,
    organization: OrganizationId,
    head: Head,
) -> Result<bool, StoreError> {
    let Some(after) = head.seq.checked_sub(1) else {
        return Ok(true);
    };
    let entry = store.read(organization, after, 1).await?;
    Ok(entry
        .first()
        .is_some_and(|bytes| Entry::hash(bytes) == head.hash))
}

/// The heads that were seen before, and which of them the journal goes through.
struct Passed {
    remembered: Option<Head>,
    known: Known,
    /// A snapshot's head that the journal did not go through when it was looked at.
    evidence: Option<Head>,
    through: Through,
}

#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is about one head, and none is about the others"
)]
struct Through {
    remembered: bool,
    durable: bool,
    reported: bool,
    asked: bool,
    evidence: bool,
}

impl Passed {
    fn note(&mut self, head: Head) {
        self.through.remembered |= self.remembered == Some(head);
        self.through.durable |= self.known.durable == head;
        self.through.reported |= self.known.reported == Some(head);
        self.through.asked |= self.known.asked == Some(head);
        self.through.evidence |= self.evidence == Some(head);
    }

    fn check(&self, organization: OrganizationId) -> Result<(), LoadError> {
        let durable = self.known.durable.seq;
        if durable > 0 && !self.through.durable {
            return Err(RolledBack::unremembered(organization, durable).into());
        }
        if let Some(head) = self.evidence.filter(|_| !self.through.evidence) {
            return Err(RolledBack::unremembered(organization, head.seq).into());
        }
        match self.known.reported {
            Some(head) if head.seq > 0 && !self.through.reported => {
                Err(LoadError::NotItsHead(head.seq))
            }
            _ => Ok(()),
        }
    }
}

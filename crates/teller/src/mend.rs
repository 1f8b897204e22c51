//! A journal and what is remembered of it; and appending again, bit for bit, what a store lost.
//!
//! Nothing is decided again. What follows the journal's last entry without a gap, is remembered to the last head that was
//! acknowledged, and can be taken up by the Book, is the journal's own; the identical bytes at the identical places cannot
//! be there twice.

use std::sync::Arc;

use ids::OrganizationId;
use journal::acknowledged::Run;
use journal::{Acknowledged, AppendError, Batch, Store, StoreError};
use ledger::{Book, Entry, Head, Time};

use crate::load::LoadError;
use crate::rollback::{Restored, RolledBack, Unmendable};

/// Entries appended again at once.
const PAGE: usize = 1000;
/// The most bytes of entries that are written down because a Book was read past what is remembered.
const MOST_LATER: usize = 8 << 20;

/// An organization's journal, and what is remembered of it.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) memory: Option<Acknowledged>,
    pub(crate) organization: OrganizationId,
}

impl Kept {
    /// The last head that is remembered as acknowledged.
    pub(crate) fn remembered(&self) -> Option<Head> {
        let head = self.memory.as_ref()?.head(self.organization)?;
        (head.seq > 0).then_some(head)
    }

    /// The store acknowledged these entries, whose last is of this time.
    pub(crate) async fn acknowledged(&self, batch: &Batch, at: Option<Time>) {
        if let (Some(memory), Some(at)) = (&self.memory, at) {
            memory.note(batch, at).await;
        }
    }

    /// The Book was read past what is remembered, which these entries follow.
    pub(crate) async fn caught_up(&self, later: Later, book: &Book) {
        let (remembered, head) = (self.remembered(), book.head());
        let Some(memory) = &self.memory else { return };
        if remembered == Some(head) || head.seq == 0 {
            return;
        }
        match (remembered, later.0) {
            (Some(after), Some((entries, _))) => {
                let batch = Batch {
                    organization: self.organization,
                    after,
                    entries: Arc::from(entries),
                    head,
                };
                memory.note(&batch, book.now()).await;
            }
            _ => memory.stands(self.organization, head).await,
        }
    }

    /// What is remembered up to the last head.
    pub(crate) async fn run(&self) -> Result<Option<Run>, LoadError> {
        let Some(memory) = &self.memory else {
            return Ok(None);
        };
        memory.run(self.organization).await.map_err(|error| {
            let why = format!("what was acknowledged cannot be read: {error}");
            StoreError::Unavailable(why).into()
        })
    }

    /// Appends what is remembered after the Book's head, which is the journal's, and takes it up.
    pub(crate) async fn mend(
        &self,
        book: &mut Book,
        acknowledged: Head,
        mut passed: impl FnMut(Head),
    ) -> Result<Restored, LoadError> {
        let (run, stands) = (self.run().await?, book.head());
        let done = run.as_ref().and_then(|run| joint(run, stands));
        let (Some(run), Some(done)) = (&run, done) else {
            return Err(rolled_back(self.organization, book, acknowledged, run.as_ref()).into());
        };
        let missing = run.entries.get(done..).unwrap_or_default();
        let mut mended = book.clone();
        let mut heads = Vec::new();
        for (entry, bytes) in decoded(missing) {
            let seq = mended.head().seq.saturating_add(1);
            let taken = entry.and_then(|entry| {
                let applied = mended.apply(&entry, Entry::hash(bytes));
                applied.map_err(|error| error.to_string())
            });
            if let Err(why) = taken {
                let because = Unmendable::Unfit { entry: seq, why };
                return Err(told(self.organization, book, (acknowledged, None), because).into());
            }
            heads.push(mended.head());
        }
        self.append_again(stands, missing, &heads).await?;
        heads.into_iter().for_each(&mut passed);
        *book = mended;
        Ok(Restored {
            first: stands.seq.saturating_add(1),
            last: book.head().seq,
            until: book.now(),
        })
    }

    /// Appends entries page by page; `heads` are those after each of them.
    pub(crate) async fn append_again(
        &self,
        mut after: Head,
        entries: &[Vec<u8>],
        heads: &[Head],
    ) -> Result<(), LoadError> {
        for (page, heads) in entries.chunks(PAGE).zip(heads.chunks(PAGE)) {
            let head = heads.last().copied().unwrap_or(after);
            let batch = Batch {
                organization: self.organization,
                after,
                entries: Arc::from(page.to_vec()),
                head,
            };
            match self.store.append(batch).await {
                Ok(()) => {}
                Err(AppendError::Conflict(other)) if other == head => {}
                // Another node is at it, or the answer was lost: what stands then is read again before anything else.
                Err(error) => {
                    let why = format!("what it had lost could not be appended again: {error}");
                    return Err(StoreError::Unavailable(why).into());
                }
            }
            after = head;
        }
        Ok(())
    }
}

/// Entries that were read after the last one that is remembered; `None` where they are too many.
pub(crate) struct Later(Option<(Vec<Vec<u8>>, usize)>);

impl Later {
    pub(crate) const fn new() -> Self {
        Self(Some((Vec::new(), 0)))
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if let Some((entries, size)) = &mut self.0 {
            *size = size.saturating_add(bytes.len());
            if *size > MOST_LATER {
                self.0 = None;
            } else {
                entries.push(bytes.to_vec());
            }
        }
    }

    /// What was skipped by beginning at a snapshot is not known.
    pub(crate) fn skipped(&mut self) {
        self.0 = None;
    }
}

/// How many of a run's entries stand in a journal with this head, if the run goes through it.
fn joint(run: &Run, head: Head) -> Option<usize> {
    if run.after == head {
        return Some(0);
    }
    let count = head.seq.checked_sub(run.after.seq)?;
    let count = usize::try_from(count).ok()?;
    let last = run.entries.get(count.checked_sub(1)?)?;
    (Entry::hash(last) == head.hash).then_some(count)
}

/// Each entry, or why it cannot be read, with its bytes.
fn decoded(entries: &[Vec<u8>]) -> impl Iterator<Item = (Result<Entry, String>, &Vec<u8>)> {
    entries.iter().map(|bytes| {
        let entry = Entry::decode(bytes).map_err(|error| format!("cannot be read: {error}"));
        (entry, bytes)
    })
}

/// Why a journal that this Book is of cannot be mended by this run.
pub(crate) fn rolled_back(
    organization: OrganizationId,
    book: &Book,
    acknowledged: Head,
    run: Option<&Run>,
) -> RolledBack {
    let stands = book.head().seq;
    let because = match run {
        None => Unmendable::NotRemembered,
        Some(run) if run.after.seq > stands => Unmendable::Gap {
            from: run.after.seq.saturating_add(1),
        },
        Some(run) => Unmendable::Diverged {
            from: run.after.seq.saturating_add(1),
        },
    };
    let because = match (because, run) {
        // A journal that is as long or longer has other entries, whatever is remembered of ours.
        (Unmendable::NotRemembered | Unmendable::Gap { .. }, _) if stands >= acknowledged.seq => {
            Unmendable::Diverged {
                from: acknowledged.seq,
            }
        }
        (because, _) => because,
    };
    let at = run
        .and_then(|run| run.entries.last())
        .and_then(|bytes| Entry::decode(bytes).ok())
        .map(|entry| entry.at);
    told(organization, book, (acknowledged, at), because)
}

fn told(
    organization: OrganizationId,
    book: &Book,
    (acknowledged, at): (Head, Option<Time>),
    because: Unmendable,
) -> RolledBack {
    RolledBack {
        organization,
        found: book.organization().cloned(),
        acknowledged: acknowledged.seq,
        acknowledged_at: at,
        stands: Some((book.head().seq, book.now())),
        because,
    }
}

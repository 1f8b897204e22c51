//! Going on after a store rolled back beyond what can be mended: what was lost, as far as it is remembered, and taking the
//! journal as it is.
//!
//! What is remembered is appended then as entries of their own, after what the journal has now ([`again`]). Nothing of it
//! is decided again, and what does not apply any more is left out and said. The run as it was is kept in a file.

mod again;

use std::collections::HashSet;
use std::fmt;

use ids::{EntryId, OrganizationId};
use journal::acknowledged::Run;
use journal::{StoreError, StoredSnapshot};
use ledger::{Book, Entry, Head, Snapshot};
use money::Nanos;

use crate::actor::Job;
use crate::load::{self, LoadError};
use crate::mend::{Kept, rolled_back};
use crate::{RolledBack, Tellers, Unavailable};
use again::{Again, Since};

/// Entries read at once.
const PAGE: usize = 1000;
/// How many of a journal's last entries are looked through for what was appended again before.
const LOOKED_THROUGH: u64 = 200_000;

/// What a store lost of one organization, as far as it is remembered.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// Where the journal stands, and what it stood at.
    pub rolled_back: RolledBack,
    /// What people asked for, the newest 1,000, each with why it cannot be appended again, where it cannot.
    pub changes: Vec<(Entry, Option<String>)>,
    /// The calls.
    pub calls: LostCalls,
    /// How many entries are remembered.
    pub remembered: u64,
    /// How many of them can be appended again.
    pub restorable: u64,
}

/// Calls among what was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LostCalls {
    /// Holds that were taken.
    pub taken: u64,
    /// Calls that were charged.
    pub charged: u64,
    /// What they were charged, as far as it is known.
    pub spent: Nanos,
    /// What of that cannot be appended again, because their holds are remembered nowhere.
    pub spent_not_restorable: Nanos,
    /// How many were charged a hold that is remembered nowhere, so that it is not known how much.
    pub charged_unknown: u64,
    /// What calls that had not ended held.
    pub held: Nanos,
}

impl LostCalls {
    pub(crate) const NONE: Self = Self {
        taken: 0,
        charged: 0,
        spent: Nanos::ZERO,
        spent_not_restorable: Nanos::ZERO,
        charged_unknown: 0,
        held: Nanos::ZERO,
    };
}

/// Why a rollback is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The journal has all that is remembered of it.
    #[error("the store has not rolled back: nothing of this organization's journal is missing")]
    NotRolledBack,
    /// It is another rollback than the one that was looked at.
    #[error("the last entry that was acknowledged is {0}")]
    Another(u64),
    /// What is remembered could not be kept in a file, so it is not forgotten.
    #[error("what is remembered could not be kept in a file: {0}")]
    NotKept(std::io::Error),
    /// The store cannot tell.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<LoadError> for AcceptError {
    fn from(error: LoadError) -> Self {
        Self::Unavailable((&error).into())
    }
}

impl From<StoreError> for AcceptError {
    fn from(error: StoreError) -> Self {
        LoadError::from(error).into()
    }
}

/// A journal as it is, and what would follow.
struct Looked {
    book: Book,
    acknowledged: Head,
    /// Whether the store has a snapshot of what the journal does not have.
    misleading: bool,
    run: Option<Run>,
    again: Again,
}

impl Tellers {
    /// What the store lost of an organization; `None` where it lost nothing, or nothing is remembered of it. One that was
    /// stopped and has lost nothing any more, because another node appended it again, goes on then.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn rollback(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Rollback>, Unavailable> {
        let _one_at_a_time = self.replaying().acquire().await;
        let kept = self.kept(organization);
        let looked = look(&kept).await;
        let Some(looked) = looked.map_err(|error| Unavailable::from(&error))? else {
            self.stands_again(&kept).await?;
            return Ok(None);
        };
        Ok(Some(looked.told(organization)))
    }

    /// The journal has all that is remembered of it: whoever was stopped for its sake need not be accepted.
    async fn stands_again(&self, kept: &Kept) -> Result<(), Unavailable> {
        let organization = kept.organization;
        let mut stopped = self.rolled_back().into_iter();
        if kept.remembered().is_some() && stopped.any(|why| why.organization == organization) {
            tracing::warn!(%organization, "what the store had lost stands again");
            // One that has ended reads the journal by itself.
            let _resumed = self.line(organization)?.send(Job::Resume).await.is_ok();
        }
        Ok(())
    }

    /// Takes the journal of an organization as it is: keeps what is remembered in a file, appends what of it applies, and
    /// goes on. `acknowledged` is the number of the last entry that was acknowledged, which says that whoever asks knows
    /// what is lost. Asked again after a failure, it goes on where it stopped.
    ///
    /// # Errors
    /// [`AcceptError`].
    pub async fn accept_rollback(
        &self,
        organization: OrganizationId,
        acknowledged: u64,
    ) -> Result<Rollback, AcceptError> {
        let _one_at_a_time = self.replaying().acquire().await;
        let kept = self.kept(organization);
        let Some(memory) = kept.memory.clone() else {
            return Err(AcceptError::NotRolledBack);
        };
        let Some(looked) = look(&kept).await? else {
            self.stands_again(&kept).await?;
            return Err(AcceptError::NotRolledBack);
        };
        if looked.acknowledged.seq != acknowledged {
            return Err(AcceptError::Another(looked.acknowledged.seq));
        }
        if let Some(run) = &looked.run {
            let kept = memory.keep(organization, run.clone()).await;
            kept.map_err(AcceptError::NotKept)?;
        }
        let (entries, heads): (Vec<_>, Vec<_>) = looked.again.appended.iter().cloned().unzip();
        kept.append_again(looked.book.head(), &entries, &heads)
            .await?;
        let head = heads.last().copied().unwrap_or(looked.book.head());
        if looked.misleading {
            // It would stop everyone who reads it, for ever.
            let snapshot = StoredSnapshot {
                seq: head.seq,
                bytes: Snapshot::encode(looked.again.book()),
            };
            kept.store.put_snapshot(organization, snapshot).await?;
        }
        memory.stands(organization, head).await;
        tracing::warn!(
            %organization, acknowledged, stands = looked.book.head().seq, restored = heads.len(),
            "a person accepted that the store had rolled back"
        );
        // One that has not begun yet, or has ended, reads the journal by itself; it is accepted also where this server stops.
        if let Ok(line) = self.line(organization) {
            let _resumed = line.send(Job::Resume).await.is_ok();
        }
        Ok(looked.told(organization))
    }
}

/// Looks at a journal as if nothing were remembered, and at what is. `None` where it has all of it. What a snapshot is of
/// was acknowledged, too, by whoever kept it.
async fn look(kept: &Kept) -> Result<Option<Looked>, LoadError> {
    let Some(memory) = kept.remembered() else {
        return Ok(None);
    };
    let missing = !load::stands(&*kept.store, kept.organization, memory).await?;
    let (book, evidence) = load::as_it_is(&*kept.store, kept.organization).await?;
    let (acknowledged, run) = match evidence {
        _ if missing => (memory, kept.run().await?),
        Some(head) => (head, None),
        None => return Ok(None),
    };
    let mut again = Again::new(book.clone());
    if let Some(run) = &run {
        let since = since(kept, run, &book).await?;
        for some in run.entries.chunks(PAGE) {
            again.take_all(some, &since);
            tokio::task::yield_now().await;
        }
    }
    Ok(Some(Looked {
        book,
        acknowledged,
        misleading: evidence.is_some(),
        run,
        again,
    }))
}

/// What the journal has that may be among what is remembered, or against it.
async fn since(kept: &Kept, run: &Run, book: &Book) -> Result<Since, LoadError> {
    let mut since = Since::default();
    let head = book.head().seq;
    let ours: HashSet<&[u8]> = run.entries.iter().map(Vec::as_slice).collect();
    let entries = run.entries.iter().flat_map(|bytes| Entry::decode(bytes));
    let ids: HashSet<EntryId> = entries.map(|entry| entry.id).collect();
    let mut after = head.saturating_sub(LOOKED_THROUGH);
    loop {
        let page = kept.store.read(kept.organization, after, PAGE).await?;
        for bytes in &page {
            after = after.saturating_add(1);
            let entry = Entry::decode(bytes)
                .map_err(|source| LoadError::Unreadable { seq: after, source })?;
            // What was appended again before an accepting that failed is not another.
            let new = !ours.contains(&**bytes) && !ids.contains(&entry.id);
            since.take(&entry, (new, after > run.after.seq));
        }
        if page.len() < PAGE {
            return Ok(since);
        }
    }
}

impl Looked {
    fn told(&self, organization: OrganizationId) -> Rollback {
        let count = |entries: usize| u64::try_from(entries).unwrap_or(u64::MAX);
        Rollback {
            rolled_back: rolled_back(
                organization,
                &self.book,
                self.acknowledged,
                self.run.as_ref(),
            ),
            changes: self.again.changes.clone().into(),
            calls: self.again.calls,
            remembered: count(self.run.as_ref().map_or(0, |run| run.entries.len())),
            restorable: count(self.again.appended.len()),
        }
    }
}

impl fmt::Debug for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Looked")
            .field("acknowledged", &self.acknowledged)
            .finish_non_exhaustive()
    }
}

//! Reading along: what the journals say, as far as somebody wants to be told.
//!
//! A journal of an organization that nobody is told of is not read. So a server without alerts pays nothing for them.

use std::collections::HashMap;

use ids::{EntryId, OrganizationId};
use journal::Store;
use ledger::{Book, Entry, Head, Snapshot, Time};
use projections::Decided;
use tokio_util::sync::CancellationToken;

use crate::alert::{Draft, Whose};
use crate::file::{Offset, Page};
use crate::handle::Inner;
use crate::watch::Watch;
use crate::{AlertError, tell};

/// Entries read at once.
const PAGE: usize = 1024;
/// Books in memory at most; beyond it all are let go and read again where they are needed.
const MOST_BOOKS: usize = 4096;
/// How long to wait after a failure.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(5);
/// How often it is looked whether the passing of time is worth telling.
const TICK: std::time::Duration = std::time::Duration::from_secs(60);
/// After so many ticks everybody is looked at, not only those of whom something waits for its time.
const ALL_AFTER: u32 = 60;

/// What is not in a journal.
#[derive(Debug)]
pub(crate) enum News {
    Refused(OrganizationId, Box<Decided>),
    Halted(OrganizationId, String),
    Upstream(Box<Draft>),
}

pub(crate) struct Follower<'a> {
    inner: &'a Inner,
    watches: HashMap<OrganizationId, Watch>,
}

impl<'a> Follower<'a> {
    pub(crate) fn new(inner: &'a Inner) -> Self {
        Self {
            inner,
            watches: HashMap::new(),
        }
    }

    /// Follows until told to stop, then reads what there is, if that is not too much. The rest is read at the next start.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        self.follow(stop).await;
        if tokio::time::timeout(PAUSE, self.finish()).await.is_err() {
            tracing::warn!(
                "alerts did not read to the journals' end; they go on from there at the next start"
            );
        }
    }

    /// Leaves the offset where the tellers leave their snapshots, so that the next start need not read more.
    async fn finish(&mut self) {
        let read = self.read_marked().await;
        let now = self.inner.clock.now();
        let mut kept = Ok(());
        for (organization, watch) in &self.watches {
            if watch.last != watch.kept.last {
                kept = self
                    .put(*organization, watch, Vec::new(), now)
                    .await
                    .and(kept);
            }
        }
        if let Err(error) = read.and(kept) {
            tracing::warn!(%error, "alerts go on from where they were at the next start");
        }
    }

    async fn follow(&mut self, stop: CancellationToken) {
        let Some(mut news) = self.inner.take_news() else {
            return;
        };
        let mut tick = tokio::time::interval(TICK);
        let mut ticks = 0_u32;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                Some(one) = news.recv() => self.hear(one).await,
                () = self.inner.marks.marked() => {
                    // More than what began it is read with it.
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(self.inner.options.gather) => {}
                    }
                    if let Err(error) = self.read_marked().await {
                        tracing::warn!(%error, "alerts are behind the journal");
                        tokio::select! {
                            () = stop.cancelled() => return,
                            () = tokio::time::sleep(PAUSE) => {}
                        }
                    }
                }
                _at = tick.tick() => {
                    self.mark_by_time(ticks.is_multiple_of(ALL_AFTER));
                    ticks = ticks.wrapping_add(1);
                }
            }
        }
    }

    fn mark_by_time(&self, everyone: bool) {
        if everyone {
            self.inner.marks.mark_all();
        }
        for (organization, watch) in &self.watches {
            if watch.state.waits() {
                self.inner.marks.mark(*organization);
            }
        }
    }

    /// One organization's trouble does not keep the others from being read.
    async fn read_marked(&mut self) -> Result<(), AlertError> {
        let mut result = Ok(());
        for organization in self.inner.marks.take() {
            if let Err(error) = self.read(organization).await {
                self.watches.remove(&organization);
                self.inner.marks.mark(organization);
                result = Err(error);
            }
        }
        result
    }

    async fn read(&mut self, organization: OrganizationId) -> Result<(), AlertError> {
        let Some(offset) = self.inner.file.offset(organization).await? else {
            return Ok(());
        };
        let mut watch = match self.watches.remove(&organization) {
            Some(watch) if watch.kept.last == offset.last => watch,
            _ => match open(&*self.inner.store, organization, &offset).await? {
                Some(watch) => watch,
                None => return self.begin_again(organization).await,
            },
        };
        loop {
            let page = self
                .inner
                .store
                .read(organization, watch.book.head().seq, PAGE)
                .await?;
            let full = page.len() == PAGE;
            let mut drafts = take(&mut watch, organization, &page)?;
            let now = self.inner.clock.now();
            drafts.extend(watch.look(&offset.wishes, now));
            if !drafts.is_empty() || watch.must_be_kept(now) {
                self.put(organization, &watch, drafts, now).await?;
                watch.was_kept(now);
            }
            if !full {
                break;
            }
        }
        if self.watches.len() >= MOST_BOOKS {
            self.watches.clear();
        }
        self.watches.insert(organization, watch);
        Ok(())
    }

    async fn put(
        &self,
        organization: OrganizationId,
        watch: &Watch,
        drafts: Vec<Draft>,
        now: Time,
    ) -> Result<(), AlertError> {
        let page = Page {
            whose: Whose::of(&watch.book, organization),
            seq: watch.book.head().seq,
            last: watch.last,
            state: watch.state.clone(),
            drafts,
        };
        if self.inner.file.put(page, now, self.inner.how()).await? {
            self.inner.wake.notify_one();
        }
        Ok(())
    }

    /// The journal is not the one that was read: what it says now is not news.
    async fn begin_again(&self, organization: OrganizationId) -> Result<(), AlertError> {
        tracing::warn!(%organization, "the journal is not the one that alerts had read; they go on from its end");
        let (seq, last) = end(&*self.inner.store, organization).await?;
        self.inner.file.begin(organization, seq, last).await
    }

    async fn hear(&mut self, news: News) {
        let (organization, told) = match news {
            News::Refused(organization, decided) => {
                (organization, self.refused(organization, &decided).await)
            }
            News::Halted(organization, reason) => {
                (organization, self.halted(organization, &reason).await)
            }
            News::Upstream(draft) => return self.upstream(&draft).await,
        };
        log_untold(organization, told);
    }

    /// An account is nobody's in particular: everybody is told who is told of anything, or whom the settings name.
    async fn upstream(&mut self, draft: &Draft) {
        let only = self.inner.options.upstreams_to;
        let followed = self.inner.marks.followed().into_iter();
        for organization in followed.filter(|one| only.is_none_or(|only| only == *one)) {
            // Only for its name: who cannot be read now is told under its id.
            if !self.watches.contains_key(&organization)
                && let Err(error) = self.read(organization).await
            {
                tracing::debug!(%organization, %error, "an organization's name is not known");
            }
            let whose = match self.watches.get(&organization) {
                Some(watch) => Whose::of(&watch.book, organization),
                None => Whose::of(&Book::empty(), organization),
            };
            let told = self.inner.put_one(draft.clone(), whose).await;
            log_untold(organization, told);
        }
    }

    /// A refusal tells the names by the Book, and the figures by itself.
    async fn refused(
        &mut self,
        organization: OrganizationId,
        decided: &Decided,
    ) -> Result<(), AlertError> {
        if !self.watches.contains_key(&organization) {
            self.read(organization).await?;
        }
        let Some(watch) = self.watches.get(&organization) else {
            return Ok(());
        };
        let at_cap = tell::cap_reached(&decided.upstream, &decided.shortfall);
        let Some(draft) = at_cap.or_else(|| tell::refused(&watch.book, &decided.shortfall)) else {
            return Ok(());
        };
        let whose = Whose::of(&watch.book, organization);
        self.inner.put_one(draft, whose).await
    }

    async fn halted(&self, organization: OrganizationId, reason: &str) -> Result<(), AlertError> {
        let whose = match self.watches.get(&organization) {
            Some(watch) => Whose::of(&watch.book, organization),
            None => Whose::of(&Book::empty(), organization),
        };
        let draft = tell::halted(&whose, reason, self.inner.clock.now());
        self.inner.put_one(draft, whose).await
    }
}

fn log_untold(organization: OrganizationId, told: Result<(), AlertError>) {
    if let Err(error) = told {
        tracing::warn!(%organization, %error, "something worth telling is not told");
    }
}

/// Takes up the entries of a page; what they alone say is told.
fn take(
    watch: &mut Watch,
    organization: OrganizationId,
    page: &[Vec<u8>],
) -> Result<Vec<Draft>, AlertError> {
    let wrong = |what: String| AlertError::Journal { organization, what };
    let mut drafts = Vec::new();
    for bytes in page {
        let entry = Entry::decode(bytes).map_err(|error| wrong(error.to_string()))?;
        let draft = watch
            .take(&entry, Entry::hash(bytes))
            .map_err(|error| wrong(format!("entry {} {error}", entry.seq)))?;
        drafts.extend(draft);
    }
    Ok(drafts)
}

/// The Book at the offset; `None` where the journal does not have that entry any more.
async fn open(
    store: &dyn Store,
    organization: OrganizationId,
    offset: &Offset,
) -> Result<Option<Watch>, AlertError> {
    let wrong = |what: String| AlertError::Journal { organization, what };
    let mut book = Book::empty();
    if let Some(kept) = store.snapshot(organization).await?
        && kept.seq <= offset.seq
        && let Ok(read) = Snapshot::decode(&kept.bytes)
    {
        book = read;
    }
    let mut last = offset.last;
    // A snapshot of the very entry: whether that is still ours shows when the next one is taken up.
    while book.head().seq < offset.seq {
        let left = offset.seq.saturating_sub(book.head().seq);
        let most = usize::try_from(left).unwrap_or(PAGE).min(PAGE);
        let page = store.read(organization, book.head().seq, most).await?;
        if page.is_empty() {
            return Ok(None);
        }
        for bytes in page {
            let entry = Entry::decode(&bytes).map_err(|error| wrong(error.to_string()))?;
            book.apply(&entry, Entry::hash(&bytes))
                .map_err(|error| wrong(format!("entry {} {error}", entry.seq)))?;
            last = entry.id;
        }
    }
    Ok((last == offset.last).then(|| Watch::new(book, last, offset.state(organization))))
}

/// The journal's last entry: its number and id.
pub(crate) async fn end(
    store: &dyn Store,
    organization: OrganizationId,
) -> Result<(u64, EntryId), AlertError> {
    let head = store.head(organization).await?;
    let nothing = (0, EntryId::from_bytes([0; 16]));
    let Some(before) = head.seq.checked_sub(1).filter(|_| head != Head::EMPTY) else {
        return Ok(nothing);
    };
    let page = store.read(organization, before, 1).await?;
    match page.first() {
        Some(bytes) => {
            let entry = Entry::decode(bytes).map_err(|error| AlertError::Journal {
                organization,
                what: error.to_string(),
            })?;
            Ok((entry.seq, entry.id))
        }
        None => Ok(nothing),
    }
}

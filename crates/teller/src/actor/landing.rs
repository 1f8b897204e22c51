//! What follows when a flight lands, and what departs next.

use std::sync::Arc;
use std::time::Duration;

use journal::{Answer, AppendError, Batch, StoreError, StoredSnapshot};
use ledger::{Book, Command, Entry, Head, Snapshot};
use tokio::time::Instant;

use super::flight::{Flight, Landed, Sent};
use super::round::Round;
use super::{Actor, BACKOFF, Job, PRESUME_AT_ONCE, TRIES_WITHOUT_A_WORD};
use crate::load::{Known, LoadError, Loaded};
use crate::{Restored, Unavailable, View};

/// A snapshot on its way: taken of a Book that was ahead of the journal, kept once the journal has caught up.
#[derive(Default)]
pub(super) struct Snapshots {
    last: u64,
    taken: Option<StoredSnapshot>,
}

/// Waits for a snapshot to be kept; for ever where none is.
pub(super) async fn kept(keeping: &mut Option<Answer<()>>) -> Result<(), StoreError> {
    match keeping {
        Some(under_way) => {
            let kept = under_way.await;
            *keeping = None;
            kept
        }
        None => std::future::pending().await,
    }
}

impl Actor {
    /// Sends off the next round, or a reading of the Book where there is none.
    pub(super) fn depart(&mut self) {
        if self.flight.is_some() || self.halted.is_some() {
            return;
        }
        let Some(book) = &self.book else {
            // Who waits is in no round: the entries that were lost with the Book may have been of passing time alone.
            let asked = !self.parked.is_empty() || !self.waiting.is_empty();
            let wanted = asked || self.renewal_due;
            if wanted && self.retry_at.is_none() {
                self.flight = Some(self.reading(None));
            }
            return;
        };
        if self.next.is_empty() {
            return;
        }
        let mut round = std::mem::take(&mut self.next);
        let (entries, encoded): (Vec<Entry>, Vec<Vec<u8>>) =
            round.take_entries().into_iter().unzip();
        self.flight = Some(if encoded.is_empty() {
            Flight::head(&self.kept, round)
        } else {
            let batch = Batch {
                organization: self.organization,
                after: self.durable,
                entries: Arc::from(encoded),
                head: book.head(),
            };
            let sent = Sent {
                round,
                batch,
                entries,
                tries: 0,
            };
            Flight::append((&self.kept, &self.settings.observer), sent, Duration::ZERO)
        });
    }

    fn reading(&self, sent: Option<Sent>) -> Flight {
        let known = Known {
            durable: self.durable,
            reported: self.reported,
            asked: sent.as_ref().map(|sent| sent.batch.head),
        };
        Flight::read(&self.kept, known, sent)
    }

    pub(super) fn landed(&mut self, landed: Landed) {
        match landed {
            Landed::Read(sent, Ok(loaded)) => self.read(sent, loaded),
            Landed::Read(sent, Err(error)) => self.unreadable(sent, &error),
            Landed::Head(round, Ok(head)) if head == self.durable => self.vouched(round),
            Landed::Head(round, Ok(head)) => self.stands_at(head, round),
            Landed::Head(round, Err(error)) => {
                self.start_over(round);
                self.unreadable(None, &LoadError::Store(error));
            }
            Landed::Append(sent, result) => self.sent(sent, result),
        }
    }

    fn sent(&mut self, sent: Sent, result: Result<(), AppendError>) {
        if sent.stands(&result) {
            return self.appended(sent);
        }
        match result {
            Ok(()) => {}
            // After lost answers another entry stands behind where ours would: the journal knows whether ours is among
            // them.
            Err(AppendError::Conflict(head)) if sent.tries > 0 => {
                self.stands_at(head, Round::default());
                self.flight = Some(self.reading(Some(sent)));
            }
            Err(AppendError::Conflict(head)) => self.stands_at(head, sent.round),
            Err(AppendError::Ambiguous(error)) => self.try_again(sent, &error),
            // A first try may still have done it.
            Err(AppendError::Unavailable(error)) if sent.tries > 0 => {
                self.try_again(sent, &error);
            }
            Err(AppendError::Unavailable(error)) => {
                self.start_over(sent.round);
                self.store_away(&error);
            }
        }
    }

    fn appended(&mut self, sent: Sent) {
        self.durable = sent.batch.head;
        self.backoff = BACKOFF.0;
        self.settings
            .observer
            .appended(self.organization, sent.entries);
        self.vouched(sent.round);
        self.keep_snapshot();
    }

    /// The store vouched for everything this round rests on.
    fn vouched(&mut self, round: Round) {
        let stale = |book: &&Book| {
            self.view
                .load()
                .as_ref()
                .is_none_or(|view| !view.is_of(book))
        };
        if let Some(book) = self.book.as_ref().filter(stale) {
            self.view.store(Some(Arc::new(View::of(book))));
        }
        for (job, answer) in round.into_decided() {
            if let Some(undo) = job.tell(answer) {
                self.take(undo);
            }
        }
    }

    /// The journal stands elsewhere than this actor knew.
    fn stands_at(&mut self, head: Head, round: Round) {
        self.reported = Some(head);
        self.start_over(round);
    }

    /// Everything not yet answered is decided again on what the journal says.
    fn start_over(&mut self, round: Round) {
        self.book = None;
        let next = std::mem::take(&mut self.next);
        let later = std::mem::take(&mut self.parked);
        self.parked = round
            .into_jobs()
            .chain(next.into_jobs())
            .chain(later)
            .collect();
    }

    /// The same bytes again, until some entry stands where they would. Callers are not kept until then.
    fn try_again(&mut self, mut sent: Sent, error: &str) {
        tracing::warn!(organization = %self.organization, error, "an append's answer was lost; it is asked again");
        sent.tries = sent.tries.saturating_add(1);
        if sent.tries > TRIES_WITHOUT_A_WORD {
            let why = no_answer(error);
            self.start_over(Round::default());
            self.turn_away(&why);
            sent.round.turn_away(&why);
        }
        let pause = self.pause();
        self.flight = Some(Flight::append(
            (&self.kept, &self.settings.observer),
            sent,
            pause,
        ));
    }

    /// The Book was read. `sent` was in doubt until now.
    fn read(&mut self, sent: Option<Sent>, loaded: Loaded) {
        self.backoff = BACKOFF.0;
        self.reported = None;
        if let Some(restored) = &loaded.restored {
            let Restored { first, last, until } = restored;
            tracing::warn!(organization = %self.organization, first, last, %until, "the store had rolled back; what it had lost was appended again");
            self.settings.observer.restored(self.organization, restored);
        }
        self.durable = loaded.book.head();
        self.snapshots = Snapshots {
            last: loaded.snapshot,
            taken: None,
        };
        self.book = Some(*loaded.book);
        self.freed = !self.waiting.is_empty();
        if !std::mem::replace(&mut self.inherited, true) {
            self.renewal_due = true;
            let holder = self.settings.holder.clone();
            self.take(Job::Own(Box::new(Command::PresumeEarlierBoots {
                holder,
                most: PRESUME_AT_ONCE,
            })));
        }
        let parked = std::mem::take(&mut self.parked);
        match sent {
            Some(sent) if loaded.asked_found => {
                self.settings
                    .observer
                    .appended(self.organization, sent.entries);
                self.vouched(sent.round);
            }
            Some(sent) => sent.round.into_jobs().for_each(|job| self.take(job)),
            None => {}
        }
        parked.into_iter().for_each(|job| self.take(job));
        if std::mem::take(&mut self.renewal_due) {
            self.renew();
        }
    }

    fn unreadable(&mut self, sent: Option<Sent>, error: &LoadError) {
        match (error, sent) {
            (LoadError::Store(StoreError::Unavailable(why)), Some(sent)) => {
                self.try_again(sent, why);
            }
            (LoadError::Store(StoreError::Unavailable(why)), None) => self.store_away(why),
            (
                LoadError::Store(StoreError::Damaged(_))
                | LoadError::Unreadable { .. }
                | LoadError::Inconsistent { .. }
                | LoadError::RolledBack(_)
                | LoadError::NotItsHead(_),
                sent,
            ) => {
                self.start_over(sent.map(|sent| sent.round).unwrap_or_default());
                self.halt(error.into(), None);
            }
        }
    }

    /// The store does not answer: whoever waits is told so; calls that ended are kept until it does.
    fn store_away(&mut self, error: &str) {
        tracing::error!(organization = %self.organization, error, "the store does not answer");
        self.turn_away(&no_answer(error));
        self.retry_at = Some(Instant::now() + self.pause());
    }

    fn turn_away(&mut self, why: &Unavailable) {
        self.renewal_due |= !self.live.living().is_empty();
        let parked = std::mem::take(&mut self.parked);
        for job in parked.into_iter().chain(self.waiting.take_all()) {
            if job.outlives_outage() {
                self.parked.push(job);
            } else {
                job.fail(why);
            }
        }
    }

    fn pause(&mut self) -> Duration {
        let pause = self.backoff;
        self.backoff = (pause * 2).min(BACKOFF.1);
        pause
    }

    fn keep_snapshot(&mut self) {
        let Some(book) = &self.book else { return };
        if self.keeping.is_some() {
            return;
        }
        if self.snapshots.taken.is_none() {
            let since = self.durable.seq.saturating_sub(self.snapshots.last);
            if since < self.settings.snapshot_every {
                return;
            }
            self.snapshots.taken = Some(StoredSnapshot {
                seq: book.head().seq,
                bytes: Snapshot::encode(book),
            });
        }
        if let Some(snapshot) = self
            .snapshots
            .taken
            .take_if(|snapshot| snapshot.seq <= self.durable.seq)
        {
            self.snapshots.last = snapshot.seq;
            self.keeping = Some(self.kept.store.put_snapshot(self.organization, snapshot));
        }
    }

    /// A snapshot was kept, or not: losing one costs time at a start, nothing else.
    pub(super) fn kept(&mut self, kept: Result<(), StoreError>) {
        if let Err(error) = kept {
            tracing::warn!(organization = %self.organization, %error, "a snapshot could not be kept");
        }
    }

    /// At the end of a Book's time in memory: gives the store a last snapshot, where one is due.
    pub(super) fn last_snapshot(&self) -> Option<Answer<()>> {
        let book = self.book.as_ref()?;
        let due = book.head() == self.durable && self.durable.seq > self.snapshots.last;
        due.then(|| {
            let snapshot = StoredSnapshot {
                seq: book.head().seq,
                bytes: Snapshot::encode(book),
            };
            self.kept.store.put_snapshot(self.organization, snapshot)
        })
    }
}

fn no_answer(error: &str) -> Unavailable {
    Unavailable::NoAnswer(format!("the store does not answer: {error}"))
}

//! The actor that keeps one Book.
//!
//! It decides what is asked on the Book in memory, which runs ahead of the journal. What was decided since the last batch
//! left is the *next round*; a round is in *flight* while the store appends its entries (or, where it has none, reads the
//! head) and is answered when it lands. If the journal turns out to stand elsewhere, the Book is read again and everything
//! not yet answered is decided again, in the order in which it was asked.

mod flight;
mod job;
mod landing;
mod round;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use ids::OrganizationId;
use journal::Answer as StoreAnswer;
use ledger::{Book, Command, Head, Outcome, Patience, Sealer, step};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::live::Live;
use crate::mend::Kept;
use crate::notices::Notices;
use crate::{Settings, Standing, Unavailable, View};
use flight::Flight;
use job::Answer;
pub(crate) use job::Job;
use round::Round;
use waiting::Waiting;

/// Jobs taken up at once.
const DRAIN: usize = 1024;
/// Jobs that a teller at rest has room for. There are as many tellers as organizations, and most rest.
const KEPT_AT_REST: usize = 8;
/// Jobs decided and not yet on their way; beyond it no more are taken up until the flight lands.
const MOST_IN_ROUND: usize = 16_384;
/// Holds presumed by one batch.
const PRESUME_AT_ONCE: usize = 1000;
/// Tries of an append without an answer after which its callers are told that there is none.
const TRIES_WITHOUT_A_WORD: u32 = 3;
/// The first and the longest pause before the store is tried again.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(2));

pub(crate) struct Actor {
    organization: OrganizationId,
    kept: Kept,
    settings: Settings,
    view: Arc<ArcSwapOption<View>>,
    sealer: Sealer,
    /// The Book, ahead of the journal by the rounds not yet landed. `None`: it must be read.
    book: Option<Book>,
    /// The last head the store acknowledged.
    durable: Head,
    /// Where the store said that the journal stands, while the Book has not been read up to there.
    reported: Option<Head>,
    /// Whether this run's Book had the holds of earlier runs presumed.
    inherited: bool,
    /// Jobs that came while there was no Book.
    parked: Vec<Job>,
    next: Round,
    flight: Option<Flight>,
    waiting: Waiting,
    live: Live,
    /// Whether holds of living calls are to be renewed as soon as there is a Book.
    renewal_due: bool,
    /// Whether money may have become free since those who wait were looked at.
    freed: bool,
    /// Calls that came after it became free: those who wait are looked at first.
    behind: Vec<Job>,
    snapshots: landing::Snapshots,
    /// A snapshot that the store is being given.
    keeping: Option<StoreAnswer<()>>,
    backoff: Duration,
    retry_at: Option<Instant>,
    tick_at: Instant,
    asked_at: Instant,
    notices: Arc<Notices>,
    /// Why nothing is answered any more until a person has looked.
    halted: Option<Unavailable>,
}

impl Actor {
    pub(crate) fn new(
        kept: Kept,
        settings: Settings,
        view: Arc<ArcSwapOption<View>>,
        notices: Arc<Notices>,
    ) -> Self {
        let now = Instant::now();
        Self {
            organization: kept.organization,
            kept,
            sealer: Sealer::new(settings.run),
            view,
            book: None,
            durable: Head::EMPTY,
            reported: None,
            inherited: false,
            parked: Vec::new(),
            next: Round::default(),
            flight: None,
            waiting: Waiting::default(),
            live: Live::default(),
            renewal_due: false,
            freed: false,
            behind: Vec::new(),
            snapshots: landing::Snapshots::default(),
            keeping: None,
            backoff: BACKOFF.0,
            retry_at: None,
            tick_at: now + settings.hold_for / 3,
            asked_at: now,
            settings,
            notices,
            halted: None,
        }
    }

    pub(crate) async fn run(mut self, mut jobs: mpsc::Receiver<Job>, stopping: CancellationToken) {
        let mut taken = Vec::new();
        // Once it is closed, jobs whose senders were already at it still come; the end says itself that it is one.
        let (mut closed, mut ended) = (false, false);
        loop {
            let room = self.next.len() < MOST_IN_ROUND && self.parked.len() < MOST_IN_ROUND;
            let wake_at = self.wake_at();
            // In this order and not in a random one, so that the same events make the same journal: what landed has
            // callers that wait for it, and no new job can keep it waiting.
            tokio::select! {
                biased;
                landed = flight::land(&mut self.flight), if self.flight.is_some() => self.landed(landed),
                kept = landing::kept(&mut self.keeping), if self.keeping.is_some() => self.kept(kept),
                () = stopping.cancelled(), if !closed => {
                    closed = true;
                    jobs.close();
                }
                () = sleep_until(wake_at) => self.tick(),
                count = jobs.recv_many(&mut taken, DRAIN), if room && !ended => {
                    ended = count == 0;
                    if !ended {
                        self.asked_at = Instant::now();
                    }
                    for job in taken.drain(..) {
                        self.take(job);
                    }
                }
            }
            self.look_after_waiting();
            self.depart();
            if !self.is_at_rest() {
                continue;
            }
            taken.shrink_to(KEPT_AT_REST);
            // A hold that was granted to a late job has nobody else to renew it.
            if ended && (stopping.is_cancelled() || self.live.living().is_empty()) {
                break;
            }
            if !closed && self.is_idle() {
                // A job that is sent meanwhile is still done; later ones find another actor.
                closed = true;
                jobs.close();
            }
        }
        if let Some(keeping) = self.last_snapshot() {
            let kept = keeping.await;
            self.kept(kept);
        }
        self.view.store(None);
    }

    /// Nothing to do, and nothing on its way.
    fn is_at_rest(&self) -> bool {
        self.flight.is_none()
            && self.next.is_empty()
            && self.parked.is_empty()
            && self.waiting.is_empty()
            && self.keeping.is_none()
    }

    /// One that is halted stays: its successor would not know why.
    fn is_idle(&mut self) -> bool {
        self.asked_at.elapsed() > self.settings.idle_after
            && self.halted.is_none()
            && self.live.living().is_empty()
    }

    fn wake_at(&self) -> Instant {
        // Without a Book nothing can be done for those who wait.
        let waiting = self.book.as_ref().and(self.waiting.first_deadline());
        [waiting, self.retry_at]
            .into_iter()
            .flatten()
            .fold(self.tick_at, Instant::min)
    }

    fn tick(&mut self) {
        let now = Instant::now();
        if self.retry_at.is_some_and(|at| at <= now) {
            self.retry_at = None;
        }
        if self.tick_at <= now {
            self.tick_at = now + self.settings.hold_for / 3;
            self.renew();
        }
    }

    /// Renews the holds whose calls live, and presumes those whose deadline passed, whoever took them.
    fn renew(&mut self) {
        if self.book.is_none() {
            self.renewal_due = !self.live.living().is_empty();
            return;
        }
        let seconds = i64::try_from(self.settings.hold_for.as_secs()).unwrap_or(i64::MAX);
        let deadline = self.settings.clock.now().plus_seconds(seconds);
        let holds = self.live.living();
        if !holds.is_empty() {
            self.take(Job::Own(Box::new(Command::RenewHolds { holds, deadline })));
        }
        let overdue = |book: &Book, now| book.holds().any(|(_, hold)| hold.deadline <= now);
        if self
            .book
            .as_ref()
            .is_some_and(|book| overdue(book, self.settings.clock.now()))
        {
            self.take(Job::Own(Box::new(Command::PresumeOverdue {
                most: PRESUME_AT_ONCE,
            })));
        }
    }

    /// Decides a job, or keeps it until there is a Book.
    fn take(&mut self, job: Job) {
        if matches!(job, Job::Resume) {
            return self.resume();
        }
        if let Some(reason) = &self.halted {
            return job.fail(reason);
        }
        if self.book.is_none() {
            return self.parked.push(job);
        }
        if job.is_unwanted() {
            return;
        }
        if self.freed && matches!(job, Job::Hold { .. }) {
            return self.behind.push(job);
        }
        self.decide(job);
    }

    fn decide(&mut self, job: Job) {
        let Some(book) = &mut self.book else {
            return self.take(job);
        };
        let now = self.settings.clock.now();
        let others_wait = !self.waiting.is_empty();
        let stepped = match job.command(Instant::now(), others_wait) {
            Some((command, cause)) => step(book, &command, cause, now, &mut self.sealer),
            None => ledger::advance(book, now, &mut self.sealer),
        };
        let stepped = match stepped {
            Ok(stepped) => stepped,
            Err(fault) => {
                let fault = format!("the ledger contradicts itself: {fault}");
                return self.halt(Unavailable::NoAnswer(fault), Some(job));
            }
        };
        let book_now = book.now().max(now);
        let standing = Standing {
            seq: book.head().seq,
            at: book_now,
        };
        let question = job.question(book, book_now);
        self.next.add_entries(stepped.entries);
        self.freed |= job.may_free() && !self.waiting.is_empty();
        match question {
            Some(answer) => self.next.add(job, Answer::Any(answer)),
            None => self.decided(job, stepped.outcome, standing),
        }
    }

    /// Answers at once what may be answered at once, and keeps the rest until it is durable.
    fn decided(&mut self, mut job: Job, outcome: Outcome, standing: Standing) {
        match (&mut job, outcome) {
            (Job::Hold { ask, .. }, Outcome::Refused(refusal)) if ask.patience == Patience::Try => {
                job.hint(refusal, standing);
            }
            (Job::Hold { .. }, Outcome::Refused(refusal)) => {
                self.next.add(job, Answer::Refused(refusal, standing));
            }
            (Job::Hold { until, .. }, Outcome::Wait) => {
                let now = Instant::now();
                if self.waiting.len() < self.settings.most_waiting {
                    let until = *until.get_or_insert(now + self.settings.wait_for_held);
                    self.waiting.add(job, until);
                } else {
                    *until = Some(now);
                    self.decide(job);
                }
            }
            (Job::Hold { ask, .. }, outcome @ Outcome::Granted(_)) => {
                let alive = self.live.begin(ask.hold);
                let of_call = (&*ask.model, &ask.traits);
                let rates = self.book.as_ref();
                let rates = rates.map_or_else(Vec::new, |book| book.rates(ask.key, of_call));
                self.next.add(job, Answer::Granted((alive, rates), outcome));
            }
            (Job::Settle { hold, reply, .. }, outcome) => {
                self.live.end(*hold);
                if let (Some(reply), Outcome::Closed(receipt)) = (reply.take(), &outcome) {
                    // The call may have gone; its hold is settled all the same.
                    let _unwanted = reply.send(receipt.clone()).is_err();
                }
                self.next.add(job, Answer::Outcome(outcome));
            }
            (_, outcome) => self.next.add(job, Answer::Outcome(outcome)),
        }
    }

    /// Looks again at those who wait: after money became free, and when their time is over.
    fn look_after_waiting(&mut self) {
        if self.book.is_none() || self.halted.is_some() {
            return;
        }
        if std::mem::take(&mut self.freed) {
            let behind = std::mem::take(&mut self.behind);
            for job in self.waiting.take_all().into_iter().chain(behind) {
                self.take(job);
            }
        }
        for job in self.waiting.take_expired(Instant::now()) {
            self.take(job);
        }
    }

    /// Answers everything with why, until a person has looked: going on could only make it worse.
    fn halt(&mut self, reason: Unavailable, job: Option<Job>) {
        tracing::error!(organization = %self.organization, %reason, "this organization is stopped until a person has looked");
        self.settings
            .observer
            .halted(self.organization, &reason.to_string());
        let rounds = std::mem::take(&mut self.next).into_jobs();
        for job in job
            .into_iter()
            .chain(rounds)
            .chain(self.waiting.take_all())
            .chain(std::mem::take(&mut self.behind))
            .chain(std::mem::take(&mut self.parked))
        {
            job.fail(&reason);
        }
        if let Unavailable::RolledBack(why) = &reason {
            self.notices.halted(why);
            self.settings.observer.rolled_back(self.organization, why);
        }
        self.flight = None;
        self.book = None;
        self.halted = Some(reason);
    }

    /// A person has looked, and takes the journal as it is now: it is read as if for the first time.
    fn resume(&mut self) {
        if self.halted.take().is_some() {
            self.notices.resumed(self.organization);
            self.durable = Head::EMPTY;
            self.reported = None;
            self.inherited = false;
            self.backoff = BACKOFF.0;
            self.retry_at = None;
        }
    }
}

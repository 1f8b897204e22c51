//! One organization as it is followed: its Book at some entry, and what was seen and not told of yet.

use std::collections::HashMap;

use ids::{EntryId, HoldId};
use ledger::{
    Book, BudgetFact, DirectoryFact, Entry, Fact, HoldFact, Inconsistent, PresumeReason, Time,
};
use money::Nanos;
use serde::{Deserialize, Serialize};

use crate::alert::{Call, Draft};
use crate::settings::Wishes;
use crate::tell;

/// Calls that an alert names one by one.
const NAMED: usize = 10;
/// Seconds between two alerts that count calls: what comes in between waits for the next.
const GATHER: i64 = 600;
/// Amounts of holds and presumed charges kept at most. A Book remembers about as many.
const MOST_HELD: usize = 250_000;

/// What must not be forgotten between two runs. It is written with the offset; where reading begins, `{}` is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct State {
    /// Whether it was told that the balance is low, and it is since.
    pub(crate) low: bool,
    pub(crate) presumed: Gathered,
    pub(crate) overruns: Gathered,
}

/// Calls that wait to be told of together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Gathered {
    pub(crate) count: u64,
    /// The entry of the first.
    pub(crate) first: u64,
    /// The entry of the last.
    pub(crate) last: u64,
    /// The first few.
    pub(crate) calls: Vec<Call>,
    /// When such were told of last, in microseconds.
    pub(crate) told_at: i64,
}

impl Gathered {
    fn add(&mut self, seq: u64, call: Call) {
        if self.count == 0 {
            self.first = seq;
        }
        self.count = self.count.saturating_add(1);
        self.last = seq;
        if self.calls.len() < NAMED {
            self.calls.push(call);
        }
    }

    fn is_due(&self, now: Time) -> bool {
        self.count > 0 && Time::from_micros(self.told_at).plus_seconds(GATHER) <= now
    }

    fn told(&mut self, now: Time) {
        *self = Self {
            told_at: now.micros(),
            ..Self::default()
        };
    }
}

impl State {
    /// Whether something waits only for its time.
    pub(crate) const fn waits(&self) -> bool {
        self.presumed.count > 0 || self.overruns.count > 0
    }
}

/// A Book that is read along.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) book: Book,
    /// The last entry.
    pub(crate) last: EntryId,
    /// What each open hold, and each presumed charge, was taken for.
    held: HashMap<HoldId, Nanos>,
    pub(crate) state: State,
    pub(crate) kept: Kept,
}

/// What the file has of it.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) last: EntryId,
    state: State,
    at: Time,
}

/// How long the file's offset may stay behind, in seconds, where there is nothing to be told. What is read again after a
/// crash comes to the same.
const LAZY: i64 = 10;

impl Watch {
    pub(crate) fn new(book: Book, last: EntryId, state: State) -> Self {
        let kept = Kept {
            last,
            state: state.clone(),
            at: Time::EARLIEST,
        };
        let mut watch = Self {
            held: HashMap::new(),
            kept,
            book,
            last,
            state,
        };
        watch.recount();
        watch
    }

    /// Whether the file has to know: writing it costs a sync, which the store's own would wait for.
    pub(crate) fn must_be_kept(&self, now: Time) -> bool {
        self.state != self.kept.state
            || (self.last != self.kept.last && self.kept.at.plus_seconds(LAZY) <= now)
    }

    pub(crate) fn was_kept(&mut self, now: Time) {
        self.kept = Kept {
            last: self.last,
            state: self.state.clone(),
            at: now,
        };
    }

    fn recount(&mut self) {
        let open = self.book.holds().map(|(id, hold)| (*id, hold.amount));
        let presumed = self
            .book
            .presumed()
            .map(|(id, charge)| (*id, charge.amount));
        self.held = open.chain(presumed).collect();
    }

    /// Takes up the next entry; what it alone says is told at once, calls to look at are gathered.
    pub(crate) fn take(
        &mut self,
        entry: &Entry,
        hash: [u8; 32],
    ) -> Result<Option<Draft>, Inconsistent> {
        self.book.apply(entry, hash)?;
        self.last = entry.id;
        let draft = match &entry.fact {
            Fact::Hold(fact) => {
                self.hold(fact, entry.seq);
                None
            }
            Fact::Budget(BudgetFact::Crossed {
                budget,
                percent,
                spent,
            }) => tell::crossed(&self.book, *budget, (*percent, *spent)),
            // What nobody asked for came of a limit.
            Fact::Directory(DirectoryFact::KeyFrozen { id, reason }) if entry.cause.is_none() => {
                tell::frozen(&self.book, *id, reason)
            }
            Fact::Budget(_) | Fact::Directory(_) | Fact::Credit(_) | Fact::Limit(_) => None,
        };
        if self.held.len() > MOST_HELD {
            self.recount();
        }
        Ok(draft)
    }

    fn hold(&mut self, fact: &HoldFact, seq: u64) {
        match fact {
            HoldFact::Taken(taken) => {
                self.held.insert(taken.hold, taken.amount);
            }
            HoldFact::Settled { hold, charge, .. } | HoldFact::Corrected { hold, charge, .. } => {
                let held = self.held.remove(hold);
                if let Some(held) = held.filter(|held| charge.amount > *held) {
                    let call = Call::new(hold.request, held, charge.amount);
                    self.state.overruns.add(seq, call);
                }
            }
            HoldFact::Released { hold, .. } => {
                self.held.remove(hold);
            }
            HoldFact::Presumed { hold, reason } => self.presumed(*hold, *reason, seq),
            HoldFact::Renewed { .. } | HoldFact::Described { .. } | HoldFact::Measured { .. } => {}
        }
    }

    /// The amount stays known: a correction may still show that it cost more.
    fn presumed(&mut self, hold: HoldId, reason: PresumeReason, seq: u64) {
        if let Some(held) = self.held.get(&hold) {
            let mut call = Call::new(hold.request, *held, *held);
            call.why = Some(tell::why(reason).to_owned());
            self.state.presumed.add(seq, call);
        }
    }

    /// What the Book says as a whole, at its last entry and at this moment.
    pub(crate) fn look(&mut self, wishes: &Wishes, now: Time) -> Vec<Draft> {
        let mut drafts: Vec<Draft> = tell::limits_reached(&self.book).collect();
        if let Some(wanted) = wishes.balance_low {
            let low = tell::balance_low(&self.book, wanted);
            let news = low.filter(|_| !self.state.low);
            self.state.low = tell::balance_low(&self.book, wanted).is_some();
            drafts.extend(news);
        }
        drafts.extend(tell::lapsing(&self.book, now, wishes.lapse_notice_days));
        if self.state.presumed.is_due(now) {
            drafts.extend(tell::presumed(&self.book, &self.state.presumed));
            self.state.presumed.told(now);
        }
        if self.state.overruns.is_due(now) {
            drafts.extend(tell::overruns(&self.book, &self.state.overruns));
            self.state.overruns.told(now);
        }
        drafts
    }
}

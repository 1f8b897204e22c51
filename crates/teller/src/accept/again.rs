//! Entries that a store lost, as new entries after what it has now.
//!
//! A fact is taken as it is and under the id it had, with a cause that says where it comes from; the Book is the judge of
//! whether it can be taken up. Spending that has no credit left to pay it is owed, and one beyond a hard limit stands above
//! it: then nothing more is granted. Where the journal has gone on by itself, the stricter state of keys and hard limits
//! wins. What follows from passing time alone is left to the Book, which will say it by itself.

use std::collections::{HashMap, HashSet, VecDeque};

use ids::{EntryId, HoldId, KeyId};
use ledger::{
    Book, BudgetFact, Cause, CreditFact, DirectoryFact, Entry, Fact, Head, HoldFact, KeyState,
    LimitFact,
};
use money::Nanos;

use super::LostCalls;

/// Entries after which the Book is kept aside.
const STRIDE: usize = 256;
/// Changes that are told.
const MOST_CHANGES: usize = 1000;

/// What the journal says of late, by itself.
#[derive(Default)]
pub(super) struct Since {
    ids: HashSet<EntryId>,
    /// Whether entries stand where others stood.
    diverged: bool,
    /// Keys that those changed.
    keys: HashSet<KeyId>,
    /// Idempotency keys that it was asked under, by itself, wherever.
    asked: HashSet<[u8; 32]>,
    /// Holds that it has taken by itself, wherever. A Book forgets those that have ended.
    holds: HashSet<HoldId>,
}

impl Since {
    /// Takes an entry of the journal: whether it is none of those that are remembered, and may stand where one of them stood.
    pub(super) fn take(&mut self, entry: &Entry, (new, there): (bool, bool)) {
        let other = new && there;
        self.ids.insert(entry.id);
        self.diverged |= other;
        if let (true, Some(cause)) = (new, &entry.cause) {
            self.asked.extend(cause.idempotency.map(|asked| asked.key));
        }
        if let (true, Fact::Hold(HoldFact::Taken(taken))) = (new, &entry.fact) {
            self.holds.insert(taken.hold);
        }
        if let (true, Fact::Directory(DirectoryFact::KeyChanged(changed))) = (other, &entry.fact) {
            self.keys.insert(changed.id);
        }
    }

    /// Whether what it came of was asked for again, the same hold or under the same idempotency key: it would be done twice.
    fn has_done_again(&self, entry: &Entry) -> bool {
        if let Fact::Hold(HoldFact::Taken(taken)) = &entry.fact {
            return self.holds.contains(&taken.hold);
        }
        let asked = entry.cause.as_ref().and_then(|cause| cause.idempotency);
        asked.is_some_and(|asked| self.asked.contains(&asked.key))
    }
}

/// The Book with what was taken again.
pub(super) struct Again {
    /// As the journal has it.
    before: Book,
    book: Book,
    /// The Book some entries ago, and how many were appended then: a Book that refused an entry is of no use any more.
    sound: (Book, usize),
    pub(super) appended: Vec<(Vec<u8>, Head)>,
    pub(super) changes: VecDeque<(Entry, Option<String>)>,
    pub(super) calls: LostCalls,
    open: HashMap<HoldId, Nanos>,
    /// What was said of a call right before what it was said for: it is appended with that, or not at all.
    said: Option<Entry>,
}

impl Again {
    pub(super) fn new(book: Book) -> Self {
        Self {
            before: book.clone(),
            sound: (book.clone(), 0),
            book,
            appended: Vec::new(),
            changes: VecDeque::new(),
            calls: LostCalls::NONE,
            open: HashMap::new(),
            said: None,
        }
    }

    pub(super) const fn book(&self) -> &Book {
        &self.book
    }

    pub(super) fn take_all(&mut self, entries: &[Vec<u8>], since: &Since) {
        for bytes in entries {
            let Ok(entry) = Entry::decode(bytes) else {
                continue;
            };
            if since.ids.contains(&entry.id) {
                self.said = None;
                continue;
            }
            if is_said_of_a_call(&entry.fact) {
                self.said = Some(entry);
                continue;
            }
            let said = self.said.take();
            let fact = if since.has_done_again(&entry) {
                Err("was asked for again since, and done")
            } else {
                self.as_it_applies(&entry.fact, since)
            };
            let refused = match fact {
                Ok(Some(fact)) => self.append_with(said, &entry, fact),
                Ok(None) => Some("follows from passing time and will be said anew".to_owned()),
                Err(why) => Some(why.to_owned()),
            };
            self.count(entry, refused);
        }
        self.calls.held = self
            .open
            .values()
            .fold(Nanos::ZERO, |sum, amount| sum.saturating_add(*amount));
    }

    /// Appends it, after what was said for it; or neither. A Book takes up nothing else after a call that is described.
    fn append_with(&mut self, said: Option<Entry>, lost: &Entry, fact: Fact) -> Option<String> {
        let before = self.appended.len();
        if let Some(said) = said {
            let refused = self.append(&said, said.fact.clone());
            if refused.is_some() {
                return refused;
            }
        }
        let refused = self.append(lost, fact);
        if refused.is_some() && self.appended.len() > before {
            self.appended.truncate(before);
            self.go_back();
        }
        refused
    }

    /// Appends it, or says why it cannot be.
    fn append(&mut self, lost: &Entry, fact: Fact) -> Option<String> {
        let (head, from) = (self.book.head(), lost.seq);
        let actor = match &lost.cause {
            Some(cause) => format!("{} (restored from entry {from})", cause.actor),
            None => format!("restored from entry {from}"),
        };
        let entry = Entry {
            seq: head.seq.saturating_add(1),
            previous: head.hash,
            id: lost.id,
            at: self.book.now().max(lost.at),
            cause: Some(Cause {
                actor: actor.into(),
                idempotency: lost.cause.as_ref().and_then(|cause| cause.idempotency),
            }),
            fact,
        };
        let bytes = entry.encode();
        match self.book.apply(&entry, Entry::hash(&bytes)) {
            Ok(()) => {
                self.appended.push((bytes, self.book.head()));
                let enough = self.appended.len().saturating_sub(self.sound.1) >= STRIDE;
                if enough && !is_said_of_a_call(&entry.fact) {
                    self.sound = (self.book.clone(), self.appended.len());
                }
                None
            }
            Err(error) => {
                self.go_back();
                Some(error.to_string())
            }
        }
    }

    /// Makes the Book that which the appended entries come to.
    fn go_back(&mut self) {
        let (sound, from) = &self.sound;
        self.book = sound.clone();
        for (bytes, head) in self.appended.get(*from..).unwrap_or_default() {
            // They were taken up once, by this very Book.
            let taken = Entry::decode(bytes).map(|entry| self.book.apply(&entry, head.hash));
            debug_assert!(matches!(taken, Ok(Ok(()))));
        }
    }

    fn count(&mut self, entry: Entry, refused: Option<String>) {
        let calls = &mut self.calls;
        match &entry.fact {
            Fact::Hold(HoldFact::Taken(taken)) => {
                calls.taken = calls.taken.saturating_add(1);
                self.open.insert(taken.hold, taken.amount);
            }
            Fact::Hold(HoldFact::Settled { hold, charge, .. }) => {
                calls.charged = calls.charged.saturating_add(1);
                calls.spent = calls.spent.saturating_add(charge.amount);
                if refused.is_some() {
                    calls.spent_not_restorable =
                        calls.spent_not_restorable.saturating_add(charge.amount);
                }
                self.open.remove(hold);
            }
            Fact::Hold(HoldFact::Released { hold, .. }) => {
                self.open.remove(hold);
            }
            Fact::Hold(HoldFact::Presumed { hold, .. }) => {
                calls.charged = calls.charged.saturating_add(1);
                match self.open.remove(hold) {
                    Some(held) => calls.spent = calls.spent.saturating_add(held),
                    // One that the journal still has is charged what it says.
                    None if refused.is_none() => {}
                    None => calls.charged_unknown = calls.charged_unknown.saturating_add(1),
                }
            }
            // What follows from other entries and from passing time is nobody's change.
            Fact::Hold(HoldFact::Renewed { .. } | HoldFact::Corrected { .. })
            | Fact::Credit(CreditFact::Lapsed { .. } | CreditFact::OwedRepaid { .. })
            | Fact::Hold(HoldFact::Described { .. } | HoldFact::Measured { .. })
            | Fact::Limit(
                LimitFact::WindowOpened { .. }
                | LimitFact::Rolled { .. }
                | LimitFact::RaiseEnded { .. },
            )
            | Fact::Budget(BudgetFact::WindowOpened { .. } | BudgetFact::Crossed { .. }) => {}
            Fact::Directory(_) | Fact::Credit(_) | Fact::Limit(_) | Fact::Budget(_) => {
                if self.changes.len() == MOST_CHANGES {
                    self.changes.pop_front();
                }
                self.changes.push_back((entry, refused));
            }
        }
    }
}

impl Again {
    /// The fact as it can be said now; `None` where it follows from passing time, an error where something stricter
    /// stands.
    fn as_it_applies(&self, fact: &Fact, since: &Since) -> Result<Option<Fact>, &'static str> {
        Ok(match fact {
            Fact::Credit(CreditFact::Lapsed { .. }) | Fact::Hold(HoldFact::Renewed { .. }) => None,
            Fact::Credit(CreditFact::Voided { lot, amount }) => {
                // More than is left cannot be taken back.
                let left = self.book.lot(*lot).map_or(*amount, ledger::Lot::left);
                let amount = left.min(*amount);
                if !amount.is_positive() {
                    return Err("is about credit of which nothing is left");
                }
                Some(Fact::Credit(CreditFact::Voided { lot: *lot, amount }))
            }
            Fact::Limit(fact) => self.limit(fact, since)?.map(Fact::Limit),
            Fact::Hold(fact) => Some(Fact::Hold(self.hold(fact)?)),
            Fact::Directory(fact) => Some(Fact::Directory(self.directory(fact, since)?)),
            Fact::Budget(BudgetFact::WindowOpened { budget, span }) => {
                let found = self.book.budget(*budget);
                let later = found.is_some_and(|found| span.start > found.span.start);
                later.then(|| fact.clone())
            }
            // A budget stops nothing, so none is stricter than another.
            Fact::Credit(_) | Fact::Budget(_) => Some(fact.clone()),
        })
    }

    /// What a call held and cost, on the lots and limits that there are: a limit that was lost counts nothing, and what a
    /// lost lot paid falls on another one, which then owes it where it has no more.
    fn hold(&self, fact: &HoldFact) -> Result<HoldFact, &'static str> {
        let mut fact = fact.clone();
        let draws = match &mut fact {
            HoldFact::Taken(taken) => {
                taken.limits.retain(|id| self.book.limit(*id).is_some());
                &mut taken.draws
            }
            HoldFact::Settled { draws, .. } | HoldFact::Corrected { draws, .. } => draws,
            HoldFact::Renewed { .. }
            | HoldFact::Released { .. }
            | HoldFact::Presumed { .. }
            | HoldFact::Described { .. }
            | HoldFact::Measured { .. } => return Ok(fact),
        };
        for draw in draws {
            if self.book.lot(draw.lot).is_none() {
                let last = self.book.lots().last();
                draw.lot = last
                    .ok_or("was paid by credit that is remembered nowhere")?
                    .id;
            }
        }
        Ok(fact)
    }

    fn limit(&self, fact: &LimitFact, since: &Since) -> Result<Option<LimitFact>, &'static str> {
        let stands = |id| self.before.limit(id).filter(|_| since.diverged);
        match fact {
            LimitFact::WindowOpened { limit, span } => {
                let found = self.book.limit(*limit);
                let later = found.is_some_and(|found| span.start > found.span.start);
                Ok(later.then(|| fact.clone()))
            }
            LimitFact::Changed { id, amount, .. } => match stands(*id) {
                Some(limit) if limit.amount <= (*amount).into() => Err(STRICTER),
                Some(_) => Ok(Some(LimitFact::Changed {
                    id: *id,
                    amount: *amount,
                    reset: false,
                })),
                None => Ok(Some(fact.clone())),
            },
            LimitFact::Deleted { id } if stands(*id).is_some() => Err(STRICTER),
            LimitFact::Amended { id, amount, .. } => match stands(*id) {
                Some(limit) if limit.amount <= *amount => Err(STRICTER),
                Some(_) | None => Ok(Some(fact.clone())),
            },
            // What time did to a limit it does again by itself, where it still has to.
            LimitFact::Rolled { limit: id, .. } | LimitFact::RaiseEnded { id } => {
                Ok(self.book.limit(*id).map(|_limit| fact.clone()))
            }
            LimitFact::Deleted { .. }
            | LimitFact::Created { .. }
            | LimitFact::CreatedFor { .. }
            | LimitFact::Set { .. } => Ok(Some(fact.clone())),
        }
    }

    fn directory(
        &self,
        fact: &DirectoryFact,
        since: &Since,
    ) -> Result<DirectoryFact, &'static str> {
        let state = |book: &Book, id| book.key(id).map(|key| key.state.clone());
        match fact {
            DirectoryFact::KeyFrozen { id, .. } | DirectoryFact::KeyUnfrozen { id }
                if matches!(state(&self.book, *id), Some(KeyState::Revoked { .. })) =>
            {
                Err("is about a key that is revoked")
            }
            DirectoryFact::KeyUnfrozen { id }
                if since.diverged
                    && matches!(state(&self.before, *id), Some(KeyState::Frozen { .. })) =>
            {
                Err(STRICTER)
            }
            DirectoryFact::KeyChanged(changed) if since.keys.contains(&changed.id) => {
                Err("is about a key that was changed otherwise since")
            }
            _ => Ok(fact.clone()),
        }
    }
}

/// What limits look at in a call beside its price: it stands right before the hold, or the end of the hold, that it is of.
const fn is_said_of_a_call(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Hold(HoldFact::Described { .. } | HoldFact::Measured { .. })
    )
}

const STRICTER: &str = "would loosen what the journal says now";

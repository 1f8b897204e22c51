//! Deciding again what was decided: the Book as it was, rebuilt from the journal, and the same question put to it (P6).
//!
//! It reads the store beside the actors and changes nothing, so no call waits for it. What comes out is compared with what
//! was recorded; where the two differ, either the record or this program is wrong, and the differences say where.

mod barred;
mod compare;

use std::collections::BTreeMap;

use ids::{LimitId, OrganizationId};
use journal::StoreError;
use ledger::{
    Book, Check, Command, Entry, Fact, HoldFact, HoldTaken, LimitFact, Patience, Sealer, Shortfall,
    Snapshot, TakeHold, Time, Traits, advance, decide,
};
use money::{Bound, Femtos};

pub use self::barred::{Bar, Barred};
use self::compare::{of_grants, of_refusals};
use crate::Tellers;

/// Entries asked for at once.
const PAGE: usize = 1000;
/// The most entries that are read to rebuild a Book.
const MOST: u64 = 2_000_000;

/// A decision as it is on record.
#[derive(Clone, Debug)]
pub enum Recorded {
    /// It was granted: the hold is this entry of the journal.
    Granted {
        /// The entry's number.
        seq: u64,
    },
    /// It was refused: this was asked, and this was answered.
    ///
    /// How patient the call was need not be on record: a refusal that was told is the same whether the call was still
    /// ready to wait or had waited.
    Refused(Box<TakeHold>, Box<Shortfall>),
    /// Its key was refused.
    Barred(Box<Barred>),
}

/// Where a decision that was made again is not the one on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Of what.
    pub what: &'static str,
    /// On record.
    pub recorded: String,
    /// Made again.
    pub replayed: String,
}

/// Who gave a hard limit the amount it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The entry's number.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// Who asked, where that is known.
    pub actor: Option<Box<str>>,
}

/// A decision that was made again.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Every check as it stood when it was decided, in the order key, project, organization, credit balance. None where the
    /// key was refused: nothing was checked then.
    pub checks: Vec<Check>,
    /// The most tokens that the call could have, as far as a limit of its time counted them; else zero.
    pub tokens: u64,
    /// Nothing: what came out is what is on record.
    pub differences: Vec<Difference>,
    /// Who last set the limits, as far as it is among the entries that were read.
    pub changes: BTreeMap<LimitId, Change>,
}

/// Why a decision was not made again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store does not answer, or is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry is not one, or does not follow from those before it.
    #[error("entry {seq} of the journal cannot be taken up: {problem}")]
    Unreadable {
        /// Its number.
        seq: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// The journal does not have it.
    #[error("the journal has no hold in entry {0}")]
    NotThere(u64),
    /// It would take too long.
    #[error("entry {0} is more than {MOST} entries from where reading can begin")]
    TooFar(u64),
}

impl Tellers {
    /// Makes a decision again, on the Book of its time, and compares. One at a time; others wait.
    ///
    /// A grant is made again from its entry alone, which has the amount and the units but not how the one follows from
    /// the other. That is exact where all that was asked for was granted. Where it was cut down, it shows that what was
    /// granted fitted, from these lots and under these limits, but not that one unit more would not have.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn replay(
        &self,
        organization: OrganizationId,
        recorded: &Recorded,
    ) -> Result<Replayed, ReplayError> {
        match recorded {
            Recorded::Granted { seq } => {
                let (taken, at) = self.taken(organization, *seq).await?;
                let before = seq.checked_sub(1).ok_or(ReplayError::NotThere(*seq))?;
                let (book, changes) = self.book_at(organization, (before, at)).await?;
                let asked = asked_of(&taken, book.described(taken.hold));
                let (project, key) = (Some(taken.project), Some(taken.key));
                let checks = book.checks_of_call(project, key, (&taken.model, &asked.traits));
                let tokens = asked.traits.tokens;
                let outcome = decide(&book, &Command::TakeHold(asked), None, at);
                let again = outcome.facts.iter().find_map(taken_in);
                Ok(Replayed {
                    checks,
                    tokens,
                    differences: of_grants(&taken, again, &outcome.outcome),
                    changes,
                })
            }
            Recorded::Barred(barred) => {
                let at = (barred.standing.seq, barred.standing.at);
                let (book, changes) = self.book_at(organization, at).await?;
                Ok(Replayed {
                    checks: Vec::new(),
                    tokens: 0,
                    differences: barred.differences(&book),
                    changes,
                })
            }
            Recorded::Refused(ask, shortfall) => {
                let at = (shortfall.seq, shortfall.at);
                let (book, changes) = self.book_at(organization, at).await?;
                let mut ask = TakeHold::clone(ask);
                ask.patience = Patience::Last;
                let project = book.key(ask.key).map(|key| key.project);
                let of_call = (&*ask.model, &ask.traits);
                let checks = book.checks_of_call(project, Some(ask.key), of_call);
                let outcome = decide(&book, &Command::TakeHold(ask), None, shortfall.at).outcome;
                Ok(Replayed {
                    checks,
                    tokens: shortfall.least_needed_tokens,
                    differences: of_refusals(shortfall, &outcome),
                    changes,
                })
            }
        }
    }

    /// The hold that an entry takes.
    async fn taken(
        &self,
        organization: OrganizationId,
        seq: u64,
    ) -> Result<(HoldTaken, Time), ReplayError> {
        let after = seq.checked_sub(1).ok_or(ReplayError::NotThere(seq))?;
        let page = self.store().read(organization, after, 1).await?;
        let bytes = page.first().ok_or(ReplayError::NotThere(seq))?;
        let entry = decoded(bytes, seq)?;
        let taken = taken_in(&entry.fact).ok_or(ReplayError::NotThere(seq))?;
        Ok((taken.clone(), entry.at))
    }

    /// The Book after the journal's entry number `seq`, brought to a moment, from the last snapshot before it or from the
    /// beginning.
    async fn book_at(
        &self,
        organization: OrganizationId,
        (seq, at): (u64, Time),
    ) -> Result<(Book, BTreeMap<LimitId, Change>), ReplayError> {
        // The semaphore is never closed.
        let _alone = self.replaying().acquire().await.ok();
        let mut book = self.nearest_snapshot(organization, seq).await?;
        let mut changes = BTreeMap::new();
        if seq.saturating_sub(book.head().seq) > MOST {
            return Err(ReplayError::TooFar(seq));
        }
        while book.head().seq < seq {
            let after = book.head().seq;
            let wanted = usize::try_from(seq.saturating_sub(after)).unwrap_or(PAGE);
            let page = self
                .store()
                .read(organization, after, wanted.min(PAGE))
                .await?;
            if page.is_empty() {
                return Err(ReplayError::NotThere(seq));
            }
            for bytes in &page {
                let number = book.head().seq.saturating_add(1);
                let entry = decoded(bytes, number)?;
                note(&mut changes, &entry);
                book.apply(&entry, Entry::hash(bytes))
                    .map_err(|error| unreadable(number, &error))?;
            }
        }
        // Whatever time had made due is in the journal before the decision; should it not be, the head will differ.
        advance(&mut book, at, &mut Sealer::new([0; 8]))
            .map_err(|error| unreadable(seq, &error))?;
        Ok((book, changes))
    }

    async fn nearest_snapshot(
        &self,
        organization: OrganizationId,
        seq: u64,
    ) -> Result<Book, ReplayError> {
        let snapshot = self.store().snapshot(organization).await?;
        let usable = snapshot.filter(|snapshot| snapshot.seq <= seq);
        // One that cannot be read is an older program's: the journal says the same.
        Ok(usable
            .and_then(|snapshot| Snapshot::decode(&snapshot.bytes).ok())
            .unwrap_or_else(Book::empty))
    }
}

pub(crate) fn decoded(bytes: &[u8], seq: u64) -> Result<Entry, ReplayError> {
    Entry::decode(bytes).map_err(|error| unreadable(seq, &error))
}

fn unreadable(seq: u64, error: &dyn std::error::Error) -> ReplayError {
    let problem = error.to_string();
    ReplayError::Unreadable { seq, problem }
}

fn note(changes: &mut BTreeMap<LimitId, Change>, entry: &Entry) {
    let Fact::Limit(fact) = &entry.fact else {
        return;
    };
    let id = match fact {
        LimitFact::Changed { id, .. } | LimitFact::Amended { id, .. } => Some(*id),
        _ => fact.created().map(|(terms, _span)| terms.id),
    };
    let Some(id) = id else {
        return;
    };
    let actor = entry.cause.as_ref().map(|cause| cause.actor.clone());
    let change = Change {
        seq: entry.seq,
        at: entry.at,
        actor,
    };
    changes.insert(id, change);
}

const fn taken_in(fact: &Fact) -> Option<&HoldTaken> {
    match fact {
        Fact::Hold(HoldFact::Taken(taken)) => Some(taken),
        _ => None,
    }
}

/// The question that a hold is the answer to: a bound of this amount for these units.
fn asked_of(taken: &HoldTaken, traits: Traits) -> TakeHold {
    let amount = Femtos::from(taken.amount);
    let units = taken.granted_units;
    let bound = Bound::linear(amount, Femtos::ZERO, units, units);
    TakeHold {
        hold: taken.hold,
        key: taken.key,
        bound: bound.unwrap_or_else(|| Bound::fixed(amount)),
        patience: Patience::Last,
        holder: taken.holder.clone(),
        deadline: taken.deadline,
        route: taken.route.clone(),
        model: taken.model.clone(),
        upstream: taken.upstream.clone(),
        traits,
        others_wait: false,
    }
}

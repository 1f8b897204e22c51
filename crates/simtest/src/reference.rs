//! The slow, obvious reference: what a journal says about money, kept without a single running sum.
//!
//! It takes up entries as the ledger does and shares nothing with it but their types: no decision, no counter, no window of
//! the calendar and no slot of one that rolls, no pattern of models. Every figure is added up anew from all holds after every
//! entry, and every rule of a hold is looked at from the outside: which limits are in its way, which lots pay, what is due,
//! which key is to be frozen. It never decides anything; it says what is wrong with what was decided.

mod budgets;
mod checks;
mod directory;
mod guard;
mod holds;
mod later;
mod limits;
mod lots;
mod sums;
mod taken;
mod windows;

use std::collections::{BTreeMap, BTreeSet};

use ids::{EntryId, HoldId, KeyId, ProjectId};
use ledger::{CreditFact, Entry, Fact, HoldFact, HoldTraits, Holder, LimitFact, LimitOrigin, Span};

use crate::asked::Asked;
pub(crate) use checks::Check;
pub(crate) use directory::KeyIs;
pub(crate) use holds::{End, Hold};
pub(crate) use sums::Figures;

/// What is wrong.
pub(crate) type Wrong = String;

/// Who gave an entry to the store, and what was asked of the cluster until then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) author: &'a Holder,
    pub(crate) asked: &'a Asked,
    /// Whether it says again what a store had lost. Then nothing is decided, so the rules of decisions do not hold of it:
    /// it counts as what it says.
    pub(crate) restored: bool,
}

#[derive(Clone, Debug)]
struct Key {
    project: ProjectId,
    state: KeyIs,
    expires_at: Option<i64>,
}

/// The reference after some entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reference {
    at: i64,
    organization: bool,
    projects: BTreeMap<ProjectId, bool>,
    keys: BTreeMap<KeyId, Key>,
    lots: Vec<lots::Lot>,
    limits: Vec<limits::Limit>,
    budgets: Vec<budgets::Budget>,
    holds: BTreeMap<HoldId, Hold>,
    entries: BTreeSet<EntryId>,
    /// Whether something of what a store had lost was said again.
    restored: bool,
    /// What the call whose hold is taken next is, and the call that must come next, described or measured.
    described: Option<(HoldId, HoldTraits)>,
    next: Option<HoldId>,
    /// Keys that are to be frozen before the append ends, because a charge took a limit that freezes past its amount.
    must_freeze: BTreeSet<KeyId>,
    /// Requests under an idempotency key that created something.
    created: BTreeMap<[u8; 32], Box<str>>,
}

impl Reference {
    /// Takes up an entry; `before` are the figures as they were.
    pub(crate) fn take(
        &mut self,
        entry: &Entry,
        before: &Figures,
        context: Context<'_>,
    ) -> Result<(), Wrong> {
        if entry.at.micros() < self.at {
            return Err("it is older than the entry before it".to_owned());
        }
        if !self.entries.insert(entry.id) {
            return Err("its id is another entry's".to_owned());
        }
        self.once(entry)?;
        self.at = entry.at.micros();
        self.restored |= context.restored;
        self.is_next(&entry.fact, context)?;
        // One after the other, so that a kind of fact that came later is not skipped but found here.
        if let Fact::Hold(fact) = &entry.fact {
            self.hold(fact, before, context)
        } else if let Fact::Credit(fact) = &entry.fact {
            self.credit(fact, before, context)
        } else if let Fact::Limit(fact) = &entry.fact {
            self.limit(fact, entry.cause.is_some(), context)
        } else if let Fact::Directory(fact) = &entry.fact {
            self.directory(fact, (entry.cause.is_some(), before), context)
        } else if let Fact::Budget(fact) = &entry.fact {
            self.budget(fact, (before, context))
        } else {
            Err("the reference does not know this fact".to_owned())
        }
    }

    /// What is said of a call beside its price stands right before what it is said for.
    fn is_next(&mut self, fact: &Fact, context: Context<'_>) -> Result<(), Wrong> {
        let Some(next) = self.next.take() else {
            return Ok(());
        };
        let about = match fact {
            Fact::Hold(HoldFact::Taken(taken)) => Some(taken.hold),
            Fact::Hold(HoldFact::Settled { hold, .. } | HoldFact::Corrected { hold, .. }) => {
                Some(*hold)
            }
            _ => None,
        };
        if about == Some(next) || context.restored {
            Ok(())
        } else {
            Err(format!("what was said of {next} is not followed by it"))
        }
    }

    /// What was asked under one idempotency key creates once. (A command that creates two things says so in one batch,
    /// with one cause; of those here only the organization's does, whose approved usage limit is left out.)
    fn once(&mut self, entry: &Entry) -> Result<(), Wrong> {
        let Some(cause) = &entry.cause else {
            return Ok(());
        };
        let creates = matches!(
            entry.fact,
            Fact::Credit(CreditFact::Added { .. } | CreditFact::ChargedBack { .. })
                | Fact::Limit(
                    LimitFact::CreatedFor { .. }
                        | LimitFact::Set { .. }
                        | LimitFact::Created {
                            origin: LimitOrigin::Owner | LimitOrigin::Guard,
                            ..
                        }
                )
                | Fact::Budget(ledger::BudgetFact::Created { .. })
                | Fact::Directory(
                    ledger::DirectoryFact::KeyCreated(_)
                        | ledger::DirectoryFact::ProjectCreated { .. }
                )
        );
        let Some(asked) = cause.idempotency.filter(|_| creates) else {
            return Ok(());
        };
        match self.created.insert(asked.key, cause.actor.clone()) {
            None => Ok(()),
            Some(actor) => Err(format!("{actor} has created under this key before")),
        }
    }

    fn begins_now(&self, span: Span, context: Context<'_>) -> Result<(), Wrong> {
        if context.restored || span.start.micros() <= self.at && self.at < span.end.micros() {
            Ok(())
        } else {
            Err("a window does not contain its own beginning".to_owned())
        }
    }

    /// A hold, however it ended.
    pub(crate) fn hold_of(&self, id: HoldId) -> Option<&Hold> {
        self.holds.get(&id)
    }

    /// The projects that take keys.
    pub(crate) fn projects(&self) -> Vec<ProjectId> {
        let active = self.projects.iter().filter(|(_, active)| **active);
        active.map(|(id, _)| *id).collect()
    }

    /// How many calls have not ended.
    pub(crate) fn open(&self) -> usize {
        self.holds
            .values()
            .filter(|hold| matches!(hold.end, End::Open))
            .count()
    }
}

//! The slow, obvious reference: what a journal says about money, kept without a single running sum.
//!
//! It takes up entries as the ledger does and shares nothing with it but their types. Every figure is added up anew from
//! all holds after every entry, and every rule of a hold is looked at from the outside: which limits are in its way, which
//! lots pay, what is due. It never decides anything; it says what is wrong with what was decided.

mod budgets;
mod directory;
mod holds;
mod lots;
mod sums;

use std::collections::{BTreeMap, BTreeSet};

use ids::{EntryId, HoldId, KeyId, ProjectId};
use ledger::{Calls, CreditFact, Entry, Fact, Holder, LimitFact, Scope, Span};
use money::Nanos;

use crate::asked::{Asked, MODELS};
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

#[derive(Clone, Debug)]
struct Limit {
    id: ids::LimitId,
    scope: Scope,
    calls: Calls,
    amount: Nanos,
    span: Span,
    /// How many windows there were before.
    window: u32,
    /// How often its count was set back.
    resets: u32,
    deleted: bool,
}

/// The reference after some entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reference {
    at: i64,
    organization: bool,
    projects: BTreeMap<ProjectId, bool>,
    keys: BTreeMap<KeyId, Key>,
    lots: Vec<lots::Lot>,
    limits: Vec<Limit>,
    budgets: Vec<budgets::Budget>,
    holds: BTreeMap<HoldId, Hold>,
    entries: BTreeSet<EntryId>,
    /// Whether something of what a store had lost was said again.
    restored: bool,
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
        // One after the other, so that a kind of fact that came later is not skipped but found here.
        if let Fact::Hold(fact) = &entry.fact {
            self.hold(fact, before, context)
        } else if let Fact::Credit(fact) = &entry.fact {
            self.credit(fact, before, context)
        } else if let Fact::Limit(fact) = &entry.fact {
            self.limit(fact, context)
        } else if let Fact::Directory(fact) = &entry.fact {
            self.directory(fact, context)
        } else if let Fact::Budget(fact) = &entry.fact {
            self.budget(fact, (before, context))
        } else {
            Err("the reference does not know this fact".to_owned())
        }
    }

    /// What was asked under one idempotency key creates once. (A command that creates two things says so in one batch,
    /// with one cause; of those here only the organization's does.)
    fn once(&mut self, entry: &Entry) -> Result<(), Wrong> {
        let Some(cause) = &entry.cause else {
            return Ok(());
        };
        let creates = matches!(
            entry.fact,
            Fact::Credit(CreditFact::Added { .. } | CreditFact::ChargedBack { .. })
                | Fact::Limit(LimitFact::Created { .. } | LimitFact::CreatedFor { .. })
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

    fn limit(&mut self, fact: &LimitFact, context: Context<'_>) -> Result<(), Wrong> {
        match fact {
            LimitFact::Created {
                id,
                scope,
                amount,
                span,
                ..
            } => {
                self.begins_now(*span, context)?;
                self.begin(*id, (*scope, Calls::All), (*amount, *span))
            }
            LimitFact::CreatedFor {
                id,
                scope,
                calls,
                amount,
                span,
                ..
            } => {
                self.begins_now(*span, context)?;
                self.begin(*id, (*scope, calls.clone()), (*amount, *span))
            }
            LimitFact::Set { .. }
            | LimitFact::Amended { .. }
            | LimitFact::RaiseEnded { .. }
            | LimitFact::Rolled { .. } => Err(
                "the reference does not know this kind of limit, and nobody sets one here"
                    .to_owned(),
            ),
            LimitFact::Changed { id, amount, reset } => {
                let limit = self.live_limit(*id)?;
                limit.amount = *amount;
                limit.resets += u32::from(*reset);
                Ok(())
            }
            LimitFact::Deleted { id } => {
                self.live_limit(*id)?.deleted = true;
                Ok(())
            }
            LimitFact::WindowOpened { limit, span } => {
                self.begins_now(*span, context)?;
                let at = self.at;
                let limit = self.live_limit(*limit)?;
                if at < limit.span.end.micros() || span.start < limit.span.end {
                    return Err("a window began before the last one's end".to_owned());
                }
                limit.span = *span;
                limit.window += 1;
                Ok(())
            }
        }
    }

    fn begin(
        &mut self,
        id: ids::LimitId,
        (scope, calls): (Scope, Calls),
        (amount, span): (Nanos, Span),
    ) -> Result<(), Wrong> {
        if self.live_limit(id).is_ok() {
            return Err("there is such a limit".to_owned());
        }
        self.limits.push(Limit {
            id,
            scope,
            calls,
            amount,
            span,
            window: 0,
            resets: 0,
            deleted: false,
        });
        Ok(())
    }

    fn begins_now(&self, span: Span, context: Context<'_>) -> Result<(), Wrong> {
        if context.restored || span.start.micros() <= self.at && self.at < span.end.micros() {
            Ok(())
        } else {
            Err("a window does not contain its own beginning".to_owned())
        }
    }

    fn live_limit(&mut self, id: ids::LimitId) -> Result<&mut Limit, Wrong> {
        self.limits
            .iter_mut()
            .find(|limit| limit.id == id && !limit.deleted)
            .ok_or_else(|| "there is no such limit".to_owned())
    }

    /// The limits in the way of a key's call of a model, by place.
    fn in_the_way(&self, key: KeyId, project: ProjectId, model: &str) -> Vec<usize> {
        let on = |limit: &Limit| match limit.scope {
            Scope::Organization => true,
            Scope::Project(id) => id == project,
            Scope::Key(id) => id == key,
        };
        let stops = |limit: &Limit| on(limit) && counts(&limit.calls, model);
        self.limits
            .iter()
            .enumerate()
            .filter(|(_, limit)| !limit.deleted && stops(limit))
            .map(|(place, _)| place)
            .collect()
    }

    /// The limits in the way of each key's calls of each model.
    fn ways(&self, key: KeyId, project: ProjectId) -> [Vec<usize>; 2] {
        MODELS.map(|model| self.in_the_way(key, project, model))
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

/// Whether a limit counts calls of a model, letter by letter.
fn counts(calls: &Calls, model: &str) -> bool {
    let Calls::Model(pattern) = calls else {
        return true;
    };
    let mut letters = model.chars();
    for letter in pattern.chars() {
        if letter == '*' {
            return true;
        }
        if letters.next() != Some(letter) {
            return false;
        }
    }
    letters.next().is_none()
}

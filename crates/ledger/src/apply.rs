//! Taking up entries. No rule is applied here: a fact says everything it changes.

mod budget;
mod hold;
mod limit;

use money::Nanos;

use crate::book::{Key, KeyState, Lot, LotPart, Organization, Project, ProjectState, Recall};
use crate::{Book, CreditFact, DirectoryFact, Entry, Fact, Head, KeyChanged, KeyCreated, Time};

/// An entry that cannot follow the entries before it: the journal is damaged, or the program that wrote it was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Inconsistent {
    /// Its number or previous hash is not the head's.
    #[error("does not follow the entry before it")]
    Chain,
    /// Its time is before that of the entry before it.
    #[error("is older than the entry before it")]
    Time,
    /// It is about something that does not exist.
    #[error("is about a {0} that does not exist")]
    Unknown(&'static str),
    /// It makes something that exists.
    #[error("makes a {0} that exists already")]
    Twice(&'static str),
    /// A sum would fall below nothing.
    #[error("takes a sum of a {0} below nothing")]
    BelowNothing(&'static str),
    /// A sum would pass all bounds.
    #[error("takes a sum beyond what a Book can hold")]
    Overflow,
    /// The parts of an amount do not add up to it.
    #[error("says an amount whose parts do not add up to it")]
    Sum,
}

impl Book {
    /// Takes up the next entry, whose encoded bytes have this hash.
    ///
    /// # Errors
    /// [`Inconsistent`]; the Book is then of no use any more, because a part of the entry may have been taken up.
    pub fn apply(&mut self, entry: &Entry, hash: [u8; 32]) -> Result<(), Inconsistent> {
        if self.head.seq.checked_add(1) != Some(entry.seq) || entry.previous != self.head.hash {
            return Err(Inconsistent::Chain);
        }
        if entry.at < self.now {
            return Err(Inconsistent::Time);
        }
        let asked = entry
            .cause
            .as_ref()
            .and_then(|cause| cause.idempotency.as_ref());
        if let Some((asked, object)) = asked.zip(entry.fact.creates()) {
            // One command may create several things; what it answers is the first.
            if self.memory.recall(asked, entry.at) == Recall::Nothing {
                self.memory.remember(asked, object, entry.at);
            }
        }
        self.take_up(&entry.fact, (entry.seq, entry.at))?;
        self.head = Head {
            seq: entry.seq,
            hash,
        };
        self.now = entry.at;
        Ok(())
    }

    fn take_up(&mut self, fact: &Fact, (seq, at): (u64, Time)) -> Result<(), Inconsistent> {
        match fact {
            Fact::Hold(fact) => self.take_up_hold_fact(fact, (seq, at)),
            Fact::Budget(fact) => self.take_up_budget(fact, (seq, at)),
            Fact::Limit(fact) => self.take_up_limit(fact, (seq, at)),
            Fact::Credit(fact) => self.take_up_credit(fact, at),
            Fact::Directory(fact) => self.take_up_directory(fact, at),
        }
    }

    fn take_up_credit(&mut self, fact: &CreditFact, at: Time) -> Result<(), Inconsistent> {
        match fact {
            CreditFact::Added {
                lot,
                kind,
                amount,
                lapses_at,
                priority,
                note,
            } => self.credit.add(Lot {
                id: *lot,
                kind: *kind,
                added: *amount,
                spent: Nanos::ZERO,
                held: Nanos::ZERO,
                lapsed: Nanos::ZERO,
                voided: Nanos::ZERO,
                added_at: at,
                lapses_at: *lapses_at,
                priority: *priority,
                note: note.clone(),
            }),
            CreditFact::Lapsed { lot, amount } => {
                self.credit.change(*lot, LotPart::Lapsed, *amount)
            }
            CreditFact::Voided { lot, amount }
            | CreditFact::ChargedBack {
                lot,
                amount,
                note: _,
            } => self.credit.change(*lot, LotPart::Voided, *amount),
            CreditFact::OwedRepaid { owing, by, amount } => {
                self.credit
                    .change(*owing, LotPart::Spent, negative(*amount))?;
                self.credit.change(*by, LotPart::Spent, *amount)
            }
        }
    }

    fn take_up_directory(&mut self, fact: &DirectoryFact, at: Time) -> Result<(), Inconsistent> {
        match fact {
            DirectoryFact::OrganizationCreated {
                id,
                name,
                time_zone,
            } => {
                let organization = Organization {
                    id: *id,
                    name: name.clone(),
                    time_zone: time_zone.clone(),
                    created_at: at,
                };
                if self.organization.replace(organization).is_some() {
                    return Err(Inconsistent::Twice("organization"));
                }
            }
            DirectoryFact::OrganizationChanged { name, time_zone } => {
                let organization = self
                    .organization
                    .as_mut()
                    .ok_or(Inconsistent::Unknown("organization"))?;
                organization.name = name.clone();
                organization.time_zone = time_zone.clone();
            }
            DirectoryFact::ProjectCreated {
                id,
                name,
                default_max_output,
            } => self.directory.add_project(Project {
                id: *id,
                name: name.clone(),
                default_max_output: *default_max_output,
                fit_floor: None,
                created_at: at,
                state: ProjectState::Active,
            })?,
            DirectoryFact::ProjectChanged {
                id,
                name,
                default_max_output,
            } => {
                let project = self.directory.project_mut(*id)?;
                project.name = name.clone();
                project.default_max_output = *default_max_output;
            }
            DirectoryFact::ProjectFitFloor { id, fit_floor } => {
                self.directory.project_mut(*id)?.fit_floor = *fit_floor;
            }
            DirectoryFact::ProjectArchived { id } => {
                self.directory.project_mut(*id)?.state = ProjectState::Archived { at };
            }
            DirectoryFact::KeyCreated(created) => self.create_key(created, at)?,
            DirectoryFact::KeyChanged(changed) => self.change_key(changed)?,
            DirectoryFact::KeyFrozen { id, reason } => {
                self.directory.key_mut(*id)?.state = KeyState::Frozen {
                    at,
                    reason: reason.clone(),
                };
            }
            DirectoryFact::KeyUnfrozen { id } => {
                self.directory.key_mut(*id)?.state = KeyState::Active;
            }
            DirectoryFact::KeyRevoked { id } => {
                self.directory.key_mut(*id)?.state = KeyState::Revoked { at }
            }
        }
        Ok(())
    }

    fn change_key(&mut self, changed: &KeyChanged) -> Result<(), Inconsistent> {
        let key = self.directory.key_mut(changed.id)?;
        key.name = changed.name.clone();
        key.expires_at = changed.expires_at;
        key.models = changed.models.clone();
        key.ip_allow = changed.ip_allow.clone();
        Ok(())
    }

    fn create_key(&mut self, created: &KeyCreated, at: Time) -> Result<(), Inconsistent> {
        if self.project(created.project).is_none() {
            return Err(Inconsistent::Unknown("project"));
        }
        self.directory.add_key(Key {
            id: created.id,
            project: created.project,
            name: created.name.clone(),
            hash: created.hash,
            hint: created.hint.clone(),
            expires_at: created.expires_at,
            models: created.models.clone(),
            ip_allow: created.ip_allow.clone(),
            created_at: at,
            state: KeyState::Active,
        })
    }
}

fn negative(amount: Nanos) -> Nanos {
    Nanos::ZERO.saturating_sub(amount)
}

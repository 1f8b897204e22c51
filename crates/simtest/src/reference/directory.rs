//! Who may spend: projects and keys as the journal tells of them.

use ids::KeyId;
use ledger::DirectoryFact;

use super::{Context, Figures, Key, Reference, Wrong};

/// Whether a key may take holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyIs {
    Active,
    Frozen,
    Revoked,
}

impl Reference {
    /// `asked`: whether somebody asked for it.
    pub(super) fn directory(
        &mut self,
        fact: &DirectoryFact,
        (asked, before): (bool, &Figures),
        context: Context<'_>,
    ) -> Result<(), Wrong> {
        match fact {
            DirectoryFact::OrganizationCreated { .. } => {
                if std::mem::replace(&mut self.organization, true) {
                    return Err("there is an organization".to_owned());
                }
            }
            DirectoryFact::OrganizationChanged { .. }
            | DirectoryFact::ProjectChanged { .. }
            | DirectoryFact::ProjectFitFloor { .. } => {}
            DirectoryFact::ProjectCreated { id, .. } => {
                if self.projects.insert(*id, true).is_some() {
                    return Err("there is such a project".to_owned());
                }
            }
            DirectoryFact::ProjectArchived { id } => {
                self.projects.insert(*id, false);
            }
            DirectoryFact::KeyCreated(created) => {
                let takes_keys = self.projects.get(&created.project) == Some(&true);
                if !takes_keys && !context.restored {
                    return Err("its project takes no keys".to_owned());
                }
                let key = Key {
                    project: created.project,
                    state: KeyIs::Active,
                    expires_at: created.expires_at.map(ledger::Time::micros),
                };
                if self.keys.insert(created.id, key).is_some() {
                    return Err("there is such a key".to_owned());
                }
            }
            DirectoryFact::KeyChanged(changed) => {
                self.key(changed.id)?.expires_at = changed.expires_at.map(ledger::Time::micros);
            }
            DirectoryFact::KeyFrozen { id, reason } => {
                if !asked && !context.restored {
                    self.froze_by_itself(*id, reason, before)?;
                }
                self.becomes(*id, KeyIs::Frozen)?;
            }
            DirectoryFact::KeyUnfrozen { id } => self.becomes(*id, KeyIs::Active)?,
            DirectoryFact::KeyRevoked { id } => self.is_revoked(*id, context)?,
        }
        Ok(())
    }

    fn becomes(&mut self, id: KeyId, state: KeyIs) -> Result<(), Wrong> {
        let key = self.key(id)?;
        if key.state == KeyIs::Revoked {
            return Err("a revoked key came back".to_owned());
        }
        key.state = state;
        Ok(())
    }

    /// A key that was revoked meanwhile may be again where that is said again.
    fn is_revoked(&mut self, id: KeyId, context: Context<'_>) -> Result<(), Wrong> {
        let key = self.key(id)?;
        let before = std::mem::replace(&mut key.state, KeyIs::Revoked);
        if before == KeyIs::Revoked && !context.restored {
            return Err("a key was revoked twice".to_owned());
        }
        Ok(())
    }

    fn key(&mut self, id: KeyId) -> Result<&mut Key, Wrong> {
        self.keys
            .get_mut(&id)
            .ok_or_else(|| "there is no such key".to_owned())
    }
}

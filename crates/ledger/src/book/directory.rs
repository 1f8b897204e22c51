//! Projects and keys.

use ids::{KeyHash, KeyId, ProjectId};

use super::ordered::Ordered;
use crate::apply::Inconsistent;
use crate::codec::{Canonical, DecodeError, Reader, canonical_enum, canonical_struct};
use crate::fact::names_model;
use crate::{KeyProblem, Time};

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// What people call it.
    pub name: Box<str>,
    /// Output tokens a call without max tokens may have; `None`: the model's maximum.
    pub default_max_output: Option<u64>,
    /// The fewest output tokens that a call may be cut down to; `None`: what the server's configuration says.
    pub fit_floor: Option<u64>,
    /// When it began.
    pub created_at: Time,
    /// Whether its keys may take holds.
    pub state: ProjectState,
}
canonical_struct!(Project {
    id,
    name,
    default_max_output,
    fit_floor,
    created_at,
    state
});

/// Whether a project's keys may take holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectState {
    /// They may.
    Active,
    /// They may not, since this moment.
    Archived {
        /// Since when.
        at: Time,
    },
}
canonical_enum!(ProjectState { 1 => Active, 2 => Archived { at } });

/// An API key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// Its project.
    pub project: ProjectId,
    /// What people call it.
    pub name: Box<str>,
    /// The keyed hash of its secret.
    pub hash: KeyHash,
    /// The last four characters of its secret.
    pub hint: Box<str>,
    /// When it stops working.
    pub expires_at: Option<Time>,
    /// The only models it may name (a trailing `*` stands for anything); `None`: all.
    pub models: Option<Vec<Box<str>>>,
    /// The only addresses or networks it may be used from; `None`: all.
    pub ip_allow: Option<Vec<Box<str>>>,
    /// When it was made.
    pub created_at: Time,
    /// Whether it may take holds.
    pub state: KeyState,
}
canonical_struct!(Key {
    id,
    project,
    name,
    hash,
    hint,
    expires_at,
    models,
    ip_allow,
    created_at,
    state
});

/// Whether a key may take holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It may.
    Active,
    /// It may not, until it is unfrozen.
    Frozen {
        /// Since when.
        at: Time,
        /// Why.
        reason: Box<str>,
    },
    /// It may not, ever again.
    Revoked {
        /// Since when.
        at: Time,
    },
}
canonical_enum!(KeyState { 1 => Active, 2 => Frozen { at, reason }, 3 => Revoked { at } });

impl Key {
    /// Whether the key may name this model.
    #[must_use]
    pub fn allows_model(&self, model: &str) -> bool {
        let Some(models) = &self.models else {
            return true;
        };
        models.iter().any(|pattern| names_model(pattern, model))
    }
}

/// All projects and keys. They are boxed, because a map moves what is in it, and those of a large organization have their
/// room set aside in elevens.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Directory {
    projects: Ordered<ProjectId, Box<Project>>,
    keys: Ordered<KeyId, Box<Key>>,
    by_hash: Ordered<KeyHash, KeyId>,
    version: u64,
}

impl Canonical for Directory {
    fn write(&self, out: &mut Vec<u8>) {
        self.projects.write(out);
        self.keys.write(out);
        self.version.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let projects = Canonical::read(reader)?;
        let keys: Ordered<KeyId, Box<Key>> = Canonical::read(reader)?;
        let mut by_hash = Ordered::default();
        for key in keys.values() {
            by_hash.insert(key.hash, key.id);
        }
        Ok(Self {
            projects,
            keys,
            by_hash,
            version: Canonical::read(reader)?,
        })
    }
}

impl Directory {
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn projects(&self) -> impl Iterator<Item = &Project> {
        self.projects.values().map(AsRef::as_ref)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.values().map(AsRef::as_ref)
    }

    pub(crate) fn project(&self, id: ProjectId) -> Option<&Project> {
        self.projects.get(&id).map(AsRef::as_ref)
    }

    pub(crate) fn key(&self, id: KeyId) -> Option<&Key> {
        self.keys.get(&id).map(AsRef::as_ref)
    }

    pub(crate) fn by_hash(&self, hash: KeyHash) -> Option<&Key> {
        self.by_hash.get(&hash).and_then(|id| self.key(*id))
    }

    pub(crate) fn add_project(&mut self, project: Project) -> Result<(), Inconsistent> {
        self.version = self.version.saturating_add(1);
        match self.projects.insert(project.id, Box::new(project)) {
            None => Ok(()),
            Some(_) => Err(Inconsistent::Twice("project")),
        }
    }

    pub(crate) fn add_key(&mut self, key: Key) -> Result<(), Inconsistent> {
        self.version = self.version.saturating_add(1);
        if self.by_hash.insert(key.hash, key.id).is_some()
            || self.keys.insert(key.id, Box::new(key)).is_some()
        {
            return Err(Inconsistent::Twice("key"));
        }
        Ok(())
    }

    pub(crate) fn project_mut(&mut self, id: ProjectId) -> Result<&mut Project, Inconsistent> {
        self.version = self.version.saturating_add(1);
        self.projects
            .get_mut(&id)
            .map(AsMut::as_mut)
            .ok_or(Inconsistent::Unknown("project"))
    }

    pub(crate) fn key_mut(&mut self, id: KeyId) -> Result<&mut Key, Inconsistent> {
        self.version = self.version.saturating_add(1);
        self.keys
            .get_mut(&id)
            .map(AsMut::as_mut)
            .ok_or(Inconsistent::Unknown("key"))
    }

    /// The key and its project, where the key may take a hold now.
    pub(crate) fn usable(&self, id: KeyId, now: Time) -> Result<(&Key, &Project), KeyProblem> {
        let key = self.key(id).ok_or(KeyProblem::Unknown)?;
        let project = self.project(key.project).ok_or(KeyProblem::Unknown)?;
        match &key.state {
            KeyState::Active => {}
            KeyState::Frozen { reason, .. } => return Err(KeyProblem::Frozen(reason.clone())),
            KeyState::Revoked { .. } => return Err(KeyProblem::Revoked),
        }
        if let Some(at) = key.expires_at.filter(|at| *at <= now) {
            return Err(KeyProblem::Expired(at));
        }
        match project.state {
            ProjectState::Active => Ok((key, project)),
            ProjectState::Archived { .. } => Err(KeyProblem::ProjectArchived),
        }
    }
}

/// Reading projects and keys.
impl crate::Book {
    /// All projects, oldest first.
    pub fn projects(&self) -> impl Iterator<Item = &Project> {
        self.directory.projects()
    }

    /// One project.
    #[must_use]
    pub fn project(&self, id: ProjectId) -> Option<&Project> {
        self.directory.project(id)
    }

    /// All keys, oldest first.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.directory.keys()
    }

    /// One key.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Option<&Key> {
        self.directory.key(id)
    }

    /// The key with this hash.
    #[must_use]
    pub fn key_by_hash(&self, hash: KeyHash) -> Option<&Key> {
        self.directory.by_hash(hash)
    }

    /// The key and its project, where the key may take a hold now.
    ///
    /// # Errors
    /// What is wrong with the key.
    pub fn usable_key(&self, id: KeyId, now: Time) -> Result<(&Key, &Project), KeyProblem> {
        self.directory.usable(id, now.max(self.now))
    }
}

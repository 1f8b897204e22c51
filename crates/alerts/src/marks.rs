//! Whose journals have more than was read. A set, so that it is bounded by those who are followed, however much happens.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use ids::OrganizationId;
use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(crate) struct Marks {
    inside: Mutex<Inside>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    followed: HashSet<OrganizationId>,
    marked: HashSet<OrganizationId>,
}

impl Marks {
    fn change<T>(&self, change: impl FnOnce(&mut Inside) -> T) -> T {
        change(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these are followed.
    pub(crate) fn follow(&self, followed: HashSet<OrganizationId>) {
        self.change(|inside| inside.followed = followed);
    }

    pub(crate) fn is_followed(&self, organization: OrganizationId) -> bool {
        self.change(|inside| inside.followed.contains(&organization))
    }

    /// All of them.
    pub(crate) fn followed(&self) -> Vec<OrganizationId> {
        let mut all: Vec<_> = self.change(|inside| inside.followed.iter().copied().collect());
        all.sort_unstable();
        all
    }

    /// Its journal has more, if that matters to anybody.
    pub(crate) fn mark(&self, organization: OrganizationId) {
        let marked = self.change(|inside| {
            inside.followed.contains(&organization) && inside.marked.insert(organization)
        });
        if marked {
            self.wake.notify_one();
        }
    }

    pub(crate) fn mark_all(&self) {
        self.change(|inside| inside.marked.clone_from(&inside.followed));
        self.wake.notify_one();
    }

    /// Waits until anything is marked.
    pub(crate) async fn marked(&self) {
        while self.change(|inside| inside.marked.is_empty()) {
            self.wake.notified().await;
        }
    }

    pub(crate) fn take(&self) -> HashSet<OrganizationId> {
        self.change(|inside| std::mem::take(&mut inside.marked))
    }
}

//! Whose calls the log has not been told of, and must read from the store.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ids::OrganizationId;
use tokio::sync::Notify;

/// Organizations remembered one by one. Beyond it, all are looked at.
const MOST: usize = 4096;

/// Who is behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    Everyone,
    Some(BTreeSet<OrganizationId>),
}

pub(crate) struct Lag {
    behind: Mutex<Behind>,
    marked: Notify,
}

impl Lag {
    pub(crate) fn new() -> Self {
        Self {
            behind: Mutex::new(Behind::Some(BTreeSet::new())),
            marked: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Behind> {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn mark(&self, organization: OrganizationId) {
        let mut behind = self.lock();
        if let Behind::Some(some) = &mut *behind {
            some.insert(organization);
            if some.len() > MOST {
                *behind = Behind::Everyone;
            }
        }
        drop(behind);
        self.marked.notify_one();
    }

    pub(crate) fn mark_everyone(&self) {
        *self.lock() = Behind::Everyone;
        self.marked.notify_one();
    }

    pub(crate) fn is_anyone(&self) -> bool {
        *self.lock() != Behind::Some(BTreeSet::new())
    }

    pub(crate) fn take(&self) -> Behind {
        std::mem::replace(&mut *self.lock(), Behind::Some(BTreeSet::new()))
    }

    /// Returns once someone was marked since the last return.
    pub(crate) async fn marked(&self) {
        self.marked.notified().await;
    }
}

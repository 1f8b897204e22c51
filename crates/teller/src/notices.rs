//! What became known of organizations whose store rolled back, since this node began.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use ids::OrganizationId;

use crate::RolledBack;

/// The organizations that are halted because their store rolled back.
#[derive(Debug, Default)]
pub(crate) struct Notices(RwLock<BTreeMap<OrganizationId, Arc<RolledBack>>>);

impl Notices {
    pub(crate) fn halted(&self, why: &Arc<RolledBack>) {
        let mut halted = self.0.write().unwrap_or_else(PoisonError::into_inner);
        halted.insert(why.organization, Arc::clone(why));
    }

    pub(crate) fn resumed(&self, organization: OrganizationId) {
        let mut halted = self.0.write().unwrap_or_else(PoisonError::into_inner);
        halted.remove(&organization);
    }

    pub(crate) fn all(&self) -> Vec<Arc<RolledBack>> {
        let halted = self.0.read().unwrap_or_else(PoisonError::into_inner);
        halted.values().cloned().collect()
    }
}

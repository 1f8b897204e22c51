//! Calls that were written a moment ago and are likely to change again, so that they need not be read back.

use std::collections::HashMap;

use ids::RequestId;

use crate::stored::Found;

/// Calls in each of the two generations. At a few hundred bytes a call, two or three megabytes in all.
const MOST: usize = 2048;

/// When the young are as many as there may be, they become the old, and the old are forgotten.
#[derive(Default)]
pub(super) struct Recent {
    young: HashMap<RequestId, Found>,
    old: HashMap<RequestId, Found>,
}

impl Recent {
    pub(super) fn put(&mut self, found: Found) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(found.call.request, found);
    }

    pub(super) fn take(&mut self, request: RequestId) -> Option<Found> {
        self.young
            .remove(&request)
            .or_else(|| self.old.remove(&request))
    }
}

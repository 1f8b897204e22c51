//! The id of a hold.

use std::fmt;

use crate::RequestId;

/// A hold: one attempt of one call. The first attempt is number 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldId {
    /// The call.
    pub request: RequestId,
    /// Which of its attempts.
    pub attempt: u8,
}

impl HoldId {
    /// The hold of a call's first attempt.
    #[must_use]
    pub const fn first(request: RequestId) -> Self {
        Self {
            request,
            attempt: 1,
        }
    }
}

impl fmt::Display for HoldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.request, self.attempt)
    }
}

//! Windows that roll: the last so many seconds, at every moment.

use crate::Time;
use crate::codec::canonical_struct;

/// Into how many slots a rolling window is cut. What was spent in a slot leaves the window with the whole slot, and never
/// early: it counts for the window's length and at most one slot longer.
const SLOTS: i64 = 64;

/// The last so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rolling {
    /// How many; from 1 to [`Rolling::LONGEST`].
    pub seconds: u32,
}
canonical_struct!(Rolling { seconds });

impl Rolling {
    /// 366 days.
    pub const LONGEST: u32 = 366 * 24 * 60 * 60;

    /// The window's length in microseconds.
    fn length(self) -> i64 {
        i64::from(self.seconds).saturating_mul(1_000_000)
    }

    /// A slot's length in microseconds, rounded up; at least one.
    fn slot(self) -> i64 {
        let up = self.length().saturating_add(SLOTS - 1);
        up.checked_div_euclid(SLOTS).unwrap_or(1).max(1)
    }

    /// Whether whatever counts in a window of so many seconds still counts in this one, its last slot included.
    pub(crate) fn outlasts(self, shorter: Self) -> bool {
        self == shorter || self.length() >= shorter.length().saturating_add(shorter.slot())
    }

    /// The number of the slot that a moment is in.
    pub(crate) fn slot_of(self, at: Time) -> i64 {
        at.micros().checked_div_euclid(self.slot()).unwrap_or(0)
    }

    /// When a slot has left the window: its end, and the window's length later.
    pub(crate) fn leaves(self, slot: i64) -> Time {
        let end = slot.saturating_add(1).saturating_mul(self.slot());
        Time::from_micros(end.saturating_add(self.length()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_spent_counts_for_the_windows_length_and_at_most_a_slot_longer(
            seconds in 1_u32..=Rolling::LONGEST, micros in 0_i64..4_000_000_000_000_000,
        ) {
            let rolling = Rolling { seconds };
            let at = Time::from_micros(micros);
            let leaves = rolling.leaves(rolling.slot_of(at)).micros();
            let counts_for = leaves.saturating_sub(micros);
            let length = i64::from(seconds).saturating_mul(1_000_000);
            proptest::prop_assert!(counts_for > length);
            proptest::prop_assert!(counts_for <= length.saturating_add(length.div_euclid(64)).saturating_add(1));
        }
    }
}

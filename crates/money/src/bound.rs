//! The most a call can cost, as a function of what it may still be cut down to.

use crate::{Femtos, Nanos};

/// A worst case that grows by `per_unit` with each of up to `units` units on top of a `fixed` part.
///
/// For a chat call the fixed part is the dearest its input can be, a unit is one output token of every choice, `units`
/// is max tokens, and `floor` is the least that is still worth sending. Where nothing can be cut down, `units` equals
/// `floor` or `per_unit` is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    fixed: Femtos,
    per_unit: Femtos,
    units: u64,
    floor: u64,
}

impl Bound {
    /// A cost that cannot be cut down.
    #[must_use]
    pub const fn fixed(cost: Femtos) -> Self {
        Self {
            fixed: cost,
            per_unit: Femtos::ZERO,
            units: 0,
            floor: 0,
        }
    }

    /// `fixed + per_unit × units`, which may be lowered to `floor` units. `None` if a part is negative or the worst
    /// case is out of range. A floor above `units` is lowered to it: what was asked for is never too little.
    #[must_use]
    pub fn linear(fixed: Femtos, per_unit: Femtos, units: u64, floor: u64) -> Option<Self> {
        if fixed < Femtos::ZERO || per_unit < Femtos::ZERO {
            return None;
        }
        let bound = Self {
            fixed,
            per_unit,
            units,
            floor: floor.min(units),
        };
        bound.cost_of(units).map(|_| bound)
    }

    /// The same and something more that does not depend on the units. `None` if that is negative or the worst case is
    /// out of range.
    #[must_use]
    pub fn with(self, more: Femtos) -> Option<Self> {
        if more < Femtos::ZERO {
            return None;
        }
        let fixed = self.fixed.checked_add(more)?;
        let bound = Self { fixed, ..self };
        bound.cost_of(bound.units).map(|_| bound)
    }

    /// The same, not to be cut down.
    #[must_use]
    pub const fn unfittable(self) -> Self {
        Self {
            floor: self.units,
            ..self
        }
    }

    /// The most it can cost. Never negative.
    #[must_use]
    pub fn worst(self) -> Nanos {
        // `linear` has seen that this is in range; `fixed` may be handed a cost beyond it, which then never fits.
        self.cost_of(self.units).unwrap_or(Nanos::MAX)
    }

    /// The most it can cost when cut down as far as it may be.
    #[must_use]
    pub fn least(self) -> Nanos {
        self.cost_of(self.floor).unwrap_or(Nanos::MAX)
    }

    /// The units that were asked for.
    #[must_use]
    pub const fn units(self) -> u64 {
        self.units
    }

    /// The part that does not depend on the units.
    #[must_use]
    pub const fn base(self) -> Femtos {
        self.fixed
    }

    /// What each unit adds.
    #[must_use]
    pub const fn per_unit(self) -> Femtos {
        self.per_unit
    }

    /// The fewest units it may be lowered to.
    #[must_use]
    pub const fn floor(self) -> u64 {
        self.floor
    }

    /// What it costs at most with only this many units; `None` where that is out of range.
    #[must_use]
    pub fn cost_of(self, units: u64) -> Option<Nanos> {
        self.per_unit
            .checked_mul(units)?
            .checked_add(self.fixed)?
            .ceil_to_nanos()
    }

    /// The most units, between the floor and what was asked for, whose cost is at most `left`; `None` if even the
    /// floor costs more.
    #[must_use]
    pub fn units_within(self, left: Nanos) -> Option<u64> {
        if self.worst() <= left {
            return Some(self.units);
        }
        if self.per_unit == Femtos::ZERO || self.cost_of(self.floor)? > left {
            return None;
        }
        let room = Femtos::from(left).get().checked_sub(self.fixed.get())?;
        let fit = u64::try_from(room.checked_div(self.per_unit.get())?).ok()?;
        Some(fit.clamp(self.floor, self.units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn femtos(n: i64) -> Femtos {
        Femtos::new(i128::from(n))
    }

    #[test]
    fn a_fixed_cost_fits_whole_or_not_at_all() {
        let bound = Bound::fixed(Femtos::from(Nanos::new(40)));
        assert_eq!(bound.worst(), Nanos::new(40));
        assert_eq!(bound.units_within(Nanos::new(40)), Some(0));
        assert_eq!(bound.units_within(Nanos::new(39)), None);
    }

    #[test]
    fn a_cost_out_of_range_never_fits() {
        assert_eq!(Bound::fixed(Femtos::new(i128::MAX)).worst(), Nanos::MAX);
        assert_eq!(
            Bound::linear(Femtos::ZERO, femtos(i64::MAX), u64::MAX, 0),
            None
        );
        assert_eq!(Bound::linear(femtos(-1), femtos(1), 1, 0), None);
    }

    #[test]
    fn a_bound_says_what_it_was_made_of() {
        let bound = Bound::linear(femtos(0), femtos(7_000_000), 100, 16).unwrap();
        assert_eq!((bound.units(), bound.floor()), (100, 16));
        assert_eq!(bound.base(), femtos(0));
        assert_eq!(bound.per_unit(), femtos(7_000_000));
        let whole = bound.unfittable();
        assert_eq!((whole.units(), whole.floor()), (100, 100));
        assert_eq!(whole.least(), whole.worst());
        assert!(Bound::linear(femtos(5), femtos(0), 3, 3).is_some());
        assert_eq!(Bound::linear(femtos(1), femtos(-1), 1, 0), None);
    }

    #[test]
    fn more_on_top_costs_just_as_much_more_and_cuts_down_as_before() {
        let bound = Bound::linear(femtos(1_000_000), femtos(2_000_000), 10, 4).unwrap();
        let more = bound.with(femtos(3_000_000)).unwrap();
        assert_eq!(
            (more.worst(), more.least()),
            (Nanos::new(24), Nanos::new(12))
        );
        assert_eq!(more.units_within(Nanos::new(14)), Some(5));
        assert_eq!(bound.with(femtos(-1)), None);
        assert_eq!(bound.with(Femtos::new(i128::MAX)), None);
    }

    #[test]
    fn a_floor_that_costs_just_what_is_left_fits_and_one_beyond_it_does_not() {
        let bound = Bound::linear(femtos(0), femtos(1_000_000), 100, 10).unwrap();
        assert_eq!(bound.units_within(Nanos::new(10)), Some(10));
        assert_eq!(bound.units_within(Nanos::new(9)), None);
        assert_eq!(bound.units_within(Nanos::new(50)), Some(50));
        let flat = Bound::linear(femtos(20_000_000), femtos(0), 100, 10).unwrap();
        assert_eq!(flat.units_within(Nanos::new(19)), None);
        assert_eq!(flat.units_within(Nanos::new(20)), Some(100));
    }

    proptest::proptest! {
        #[test]
        fn fitting_takes_the_most_units_that_fit(
            fixed in 0_i64..1 << 50, per_unit in 1_i64..1 << 40, units in 0_u64..100_000, floor in 0_u64..64,
            left in 0_i64..1 << 40,
        ) {
            let bound = Bound::linear(femtos(fixed), femtos(per_unit), units, floor).unwrap();
            let left = Nanos::new(left);
            match bound.units_within(left) {
                Some(fit) => {
                    proptest::prop_assert!(bound.cost_of(fit).unwrap() <= left);
                    proptest::prop_assert!(fit == units || bound.cost_of(fit.saturating_add(1)).unwrap() > left);
                    proptest::prop_assert!(fit >= floor.min(units));
                }
                None => proptest::prop_assert!(bound.cost_of(floor.min(units)).unwrap() > left),
            }
        }
    }
}

//! Exact sums, before the one rounding.

use crate::Nanos;

/// Femto-dollars in a nano-dollar.
const PER_NANO: i128 = 1_000_000;

/// An exact cost in femto-dollars (10⁻¹⁵ USD): units × nano-dollars per million units, not yet rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Femtos(i128);

impl Femtos {
    /// No cost.
    pub const ZERO: Self = Self(0);

    /// A cost of this many femto-dollars.
    #[must_use]
    pub const fn new(femto_dollars: i128) -> Self {
        Self(femto_dollars)
    }

    /// How many femto-dollars this is.
    #[must_use]
    pub const fn get(self) -> i128 {
        self.0
    }

    /// The sum, or `None` where it is out of range.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// This many times the cost, or `None` where it is out of range.
    #[must_use]
    pub fn checked_mul(self, times: u64) -> Option<Self> {
        self.0.checked_mul(i128::from(times)).map(Self)
    }

    /// Rounded up to whole nano-dollars: the one rounding a cost ever sees. `None` where it is out of range.
    #[must_use]
    pub fn ceil_to_nanos(self) -> Option<Nanos> {
        let down = self.0.div_euclid(PER_NANO);
        let up = if self.0.rem_euclid(PER_NANO) == 0 {
            Some(down)
        } else {
            down.checked_add(1)
        };
        up.and_then(|nanos| i64::try_from(nanos).ok())
            .map(Nanos::new)
    }
}

impl From<Nanos> for Femtos {
    fn from(amount: Nanos) -> Self {
        Self(i128::from(amount.get()).saturating_mul(PER_NANO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_upwards_and_by_less_than_one_nano_dollar() {
        for (femtos, nanos) in [
            (0, 0),
            (1, 1),
            (999_999, 1),
            (1_000_000, 1),
            (1_000_001, 2),
            (-1, 0),
            (-1_000_000, -1),
            (-1_000_001, -1),
        ] {
            assert_eq!(
                Femtos::new(femtos).ceil_to_nanos(),
                Some(Nanos::new(nanos)),
                "{femtos}"
            );
        }
        assert_eq!(Femtos::new(i128::MAX).ceil_to_nanos(), None);
        assert_eq!(Femtos::from(Nanos::MAX).ceil_to_nanos(), Some(Nanos::MAX));
    }

    proptest::proptest! {
        #[test]
        fn rounding_once_never_costs_more_than_rounding_each(a in 0_i64..1 << 40, b in 0_i64..1 << 40) {
            let (a, b) = (Femtos::new(i128::from(a)), Femtos::new(i128::from(b)));
            let once = a.checked_add(b).and_then(Femtos::ceil_to_nanos).unwrap();
            let each = a.ceil_to_nanos().unwrap().checked_add(b.ceil_to_nanos().unwrap()).unwrap();
            proptest::prop_assert!(once <= each && each.checked_sub(once).unwrap() <= Nanos::new(1));
        }
    }
}

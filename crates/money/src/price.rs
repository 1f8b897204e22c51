//! Prices.

use crate::{Femtos, Nanos};

/// What a unit costs, in nano-dollars per million units; never negative.
///
/// Ten dollars per million tokens are `10_000_000_000`; one image at $0.04 is `40_000_000_000_000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(i64);

impl Price {
    /// Costs nothing, and is known to.
    pub const FREE: Self = Self(0);

    /// A price of this many nano-dollars per million units, or `None` for a negative one.
    #[must_use]
    pub const fn new(nanos_per_million: i64) -> Option<Self> {
        if nanos_per_million < 0 {
            None
        } else {
            Some(Self(nanos_per_million))
        }
    }

    /// The price whose million units cost `amount`, or `None` for a negative one.
    #[must_use]
    pub const fn per_million(amount: Nanos) -> Option<Self> {
        Self::new(amount.get())
    }

    /// The price whose single unit costs `amount`, or `None` for a negative one or one out of range (above about
    /// 9,223 dollars a unit).
    #[must_use]
    pub const fn per_unit(amount: Nanos) -> Option<Self> {
        match amount.get().checked_mul(1_000_000) {
            Some(nanos) => Self::new(nanos),
            None => None,
        }
    }

    /// Nano-dollars per million units.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The exact cost of this many units. Cannot overflow: 2⁶³ × 2⁶⁴ fits in an `i128`.
    #[must_use]
    pub fn of(self, units: u64) -> Femtos {
        Femtos::new(i128::from(self.0).saturating_mul(i128::from(units)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dearest_price_times_the_most_units_is_exact() {
        let cost = Price::new(i64::MAX).unwrap().of(u64::MAX);
        assert_eq!(cost.get(), i128::from(i64::MAX) * i128::from(u64::MAX));
    }

    #[test]
    fn a_price_is_never_negative() {
        assert_eq!(Price::new(-1), None);
        assert_eq!(Price::per_unit(Nanos::new(-1)), None);
        assert_eq!(Price::per_unit(Nanos::MAX), None);
        assert_eq!(
            Price::per_unit(Nanos::DOLLAR).map(Price::get),
            Some(1_000_000_000_000_000)
        );
        assert_eq!(
            Price::per_million(Nanos::DOLLAR).map(Price::get),
            Some(1_000_000_000)
        );
    }
}

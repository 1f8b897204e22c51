//! Amounts of money.

use std::fmt;
use std::str::FromStr;

use crate::dollars::{self, ParseUsdError};

/// An amount in nano-dollars (10⁻⁹ USD). May be negative: a difference is an amount, too.
///
/// Arithmetic is checked; nothing here wraps. `Display` prints a decimal number of dollars with two to nine decimals
/// (`22.14`, `0.000000001`), and [`FromStr`] reads the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(i64);

impl Nanos {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount there is, about 9.2 billion dollars.
    pub const MAX: Self = Self(i64::MAX);
    /// One dollar.
    pub const DOLLAR: Self = Self(1_000_000_000);

    /// The amount of this many nano-dollars.
    #[must_use]
    pub const fn new(nano_dollars: i64) -> Self {
        Self(nano_dollars)
    }

    /// How many nano-dollars this is.
    #[must_use]
    pub const fn get(self) -> i64 {
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

    /// The difference, or `None` where it is out of range.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// The difference, kept at the end of the range where it would leave it. For figures that are shown or compared,
    /// never for figures that are kept.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The sum, kept at the end of the range where it would leave it. For figures that are shown or compared, never
    /// for figures that are kept.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// This amount, or nothing where it is below nothing.
    #[must_use]
    pub const fn at_least_zero(self) -> Self {
        if self.0 < 0 { Self::ZERO } else { self }
    }

    /// Whether this is more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether this is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        dollars::print(self.0, f)
    }
}

impl FromStr for Nanos {
    type Err = ParseUsdError;

    /// Reads a decimal number of dollars: an optional minus sign, at least one digit, at most nine decimals. No
    /// exponent, no thousands separator, no currency sign, no white space.
    ///
    /// # Errors
    /// [`ParseUsdError`] says which of these it was.
    fn from_str(text: &str) -> Result<Self, ParseUsdError> {
        dollars::parse(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_neither_more_nor_less_than_nothing() {
        for (amount, negative, positive) in [(-1, true, false), (0, false, false), (1, false, true)]
        {
            let nanos = Nanos::new(amount);
            assert_eq!(
                (nanos.is_negative(), nanos.is_positive()),
                (negative, positive)
            );
            assert_eq!(nanos.at_least_zero(), Nanos::new(amount.max(0)));
        }
    }
}

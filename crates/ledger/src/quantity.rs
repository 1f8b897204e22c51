//! What a limit counts, and how much of it.

use std::fmt;

use money::Nanos;

use crate::codec::{Canonical, DecodeError, Reader, canonical_enum};

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Money.
    Usd,
    /// Calls: one when its hold is taken, for good when it is charged.
    Requests,
    /// Tokens, of the input and of the output: the most there can be while a call runs, then what there were.
    Tokens,
}
canonical_enum!(Measure { 1 => Usd, 2 => Requests, 3 => Tokens });

impl Measure {
    /// What people and programs call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::Requests => "requests",
            Self::Tokens => "tokens",
        }
    }

    /// An amount in this measure for people: `$1.50`, `20 requests`, `1 token`.
    #[must_use]
    pub fn spoken(self, amount: Quantity) -> String {
        let of = |one: &str| {
            let s = if amount.get() == 1 { "" } else { "s" };
            format!("{} {one}{s}", amount.get())
        };
        match self {
            Self::Usd => format!("${}", amount.usd()),
            Self::Requests => of("request"),
            Self::Tokens => of("token"),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// So much of a [`Measure`]: nano-dollars, requests or tokens. Which of them, its limit says. May be negative: what is left
/// of a limit is a quantity, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// None of it.
    pub const ZERO: Self = Self(0);
    /// More than there ever is.
    pub const MAX: Self = Self(i64::MAX);

    /// So many nano-dollars, requests or tokens.
    #[must_use]
    pub const fn new(units: i64) -> Self {
        Self(units)
    }

    /// A count of requests or tokens, as a limit is compared with it; the largest there is for one beyond.
    #[must_use]
    pub fn count(units: u64) -> Self {
        Self(i64::try_from(units).unwrap_or(i64::MAX))
    }

    /// How many nano-dollars, requests or tokens.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// As money: what it is where the measure is [`Measure::Usd`].
    #[must_use]
    pub const fn usd(self) -> Nanos {
        Nanos::new(self.0)
    }

    /// The sum, or `None` where it is out of range.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The sum, kept at the end of the range. For figures that are shown or compared, never for figures that are kept.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, kept at the end of the range. For figures that are shown or compared, never for figures that are
    /// kept.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Whether this is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether this is more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }
}

impl From<Nanos> for Quantity {
    fn from(amount: Nanos) -> Self {
        Self(amount.get())
    }
}

impl Canonical for Quantity {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        i64::read(reader).map(Self)
    }
}

/// The most tokens that a call counts for. More is nothing a call can have; so many can be held by as many calls as an
/// organization can have, and their sum is in range.
pub(crate) const MOST_TOKENS: u64 = 1 << 43;

/// What a call takes, or took, of each measure. Differences are such, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amounts {
    pub(crate) usd: Quantity,
    pub(crate) requests: Quantity,
    pub(crate) tokens: Quantity,
}

impl Amounts {
    /// What one call of this price and size takes.
    pub(crate) fn one(usd: Nanos, tokens: u64) -> Self {
        Self {
            usd: usd.into(),
            requests: Quantity(1),
            tokens: Self::tokens(tokens),
        }
    }

    /// What so many tokens of a call count for.
    pub(crate) fn tokens(tokens: u64) -> Quantity {
        Quantity::count(tokens.min(MOST_TOKENS))
    }

    pub(crate) const fn of(&self, measure: Measure) -> Quantity {
        match measure {
            Measure::Usd => self.usd,
            Measure::Requests => self.requests,
            Measure::Tokens => self.tokens,
        }
    }
}

/// Nothing less so much. The least number has no counterpart, and is never kept.
pub(crate) const fn negative(amount: Quantity) -> Quantity {
    Quantity(0_i64.saturating_sub(amount.0))
}

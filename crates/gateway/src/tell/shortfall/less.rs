//! What of a refused call would have fitted: fewer pictures, fewer output tokens.

use ledger::Measure;
use money::Nanos;

use super::{Case, least_left};

impl Case<'_> {
    /// The most pictures that would have fitted, and what they need.
    pub(super) fn fewer_pictures(&self) -> Option<(u64, Nanos)> {
        self.helps().then_some(())?;
        let left = least_left(self.shortfall);
        let pictures = self.wish.pictures.filter(|pictures| *pictures > 1)?;
        // Each is bounded alike, so a share of the whole bounds fewer of them; rounded up, like every bound.
        let of = |fewer: u64| {
            let whole = i128::from(self.shortfall.needed.get()).checked_mul(i128::from(fewer))?;
            let share = whole
                .checked_add(i128::from(pictures))?
                .checked_sub(1)?
                .checked_div(i128::from(pictures))?;
            i64::try_from(share).ok().map(Nanos::new)
        };
        let fits = |fewer: &u64| {
            let tokens = self.shortfall.needed_tokens.div_ceil(pictures);
            self.tokens_left()
                .is_none_or(|left| tokens.saturating_mul(*fewer) <= left)
        };
        (1..pictures).rev().filter(fits).find_map(|fewer| {
            of(fewer)
                .filter(|cost| *cost <= left)
                .map(|cost| (fewer, cost))
        })
    }

    /// The most units that would have fitted, where the call may be cut by its caller though not by us.
    pub(super) fn what_would_fit(&self) -> Option<u64> {
        self.helps().then_some(())?;
        let left = least_left(self.shortfall);
        let fits_with = |units: u64| {
            let cost = self.wish.bound.cost_of(units)?;
            let tokens = self.wish.traits.tokens_with(units);
            Some(cost <= left && self.tokens_left().is_none_or(|left| tokens <= left))
        };
        let (mut fits, mut too_many) = (0, self.wish.bound.units());
        if !fits_with(1)? {
            return None;
        }
        while too_many.saturating_sub(fits) > 1 {
            let middle = fits.saturating_add(too_many.saturating_sub(fits) / 2);
            if fits_with(middle)? {
                fits = middle;
            } else {
                too_many = middle;
            }
        }
        (fits > 0).then_some(fits)
    }

    /// Whether a smaller call helps: one request is one, however small.
    fn helps(&self) -> bool {
        self.check.measure != Measure::Requests
    }

    /// The fewest tokens that any limit leaves; `None` where none counts them.
    fn tokens_left(&self) -> Option<u64> {
        let checks = self.shortfall.checks.iter();
        let tokens = checks.filter(|check| check.measure == Measure::Tokens);
        let least = tokens.map(|check| check.left.get()).min()?;
        Some(u64::try_from(least).unwrap_or(0))
    }
}

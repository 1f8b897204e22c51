//! What there is room for in each measure, and what a call needs of it.

use money::Nanos;

use crate::check::Least;
use crate::quantity::MOST_TOKENS;
use crate::{Book, Check, Measure, Quantity, TakeHold, Time};

/// The least that is left of each measure, over all that stops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) usd: Quantity,
    requests: Quantity,
    tokens: Quantity,
}

impl Room {
    const ALL: Self = Self {
        usd: Quantity::MAX,
        requests: Quantity::MAX,
        tokens: Quantity::MAX,
    };

    /// What is left now.
    pub(super) fn left(least: &Least) -> Self {
        Self {
            usd: least.headroom.amount.into(),
            requests: least.requests,
            tokens: least.tokens,
        }
    }

    /// What would be left if every running call gave back all it can.
    pub(super) fn without_holds(checks: &[Check]) -> Self {
        let mut room = Self::ALL;
        for check in checks {
            room.narrow(check.measure, check.left_without_holds());
        }
        room
    }

    fn narrow(&mut self, measure: Measure, left: Quantity) {
        let least = match measure {
            Measure::Usd => &mut self.usd,
            Measure::Requests => &mut self.requests,
            Measure::Tokens => &mut self.tokens,
        };
        *least = left.min(*least);
    }

    /// The most units, no fewer than may be, with which a call fits; `None` if it does not with the fewest.
    pub(super) fn units_within(&self, ask: &TakeHold) -> Option<u64> {
        // What costs nothing needs no money to be there.
        let by_money = match ask.bound.worst() {
            Nanos::ZERO => ask.bound.units(),
            _ => ask.bound.units_within(self.usd.usd())?,
        };
        let units = by_money
            .min(self.units_by_tokens(ask))
            .max(ask.bound.floor());
        Need::with(ask, units).fits(self).then_some(units)
    }

    fn units_by_tokens(&self, ask: &TakeHold) -> u64 {
        let left = u64::try_from(self.tokens.get()).unwrap_or(0);
        let left = left.saturating_sub(ask.traits.tokens);
        let units = left.checked_div(ask.traits.tokens_per_unit);
        units.unwrap_or(u64::MAX)
    }
}

/// What a call takes at most with so many units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) usd: Nanos,
    pub(super) tokens: u64,
    pub(super) units: u64,
    /// Whether the call can cost nothing, however it goes: then it needs no money to be there.
    free: bool,
}

impl Need {
    pub(super) fn with(ask: &TakeHold, units: u64) -> Self {
        Self {
            usd: ask.bound.cost_of(units).unwrap_or(Nanos::MAX),
            tokens: ask.traits.tokens_with(units),
            units,
            free: ask.bound.worst() == Nanos::ZERO,
        }
    }

    pub(super) fn fits(&self, room: &Room) -> bool {
        self.fits_into(Measure::Usd, room.usd)
            && self.fits_into(Measure::Requests, room.requests)
            && self.fits_into(Measure::Tokens, room.tokens)
    }

    /// What takes nothing of a measure fits also where less than nothing is left of it.
    pub(super) fn fits_into(&self, measure: Measure, left: Quantity) -> bool {
        let takes_nothing = match measure {
            Measure::Usd => self.free,
            Measure::Requests => false,
            Measure::Tokens => self.tokens == 0,
        };
        takes_nothing || self.of(measure) <= left
    }

    fn of(&self, measure: Measure) -> Quantity {
        match measure {
            Measure::Usd => self.usd.into(),
            Measure::Requests => Quantity::new(1),
            // What no call can have fits nowhere: it would not be counted whole.
            Measure::Tokens if self.tokens > MOST_TOKENS => Quantity::MAX,
            Measure::Tokens => Quantity::count(self.tokens),
        }
    }
}

/// When a call fits where it was stopped, if nothing else is spent there until then. `None`: not by waiting.
pub(super) fn fits_at(book: &Book, check: &Check, stopped: Need) -> Option<Time> {
    let limit = book.limit(check.kind.limit()?)?;
    let needed = stopped.of(check.measure);
    let count = limit.counter(check.subject).cloned().unwrap_or_default();
    let with = |amount: Quantity| {
        if needed > amount {
            return None;
        }
        let left = amount.saturating_sub(count.spent);
        let missing = needed.saturating_sub(left.saturating_sub(count.held));
        match limit.window.rolling() {
            _ if !missing.is_positive() => Some(Time::EARLIEST),
            Some(rolling) => count.leaves_by(rolling, missing),
            None => check.resets_at,
        }
    };
    // A raise may be over by then, and so may the limit.
    let raise = limit.raise();
    let raised = with(limit.amount).filter(|at| raise.is_none_or(|raise| *at < raise.until));
    let after = raise.and_then(|raise| with(raise.back_to).map(|at| at.max(raise.until)));
    [raised, after, limit.ends_at].into_iter().flatten().min()
}

//! What probes of today may have cost. It bounds what they cost and decides nothing else; it begins anew with the process.

use std::sync::{Arc, Mutex, PoisonError};

use ledger::Time;
use money::Nanos;

/// Microseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

#[derive(Debug)]
struct Today {
    day: i64,
    sum: Nanos,
}

impl Default for Today {
    fn default() -> Self {
        let (day, sum) = (0, Nanos::ZERO);
        Self { day, sum }
    }
}

#[derive(Debug, Default)]
pub(super) struct Spent {
    today: Arc<Mutex<Today>>,
}

/// An amount that counts until it is known that it was not spent.
#[derive(Debug)]
pub(super) struct Reserved {
    today: Arc<Mutex<Today>>,
    day: i64,
    amount: Nanos,
}

impl Spent {
    /// Counts an amount; `None` where the day has no room for it.
    pub(super) fn reserve(
        &self,
        (amount, most): (Nanos, Option<Nanos>),
        now: Time,
    ) -> Option<Reserved> {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        let day = now.micros().div_euclid(DAY);
        if today.day != day {
            *today = Today {
                day,
                sum: Nanos::ZERO,
            };
        }
        let sum = today.sum.saturating_add(amount);
        if most.is_some_and(|most| sum > most) {
            return None;
        }
        today.sum = sum;
        Some(Reserved {
            today: Arc::clone(&self.today),
            day,
            amount,
        })
    }
}

impl Reserved {
    /// It may have been spent: it stays counted.
    pub(super) fn keep(mut self) {
        self.amount = Nanos::ZERO;
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.day == self.day {
            today.sum = today.sum.saturating_sub(self.amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_spent_makes_room_and_a_new_day_begins_at_nothing() {
        let spent = Spent::default();
        let at = |seconds| Time::from_micros(0).plus_seconds(seconds);
        let take = |amount, now| spent.reserve((Nanos::new(amount), Some(Nanos::new(10))), now);
        take(6, at(0)).unwrap().keep();
        assert!(take(5, at(1)).is_none());
        drop(take(4, at(2)).unwrap());
        take(4, at(3)).unwrap().keep();
        assert!(take(1, at(86_399)).is_none());
        let late = take(0, at(86_399)).unwrap();
        take(10, at(86_400)).unwrap().keep();
        drop(late);
        assert!(take(1, at(86_401)).is_none());
        assert!(
            spent
                .reserve((Nanos::new(i64::MAX), None), at(86_401))
                .is_some()
        );
    }
}

//! How fast money goes, and how long what is left lasts at that pace. Whole numbers only; a forecast is rounded to the
//! microsecond towards now.

use ledger::{Lot, Time};
use money::Nanos;

const DAY: i128 = 86_400;
const MICROS: i128 = 1_000_000;

/// So much in so many seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    spent: Nanos,
    seconds: i64,
}

impl Pace {
    /// `seconds` are more than none.
    pub(super) fn new(spent: Nanos, seconds: i64) -> Self {
        Self {
            spent,
            seconds: seconds.max(1),
        }
    }

    pub(super) const fn spent(self) -> Nanos {
        self.spent
    }

    /// In how many whole days it was spent.
    pub(super) const fn days(self) -> i64 {
        self.seconds / 86_400
    }

    /// What that is in 24 hours.
    pub(super) fn per_day(self) -> Nanos {
        let sum = i128::from(self.spent.get())
            .saturating_mul(DAY)
            .checked_div(i128::from(self.seconds));
        nanos(sum.unwrap_or(0))
    }

    /// When so much is used up. Nothing left: now. `None`: never, or not in any time that can be written.
    pub(super) fn uses_up(self, left: Nanos, now: Time) -> Option<Time> {
        let left = i128::from(left.at_least_zero().get());
        if left == 0 {
            return Some(now);
        }
        let micros = left
            .saturating_mul(i128::from(self.seconds))
            .saturating_mul(MICROS)
            .checked_div(i128::from(self.spent.get()))?;
        let then = i128::from(now.micros()).saturating_add(micros);
        i64::try_from(then)
            .ok()
            .map(Time::from_micros)
            .filter(|then| *then < Time::LATEST)
    }

    /// What is used between two moments.
    fn uses(self, from: Time, to: Time) -> Nanos {
        let micros = i128::from(to.micros()).saturating_sub(i128::from(from.micros()));
        let used = i128::from(self.spent.get())
            .saturating_mul(micros.max(0))
            .checked_div(i128::from(self.seconds).saturating_mul(MICROS));
        nanos(used.unwrap_or(0))
    }
}

fn nanos(sum: i128) -> Nanos {
    Nanos::new(i64::try_from(sum).unwrap_or(i64::MAX))
}

/// What becomes of the credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// When nothing is left; `None`: not at this pace.
    pub(super) runs_out: Option<Time>,
    /// What ran out of time until then.
    pub(super) lapses: Nanos,
}

/// Spends the lots in the ledger's order at a steady pace; what a lot still has when its time is over is lost.
pub(super) fn of_credit(lots: &[&Lot], pace: Pace, now: Time) -> End {
    let mut waiting: Vec<&Lot> = lots.to_vec();
    waiting.retain(|lot| lot.left().is_positive());
    waiting.sort_by_key(|lot| lot.rank());
    // What was spent beyond all credit is paid first.
    let mut owed = lots
        .iter()
        .fold(Nanos::ZERO, |sum, lot| sum.saturating_add(lot.owed()));
    let (mut at, mut lapses) = (now, Nanos::ZERO);
    for lot in waiting {
        let paid = owed.min(lot.left());
        owed = owed.saturating_sub(paid);
        let left = lot.left().saturating_sub(paid);
        let over = lot.lapses_at.unwrap_or(Time::LATEST);
        if over <= at {
            lapses = lapses.saturating_add(left);
            continue;
        }
        match pace.uses_up(left, at).filter(|empty| *empty <= over) {
            Some(empty) => at = empty,
            None if over < Time::LATEST => {
                lapses = lapses.saturating_add(left.saturating_sub(pace.uses(at, over)));
                at = over;
            }
            None => {
                return End {
                    runs_out: None,
                    lapses,
                };
            }
        }
    }
    End {
        runs_out: Some(at),
        lapses,
    }
}

#[cfg(test)]
mod tests {
    use ids::LotId;
    use ledger::LotKind;

    use super::*;

    const NOW: Time = Time::from_micros(1_795_000_000_000_000);

    fn lot(number: u8, dollars: i64, lapses_in_days: Option<i64>) -> Lot {
        Lot {
            id: LotId::from_bytes([number; 16]),
            kind: LotKind::Purchase,
            added: Nanos::new(dollars * Nanos::DOLLAR.get()),
            spent: Nanos::ZERO,
            held: Nanos::ZERO,
            lapsed: Nanos::ZERO,
            voided: Nanos::ZERO,
            added_at: NOW,
            lapses_at: lapses_in_days.map(|days| NOW.plus_seconds(days * 86_400)),
            priority: 0,
            note: "".into(),
        }
    }

    /// Two dollars a day.
    fn pace() -> Pace {
        Pace::new(Nanos::new(14 * Nanos::DOLLAR.get()), 7 * 86_400)
    }

    fn in_days(days: i64) -> Option<Time> {
        Some(NOW.plus_seconds(days * 86_400))
    }

    fn dollars(amount: i64) -> Nanos {
        Nanos::new(amount * Nanos::DOLLAR.get())
    }

    fn end(lots: &[Lot], pace: Pace) -> (Option<Time>, Nanos) {
        let lots: Vec<&Lot> = lots.iter().collect();
        let end = of_credit(&lots, pace, NOW);
        (end.runs_out, end.lapses)
    }

    #[test]
    fn credit_lasts_as_long_as_it_is_more_than_the_pace_takes() {
        assert_eq!(pace().per_day(), dollars(2));
        assert_eq!(end(&[lot(1, 12, None)], pace()), (in_days(6), Nanos::ZERO));
        let two = [lot(1, 12, None), lot(2, 2, None)];
        assert_eq!(end(&two, pace()), (in_days(7), Nanos::ZERO));
        assert_eq!(end(&[], pace()), (Some(NOW), Nanos::ZERO));
    }

    #[test]
    fn what_lapses_before_it_is_spent_is_lost_to_the_forecast_too() {
        // $20 that lapse in three days: $6 of them are spent, $14 lost; then $4 last two days more.
        let two = [lot(1, 4, None), lot(2, 20, Some(3))];
        assert_eq!(end(&two, pace()), (in_days(5), dollars(14)));
        // The second lapses while the first is being spent.
        let two = [lot(1, 20, Some(9)), lot(2, 5, Some(8))];
        assert_eq!(end(&two, pace()), (in_days(9), dollars(7)));
    }

    #[test]
    fn nothing_runs_out_where_nothing_is_spent() {
        let still = Pace::new(Nanos::ZERO, 86_400);
        assert_eq!(end(&[lot(1, 12, None)], still), (None, Nanos::ZERO));
        assert_eq!(
            end(&[lot(1, 12, Some(3))], still),
            (in_days(3), dollars(12))
        );
        assert_eq!(still.uses_up(dollars(1), NOW), None);
        assert_eq!(still.uses_up(Nanos::ZERO, NOW), Some(NOW));
        assert_eq!(still.uses_up(dollars(-1), NOW), Some(NOW));
    }

    #[test]
    fn what_is_owed_is_paid_before_anything_lasts() {
        let mut owing = lot(1, 1, None);
        owing.spent = dollars(5);
        assert_eq!(
            end(&[owing, lot(2, 10, None)], pace()),
            (in_days(3), Nanos::ZERO)
        );
    }
}

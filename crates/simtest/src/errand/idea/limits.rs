//! Limits of every kind come to mind: on whom, of what, for how long, and what they do.

use ids::LimitId;
use ledger::{
    Calls, ChangeLimit, Command, LimitTerms, Measure, Mode, OnTrip, Quantity, Rolling, Tag,
    UsedSoFar, Window,
};

use super::{Idea, bytes, window};
use crate::asked::{tag, user};
use crate::dice::Dice;

/// Models that limits are on: one, the other, or both.
const PATTERNS: [&str; 4] = ["gpt-5", "gpt-5-mini", "gpt-5*", "*"];

impl Idea {
    pub(super) fn of_limits(&self, dice: &mut Dice) -> Command {
        match dice.below(30) {
            0..15 => Command::CreateLimit(self.limit(dice)),
            15..26 => Command::ChangeLimit(ChangeLimit {
                id: self.about.limit,
                amount: dice
                    .chance(800)
                    .then(|| self.amount_of(self.about.measure, dice)),
                used: if dice.chance(250) {
                    UsedSoFar::Reset
                } else {
                    UsedSoFar::Keep
                },
                until: dice.chance(350).then(|| self.soon(dice)),
            }),
            _ => Command::DeleteLimit {
                id: self.about.limit,
            },
        }
    }

    fn limit(&self, dice: &mut Dice) -> LimitTerms {
        let id = LimitId::from_bytes(bytes(self.number));
        if dice.chance(60) {
            return LimitTerms::spend_guard(id, self.amount, rolling(dice));
        }
        let measure = match dice.below(4) {
            0 => Measure::Requests,
            1 => Measure::Tokens,
            _ => Measure::Usd,
        };
        LimitTerms {
            measure,
            amount: self.amount_of(measure, dice),
            calls: calls(dice),
            mode: if dice.chance(180) {
                Mode::Shadow
            } else {
                Mode::Enforce
            },
            on_trip: if dice.chance(120) {
                OnTrip::FreezeKey
            } else {
                OnTrip::Refuse
            },
            ends_at: dice.chance(120).then(|| self.soon(dice)),
            ..LimitTerms::hard_limit(id, self.scope(dice), self.amount, any_window(dice))
        }
    }

    /// So much that some calls fit, and not all.
    fn amount_of(&self, measure: Measure, dice: &mut Dice) -> Quantity {
        match measure {
            Measure::Usd => self.amount.into(),
            Measure::Requests => Quantity::new(dice.between(0, 40)),
            Measure::Tokens => Quantity::new(dice.between(0, 40_000)),
        }
    }
}

/// Half of them all calls.
fn calls(dice: &mut Dice) -> Calls {
    let number = u8::try_from(dice.below(3)).unwrap_or(0);
    match dice.below(14) {
        0..3 => Calls::Model(dice.one(&PATTERNS).copied().unwrap_or("*").into()),
        3 => Calls::EndUser(user(number)),
        4 | 5 => Calls::EachEndUser,
        6 => Calls::Tag(Box::new(Tag {
            subject: tag(number),
            name: "team=red".into(),
        })),
        7 | 8 => Calls::EachTag,
        _ => Calls::All,
    }
}

fn any_window(dice: &mut Dice) -> Window {
    if dice.chance(300) {
        Window::Rolling(rolling(dice))
    } else {
        window(dice)
    }
}

/// A window that rolls, as long as a run or shorter, so that much leaves it.
pub(in crate::errand) fn rolling(dice: &mut Dice) -> Rolling {
    let longest = if dice.chance(800) { 90 } else { 1000 };
    let seconds = dice.between(1, longest);
    Rolling {
        seconds: u32::try_from(seconds).unwrap_or(1),
    }
}

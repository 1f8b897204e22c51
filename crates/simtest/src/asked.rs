//! What callers asked of the cluster and what they were told: nothing may be in a journal that nobody asked for.

use std::collections::{BTreeMap, BTreeSet};

use ids::{HoldId, KeyId, Subject};
use ledger::{HoldTaken, Measure, PresumeReason, ReleaseReason};

use crate::reference::Wrong;

/// Femto-dollars in a nano-dollar.
const FEMTOS: i128 = 1_000_000;

/// The models that calls name.
pub(crate) const MODELS: [&str; 2] = ["gpt-5", "gpt-5-mini"];

/// How many end users there are, and how many tags.
const SUBJECTS: u8 = 3;

/// An end user, by number.
pub(crate) const fn user(number: u8) -> Subject {
    Subject::from_bytes([0x40 + number % SUBJECTS; 16])
}

/// A tag, by number.
pub(crate) const fn tag(number: u8) -> Subject {
    Subject::from_bytes([0x80 + number % SUBJECTS; 16])
}

/// What a call asked for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) key: KeyId,
    pub(crate) model: &'static str,
    /// In femto-dollars, as is what each unit adds.
    pub(crate) fixed: i128,
    pub(crate) per_unit: i128,
    pub(crate) units: u64,
    pub(crate) floor: u64,
    /// Of its input, and what each unit adds.
    pub(crate) tokens: u64,
    pub(crate) tokens_per_unit: u64,
    /// Whom it is made for.
    pub(crate) user: Option<Subject>,
    /// In their order.
    pub(crate) tags: Vec<Subject>,
}

impl Ask {
    /// The most it costs with so many units, in nano-dollars, rounded up.
    pub(crate) fn cost_of(&self, units: u64) -> i128 {
        (self.fixed + self.per_unit * i128::from(units) + FEMTOS - 1) / FEMTOS
    }

    pub(crate) fn worst(&self) -> i128 {
        self.cost_of(self.units)
    }

    pub(crate) fn least(&self) -> i128 {
        self.cost_of(self.floor)
    }

    /// The most tokens it has with so many units.
    pub(crate) fn tokens_of(&self, units: u64) -> i128 {
        i128::from(self.tokens) + i128::from(self.tokens_per_unit) * i128::from(units)
    }

    /// Whether it fits with so many units where so much of a measure is left. Nothing fits everywhere; a cost is nothing
    /// where it is so with all units.
    pub(crate) fn fits(&self, measure: Measure, units: u64, left: i128) -> bool {
        match measure {
            Measure::Usd => self.worst() == 0 || self.cost_of(units) <= left,
            Measure::Requests => 1 <= left,
            Measure::Tokens => self.tokens_of(units) == 0 || self.tokens_of(units) <= left,
        }
    }
}

/// How a caller said that its call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// This amount, and so many tokens, where that was said.
    Charge(i128, Option<u64>),
    Release(ReleaseReason),
    Presume(PresumeReason),
}

/// What was asked until now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    asks: BTreeMap<HoldId, Ask>,
    endings: BTreeMap<HoldId, Vec<Ending>>,
    /// Holds whose callers heard of the grant.
    told: BTreeSet<HoldId>,
}

impl Asked {
    pub(crate) fn asks(&mut self, hold: HoldId, ask: Ask) {
        self.asks.insert(hold, ask);
    }

    pub(crate) fn tells(&mut self, hold: HoldId) {
        self.told.insert(hold);
    }

    pub(crate) fn ends(&mut self, hold: HoldId, ending: Ending) {
        self.endings.entry(hold).or_default().push(ending);
    }

    pub(crate) fn ask(&self, hold: HoldId) -> Result<&Ask, Wrong> {
        self.asks
            .get(&hold)
            .ok_or_else(|| "nobody asked for this hold".to_owned())
    }

    pub(crate) fn was_told(&self, hold: HoldId) -> bool {
        self.told.contains(&hold)
    }

    /// What a caller said of its call's end, where it said one thing only.
    pub(crate) fn only_ending(&self, hold: HoldId) -> Option<Ending> {
        match self.endings.get(&hold).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        }
    }

    /// Whether a caller said so.
    pub(crate) fn ended(&self, hold: HoldId, ending: Ending) -> Result<(), Wrong> {
        let said = self.endings.get(&hold);
        if said.is_some_and(|endings| endings.contains(&ending)) {
            Ok(())
        } else {
            Err(format!("nobody said {ending:?}, but {said:?}"))
        }
    }

    /// Whether a caller said that it cost so much and, where a limit asks for that, had so many tokens.
    pub(crate) fn was_charged(
        &self,
        hold: HoldId,
        (amount, tokens): (i128, Option<Option<u64>>),
    ) -> Result<(), Wrong> {
        let mut said = self.endings.get(&hold).into_iter().flatten();
        let so = said.any(|ending| match ending {
            Ending::Charge(cost, had) => {
                *cost == amount && tokens.is_none_or(|tokens| tokens == *had)
            }
            Ending::Release(_) | Ending::Presume(_) => false,
        });
        if so {
            Ok(())
        } else {
            let said = self.endings.get(&hold);
            Err(format!("nobody said {amount} and {tokens:?}, but {said:?}"))
        }
    }

    /// Whether a caller said that it cost nothing, or none ever heard of it.
    pub(crate) fn may_be_released(&self, hold: HoldId) -> bool {
        let mut said = self.endings.get(&hold).into_iter().flatten();
        !self.was_told(hold) || said.any(|ending| matches!(ending, Ending::Release(_)))
    }

    /// Whether a hold is what was asked for, at the price that was asked for, rounded up once.
    pub(crate) fn as_asked(&self, taken: &HoldTaken) -> Result<(), Wrong> {
        let ask = self.ask(taken.hold)?;
        let sensible = taken.key == ask.key
            && *taken.model == *ask.model
            && taken.asked_units == ask.units
            && (ask.floor..=ask.units).contains(&taken.granted_units);
        if !sensible {
            return Err(format!("it is not what was asked for: {ask:?}"));
        }
        let cost = ask.cost_of(taken.granted_units);
        if i128::from(taken.amount.get()) == cost {
            Ok(())
        } else {
            Err(format!("P1: {cost} nano-dollars are to be held"))
        }
    }
}

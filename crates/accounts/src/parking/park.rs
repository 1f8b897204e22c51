//! One park: what it closes, why, until when, and how often it was asked whether it is over.

use std::time::Duration;

use diagnosis::{Cause, Scope};
use ledger::Time;

use super::place::Place;
use super::refusal::Refusal;
use super::{Closed, Until, after};

/// A refusal that comes so soon after the end of the same one before it counts as the next in a row.
const IN_A_ROW: Duration = Duration::from_secs(2 * 60);
/// A park that comes back within this time is probed as seldom as it was at last.
const PROBES_COUNT_FOR: Duration = Duration::from_secs(60 * 60);
/// How long one that ended is remembered, so that another node's older word does not bring it back.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
/// One that lasts no longer is not written down: it is over before anybody reads it.
const WRITTEN_FROM: Duration = Duration::from_secs(60);

/// Who parked something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A refusal of the provider's.
    Refusal,
    /// A person, with a word on why.
    Person {
        /// The word.
        note: Option<Box<str>>,
    },
}

/// How long to wait before each probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    /// Before the first; each further one is twice as long.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
}

impl Pauses {
    pub(crate) fn before(&self, count: u32) -> Duration {
        let times = 2_u32.saturating_pow(count.min(31));
        self.first
            .saturating_mul(times)
            .min(self.longest.max(self.first))
    }
}

/// A probe, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// When.
    pub at: Time,
    /// What was asked and what came, in words.
    pub said: Box<str>,
}

/// Something that is closed, or was of late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Park {
    /// What.
    pub place: Place,
    /// The account that was refused, and is probed.
    pub account: Box<str>,
    /// The model that was refused.
    pub model: Option<Box<str>>,
    /// Why.
    pub cause: Cause,
    /// What the refusal closed by the provider's rules. The place is what that comes to here.
    pub scope: Scope,
    /// By whom.
    pub by: By,
    /// Since when.
    pub since: Time,
    /// Until when.
    pub until: Until,
    /// What the provider said last.
    pub refusal: Option<Refusal>,
    /// The last probe.
    pub probed: Option<Probed>,
    /// Probes since it was parked, those of its time before counted in where that was of late.
    pub probes: u32,
    /// How often in a row it was parked before.
    pub(crate) before: u32,
    /// When it was over, if it is.
    pub(crate) ended_at: Option<Time>,
    pub(crate) changed_at: Time,
    /// What the account was when it was refused: with another credential, or elsewhere, this does not hold of it.
    pub(crate) mark: Box<str>,
}

impl Park {
    /// Whether it closes anything now.
    #[must_use]
    pub fn stands(&self, now: Time) -> bool {
        let over = matches!(self.until, Until::At(end) if end <= now);
        self.ended_at.is_none() && !over
    }

    /// Whether it is probed. What ends by itself is, where it is about money: somebody may raise the limit before.
    #[must_use]
    pub fn is_probed(&self) -> bool {
        let helps = match self.until {
            Until::Probed => true,
            Until::At(_) => self.cause.is_money(),
            Until::Person => false,
        };
        helps && self.by == By::Refusal
    }

    /// When it is to be probed next.
    #[must_use]
    pub fn next_probe(&self, pauses: &Pauses) -> Time {
        let last = self.probed.as_ref().map_or(self.since, |probed| probed.at);
        after(last.max(self.since), pauses.before(self.probes))
    }

    /// Whether somebody should hear of it who was not there: money, or what only a person ends.
    #[must_use]
    pub fn is_worth_telling(&self) -> bool {
        let stays = !matches!(self.until, Until::At(_));
        self.by == By::Refusal && (stays || self.cause.is_money())
    }

    pub(crate) fn closed(&self) -> Closed {
        Closed {
            cause: self.cause,
            scope: self.scope,
            since: self.since,
            until: self.until,
            refusal: self.refusal.clone(),
            by: self.by.clone(),
        }
    }

    /// Whether the same thing is closed for the same sort of reason.
    pub(crate) fn is_of(&self, place: &Place, by_person: bool) -> bool {
        self.place == *place && (self.by != By::Refusal) == by_person
    }

    /// When it ended or will.
    fn end(&self) -> Option<Time> {
        self.ended_at.or(match self.until {
            Until::At(end) => Some(end),
            Until::Probed | Until::Person => None,
        })
    }

    fn ended_within(&self, span: Duration, now: Time) -> bool {
        self.end().is_some_and(|end| now < after(end, span))
    }

    /// How often in a row a refusal now would be the same.
    pub(crate) fn in_a_row(&self, now: Time) -> u32 {
        if self.stands(now) {
            self.before
        } else if self.ended_within(IN_A_ROW, now) {
            self.before.saturating_add(1)
        } else {
            0
        }
    }

    /// The probes that count for one that begins now.
    pub(crate) fn probes_so_far(&self, now: Time) -> u32 {
        if self.stands(now) || self.ended_within(PROBES_COUNT_FOR, now) {
            self.probes
        } else {
            0
        }
    }

    pub(crate) fn is_forgotten(&self, now: Time) -> bool {
        let span = if self.is_written() {
            REMEMBERED
        } else {
            IN_A_ROW
        };
        self.end().is_some_and(|end| after(end, span) <= now)
    }

    /// Whether it is written down.
    pub(crate) fn is_written(&self) -> bool {
        match self.until {
            Until::At(end) => end > after(self.changed_at, WRITTEN_FROM),
            Until::Probed | Until::Person => true,
        }
    }
}

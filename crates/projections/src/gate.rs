//! Which refusals are listed and which are only counted.
//!
//! A client that is refused and asks again a thousand times a second must not push everybody else's calls out of the log.
//! What it did is still told: so many refusals, of this key, with this code, in this hour.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ids::{KeyId, OrganizationId};
use ledger::Time;

use crate::{Refused, Suppressed};

/// Keys and codes whose rate is known at the same time. Beyond it the refusals of further ones are listed as long as
/// the queue has room.
const MOST_WINDOWS: usize = 4096;

const SECOND: i64 = 1_000_000;
pub(crate) const HOUR: i64 = 3_600 * SECOND;

/// The hour of a moment, counted from 1970.
pub(crate) const fn hour_of(at: Time) -> i64 {
    at.micros().div_euclid(HOUR)
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Who {
    organization: OrganizationId,
    key: Option<KeyId>,
    code: Box<str>,
}

#[derive(Clone, Copy)]
struct Window {
    second: i64,
    listed: u32,
}

#[derive(Clone, Copy)]
struct Counted {
    count: u64,
    first_at: Time,
    last_at: Time,
}

#[derive(Default)]
struct Inside {
    windows: HashMap<Who, Window>,
    counts: HashMap<(Who, i64), Counted>,
}

pub(crate) struct Gate {
    most: u32,
    inside: Mutex<Inside>,
}

impl Gate {
    pub(crate) fn new(most: u32) -> Self {
        Self {
            most,
            inside: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this refusal may be listed.
    pub(crate) fn admit(&self, refused: &Refused) -> bool {
        let second = refused.at.micros().div_euclid(SECOND);
        let who = who(refused);
        let mut inside = self.lock();
        if inside.windows.len() >= MOST_WINDOWS && !inside.windows.contains_key(&who) {
            inside.windows.retain(|_, window| window.second >= second);
            if inside.windows.len() >= MOST_WINDOWS {
                return true;
            }
        }
        let window = inside
            .windows
            .entry(who)
            .or_insert(Window { second, listed: 0 });
        if window.second < second {
            *window = Window { second, listed: 0 };
        }
        if window.listed >= self.most {
            return false;
        }
        window.listed = window.listed.saturating_add(1);
        true
    }

    /// Counts a refusal that is not listed. False where even that is not possible.
    pub(crate) fn count(&self, refused: &Refused) -> bool {
        self.add(Suppressed {
            organization: refused.organization,
            key: refused.key,
            code: refused.code.clone(),
            count: 1,
            first_at: refused.at,
            last_at: refused.at,
        })
    }

    /// Adds to the counts that wait to be written.
    pub(crate) fn add(&self, more: Suppressed) -> bool {
        let hour = hour_of(more.first_at);
        let who = Who {
            organization: more.organization,
            key: more.key,
            code: more.code,
        };
        let mut inside = self.lock();
        let place = (who, hour);
        if inside.counts.len() >= MOST_WINDOWS && !inside.counts.contains_key(&place) {
            return false;
        }
        let counted = inside.counts.entry(place).or_insert(Counted {
            count: 0,
            first_at: more.first_at,
            last_at: more.last_at,
        });
        counted.count = counted.count.saturating_add(more.count);
        counted.first_at = counted.first_at.min(more.first_at);
        counted.last_at = counted.last_at.max(more.last_at);
        true
    }

    /// Takes the counts to write them.
    pub(crate) fn take(&self) -> Vec<Suppressed> {
        let counts = std::mem::take(&mut self.lock().counts);
        let told = counts
            .into_iter()
            .map(|((who, _hour), counted)| Suppressed {
                organization: who.organization,
                key: who.key,
                code: who.code,
                count: counted.count,
                first_at: counted.first_at,
                last_at: counted.last_at,
            });
        told.collect()
    }
}

fn who(refused: &Refused) -> Who {
    Who {
        organization: refused.organization,
        key: refused.key,
        code: refused.code.clone(),
    }
}

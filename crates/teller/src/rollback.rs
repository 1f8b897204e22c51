//! What is said of a store that rolled back.

use std::fmt;

use ids::OrganizationId;
use ledger::{Organization, Time};

/// A journal that does not have any more what it had acknowledged, and could not be mended by what is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolledBack {
    /// Whose.
    pub organization: OrganizationId,
    /// What the journal still says of it.
    pub found: Option<Organization>,
    /// The last entry that was acknowledged.
    pub acknowledged: u64,
    /// Its time, where the entry is remembered.
    pub acknowledged_at: Option<Time>,
    /// The last entry that the journal has, and its time.
    pub stands: Option<(u64, Time)>,
    /// Why it could not be mended.
    pub because: Unmendable,
}

/// Why what a store lost cannot just be appended again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmendable {
    /// The lost entries are remembered nowhere.
    NotRemembered,
    /// Only those from this one on are.
    Gap {
        /// The first remembered.
        from: u64,
    },
    /// The journal has gone on with other entries.
    Diverged {
        /// The first in whose place another stands.
        from: u64,
    },
    /// They follow the journal's last entry, and yet cannot.
    Unfit {
        /// The first that cannot.
        entry: u64,
        /// What is in its way.
        why: String,
    },
}

impl RolledBack {
    /// One of which nothing more is known.
    pub(crate) const fn unremembered(organization: OrganizationId, acknowledged: u64) -> Self {
        Self {
            organization,
            found: None,
            acknowledged,
            acknowledged_at: None,
            stands: None,
            because: Unmendable::NotRemembered,
        }
    }

    /// How much time is missing, where that is known.
    #[must_use]
    pub fn missing_seconds(&self) -> Option<i64> {
        let (until, (_, from)) = (self.acknowledged_at?, self.stands?);
        Some((until.micros().saturating_sub(from.micros())).max(0) / 1_000_000)
    }
}

impl fmt::Display for RolledBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.acknowledged;
        write!(
            f,
            "the store has rolled back: it does not have entry {last} any more, which it had acknowledged"
        )?;
        let Some((stands, _)) = self.stands else {
            return Ok(());
        };
        let next = stands.saturating_add(1);
        match &self.because {
            Unmendable::NotRemembered => {
                write!(f, "; entries {next} to {last} are remembered nowhere")?;
            }
            Unmendable::Gap { from } => write!(
                f,
                "; entries {next} to {} are remembered nowhere, those from {from} on are",
                from.saturating_sub(1)
            )?,
            Unmendable::Diverged { from } => write!(
                f,
                "; it has gone on with other entries, up to entry {stands}, and one of them stands in the place of entry \
                 {from}"
            )?,
            Unmendable::Unfit { entry, why } => write!(
                f,
                "; it ends with entry {stands}, and entry {entry}, which is remembered, cannot be appended again: it {why}"
            )?,
        }
        match self.missing_seconds() {
            Some(seconds) => write!(f, " ({seconds} s of entries)"),
            None => Ok(()),
        }
    }
}

/// Entries that a store had lost and that stand again, bit for bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// The time of the last.
    pub until: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_one_sentence() {
        let of = |because, stands: Option<u64>| {
            RolledBack {
                organization: OrganizationId::from_bytes([1; 16]),
                found: None,
                acknowledged: 40,
                acknowledged_at: Some(Time::from_micros(90_000_000)),
                stands: stands.map(|seq| (seq, Time::from_micros(30_000_000))),
                because,
            }
            .to_string()
        };
        let begins = "the store has rolled back: it does not have entry 40 any more, which it had acknowledged";
        assert_eq!(of(Unmendable::NotRemembered, None), begins);
        for (because, rest) in [
            (
                Unmendable::Gap { from: 30 },
                "; entries 13 to 29 are remembered nowhere, those from 30 on are (60 s of entries)",
            ),
            (
                Unmendable::NotRemembered,
                "; entries 13 to 40 are remembered nowhere (60 s of entries)",
            ),
            (
                Unmendable::Diverged { from: 12 },
                "; it has gone on with other entries, up to entry 12, and one of them stands in the place of entry 12 \
                 (60 s of entries)",
            ),
        ] {
            assert_eq!(of(because, Some(12)), format!("{begins}{rest}"));
        }
    }
}

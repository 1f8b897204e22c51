//! Keys that are frozen without anybody asking: by the organization's spend guard, with the charge that passes it, and by a
//! limit that freezes whoever it refuses.

use ids::{HoldId, KeyId};
use ledger::LimitOrigin;

use super::limits::apart_in;
use super::{Figures, KeyIs, Reference, Wrong};

impl Reference {
    /// A call ended that took so much: whether its key is to be frozen, by the figures before.
    pub(super) fn guards(&mut self, id: HoldId, charge: i128, before: &Figures) {
        let Some(hold) = self.holds.get(&id) else {
            return;
        };
        let active = self.keys.get(&hold.key);
        let active = active.is_some_and(|key| key.state == KeyIs::Active);
        let trips = hold.counted.iter().any(|counted| {
            let limit = self.limits.get(counted.limit);
            let guard = limit.filter(|limit| {
                limit.terms.origin == LimitOrigin::Guard
                    && !limit.deleted
                    && limit.window == counted.window
            });
            let known = guard.and_then(|limit| before.limits.get(&limit.terms.id));
            known.is_some_and(|known| {
                let whom = apart_in(&known.terms.calls, hold.key, &hold.traits);
                known.of(whom.first().copied()).spent + charge > known.amount
            })
        });
        self.must_freeze = (active && trips).then_some(hold.key);
    }

    /// A key was frozen, and nobody had asked for that.
    pub(super) fn froze_by_itself(
        &mut self,
        key: KeyId,
        reason: &str,
        before: &Figures,
    ) -> Result<(), Wrong> {
        if self.must_freeze == Some(key) {
            self.must_freeze = None;
            return Ok(());
        }
        let mut limits = before.limits.values();
        let by = limits.find(|limit| {
            reason.contains(&limit.terms.id.to_string()) && before.freezes(limit, key)
        });
        match by {
            Some(_) => Ok(()),
            None => Err("a key was frozen that nothing freezes".to_owned()),
        }
    }

    /// Where an append ends, whoever was to be frozen is.
    pub(crate) fn all_are_frozen(&self) -> Result<(), Wrong> {
        match self.must_freeze {
            Some(key) => Err(format!(
                "P5: {key} went past the spend guard and is not frozen"
            )),
            None => Ok(()),
        }
    }
}

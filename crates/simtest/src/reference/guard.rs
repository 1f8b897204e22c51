//! Keys that are frozen without anybody asking: by the organization's spend guard, with the charge that passes it, and by a
//! limit that freezes whoever it refuses.

use ids::{HoldId, KeyId};
use ledger::{LimitOrigin, OnTrip};

use super::holds::{Counted, Hold};
use super::limits::{Limit, apart_in, stops};
use super::{Figures, KeyIs, Reference, Wrong};

impl Reference {
    /// A call ended that took so much, or what was presumed of it is corrected to that: whether its key is to be frozen, by
    /// the figures before.
    pub(super) fn guards(&mut self, id: HoldId, charge: i128, before: &Figures) {
        let Some(hold) = self.holds.get(&id) else {
            return;
        };
        let active = self.keys.get(&hold.key);
        let active = active.is_some_and(|key| key.state == KeyIs::Active);
        let trips = hold.counted.iter().any(|counted| {
            let limit = self.limits.get(counted.limit);
            let limit = limit.filter(|limit| !limit.deleted && limit.window == counted.window);
            limit.is_some_and(|limit| passes((limit, counted), (hold, charge), before))
        });
        if active && trips {
            self.must_freeze.insert(hold.key);
        }
    }

    /// A key was frozen, and nobody had asked for that.
    pub(super) fn froze_by_itself(
        &mut self,
        key: KeyId,
        reason: &str,
        before: &Figures,
    ) -> Result<(), Wrong> {
        if self.must_freeze.remove(&key) {
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
        match self.must_freeze.first() {
            Some(key) => Err(format!(
                "P5: {key} went past the spend guard and is not frozen"
            )),
            None => Ok(()),
        }
    }
}

/// Whether a charge takes a limit that freezes past its amount.
fn passes(
    (limit, counted): (&Limit, &Counted),
    (hold, charge): (&Hold, i128),
    before: &Figures,
) -> bool {
    let terms = &limit.terms;
    let freezes = match terms.origin {
        LimitOrigin::Guard => true,
        LimitOrigin::Owner | LimitOrigin::Operator => {
            stops(terms) && terms.on_trip == OnTrip::FreezeKey
        }
    };
    let Some(known) = before.limits.get(&terms.id).filter(|_| freezes) else {
        return false;
    };
    let takes = hold.took(charge)(terms.measure);
    let adds = match &counted.spent {
        None => takes,
        Some(spent) if limit.resets == counted.resets && limit.has(spent.at) => {
            takes - spent.amount
        }
        Some(_) => 0,
    };
    let whom = apart_in(&known.terms.calls, hold.key, &hold.traits);
    let past = |subject| known.of(subject).spent + adds > known.amount;
    let whole = whom.is_empty().then_some(None);
    adds > 0
        && whole
            .into_iter()
            .chain(whom.into_iter().map(Some))
            .any(past)
}

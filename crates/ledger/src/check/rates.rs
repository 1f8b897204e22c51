//! The checks of a call that count requests or tokens: what its answer says of them beside the money.

use ids::KeyId;

use super::{Check, Narrow};
use crate::{Book, Measure, Traits};

impl Book {
    /// Of the checks that are made of a call of this key for this model, those that count requests or tokens. Costs next
    /// to nothing where there is none.
    #[must_use]
    pub fn rates(&self, key: KeyId, (model, traits): (&str, &Traits)) -> Vec<Check> {
        let Some(project) = self.key(key).map(|key| key.project) else {
            return Vec::new();
        };
        let traits = &traits.looked_at();
        let asked = self.asked((Some(project), Some(key)), Narrow::Call { model, traits });
        let rates = asked
            .counters()
            .filter(|counter| counter.limit.measure != Measure::Usd && counter.limit.stops());
        rates.map(|counter| self.check_of(counter)).collect()
    }
}

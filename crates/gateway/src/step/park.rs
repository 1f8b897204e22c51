//! Step 6, when it goes wrong: what a provider's refusal closes is parked, so that calls go to others until it serves again.

use accounts::{Refusal, Served};
use diagnosis::Verdict;
use wire::error::ProviderError;

use crate::Gateway;

/// A provider refused a call of this model. Never waits.
pub(crate) fn refused(
    gateway: &Gateway,
    (served, model): (&Served, &str),
    (verdict, error): (&Verdict, &ProviderError),
) {
    let words = (error.kind.as_deref(), error.finest_code());
    let refusal = Refusal::new(&served.account, error.status, words, &error.message);
    let upstreams = &gateway.parts().upstreams;
    upstreams.refused_saying((served, model), (verdict, Some(&refusal)), gateway.now());
}

/// A call of this model was served. Never waits.
pub(crate) fn served(gateway: &Gateway, served: &Served, model: &str) {
    let upstreams = &gateway.parts().upstreams;
    upstreams.has_served(served, model, gateway.now());
}

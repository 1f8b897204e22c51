//! What the operator's metrics are told of a call. Nothing here decides anything.

use std::sync::Arc;
use std::time::Duration;

use catalog::Unit;
use ledger::{Fee, PresumeReason, Receipt, ReleaseReason, Settlement, Time};
use metrics::{Ended, Metrics, OpenHold, Whose};
use projections::Outcome;
use tokio::time::Instant;

use super::authenticate::Caller;
use super::read::Route;
use super::settle::Ending;
use crate::Gateway;
use crate::settings::Served;

/// When a call began, by the clock and by what only goes forward.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Began {
    pub(crate) at: Time,
    pub(crate) instant: Instant,
}

/// What a call that holds money is counted under. Its hold counts as open as long as this exists.
#[derive(Debug)]
pub(crate) struct Counted {
    route: Route,
    organization: String,
    project: String,
    model: String,
    served: Arc<Served>,
    _open: OpenHold,
}

/// How a call ended, in the words of the metrics.
#[derive(Debug)]
pub(crate) struct Tally {
    outcome: Outcome,
    code: Option<Box<str>>,
    fees: Vec<Fee>,
}

impl Tally {
    /// By what the gateway says, else by what the hold's end says: as the request log does.
    pub(crate) fn of(ending: &Ending) -> Self {
        let (by_hold, fees) = match &ending.settlement {
            Settlement::Charge(charge) | Settlement::Metered { charge, .. } => {
                (Outcome::Served, charge.fees.clone())
            }
            Settlement::Release(ReleaseReason::ProviderRefused) => {
                (Outcome::ProviderRefused, Vec::new())
            }
            Settlement::Presume(PresumeReason::NoUsage) => (Outcome::Served, Vec::new()),
            Settlement::Release(_) | Settlement::Presume(_) => (Outcome::Failed, Vec::new()),
        };
        Self {
            outcome: ending.outcome.unwrap_or(by_hold),
            code: ending.error_code.clone(),
            fees,
        }
    }

    pub(crate) const fn outcome(&self) -> Outcome {
        self.outcome
    }
}

impl Counted {
    pub(crate) fn new(
        gateway: &Gateway,
        route: Route,
        caller: &Caller,
        (model, served): (&str, &Arc<Served>),
    ) -> Self {
        Self {
            route,
            organization: caller.teller.organization().to_string(),
            project: caller.key.project.to_string(),
            model: gateway.known_model(model).unwrap_or("other").to_owned(),
            served: Arc::clone(served),
            _open: gateway.parts().metrics.hold(),
        }
    }

    /// An attempt that had left is over.
    pub(crate) fn attempted(&self, metrics: &Metrics, tally: &Tally, receipt: Option<&Receipt>) {
        let upstream = self.served.account.name();
        if tally.outcome == Outcome::ProviderRefused {
            metrics.refused(upstream, tally.code.as_deref().unwrap_or_default());
        }
        let failed = matches!(tally.outcome, Outcome::ProviderRefused | Outcome::Failed);
        if failed || tally.code.is_some() {
            metrics.upstream_error(upstream, tally.code.as_deref().unwrap_or_default());
        }
        let Some(receipt) = receipt.filter(|receipt| receipt.changed) else {
            return;
        };
        if receipt.overrun.is_positive() {
            metrics.overrun();
        }
        let whose = Whose {
            organization: &self.organization,
            project: &self.project,
            model: &self.model,
            upstream,
        };
        metrics.charged(whose, receipt.charged);
        for fee in &tally.fees {
            let kind = Unit::from_code(fee.unit).map_or("other", Unit::as_str);
            metrics.used(kind, &self.model, fee.quantity);
        }
    }

    /// The call is over, and this attempt was what came of it; `provider` is what all of them waited.
    pub(crate) fn ended(
        &self,
        metrics: &Metrics,
        outcome: Outcome,
        (began, provider): (Began, Duration),
    ) {
        let total = began.instant.elapsed();
        metrics.took(total, total.saturating_sub(provider));
        metrics.ended(Ended {
            route: self.route.path(),
            model: Some(&self.model),
            upstream: Some(self.served.account.name()),
            outcome: outcome.as_str(),
        });
    }
}

/// A call was stopped before it left.
pub(crate) fn stopped(gateway: &Gateway, route: Route, model: Option<&str>, code: &str) {
    let metrics = &gateway.parts().metrics;
    metrics.refused("seawall", code);
    metrics.ended(Ended {
        route: route.path(),
        model: model.and_then(|model| gateway.known_model(model)),
        upstream: None,
        outcome: Outcome::Refused.as_str(),
    });
}

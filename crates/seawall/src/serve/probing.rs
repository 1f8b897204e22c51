//! Whoever asks parked accounts whether they serve again, with the settings of that.

use std::sync::Arc;

use accounts::{Outcome, Park, Pauses, Upstreams};
use catalog::Catalog;
use futures_util::future::BoxFuture;
use gateway::{Prober, ProberParts, Probing};
use ledger::Time;
use metrics::Metrics;
use upstream::Client;

use crate::clock::SystemClock;
use crate::config::{Config, ConfigError};

/// The shortest pause before a probe. A provider that refuses is not asked more often than this.
const SHORTEST_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

pub(super) fn open(
    config: &Config,
    (upstreams, client): (&Upstreams, &Client),
    (catalog, metrics): (&Arc<Catalog>, &Metrics),
) -> Result<Prober, ConfigError> {
    let values = config.values();
    let pause = |name| values.duration(name).map(|pause| pause.max(SHORTEST_PAUSE));
    let settings = Probing {
        may_cost: values.text("parking.probe") == "cheapest",
        most_per_day: values.usd_or_off("parking.probe_usd_per_day")?,
        pauses: Pauses {
            first: pause("parking.probe_after")?,
            longest: pause("parking.longest_pause")?,
        },
    };
    Ok(Prober::new(ProberParts {
        upstreams: upstreams.clone(),
        client: client.clone(),
        catalog: Arc::clone(catalog),
        metrics: metrics.clone(),
        clock: Arc::new(SystemClock),
        settings,
    }))
}

/// Lends a prober to the administration API.
#[derive(Debug)]
pub(super) struct Asking(pub(super) Prober);

impl control::Probes for Asking {
    fn probe<'a>(&'a self, upstream: &'a str) -> BoxFuture<'a, Option<Vec<Outcome>>> {
        Box::pin(self.0.probe(upstream))
    }

    fn next(&self, park: &Park) -> Option<Time> {
        self.0.next(park)
    }
}

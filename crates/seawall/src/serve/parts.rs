//! What the crates below are lent: ids and randomness, who is told of entries, whether the server is ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alerts::Alerts;
use futures_util::future::BoxFuture;
use gateway::Gateway;
use http::{HeaderMap, HeaderName, HeaderValue};
use ids::{OrganizationId, RequestId};
use journal::Store;
use ledger::{Entry, Fact, HoldFact};
use metrics::Metrics;
use projections::{Happened, RequestLog};
use serde_json::{Value, json};
use teller::{Clock as _, Restored, RolledBack, Unavailable};

use crate::clock::SystemClock;
use crate::random;

/// How long the store may take to show that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Ids of the clock and the operating system's randomness.
#[derive(Debug)]
pub(crate) struct Ids;

impl control::NewIds for Ids {
    fn id(&self) -> [u8; 16] {
        random::id()
    }

    fn random(&self) -> [u8; 32] {
        random::bytes()
    }
}

impl gateway::NewRequestId for Ids {
    fn new_request_id(&self) -> RequestId {
        RequestId::from_bytes(random::id())
    }
}

/// Asks the gateway what a call would get.
#[derive(Debug)]
pub(crate) struct DryRun(pub(crate) Gateway);

impl control::Check for DryRun {
    fn check(&self, ask: control::CheckAsk) -> BoxFuture<'_, Result<Value, Unavailable>> {
        Box::pin(async move {
            let payer = match ask.payer {
                control::Payer::Key(id) => gateway::Payer::Key(id),
                control::Payer::Project(id) => gateway::Payer::Project(id),
            };
            let headers = ask.headers.iter().filter_map(|(name, value)| {
                Some((
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).ok()?,
                ))
            });
            let headers: HeaderMap = headers.collect();
            let asked = (&*ask.path, &headers, ask.body.into());
            self.0.check((&ask.teller, payer), asked).await
        })
    }

    fn only_homes(&self) -> Vec<(String, String)> {
        let homes = self.0.only_homes().into_iter();
        homes.map(|home| (home.model, home.upstream)).collect()
    }
}

/// Tells the request log, the metrics and the alerts what has become durable.
#[derive(Debug)]
pub(crate) struct Told {
    log: RequestLog,
    metrics: Metrics,
    alerts: Alerts,
}

impl Told {
    pub(crate) fn new(log: &RequestLog, metrics: &Metrics, alerts: &Alerts) -> Self {
        Self {
            log: log.clone(),
            metrics: metrics.clone(),
            alerts: alerts.clone(),
        }
    }
}

impl teller::Observer for Told {
    fn appended(&self, organization: OrganizationId, entries: Vec<Entry>) {
        // A call that is held at an upstream account's caps, too, is one call.
        let presumed = |entry: &&Entry| {
            let presumed = matches!(entry.fact, Fact::Hold(HoldFact::Presumed { .. }));
            presumed && !organization.is_of_upstream()
        };
        entries
            .iter()
            .filter(presumed)
            .for_each(|_| self.metrics.presumed());
        self.alerts.appended(organization, &entries);
        self.log.appended(organization, entries);
    }

    fn committed(&self, took: Duration) {
        self.metrics.committed(took);
    }

    fn halted(&self, organization: OrganizationId, reason: &str) {
        self.alerts.halted(organization, reason);
    }

    fn rolled_back(&self, _organization: OrganizationId, _why: &RolledBack) {
        self.metrics.rolled_back();
    }

    fn restored(&self, organization: OrganizationId, restored: &Restored) {
        let Restored { first, last, .. } = *restored;
        self.metrics.rolled_back();
        self.metrics
            .restored(last.saturating_sub(first).saturating_add(1));
        let changes = json!({"restored_entries": {"from": first, "to": last}});
        self.log.happened(Happened {
            organization,
            at: SystemClock.now(),
            seq: last,
            actor: "seawall".into(),
            action: "entries_restored",
            changes_json: changes.to_string().into(),
        });
    }
}

/// Ready while the store answers and nobody asked the server to stop.
pub(crate) struct Readiness {
    store: Arc<dyn Store>,
    stopping: AtomicBool,
}

impl Readiness {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            stopping: AtomicBool::new(false),
        }
    }

    /// From now on it is not.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

impl control::Ready for Readiness {
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            if self.stopping.load(Ordering::Relaxed) {
                return Err("this server is stopping".to_owned());
            }
            match tokio::time::timeout(PATIENCE, self.store.organizations(None, 1)).await {
                Ok(Ok(_answered)) => Ok(()),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_elapsed) => Err("the store does not answer".to_owned()),
            }
        })
    }
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readiness")
            .field("stopping", &self.stopping)
            .finish_non_exhaustive()
    }
}

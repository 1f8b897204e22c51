//! The administration API, made of what a server has opened.

use std::sync::Arc;

use ::accounts::Upstreams;
use alerts::Alerts;
use axum::Router;
use catalog::Catalog;
use control::Installation;
use gateway::{Gateway, Prober};
use projections::RequestLog;
use teller::Tellers;
use upstream::Client;

use super::consult::Consulting;
use super::parts::{DryRun, Ids, Readiness};
use super::probing::Asking;
use super::verification::Verification;
use crate::config::Config;
use crate::environment::Environment;

/// What it is made of.
pub(super) struct Administration<'a> {
    pub(super) lent: (&'a Config, &'a Environment),
    /// Who says what a call would get, and whether a parked account serves again.
    pub(super) asking: (&'a Gateway, &'a Prober),
    /// The connections to providers.
    pub(super) client: &'a Client,
    pub(super) told: (&'a RequestLog, &'a Alerts),
    pub(super) upstreams: &'a Upstreams,
    pub(super) tellers: &'a Tellers,
}

impl Administration<'_> {
    pub(super) fn router(
        &self,
        installation: &Installation,
        readiness: &Arc<Readiness>,
        catalog: Arc<Catalog>,
    ) -> Router {
        let (config, environment) = self.lent;
        let (gateway, prober) = self.asking;
        let (log, alerts) = self.told;
        let doctor = Consulting::new(config, environment, (self.upstreams, &catalog));
        control::router(control::Parts {
            tellers: self.tellers.clone(),
            pepper: installation.pepper.clone(),
            alerts: alerts.clone(),
            admin: installation.admin.clone(),
            log: log.clone(),
            upstreams: self.upstreams.clone(),
            client: self.client.clone(),
            catalog,
            ids: Arc::new(Ids),
            ready: Arc::<Readiness>::clone(readiness),
            check: Arc::new(DryRun(gateway.clone())),
            verify: Arc::new(Verification::new(config.store.path.clone())),
            probes: Arc::new(Asking(prober.clone())),
            doctor: Arc::new(doctor),
            spend_guard: config.spend_guard,
            version: env!("CARGO_PKG_VERSION"),
        })
    }
}

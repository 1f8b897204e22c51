//! Alerts: opened, told of what happens, and lent the environment for references to secrets.

use std::net::SocketAddr;
use std::sync::Arc;

use alerts::{Alerts, Couriers, Secrets};
use ids::Pepper;
use journal::Store;
use metrics::Metrics;
use projections::RequestLog;

use super::bounds;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::config::secret::SecretRef;
use crate::environment::Environment;
use crate::exit::{Exit, Failure};

/// Reads what `env:NAME` and `file:/path` name.
struct References(Environment);

impl Secrets for References {
    fn resolve(&self, reference: &str) -> Result<String, String> {
        let secret = SecretRef::parse(reference)?.resolve(&self.0)?;
        Ok(secret.reveal().to_owned())
    }
}

/// Makes the courier, which cannot fail any more.
pub(super) type Signed = Box<dyn FnOnce(Pepper) -> Couriers + Send>;

/// The alerts of a store, and whoever sends them once there is a pepper to sign with.
pub(super) async fn open(
    config: &Config,
    environment: &Environment,
    (store, log, metrics, address): (&Arc<dyn Store>, &RequestLog, &Metrics, SocketAddr),
) -> Result<(Alerts, Signed), Failure> {
    let wrong = |error: alerts::OpenError| Failure::new(Exit::Configuration, error.to_string());
    let mail = config.open_mail(environment)?;
    let can_mail = mail.is_some();
    let values = config.values();
    let options = alerts::Options {
        most_waiting: values.count("alerts.most_waiting")?,
        give_up_after: values.duration("alerts.give_up_after")?,
        attempt_timeout: values.duration("alerts.attempt_timeout")?,
        keep_days: values.count("alerts.keep_days")?,
        ..alerts::Options::default()
    };
    let couriers =
        Couriers::prepare(mail, Arc::new(References(environment.clone()))).map_err(wrong)?;
    let counted = metrics.clone();
    let parts = alerts::Parts {
        store: Arc::clone(store),
        clock: Arc::new(SystemClock),
        options,
        public_url: bounds::public_url(config, address),
        can_mail,
        count: Box::new(move |channel, outcome| counted.alerted(channel, outcome)),
    };
    let path = bounds::named(&config.store.path, "alerts");
    let alerts = Alerts::open(&path, parts).await.map_err(wrong)?;
    let told = alerts.clone();
    // The log was opened just now, so nobody else listens.
    let _alone = log.on_refused(move |refused| told.refused(refused));
    Ok((alerts, Box::new(couriers)))
}

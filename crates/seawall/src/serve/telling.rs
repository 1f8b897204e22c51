//! Alerts: opened, told of what happens, and lent the environment for references to secrets.

use std::net::SocketAddr;
use std::sync::Arc;

use accounts::{News, Until, Upstreams};
use alerts::{Alerts, Couriers, Secrets, UpstreamNews};
use diagnosis::Provider;
use ids::{OrganizationId, Pepper};
use journal::Store;
use metrics::Metrics;
use projections::RequestLog;
use teller::Clock as _;

use super::bounds;
use crate::clock::SystemClock;
use crate::config::secret::SecretRef;
use crate::config::{Config, ConfigError};
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
        upstreams_to: upstreams_to(config)?,
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

/// Who is told of the accounts at providers.
fn upstreams_to(config: &Config) -> Result<Option<OrganizationId>, ConfigError> {
    let values = config.values();
    let name = "alerts.upstreams_to";
    let given = values.optional(name).map(str::parse);
    given
        .transpose()
        .map_err(|_other| values.wrong(name, "is not an organization's id such as org_…"))
}

/// Has alerts made of what is parked and what is back.
pub(super) fn of_upstreams(upstreams: &Upstreams, alerts: &Alerts) {
    let alerts = alerts.clone();
    // The list was opened just now, so nobody else listens.
    let _alone =
        upstreams.on_parking(move |upstreams, news| alerts.upstream(&told(upstreams, news)));
}

fn told(upstreams: &Upstreams, news: &News) -> UpstreamNews {
    let park = &news.park;
    let served = upstreams
        .entry(&park.account)
        .and_then(|entry| entry.served);
    let provider = served.map_or(Provider::Compatible, |served| served.account.provider());
    let page = park.cause.page(provider).map(|page| format!(" {page}"));
    UpstreamNews {
        upstream: park.account.to_string(),
        is_back: news.is_back,
        closes: park.place.as_str(),
        model: park.model.as_deref().map(str::to_owned),
        cause: park.cause.as_str(),
        means: park.cause.sentence(),
        remedy: format!(
            "{}{}",
            park.cause.remedy(provider),
            page.unwrap_or_default()
        ),
        until: match park.until {
            Until::At(end) => format!("until {end}"),
            Until::Probed => "until a probe is served".to_owned(),
            Until::Person => "until somebody unparks it".to_owned(),
        },
        since: park.since,
        at: SystemClock.now(),
    }
}

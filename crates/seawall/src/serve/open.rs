//! Opening everything that a server needs, in the order in which it can be refused most plainly, and letting go of it
//! in the opposite one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ::accounts::Upstreams;
use alerts::{Alerts, Couriers};
use axum::Router;
use catalog::Catalog;
use control::FirstKey;
use gateway::{Gateway, Prober};
use journal::{Acknowledged, Store};
use metrics::Metrics;
use projections::RequestLog;
use teller::Tellers;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use upstream::Client;

use super::administration::Administration;
use super::connections::Served;
use super::parts::{Ids, Readiness, Told};
use super::{accounts, bounds, front, install, listen, probing, remember, scrape, telling};
use crate::clock;
use crate::config::{Config, Connections};
use crate::environment::Environment;
use crate::exit::Failure;

/// The tellers of a store, once they have presumed what this node's earlier runs left open.
async fn take_over(
    store: &Arc<dyn Store>,
    memory: Option<Acknowledged>,
    settings: teller::Settings,
) -> Result<Tellers, Failure> {
    let store = Arc::clone(store);
    let tellers = match memory {
        Some(memory) => Tellers::remembering(store, memory, settings),
        None => Tellers::new(store, settings),
    };
    let presumed = tellers.presume_earlier_boots().await;
    presumed.map_err(|error| install::unread(&error))?;
    Ok(tellers)
}

/// A line for each organization that is stopped because the store rolled back.
fn stopped(tellers: &Tellers) -> impl Iterator<Item = String> {
    tellers.rolled_back().into_iter().map(|why| {
        let organization = why.organization;
        format!(
            "{organization} is stopped: {why}; `seawall org rollback {organization}` shows more"
        )
    })
}

/// The listener of `server.metrics_listen`, and how many it serves.
async fn metrics_listener(
    config: &Config,
    warnings: &mut Vec<String>,
) -> Result<Option<(TcpListener, SocketAddr, Connections)>, Failure> {
    let Some((wanted, bounds)) = config.server.metrics else {
        return Ok(None);
    };
    let listener = listen::bind(&wanted.to_string(), "server.metrics_listen").await?;
    let address = listen::address(&listener)?;
    if !address.ip().is_loopback() {
        warnings.push(format!(
            "others can reach {address}, where /metrics tells without a key what organizations have and spend"
        ));
    }
    Ok(Some((listener, address, bounds)))
}

type OwnListener = (TcpListener, SocketAddr, Arc<Served>);

fn on_its_own(
    (listener, address, bounds): (TcpListener, SocketAddr, Connections),
    metrics: Metrics,
    (upstreams, tellers): (&Upstreams, &Tellers),
) -> OwnListener {
    let router = scrape::router(metrics, upstreams.clone(), Some(tellers.clone()));
    (listener, address, Served::new(router, bounds))
}

/// Metrics with all that is known before anything happened.
fn begin_metrics(upstreams: &Upstreams) -> Metrics {
    let metrics = Metrics::new(env!("CARGO_PKG_VERSION"));
    let upstreams = upstreams.served();
    let accounts: Vec<&str> = upstreams.iter().map(|one| one.account.name()).collect();
    let outcomes = projections::Outcome::ALL.map(projections::Outcome::as_str);
    let kinds = [catalog::Unit::Input, catalog::Unit::Output].map(catalog::Unit::as_str);
    metrics.begin((&gateway::METERED, &outcomes), &kinds, &accounts);
    metrics
}

/// The store, what there is to call, and what the operator should know of it. A configuration that cannot be is refused
/// before a store is made.
async fn store_and_providers(
    config: &Config,
    environment: &Environment,
    catalog: &Catalog,
) -> Result<(Arc<dyn Store>, Upstreams, Vec<String>), Failure> {
    let (given, mut warnings) = config.open_upstreams(environment)?;
    warnings.extend(accounts::without_costs(&given));
    let vault = config.open_vault(environment)?;
    let store = bounds::open_store(config)?;
    let upstreams = accounts::open(given, vault, &store).await?;
    warnings.extend(accounts::out_of_use(&upstreams));
    warnings.extend(accounts::not_there(config, &upstreams));
    let served = upstreams.served();
    warnings.extend(accounts::shutting_down(catalog, &served, clock::today()));
    let homes = gateway::only_homes(catalog, (&served, &accounts::routes(config)));
    warnings.extend(accounts::without_second_home(&homes));
    if upstreams.entries().is_empty() {
        warnings.push(
            "no upstream: calls are refused until there is an [[upstream]] in seawall.toml, one is made by \
             `seawall upstream create`, or OPENAI_API_KEY is set"
                .to_owned(),
        );
    }
    Ok((store, upstreams, warnings))
}

/// Metrics on the main listener: what organizations have only where nobody else can read it.
fn scraped(
    metrics: &Metrics,
    address: SocketAddr,
    (upstreams, tellers): (&Upstreams, &Tellers),
) -> Router {
    let shown = address.ip().is_loopback().then(|| tellers.clone());
    scrape::router(metrics.clone(), upstreams.clone(), shown)
}

fn client() -> Result<Client, Failure> {
    Client::new().map_err(|error| Failure::internal(error.to_string()))
}

/// All that one listener answers.
fn together(gateway: &Gateway, administration: Router, scraped: Router) -> Router {
    gateway
        .router()
        .merge(administration)
        .merge(scraped)
        .merge(front::router())
}

/// A server that has everything it needs and accepts nothing yet.
pub(crate) struct Server {
    pub(super) listener: TcpListener,
    pub(super) address: SocketAddr,
    pub(super) connections: Arc<Served>,
    /// The listener for metrics, where they have one of their own.
    pub(super) metrics: Option<OwnListener>,
    pub(super) readiness: Arc<Readiness>,
    pub(super) store: Arc<dyn Store>,
    pub(super) log: RequestLog,
    pub(super) alerts: Alerts,
    pub(super) courier: Arc<Couriers>,
    pub(super) upstreams: Upstreams,
    pub(super) client: Client,
    pub(super) prober: Prober,
    pub(super) tellers: Tellers,
    pub(super) calls: TaskTracker,
    pub(super) first_key: FirstKey,
    pub(super) warnings: Vec<String>,
    pub(super) stop_within: Duration,
    pub(super) archive_after_days: u32,
    /// What was bought at a provider and lasts for fewer days is told.
    pub(super) upstreams_last_days: u32,
}

impl Server {
    /// Opens everything, and presumes the open holds of this node's earlier runs.
    pub(crate) async fn open(config: &Config, environment: &Environment) -> Result<Self, Failure> {
        let given = install::admin_key(environment)?;
        let catalog = Arc::new(bounds::read_catalog(config)?);
        let opened = store_and_providers(config, environment, &catalog).await?;
        let (store, upstreams, mut warnings) = opened;
        let log = bounds::open_log(config)?;
        let metrics = begin_metrics(&upstreams);
        install::may_listen(config, given.is_some(), &*store).await?;
        let listener = listen::bind(&config.server.listen.to_string(), "--listen").await?;
        let address = listen::address(&listener)?;
        let own = metrics_listener(config, &mut warnings).await?;
        let lent = (&store, &log, &metrics, address);
        let (alerts, couriers) = telling::open(config, environment, lent).await?;
        telling::of_upstreams(&upstreams, &alerts);
        let told = bounds::tellers(config, Told::new(&log, &metrics, &alerts))?;
        let tellers = take_over(&store, remember::open(config, &*store).await?, told).await?;
        warnings.extend(stopped(&tellers));
        let (settings, client) = (bounds::gateway(config, address)?, client()?);
        let prober = probing::open(config, (&upstreams, &client), (&catalog, &metrics))?;
        // Last of what can fail: a key that was made and not shown would be lost.
        let installation = install::open(&*store, given).await?;
        let readiness = Arc::new(Readiness::new(Arc::clone(&store)));
        let calls = TaskTracker::new();
        let gateway = Gateway::new(gateway::Parts {
            tellers: tellers.clone(),
            pepper: installation.pepper.clone(),
            catalog: Arc::clone(&catalog),
            upstreams: upstreams.clone(),
            routes: accounts::routes(config),
            client: client.clone(),
            log: log.clone(),
            metrics: metrics.clone(),
            ids: Arc::new(Ids),
            tasks: calls.clone(),
            settings,
        });
        let administration = Administration {
            lent: (config, environment),
            asking: (&gateway, &prober),
            client: &client,
            told: (&log, &alerts),
            upstreams: &upstreams,
            tellers: &tellers,
        };
        let admin = administration.router(&installation, &readiness, catalog);
        let scraped = scraped(&metrics, address, (&upstreams, &tellers));
        let router = together(&gateway, admin, scraped);
        Ok(Self {
            listener,
            address,
            connections: Served::new(router, config.server.connections),
            metrics: own.map(|own| on_its_own(own, metrics, (&upstreams, &tellers))),
            readiness,
            store,
            log,
            alerts,
            courier: Arc::new(couriers(installation.pepper)),
            upstreams,
            client,
            prober,
            tellers,
            calls,
            first_key: installation.first,
            warnings,
            stop_within: config.server.stop_within,
            archive_after_days: config.store.archive_after_days,
            upstreams_last_days: config.values().count("alerts.upstream_lasts_days")?,
        })
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are served beside it.
    pub(crate) fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|(_, address, _)| *address)
    }

    /// What the operator should know, a line each.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// How long running calls may go on after the stop.
    pub(crate) const fn stop_within(&self) -> Duration {
        self.stop_within
    }

    /// The admin key that was made just now, if one was: nobody can read it later.
    pub(crate) fn fresh_admin_key(&self) -> Option<&str> {
        match &self.first_key {
            FirstKey::Made(secret) => Some(secret.reveal()),
            FirstKey::Given | FirstKey::Kept | FirstKey::NotKnown => None,
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

//! Opening everything that a server needs, in the order in which it can be refused most plainly, and letting go of it
//! in the opposite one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use alerts::{Alerts, Couriers};
use axum::Router;
use control::FirstKey;
use gateway::Gateway;
use journal::{Acknowledged, Store};
use metrics::Metrics;
use projections::RequestLog;
use teller::Tellers;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connections::Served;
use super::parts::{DryRun, Ids, Readiness, Told};
use super::verification::Verification;
use super::{accounts, bounds, front, install, listen, remember, retention, scrape, telling};
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
    router: Router,
) -> OwnListener {
    (listener, address, Served::new(router, bounds))
}

/// Metrics with all that is known before anything happened.
fn begin_metrics(upstreams: &[gateway::Served]) -> Metrics {
    let metrics = Metrics::new(env!("CARGO_PKG_VERSION"));
    let accounts: Vec<&str> = upstreams.iter().map(|one| one.account.name()).collect();
    let outcomes = projections::Outcome::ALL.map(projections::Outcome::as_str);
    let kinds = [catalog::Unit::Input, catalog::Unit::Output].map(catalog::Unit::as_str);
    metrics.begin((&gateway::METERED, &outcomes), &kinds, &accounts);
    metrics
}

/// All that one listener answers.
fn together(gateway: &Gateway, administration: Router, scraped: Router) -> Router {
    gateway
        .router()
        .merge(administration)
        .merge(scraped)
        .merge(front::router())
}

/// How long the store may take to be told what is left to tell when the server stops.
const STORE_GRACE: Duration = Duration::from_secs(20);

/// A server that has everything it needs and accepts nothing yet.
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
    connections: Arc<Served>,
    /// The listener for metrics, where they have one of their own.
    metrics: Option<OwnListener>,
    readiness: Arc<Readiness>,
    store: Arc<dyn Store>,
    log: RequestLog,
    alerts: Alerts,
    courier: Arc<Couriers>,
    tellers: Tellers,
    calls: TaskTracker,
    first_key: FirstKey,
    warnings: Vec<String>,
    stop_within: Duration,
    archive_after_days: u32,
}

impl Server {
    /// Opens everything, and presumes the open holds of this node's earlier runs.
    pub(crate) async fn open(config: &Config, environment: &Environment) -> Result<Self, Failure> {
        let given = install::admin_key(environment)?;
        let catalog = Arc::new(bounds::read_catalog(config)?);
        let (upstreams, mut warnings) = config.open_upstreams(environment)?;
        let upstreams = accounts::served(upstreams)?;
        let today = clock::today();
        warnings.extend(accounts::shutting_down(&catalog, &upstreams, today));
        let store = bounds::open_store(config)?;
        let log = bounds::open_log(config)?;
        let metrics = begin_metrics(&upstreams);
        install::may_listen(config, given.is_some(), &*store).await?;
        let listener = listen::bind(&config.server.listen.to_string(), "--listen").await?;
        let address = listen::address(&listener)?;
        let own = metrics_listener(config, &mut warnings).await?;
        let lent = (&store, &log, &metrics, address);
        let (alerts, couriers) = telling::open(config, environment, lent).await?;
        let told = Told::new(&log, &metrics, &alerts);
        let memory = remember::open(config, &*store).await?;
        let tellers = take_over(&store, memory, bounds::tellers(config, told)?).await?;
        warnings.extend(stopped(&tellers));
        let settings = bounds::gateway(config, address)?;
        let client = upstream::Client::new();
        let client = client.map_err(|error| Failure::internal(error.to_string()))?;
        // Last of what can fail: a key that was made and not shown would be lost.
        let installation = install::open(&*store, given).await?;
        let readiness = Arc::new(Readiness::new(Arc::clone(&store)));
        let calls = TaskTracker::new();
        let gateway = Gateway::new(gateway::Parts {
            tellers: tellers.clone(),
            pepper: installation.pepper.clone(),
            catalog: Arc::clone(&catalog),
            upstreams: upstreams.into_iter().map(Arc::new).collect(),
            routes: accounts::routes(config),
            client,
            log: log.clone(),
            metrics: metrics.clone(),
            ids: Arc::new(Ids),
            tasks: calls.clone(),
            settings,
        });
        let administration = control::router(control::Parts {
            tellers: tellers.clone(),
            pepper: installation.pepper.clone(),
            alerts: alerts.clone(),
            admin: installation.admin,
            log: log.clone(),
            catalog,
            ids: Arc::new(Ids),
            ready: Arc::clone(&readiness) as Arc<dyn control::Ready>,
            check: Arc::new(DryRun(gateway.clone())),
            verify: Arc::new(Verification::new(config.store.path.clone())),
            version: env!("CARGO_PKG_VERSION"),
        });
        let figures = address.ip().is_loopback().then(|| tellers.clone());
        let scraped = scrape::router(metrics.clone(), figures);
        let router = together(&gateway, administration, scraped);
        Ok(Self {
            listener,
            address,
            connections: Served::new(router, config.server.connections),
            metrics: own.map(|own| on_its_own(own, scrape::router(metrics, Some(tellers.clone())))),
            readiness,
            store,
            log,
            alerts,
            courier: Arc::new(couriers(installation.pepper)),
            tellers,
            calls,
            first_key: installation.first,
            warnings,
            stop_within: config.server.stop_within,
            archive_after_days: config.store.archive_after_days,
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

    /// Serves until `stop`, then lets running calls finish and lets go of everything.
    pub(crate) async fn serve(self, stop: CancellationToken) {
        let follower = TaskTracker::new();
        let (log, store) = (self.log.clone(), self.store);
        let following = stop.clone();
        follower.spawn(async move {
            tokio::select! {
                () = log.follow(store) => {}
                () = following.cancelled() => {}
            }
        });
        let retention = retention::keep(self.tellers.clone(), self.archive_after_days);
        let keeping = stop.clone();
        follower.spawn(async move { keeping.run_until_cancelled(retention).await });
        // It goes on until the calls have ended, so that what they cost is still told.
        let scrapers = self.metrics.map(|(listener, _, served)| {
            let (accepting, over) = (Arc::clone(&served), CancellationToken::new());
            let until = over.clone();
            follower.spawn(async move {
                accepting.accept(listener, until.cancelled()).await;
            });
            (served, over)
        });
        let (telling, courier) = (self.alerts, self.courier);
        let told_to_stop = CancellationToken::new();
        let stop_telling = told_to_stop.clone();
        follower.spawn(async move { telling.run(courier, stop_telling).await });
        let readiness = self.readiness;
        let asked = async {
            stop.cancelled().await;
            readiness.stop();
        };
        self.connections.accept(self.listener, asked).await;
        self.calls.close();
        let finished = async {
            self.connections.ended().await;
            self.calls.wait().await;
        };
        if tokio::time::timeout(self.stop_within, finished)
            .await
            .is_err()
        {
            tracing::warn!(
                count = self.calls.len(),
                "calls were still running and are charged what they held"
            );
            self.connections.end().await;
        }
        if let Some((scrapers, over)) = scrapers {
            over.cancel();
            scrapers.end().await;
        }
        // A store that is away keeps what it should still be told; the holds of those calls are presumed at the next start.
        if tokio::time::timeout(STORE_GRACE, self.tellers.stop())
            .await
            .is_err()
        {
            tracing::warn!(
                "the store did not answer while stopping; open holds are presumed at the next start"
            );
        }
        // What the last calls brought about is in the journal, and told at the next start.
        told_to_stop.cancel();
        follower.close();
        follower.wait().await;
        self.log.close().await;
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

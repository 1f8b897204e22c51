//! The families, and what is recorded in them. Each recording is some atomics and a look into a map.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use money::Nanos;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::code::Codes;
use crate::dollars::Dollars;
use crate::figures::{self, Figures};
use crate::labels::{
    Build, Cost, Delivery, Probe, Refusal, Request, Tokens, Upstream, UpstreamError,
};

/// Seconds that a call may take.
const CALLS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0,
];
/// Seconds that Seawall or its store may take.
const OURS: [f64; 13] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];

/// A server's metrics. Cheap to clone; the clones are the same.
#[derive(Clone)]
pub struct Metrics {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Registry,
    codes: Codes,
    requests: Family<Request, Counter>,
    duration: Histogram,
    first_token: Histogram,
    overhead: Histogram,
    refusals: Family<Refusal, Counter>,
    cost: Family<Cost, Dollars>,
    tokens: Family<Tokens, Counter>,
    holds_open: Gauge,
    presumed: Counter,
    overruns: Counter,
    rollbacks: Counter,
    restored: Counter,
    commit: Histogram,
    upstream_errors: Family<UpstreamError, Counter>,
    deliveries: Family<Delivery, Counter>,
    probes: Family<Probe, Counter>,
    probe_cost: Family<Upstream, Dollars>,
    parked: Family<Upstream, Gauge>,
}

/// A call that ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    /// The route.
    pub route: &'static str,
    /// The model as the catalogue knows it; `None` where it knows none of this name.
    pub model: Option<&'a str>,
    /// The upstream account, where one was asked.
    pub upstream: Option<&'a str>,
    /// How it ended.
    pub outcome: &'static str,
}

/// Who is charged, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// The organization's id.
    pub organization: &'a str,
    /// The project's id.
    pub project: &'a str,
    /// The model, which the catalogue knows.
    pub model: &'a str,
    /// The upstream account.
    pub upstream: &'a str,
}

/// Counts a hold as open as long as it exists.
#[derive(Debug)]
pub struct OpenHold(Gauge);

impl Drop for OpenHold {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// The metrics of a program of this version, all of them at nothing.
    #[must_use]
    pub fn new(version: &'static str) -> Self {
        let mut inner = Inner {
            registry: Registry::with_prefix("seawall"),
            codes: Codes::default(),
            requests: Family::default(),
            duration: Histogram::new(CALLS),
            first_token: Histogram::new(CALLS),
            overhead: Histogram::new(OURS),
            refusals: Family::default(),
            cost: Family::default(),
            tokens: Family::default(),
            holds_open: Gauge::default(),
            presumed: Counter::default(),
            overruns: Counter::default(),
            rollbacks: Counter::default(),
            restored: Counter::default(),
            commit: Histogram::new(OURS),
            upstream_errors: Family::default(),
            deliveries: Family::default(),
            probes: Family::default(),
            probe_cost: Family::default(),
            parked: Family::default(),
        };
        inner.register_calls();
        inner.register_ledger(version);
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The `OpenMetrics` text.
    ///
    /// # Errors
    /// Where a label cannot be written, which no label of ours is.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.inner.registry)?;
        encode_eof(&mut text)?;
        Ok(text)
    }

    /// The same, and what organizations have; so many of them are not among these.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn text_with(&self, figures: &[Figures], left_out: usize) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.inner.registry)?;
        encode_registry(&mut text, &figures::registry(figures, left_out))?;
        encode_eof(&mut text)?;
        Ok(text)
    }

    /// Begins the counters of what can be known before it happens, so that they are at nothing and not away: calls on
    /// these routes with these outcomes, units of these kinds, errors and refusals by these upstream accounts.
    pub fn begin(
        &self,
        (routes, outcomes): (&[&'static str], &[&'static str]),
        kinds: &[&'static str],
        upstreams: &[&str],
    ) {
        let other = || "other".to_owned();
        let none = || "none".to_owned();
        for route in routes {
            for outcome in outcomes {
                let (model, upstream) = (other(), none());
                let labels = Request {
                    route,
                    model,
                    upstream,
                    outcome,
                };
                drop(self.inner.requests.get_or_create(&labels));
            }
        }
        for kind in kinds {
            let model = other();
            drop(self.inner.tokens.get_or_create(&Tokens { kind, model }));
        }
        let nobody = Cost {
            organization: none(),
            project: none(),
            model: other(),
            upstream: none(),
        };
        drop(self.inner.cost.get_or_create(&nobody));
        for upstream in upstreams {
            let (upstream, code) = ((*upstream).to_owned(), other());
            let labels = UpstreamError { upstream, code };
            drop(self.inner.upstream_errors.get_or_create(&labels));
        }
        for by in upstreams.iter().chain(&["seawall"]) {
            let (by, code) = ((*by).to_owned(), other());
            drop(self.inner.refusals.get_or_create(&Refusal { by, code }));
        }
    }

    /// A call ended.
    pub fn ended(&self, call: Ended<'_>) {
        let labels = Request {
            route: call.route,
            model: call.model.unwrap_or("other").to_owned(),
            upstream: call.upstream.unwrap_or("none").to_owned(),
            outcome: call.outcome,
        };
        self.inner.requests.get_or_create(&labels).inc();
    }

    /// How long a call that went to a provider took in all, and how much of that was not the provider's.
    pub fn took(&self, total: Duration, ours: Duration) {
        self.inner.duration.observe(total.as_secs_f64());
        self.inner.overhead.observe(ours.as_secs_f64());
    }

    /// A stream began to arrive, so long after its call.
    pub fn first_token(&self, after: Duration) {
        self.inner.first_token.observe(after.as_secs_f64());
    }

    /// A call was refused: by `seawall`, or by an upstream account. The code may be a provider's.
    pub fn refused(&self, by: &str, code: &str) {
        let labels = Refusal {
            by: by.to_owned(),
            code: self.inner.codes.label(code),
        };
        self.inner.refusals.get_or_create(&labels).inc();
    }

    /// A provider answered with an error, or not at all.
    pub fn upstream_error(&self, upstream: &str, code: &str) {
        let labels = UpstreamError {
            upstream: upstream.to_owned(),
            code: self.inner.codes.label(code),
        };
        self.inner.upstream_errors.get_or_create(&labels).inc();
    }

    /// A call was charged.
    pub fn charged(&self, whose: Whose<'_>, amount: Nanos) {
        let labels = Cost {
            organization: whose.organization.to_owned(),
            project: whose.project.to_owned(),
            model: whose.model.to_owned(),
            upstream: whose.upstream.to_owned(),
        };
        self.inner.cost.get_or_create(&labels).add(amount);
    }

    /// A call used so many units of a kind of the catalogue.
    pub fn used(&self, kind: &'static str, model: &str, quantity: u64) {
        let model = model.to_owned();
        let labels = Tokens { kind, model };
        self.inner.tokens.get_or_create(&labels).inc_by(quantity);
    }

    /// A hold was taken, and is open until what this returns is dropped.
    #[must_use]
    pub fn hold(&self) -> OpenHold {
        self.inner.holds_open.inc();
        OpenHold(self.inner.holds_open.clone())
    }

    /// A hold was charged in full because nobody knew better.
    pub fn presumed(&self) {
        self.inner.presumed.inc();
    }

    /// A call cost more than was held for it.
    pub fn overrun(&self) {
        self.inner.overruns.inc();
    }

    /// The store had lost entries of an organization that it had acknowledged.
    pub fn rolled_back(&self) {
        self.inner.rollbacks.inc();
    }

    /// So many entries that the store had lost were appended again.
    pub fn restored(&self, entries: u64) {
        self.inner.restored.inc_by(entries);
    }

    /// An attempt to deliver an alert ended: `delivered`, `failed` or `again`.
    pub fn alerted(&self, channel: &'static str, outcome: &'static str) {
        let labels = Delivery { channel, outcome };
        self.inner.deliveries.get_or_create(&labels).inc();
    }

    /// What of each upstream account is parked now: these, and no others.
    pub fn parked<'a>(&self, upstreams: impl Iterator<Item = (&'a str, usize)>) {
        let family = &self.inner.parked;
        family.clear();
        for (upstream, parks) in upstreams {
            let upstream = upstream.to_owned();
            let gauge = family.get_or_create(&Upstream { upstream });
            gauge.set(i64::try_from(parks).unwrap_or(i64::MAX));
        }
    }

    /// An upstream account was probed: `served`, `refused` or `unknown`, and what that may have cost at most.
    pub fn probed(&self, upstream: &str, outcome: &'static str, cost: Nanos) {
        let upstream = upstream.to_owned();
        let labels = Upstream {
            upstream: upstream.clone(),
        };
        self.inner.probe_cost.get_or_create(&labels).add(cost);
        let labels = Probe { upstream, outcome };
        self.inner.probes.get_or_create(&labels).inc();
    }

    /// The store made an append durable in this time.
    pub fn committed(&self, took: Duration) {
        self.inner.commit.observe(took.as_secs_f64());
    }
}

impl Inner {
    fn register_calls(&mut self) {
        let registry = &mut self.registry;
        let (requests, refusals) = (self.requests.clone(), self.refusals.clone());
        registry.register("requests", "Calls that ended", requests);
        let duration = self.duration.clone();
        registry.register(
            "request_duration_seconds",
            "From a call's first byte to its settlement",
            duration,
        );
        let first = self.first_token.clone();
        registry.register(
            "time_to_first_token_seconds",
            "From a call's first byte to the first of its stream",
            first,
        );
        let overhead = self.overhead.clone();
        registry.register(
            "overhead_seconds",
            "What Seawall added to a call's time",
            overhead,
        );
        registry.register("refusals", "Calls that were refused, and by whom", refusals);
        let cost = self.cost.clone();
        registry.register("cost_usd", "What calls were charged when they ended", cost);
        let tokens = self.tokens.clone();
        registry.register(
            "tokens",
            "What calls used, by the unit of its price",
            tokens,
        );
        let errors = self.upstream_errors.clone();
        registry.register(
            "upstream_errors",
            "Answers of providers that were errors",
            errors,
        );
    }

    fn register_ledger(&mut self, version: &'static str) {
        let registry = &mut self.registry;
        let open = self.holds_open.clone();
        registry.register("holds_open", "Holds of calls that run here", open);
        let presumed = self.presumed.clone();
        registry.register(
            "holds_presumed",
            "Holds that were charged in full",
            presumed,
        );
        let overruns = self.overruns.clone();
        registry.register("overruns", "Calls that cost more than was held", overruns);
        let rollbacks = self.rollbacks.clone();
        registry.register(
            "store_rollbacks",
            "Organizations of which the store had lost entries",
            rollbacks,
        );
        let restored = self.restored.clone();
        registry.register(
            "entries_restored",
            "Entries that the store had lost and has again",
            restored,
        );
        let deliveries = self.deliveries.clone();
        registry.register(
            "alert_deliveries",
            "Attempts to deliver an alert, and how they ended",
            deliveries,
        );
        let probes = self.probes.clone();
        registry.register(
            "upstream_probes",
            "Questions to upstream accounts whether they serve again",
            probes,
        );
        let parked = self.parked.clone();
        registry.register(
            "upstream_parked",
            "Parks that close an upstream account or a model of it; 0: all of it is in use",
            parked,
        );
        let cost = self.probe_cost.clone();
        registry.register(
            "upstream_probe_cost_usd",
            "What probes may have cost at most; no organization is charged",
            cost,
        );
        let commit = self.commit.clone();
        registry.register("ledger_commit_seconds", "How long appends took", commit);
        registry.register("build", "What is running", Info::new(Build { version }));
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

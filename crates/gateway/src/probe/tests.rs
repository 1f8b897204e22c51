//! Probes against the simulated provider: what is asked, what it costs, and what becomes of the park.

use std::sync::atomic::{AtomicI64, Ordering};

use accounts::{Closed, Draft, Given, Models, Offer, Origin, Parts, Trust};
use bytes::Bytes;
use diagnosis::{Cause, Confidence, Scope, Verdict};
use http::{HeaderMap, Method};
use http_body_util::BodyExt as _;
use journal::memory::Memory;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use upstream::{Account, Kind, Secret};

use super::*;

const START: i64 = 1_795_000_000_000_000;

struct Watch(AtomicI64);

impl Clock for Watch {
    fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// A simulated provider, one account there, and a prober.
struct Stand {
    upstreams: Upstreams,
    prober: Prober,
    client: Client,
    clock: Arc<Watch>,
    metrics: Metrics,
    sim: Account,
}

fn settings() -> Probing {
    Probing {
        may_cost: true,
        most_per_day: Some(Nanos::new(100_000_000)),
        pauses: Pauses {
            first: Duration::from_millis(100),
            longest: Duration::from_secs(60),
        },
    }
}

fn place(base: &str) -> upstream::Place<'_> {
    upstream::Place::new(Kind::OpenAi, base)
}

impl Stand {
    async fn new(models: &[&str], settings: Probing) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sim = sim::Sim::new(sim::Options::new(|| 1_795_000_000)).unwrap();
        TaskTracker::new().spawn(sim.serve(listener, std::future::pending()));
        let profile = Draft::profile(Kind::OpenAi, None).unwrap();
        let base = format!("http://{address}/v1");
        let offers = models.iter().map(|model| Offer::new(model, None).unwrap());
        let offers: Vec<Offer> = offers.collect();
        // The other one is whom calls go to meanwhile.
        let given = ["openai", "other"].map(|name| Given {
            draft: Draft {
                name: name.parse().unwrap(),
                profile,
                base_url: Draft::base_url(profile, (Some(&base), None), Trust::File).unwrap(),
                api_version: None,
                service_tier: None,
                models: Models::Configured(offers.clone()),
            },
            origin: Origin::File,
            api_key: Some(Secret::new("sk-planted-0123456789abcdef")),
            admin_key: None,
            has_admin_key: false,
        });
        let parts = Parts {
            store: Arc::new(Memory::new()),
            vault: None,
            given: given.into(),
        };
        let upstreams = Upstreams::open(parts).await.unwrap();
        let (client, metrics) = (Client::new().unwrap(), Metrics::new("1.2.3"));
        let clock = Arc::new(Watch(AtomicI64::new(START)));
        let prober = Prober::new(ProberParts {
            upstreams: upstreams.clone(),
            client: client.clone(),
            catalog: Arc::new(Catalog::builtin()),
            metrics: metrics.clone(),
            clock: Arc::<Watch>::clone(&clock),
            settings,
        });
        Self {
            upstreams,
            prober,
            client,
            clock,
            metrics,
            sim: Account::new("sim", place(&format!("http://{address}")), None).unwrap(),
        }
    }

    async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let body = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let asked = self.client.probe(
            &self.sim,
            (method, path),
            (headers, body),
            Duration::from_secs(5),
        );
        let answer = asked.await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap_or(Value::Null)
    }

    async fn credit(&self, usd: &str) {
        let said = json!({"credit_usd": usd});
        self.control(Method::POST, "/sim/account", said).await;
    }

    /// Calls that the provider billed.
    async fn billed(&self) -> u64 {
        let bill = self.control(Method::GET, "/sim/billed", Value::Null).await;
        bill["calls"].as_u64().unwrap()
    }

    fn refuse(&self, cause: Cause, scope: Scope, model: &str) {
        let served = self.upstreams.entry("openai").unwrap().served.unwrap();
        let verdict = Verdict {
            cause,
            scope,
            billed: diagnosis::Billed::No,
            confidence: Confidence::Certain,
            retry: cause.retry(),
            refusal: true,
        };
        self.upstreams
            .refused(&served, model, &verdict, self.clock.now());
    }

    fn closed(&self, model: &str) -> Option<Closed> {
        let served = self.upstreams.entry("openai").unwrap().served.unwrap();
        self.upstreams.closed(&served, model, self.clock.now())
    }

    /// A probe by hand: what was asked, in words.
    async fn probe(&self) -> String {
        let outcomes = self.prober.probe("openai").await.unwrap();
        let said: Vec<&str> = outcomes.iter().map(Outcome::said).collect();
        said.join(" | ")
    }
}

#[tokio::test]
async fn an_empty_balance_is_asked_by_a_chat_that_costs_nothing_until_it_is_served() {
    let stand = Stand::new(&["gpt-5-mini"], settings()).await;
    stand.credit("0").await;
    stand.refuse(Cause::BillingUnspecified, Scope::Organization, "gpt-5-mini");
    let said = stand.probe().await;
    assert!(
        said.starts_with("chat, gpt-5-mini: HTTP 429 credit_balance_exhausted"),
        "{said}"
    );
    let closed = stand.closed("gpt-5-mini").unwrap();
    assert_eq!(closed.cause, Cause::CreditExhausted, "the newer word");
    assert_eq!(closed.refusal.unwrap().status, 429);
    assert_eq!(stand.billed().await, 0);
    stand.credit("10").await;
    assert_eq!(stand.probe().await, "chat, gpt-5-mini: served");
    assert_eq!(stand.closed("gpt-5-mini"), None);
    assert_eq!(stand.billed().await, 1);
    let text = stand.metrics.text().unwrap();
    for line in [
        "seawall_upstream_probes_total{upstream=\"openai\",outcome=\"refused\"} 1",
        "seawall_upstream_probes_total{upstream=\"openai\",outcome=\"served\"} 1",
    ] {
        assert!(
            text.lines().any(|one| one == line),
            "{line} is not in\n{text}"
        );
    }
    let cost = text.lines().find_map(|line| {
        line.strip_prefix("seawall_upstream_probe_cost_usd_total{upstream=\"openai\"} ")
    });
    assert!(cost.is_some_and(|cost| cost != "0.0"), "{text}");
}

#[tokio::test]
async fn an_image_model_is_asked_by_a_chat_first_and_by_a_picture_where_that_is_served() {
    let models = ["gpt-5-mini", "gpt-image-1"];
    let stand = Stand::new(&models, settings()).await;
    stand.credit("0").await;
    stand.refuse(Cause::BillingOnImagePath, Scope::Model, "gpt-image-1");
    let said = stand.probe().await;
    assert!(said.starts_with("chat, gpt-5-mini: HTTP 429"), "{said}");
    assert_eq!(stand.billed().await, 0);
    assert!(
        stand.closed("gpt-5-mini").is_some(),
        "the chat's refusal says that all of it is closed"
    );
    stand.credit("10").await;
    let said = stand.probe().await;
    assert!(
        said.contains("chat, gpt-5-mini: served; picture, gpt-image-1: served"),
        "{said}"
    );
    for model in models {
        assert_eq!(stand.closed(model), None, "{model}");
    }
}

#[tokio::test]
async fn an_account_that_only_makes_pictures_is_asked_by_one() {
    let stand = Stand::new(&["gpt-image-1"], settings()).await;
    stand.refuse(Cause::BillingOnImagePath, Scope::Model, "gpt-image-1");
    assert_eq!(stand.probe().await, "picture, gpt-image-1: served");
    assert_eq!(stand.closed("gpt-image-1"), None);
}

#[tokio::test]
async fn a_key_is_asked_by_what_costs_nothing() {
    let stand = Stand::new(&["gpt-5-mini"], settings()).await;
    assert_eq!(
        stand.probe().await,
        "model list: served",
        "nothing is parked"
    );
    stand.refuse(Cause::InvalidKey, Scope::Key, "gpt-5-mini");
    let due = stand
        .upstreams
        .due(&settings().pauses, stand.clock.now().plus_seconds(86_400));
    assert!(due.is_empty(), "only a person asks for a dead key");
    assert_eq!(stand.probe().await, "model list: served");
    assert_eq!(stand.closed("gpt-5-mini"), None);
    assert_eq!(stand.billed().await, 0);
}

#[tokio::test]
async fn what_may_not_cost_anything_or_no_more_today_is_not_asked_and_says_so() {
    let free = Probing {
        may_cost: false,
        ..settings()
    };
    let used_up = Probing {
        most_per_day: Some(Nanos::ZERO),
        ..settings()
    };
    for (settings, word) in [(free, "`free`"), (used_up, "probe_usd_per_day")] {
        let stand = Stand::new(&["gpt-5-mini"], settings).await;
        stand.refuse(Cause::CreditExhausted, Scope::Organization, "gpt-5-mini");
        let said = stand.probe().await;
        assert!(said.contains(word), "{said}");
        assert!(stand.closed("gpt-5-mini").is_some());
        assert_eq!(stand.billed().await, 0);
    }
}

#[tokio::test]
async fn whoever_is_not_reached_stays_parked() {
    let stand = Stand::new(&["gpt-5-mini"], settings()).await;
    stand.refuse(Cause::CreditExhausted, Scope::Organization, "gpt-5-mini");
    let fault = json!({"fault": "drop:before"});
    stand.control(Method::POST, "/sim/faults", fault).await;
    let said = stand.probe().await;
    assert!(stand.closed("gpt-5-mini").is_some(), "{said}");
    assert_eq!(stand.probe().await, "chat, gpt-5-mini: served");
}

#[tokio::test]
async fn what_is_due_is_asked_by_itself_and_serves_again_once_money_is_there() {
    let stand = Stand::new(&["gpt-5-mini"], settings()).await;
    stand.refuse(Cause::CreditExhausted, Scope::Organization, "gpt-5-mini");
    let stop = CancellationToken::new();
    let running = stand.prober.run(stop.clone());
    let over = async {
        stand.clock.0.store(START + 1_000_000, Ordering::Relaxed);
        while stand.closed("gpt-5-mini").is_some() {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    tokio::join!(running, over);
    assert_eq!(stand.billed().await, 1);
}

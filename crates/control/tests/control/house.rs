//! A server's inside: a store in memory, tellers, a request log, and the router over them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use accounts::{Draft, Given, Models, Origin, Upstreams, Vault};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use control::{AdminSecret, FirstKey, Installation, NewIds, Parts, Ready};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt as _;
use ids::{BootId, OrganizationId, Pepper};
use journal::memory::Memory;
use ledger::{Entry, Holder, Time};
use projections::{Options, RequestLog};
use serde_json::{Value, json};
use teller::{Clock, Observer, Settings, Tellers};
use tempfile::TempDir;
use tower::ServiceExt as _;
use upstream::{Kind, Secret};

/// The admin key of every house.
pub(crate) const ADMIN: &str = "an-admin-key-of-at-least-32-characters";

/// A clock that stands until it is set.
#[derive(Debug)]
pub(crate) struct Watch(AtomicI64);

impl Watch {
    pub(crate) fn set(&self, text: &str) {
        let at: jiff::Timestamp = text.parse().unwrap();
        self.0.store(Time::from(at).micros(), Ordering::SeqCst);
    }
}

impl Clock for Watch {
    fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Ids that count up, each with its own last characters, and bytes that are never the same.
#[derive(Debug, Default)]
pub(crate) struct Counting(AtomicU64);

impl NewIds for Counting {
    fn id(&self) -> [u8; 16] {
        let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        u128::from(count).to_be_bytes()
    }

    fn random(&self) -> [u8; 32] {
        let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        let mut bytes = [0x5a; 32];
        bytes[24..].copy_from_slice(&count.to_be_bytes());
        bytes
    }
}

#[derive(Debug, Default)]
pub(crate) struct Probe(pub(crate) AtomicBool);

impl Ready for Probe {
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        let ready = self.0.load(Ordering::SeqCst);
        std::future::ready(if ready {
            Ok(())
        } else {
            Err("the store is read-only".to_owned())
        })
        .boxed()
    }
}

/// Answers what it was asked.
struct Echo;

impl control::Check for Echo {
    fn check(&self, ask: control::CheckAsk) -> BoxFuture<'_, Result<Value, teller::Unavailable>> {
        let body: Value = serde_json::from_slice(&ask.body).unwrap();
        let payer = match ask.payer {
            control::Payer::Key(id) => id.to_string(),
            control::Payer::Project(id) => id.to_string(),
        };
        let asked = json!({"payer": payer, "path": ask.path, "body": body, "headers": ask.headers});
        std::future::ready(Ok(asked)).boxed()
    }

    fn only_homes(&self) -> Vec<(String, String)> {
        vec![("gpt-image-1".to_owned(), "configured".to_owned())]
    }
}

impl control::Verify for Echo {
    fn begin(&self) -> Value {
        json!({
            "id": "1", "state": "running", "started_at": "2026-11-22T14:00:00Z", "entries": 0,
            "entries_total": 0, "report": null, "problem": null,
        })
    }

    fn last(&self) -> Option<Value> {
        Some(self.begin())
    }
}

/// A provider that serves whatever is asked.
struct Serves;

impl control::Probes for Serves {
    fn probe<'a>(&'a self, upstream: &'a str) -> BoxFuture<'a, Option<Vec<accounts::Outcome>>> {
        let said = format!("asked {upstream}");
        let served = (upstream != "claude").then(|| vec![accounts::Outcome::Served { said }]);
        Box::pin(std::future::ready(served))
    }

    fn next(&self, park: &accounts::Park) -> Option<Time> {
        park.is_probed().then(|| park.since.plus_seconds(30))
    }
}

impl control::Doctor for Serves {
    fn examine<'a>(
        &'a self,
        upstream: &'a str,
        how: control::Examination,
    ) -> BoxFuture<'a, Result<Value, String>> {
        let report = match how.model {
            Some(model) if how.probe_chat => {
                Ok(serde_json::json!({"account": upstream, "key": model}))
            }
            _ => Err("its credential does not open".to_owned()),
        };
        Box::pin(std::future::ready(report))
    }
}

struct ToLog(RequestLog);

impl Observer for ToLog {
    fn appended(&self, organization: OrganizationId, entries: Vec<Entry>) {
        self.0.appended(organization, entries);
    }
}

/// One account of the configuration, and those that are kept.
async fn upstreams(store: &Memory, with_key: bool) -> Upstreams {
    let profile = Draft::profile(Kind::OpenAi, None).unwrap();
    let given = Given {
        draft: Draft {
            name: "configured".parse().unwrap(),
            profile,
            base_url: profile.base_url.unwrap().to_owned(),
            api_version: None,
            service_tier: None,
            models: Models::Any,
        },
        origin: Origin::File,
        api_key: Some(Secret::new("sk-of-the-file-0123456789")),
        has_admin_key: false,
        admin_key: None,
    };
    let key = Secret::new(&format!("{}=", "A".repeat(43)));
    Upstreams::open(accounts::Parts {
        store: Arc::new(store.clone()),
        vault: with_key.then(|| Vault::new(&key, None).unwrap()),
        given: vec![given],
    })
    .await
    .unwrap()
}

pub(crate) struct House {
    pub(crate) store: Memory,
    pub(crate) tellers: Tellers,
    pub(crate) log: RequestLog,
    pub(crate) clock: Arc<Watch>,
    pub(crate) ids: Arc<Counting>,
    pub(crate) probe: Arc<Probe>,
    pub(crate) pepper: Pepper,
    pub(crate) upstreams: Upstreams,
    router: Router,
    _directory: TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or("")
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or("")
    }

    /// The id of what was created.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        assert_eq!(self.status, 201, "{}", self.body);
        self.body["id"].as_str().unwrap().to_owned()
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::on(Memory::new(), 1).await
    }

    /// A node on a store that may be another house's, too.
    pub(crate) async fn on(store: Memory, node: u8) -> Self {
        Self::built(store, node, true).await
    }

    /// A node without a key that seals credentials.
    pub(crate) async fn without_secrets_key() -> Self {
        Self::built(Memory::new(), 1, false).await
    }

    async fn built(store: Memory, node: u8, with_key: bool) -> Self {
        let directory = TempDir::new().unwrap();
        let log = RequestLog::open(&directory.path().join("log.db"), Options::default()).unwrap();
        let clock = Arc::new(Watch(AtomicI64::new(0)));
        clock.set("2026-11-22T14:00:00Z");
        // Nodes make different ids.
        let ids = Arc::new(Counting(AtomicU64::new(u64::from(node) << 32)));
        let settings = Settings {
            holder: Holder {
                node: format!("node-{node}").into(),
                boot: BootId::from_bytes([node; 16]),
            },
            run: [node; 8],
            clock: Arc::<Watch>::clone(&clock),
            observer: Arc::new(ToLog(log.clone())),
            wait_for_held: Duration::from_millis(10),
            most_waiting: 8,
            hold_for: Duration::from_secs(60),
            snapshot_every: 1000,
            idle_after: Duration::from_secs(600),
        };
        let secret = AdminSecret::parse(ADMIN.to_owned()).ok().unwrap();
        let installation = Installation::open(&store, Some(secret), &*ids)
            .await
            .unwrap();
        assert!(matches!(installation.first, FirstKey::Given));
        let tellers = Tellers::new(Arc::new(store.clone()), settings);
        let parts = ::alerts::Parts {
            store: Arc::new(store.clone()),
            clock: Arc::<Watch>::clone(&clock),
            options: ::alerts::Options::default(),
            public_url: "http://seawall.example".to_owned(),
            can_mail: false,
            count: Box::new(|_channel, _outcome| {}),
        };
        let path = directory.path().join("alerts.db");
        let alerts = ::alerts::Alerts::open(&path, parts).await.unwrap();
        let probe = Arc::new(Probe(AtomicBool::new(true)));
        let upstreams = upstreams(&store, with_key).await;
        let router = control::router(Parts {
            tellers: tellers.clone(),
            pepper: installation.pepper.clone(),
            admin: installation.admin,
            log: log.clone(),
            alerts,
            upstreams: upstreams.clone(),
            client: upstream::Client::new().unwrap(),
            catalog: Arc::new(catalog::Catalog::builtin()),
            ids: Arc::<Counting>::clone(&ids),
            ready: Arc::<Probe>::clone(&probe),
            check: Arc::new(Echo),
            verify: Arc::new(Echo),
            probes: Arc::new(Serves),
            doctor: Arc::new(Serves),
            spend_guard: Some(money::Nanos::new(5_000_000_000_000)),
            version: "1.2.3",
        });
        Self {
            store,
            tellers,
            log,
            clock,
            ids,
            probe,
            pepper: installation.pepper,
            upstreams,
            router,
            _directory: directory,
        }
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("not JSON: {bytes:?}"))
        };
        Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// A request of the administrator; `path` is below `/api/v1`.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        self.call_with(method, path, body, None).await
    }

    pub(crate) async fn call_with(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        idempotency: Option<&str>,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {ADMIN}"));
        if let Some(key) = idempotency {
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.call("PATCH", path, Some(body)).await
    }

    /// An organization without a spend guard, so that its journal begins with what a test is about.
    pub(crate) async fn organization(&self, name: &str) -> String {
        let body = json!({"name": name, "spend_guard_usd": null});
        self.post("/organizations", body).await.id()
    }

    pub(crate) async fn project(&self, organization: &str, name: &str) -> String {
        let path = format!("/organizations/{organization}/projects");
        self.post(&path, json!({"name": name})).await.id()
    }

    pub(crate) async fn key(&self, project: &str, name: &str) -> String {
        let path = format!("/projects/{project}/keys");
        self.post(&path, json!({"name": name})).await.id()
    }

    pub(crate) async fn credit(&self, organization: &str, amount: &str) -> String {
        let path = format!("/organizations/{organization}/credits");
        let body = json!({"amount_usd": amount, "kind": "purchase", "note": "paid"});
        self.post(&path, body).await.id()
    }
}

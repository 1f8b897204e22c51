//! Clients and an administrator who go on through every crash, and remember what was acknowledged to them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tokio::time::interval;

use crate::call::Call;
use crate::dice::Dice;
use crate::http::{Answer, Ask, Http};
use crate::stage::{ADMIN_KEY, Stage};
use crate::tenant::{Key, On, Tenant};
use crate::usd::nanos;

const DOLLAR: i64 = 1_000_000_000;

/// What was acknowledged.
#[derive(Clone, Debug, Default)]
pub(super) struct Acknowledged {
    /// The request's id and the cost of every call whose cost was told.
    pub(super) costs: Vec<(String, i64)>,
    /// Keys, lots and limits.
    pub(super) created: Vec<String>,
    /// Keys that were frozen.
    pub(super) frozen: Vec<String>,
    /// Lots that were asked for, each as often as it took.
    pub(super) lots_asked: usize,
    /// Those of them that were acknowledged. One may still be asked for at the end.
    pub(super) lots_made: usize,
}

/// Whether there is a gateway to call, and where.
#[derive(Clone, Copy, Debug)]
enum Gateway {
    Down,
    At(SocketAddr),
    Over,
}

/// The load: who calls, what with, and what came back.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) tenant: Tenant,
    tight: Key,
    http: Http,
    gateway: watch::Sender<Gateway>,
    acknowledged: Mutex<Acknowledged>,
}

impl Load {
    pub(super) async fn begin(stage: &Stage) -> Self {
        let tenant = stage.tenant(2_000 * DOLLAR).await;
        let tight = stage.key(&tenant.project, json!({"name": "tight"})).await;
        // One wall that is met within the first seconds, and one that is met towards the end, if at all.
        stage.limit(On::Key(&tight.id), DOLLAR / 50).await;
        stage
            .limit(On::Organization(&tenant.organization), 300 * DOLLAR)
            .await;
        Self {
            tenant,
            tight,
            http: Http::new(),
            gateway: watch::Sender::new(Gateway::At(stage.gateway.address)),
            acknowledged: Mutex::default(),
        }
    }

    pub(super) fn gateway_is(&self, address: Option<SocketAddr>) {
        self.gateway
            .send_replace(address.map_or(Gateway::Down, Gateway::At));
    }

    pub(super) fn stop(&self) {
        self.gateway.send_replace(Gateway::Over);
    }

    pub(super) fn acknowledged(&self) -> Acknowledged {
        self.acknowledged.lock().unwrap().clone()
    }

    /// Where the gateway is now, once there is one; none when the run is over.
    async fn address(&self) -> Option<SocketAddr> {
        let mut gateway = self.gateway.subscribe();
        let gateway = gateway
            .wait_for(|gateway| !matches!(gateway, Gateway::Down))
            .await;
        match *gateway.unwrap() {
            Gateway::At(address) => Some(address),
            Gateway::Down | Gateway::Over => None,
        }
    }

    /// A client: one call after the other, to the end of the run.
    pub(super) async fn work(self: Arc<Self>, mut dice: Dice) {
        while let Some(address) = self.address().await {
            let (secret, call) = self.draw(&mut dice);
            let ask = call.ask(secret).header("te", "trailers");
            match self.http.send(address, &ask).await {
                Ok(answer) => self.note(&answer),
                // Killed, and not yet known to be. Give the others the processor until it is.
                Err(_broken) => tokio::task::yield_now().await,
            }
        }
    }

    fn draw(&self, dice: &mut Dice) -> (&str, Call) {
        let tokens = dice.within(1..=100);
        let call = match dice.within(0..=9) {
            0..=4 => Call::chat(),
            5..=7 => Call::stream(true).sim("chunk-delay-ms", dice.within(0..=2)),
            8 => return (&self.tenant.secret, Call::image()),
            _ => {
                return (
                    &self.tight.secret,
                    Call::chat().sim("output-tokens", tokens),
                );
            }
        };
        let call = call
            .sim("output-tokens", tokens)
            .sim("latency-ms", dice.within(0..=20));
        (&self.tenant.secret, call)
    }

    /// Remembers the cost that an answer told, also where the answer broke off after it.
    fn note(&self, answer: &Answer) {
        assert!(matches!(answer.status, 200 | 429 | 502 | 503), "{answer:?}");
        let trailer = answer.trailers.get("x-seawall-cost-usd");
        let cost = answer.headers.get("x-seawall-cost-usd").or(trailer);
        if let (200, Some(cost)) = (answer.status, cost) {
            let request = answer.must("x-request-id").to_owned();
            let cost = nanos(cost.to_str().unwrap());
            self.acknowledged
                .lock()
                .unwrap()
                .costs
                .push((request, cost));
        }
    }

    /// An administrator who goes on making keys, lots and limits, and freezing keys.
    pub(super) async fn administer(self: Arc<Self>, mut dice: Dice) {
        // A pace at which the lists of what was made stay short enough to be read after every start.
        let mut pace = interval(Duration::from_millis(20));
        for number in 0.. {
            pace.tick().await;
            let Some(address) = self.address().await else {
                return;
            };
            match dice.within(0..=2) {
                0 => self.make_key(address).await,
                1 => self.add_credit_once(number).await,
                _ => self.make_limit(address).await,
            }
        }
    }

    async fn make_key(&self, address: SocketAddr) {
        let path = format!("/api/v1/projects/{}/keys", self.tenant.project);
        let ask = Ask::post(&path, &json!({"name": "another"})).bearer(ADMIN_KEY);
        let Some(key) = self.create(address, &ask).await else {
            return;
        };
        let path = format!("/api/v1/keys/{key}/freeze");
        let ask = Ask::post(&path, &json!({"reason": "a test"})).bearer(ADMIN_KEY);
        match self.http.send(address, &ask).await {
            Ok(answer) if answer.status == 200 && answer.whole => {
                self.acknowledged.lock().unwrap().frozen.push(key);
            }
            _unacknowledged => {}
        }
    }

    async fn make_limit(&self, address: SocketAddr) {
        let limit = json!({
            "scope": {"kind": "key", "id": self.tight.id}, "amount_usd": "5.00", "measure": "usd",
            "window": {"kind": "day"}, "mode": "enforce",
        });
        let ask = Ask::post("/api/v1/limits", &limit).bearer(ADMIN_KEY);
        self.create(address, &ask).await;
    }

    /// Adds credit under a promise, and asks again through every crash until it is acknowledged: it must be there once.
    async fn add_credit_once(&self, number: u64) {
        let path = format!("/api/v1/organizations/{}/credits", self.tenant.organization);
        let body =
            json!({"amount_usd": "0.01", "kind": "grant", "note": format!("number {number}")});
        let ask = Ask::post(&path, &body).bearer(ADMIN_KEY);
        let ask = ask.header("idempotency-key", &format!("credit-{number}"));
        self.acknowledged.lock().unwrap().lots_asked += 1;
        while let Some(address) = self.address().await {
            if self.create(address, &ask).await.is_some() {
                self.acknowledged.lock().unwrap().lots_made += 1;
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// The id of what was made; none where nobody can say whether it was.
    async fn create(&self, address: SocketAddr, ask: &Ask) -> Option<String> {
        let answer = self.http.send(address, ask).await.ok()?;
        if !answer.whole {
            return None;
        }
        // A scope has room for so many limits only.
        assert!(matches!(answer.status, 201 | 409), "{answer:?}");
        if answer.status != 201 {
            return None;
        }
        let id = crate::tenant::id(&answer.json());
        self.acknowledged.lock().unwrap().created.push(id.clone());
        Some(id)
    }
}

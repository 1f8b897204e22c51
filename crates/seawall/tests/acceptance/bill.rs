//! Our ledger against the provider's bill, call by call and to the nano-dollar, after a run of everything at once:
//! streams, clients that go away, every fault the simulation knows, refusals by a tight hard limit.

mod compared;
mod drawn;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::dice::{Dice, size};
use crate::http::{Answer, Ask, Broken};
use crate::stage::{Setting, Stage};
use crate::tenant::{Key, On, Tenant};
use crate::usd::{self, dollars};
use compared::{Ended, Sums};
use drawn::{Drawn, Way};

const DOLLAR: i64 = 1_000_000_000;
/// Calls under way at any moment.
const WORKERS: usize = 24;

/// What the calls of the run share.
struct Run {
    stage: Stage,
    tenant: Tenant,
    tight: Key,
    faults: Vec<String>,
    queue: Mutex<(Dice, u64)>,
    further: AtomicU64,
}

impl Run {
    async fn begin() -> Self {
        // A provider that hangs, and one whose client has left, is waited for as long as a test can afford.
        let stage = Setting::default()
            .config("[gateway]\nidle_timeout = \"3s\"\ncall_timeout = \"10s\"\ndrain_after_disconnect = \"20s\"")
            .raise();
        let tenant = stage.tenant(500 * DOLLAR).await;
        let tight = stage.key(&tenant.project, json!({"name": "tight"})).await;
        let limit = stage.limit(On::Key(&tight.id), 60_000_000).await;
        stage.counted(&limit).await.assert_kept();
        let faults = stage.provider("/sim/faults/names").await;
        let names = faults["data"].as_array().unwrap().iter();
        let names = names.map(|name| name.as_str().unwrap().to_owned());
        Self {
            faults: names.filter(|name| drawn::is_compared(name)).collect(),
            queue: Mutex::new((Dice::new("bill"), size("SEAWALL_TEST_CALLS", 2_000))),
            further: AtomicU64::new(size("SEAWALL_TEST_CALLS", 2_000)),
            stage,
            tenant,
            tight,
        }
    }

    /// The number of a call beyond those that were drawn.
    fn last(&self) -> u64 {
        self.further.fetch_add(1, Ordering::Relaxed)
    }

    /// The next call to make; none when all are made.
    async fn next(&self) -> Option<(u64, Drawn)> {
        let mut queue = self.queue.lock().await;
        let (dice, left) = &mut *queue;
        *left = left.checked_sub(1)?;
        Some((*left, drawn::draw(dice, &self.faults)))
    }

    async fn make(&self, number: u64, drawn: Drawn) -> Ended {
        let tag = format!("call-{number}");
        let call = drawn.call.clone().tag(&tag);
        let (key, secret) = match drawn.way {
            Way::Tight => (None, self.tight.secret.clone()),
            // Whoever leaves before the head of the answer never learns the request's id, so the key must tell.
            Way::LeaveEarly(_) => {
                let key = self
                    .stage
                    .key(&self.tenant.project, json!({"name": &tag}))
                    .await;
                (Some(key.id), key.secret)
            }
            Way::Stay | Way::Leave(_) => (None, self.tenant.secret.clone()),
        };
        let (to, ask) = (self.stage.gateway.address, call.ask(&secret));
        let answer = match drawn.way {
            Way::Stay | Way::Tight => self.stage.http.send(to, &ask).await.map(Some),
            Way::Leave(pieces) => self
                .stage
                .http
                .send_and_leave(to, &ask, pieces)
                .await
                .map(Some),
            Way::LeaveEarly(patience) => self.leave_early(patience, &ask).await,
        };
        Ended::new(tag, drawn, key, answer)
    }

    /// Sends a call and closes the connection when the client's patience is over, mostly before there is any answer.
    async fn leave_early(&self, patience: Duration, ask: &Ask) -> Result<Option<Answer>, Broken> {
        let sent = self.stage.http.send(self.stage.gateway.address, ask);
        match timeout(patience, sent).await {
            Ok(answer) => answer.map(Some),
            Err(_left) => Ok(None),
        }
    }

    async fn lines(&self) -> HashMap<String, Value> {
        let ledger = self.stage.provider("/sim/ledger").await;
        let lines = ledger["data"].as_array().unwrap().iter();
        lines
            .map(|line| (line["tag"].as_str().unwrap().to_owned(), line.clone()))
            .collect()
    }

    /// The request's id of a call whose client did not learn it, by the key that only it used.
    async fn request_of(&self, key: &str) -> Option<String> {
        let rows = self.stage.list(&format!("requests?key={key}")).await;
        assert!(rows.len() <= 1, "{rows:?}");
        rows.first().map(crate::tenant::id)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_charge_is_the_provider_s_bill_or_presumed_and_not_below_it() {
    let _alone = crate::patience::alone().await;
    let run = Arc::new(Run::begin().await);
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        let run = Arc::clone(&run);
        workers.spawn(async move {
            let mut ended = Vec::new();
            while let Some((number, drawn)) = run.next().await {
                ended.push(run.make(number, drawn).await);
            }
            // A call whose client left at once may not have begun yet; one that ends after it came later.
            ended.push(run.make(run.last(), drawn::plain()).await);
            ended
        });
    }
    let ended: Vec<Ended> = workers.join_all().await.into_iter().flatten().collect();
    let balance = run.stage.settled(&run.tenant.organization).await;
    let lines = run.lines().await;
    let mut sums = Sums::default();
    for call in &ended {
        let request = match (&call.request, &call.key) {
            (Some(request), _) => Some(request.clone()),
            (None, Some(key)) => run.request_of(key).await,
            (None, None) => None,
        };
        call.compare(
            &run.stage,
            lines.get(&call.tag),
            request.as_deref(),
            &mut sums,
        )
        .await;
    }
    let billed = run.stage.provider("/sim/billed").await;
    println!("{sums}");
    println!(
        "charged in all ${}, billed in all ${}",
        dollars(balance.spent),
        billed["usd"]
    );
    assert_eq!(
        sums.billed,
        usd::of(&billed, "usd"),
        "a bill that belongs to no call"
    );
    assert_eq!(
        sums.charged, balance.spent,
        "a charge that belongs to no call"
    );
    assert!(
        sums.exact > 0 && sums.presumed > 0 && sums.refused > 0,
        "{sums}"
    );
    assert_eq!((balance.owed, balance.held), (0, 0));
    run.stage.assert_balanced(&run.tenant.organization).await;
    let mut run = Arc::into_inner(run).unwrap();
    run.stage.stop_gateway().await;
    crate::file::read(&run.stage.store()).assert_balanced_and_at_rest();
}

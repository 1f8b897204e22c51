//! Changes bind at once: whatever an administrator changed is true for the very next call after the acknowledgement,
//! hundreds of times in a row, while others call all the time and notice nothing of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde_json::json;
use tokio::task::JoinSet;

use crate::call::Call;
use crate::dice::size;
use crate::http::Http;
use crate::stage::Stage;
use crate::tenant::{On, Tenant};

const DOLLAR: i64 = 1_000_000_000;
/// Others who call all the time.
const OTHERS: usize = 4;

/// Calls of others, all the while; each of them must be served.
struct Others {
    over: Arc<AtomicBool>,
    served: Arc<AtomicU64>,
    calling: JoinSet<()>,
}

impl Others {
    /// Others of the same organization, with a project and a key of their own.
    async fn begin(stage: &Stage, tenant: &Tenant) -> Self {
        let project = stage
            .project(&tenant.organization, json!({"name": "others"}))
            .await;
        let secret = stage.key(&project, json!({"name": "other"})).await.secret;
        let mut others = Self {
            over: Arc::default(),
            served: Arc::default(),
            calling: JoinSet::new(),
        };
        for _ in 0..OTHERS {
            let (over, served) = (Arc::clone(&others.over), Arc::clone(&others.served));
            let (address, secret) = (stage.gateway.address, secret.clone());
            others.calling.spawn(async move {
                let http = Http::new();
                while !over.load(Ordering::Relaxed) {
                    call_once(&http, address, &secret).await;
                    served.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        others
    }

    /// Lets them finish; they must have been there.
    async fn end(self, what: &str, turns: u64) {
        self.over.store(true, Ordering::Relaxed);
        self.calling.join_all().await;
        let served = self.served.load(Ordering::Relaxed);
        println!("{turns} times {what}, with {served} calls of others");
        assert!(served > 0);
    }
}

async fn call_once(http: &Http, address: SocketAddr, secret: &str) {
    let answer = http.send(address, &Call::chat().ask(secret)).await.unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// The code of a call's refusal; empty where it was served.
async fn outcome(stage: &Stage, secret: &str, call: &Call) -> String {
    let answer = stage.call(secret, call).await;
    assert_eq!(answer.status == 200, answer.code().is_empty(), "{answer:?}");
    answer.code()
}

fn turns() -> u64 {
    size("SEAWALL_TEST_TURNS", 200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_key_is_refused_and_an_unfrozen_one_served_from_the_next_call_on() {
    let stage = Stage::raise();
    let tenant = stage.tenant(100 * DOLLAR).await;
    let others = Others::begin(&stage, &tenant).await;
    for turn in 0..turns() {
        stage.act(&format!("keys/{}/freeze", tenant.key)).await;
        let code = outcome(&stage, &tenant.secret, &Call::chat()).await;
        assert_eq!(code, "api_key_frozen", "turn {turn}");
        stage.act(&format!("keys/{}/unfreeze", tenant.key)).await;
        let code = outcome(&stage, &tenant.secret, &Call::chat()).await;
        assert_eq!(code, "", "turn {turn}");
    }
    others.end("frozen and unfrozen", turns()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_key_is_served_and_a_revoked_one_refused_from_the_next_call_on() {
    let stage = Stage::raise();
    let tenant = stage.tenant(100 * DOLLAR).await;
    let others = Others::begin(&stage, &tenant).await;
    for turn in 0..turns() {
        let key = stage
            .key(&tenant.project, json!({"name": "short-lived"}))
            .await;
        assert_eq!(
            outcome(&stage, &key.secret, &Call::chat()).await,
            "",
            "turn {turn}"
        );
        stage.delete(&format!("keys/{}", key.id)).await;
        let code = outcome(&stage, &key.secret, &Call::chat()).await;
        assert_eq!(code, "invalid_api_key", "turn {turn}");
    }
    others.end("made and revoked", turns()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lowered_limit_refuses_and_a_raised_one_serves_from_the_next_call_on() {
    let stage = Stage::raise();
    let tenant = stage.tenant(100 * DOLLAR).await;
    let limits = [
        (
            stage.limit(On::Project(&tenant.project), 50 * DOLLAR).await,
            "project_spend_limit_exceeded",
        ),
        (
            stage.limit(On::Key(&tenant.key), 50 * DOLLAR).await,
            "api_key_spend_limit_exceeded",
        ),
    ];
    let others = Others::begin(&stage, &tenant).await;
    for (turn, (limit, refused)) in (0..turns()).zip(limits.iter().cycle()) {
        stage.change_limit(limit, 0).await;
        let code = outcome(&stage, &tenant.secret, &Call::chat()).await;
        assert_eq!(code, *refused, "turn {turn}");
        stage.change_limit(limit, 50 * DOLLAR).await;
        let code = outcome(&stage, &tenant.secret, &Call::chat()).await;
        assert_eq!(code, "", "turn {turn}");
    }
    others.end("lowered and raised", turns()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn added_credit_serves_and_taken_credit_refuses_from_the_next_call_on() {
    let stage = Stage::raise();
    let tenant = stage.tenant(0).await;
    let rich = stage.tenant(100 * DOLLAR).await;
    let others = Others::begin(&stage, &rich).await;
    let credits = format!("organizations/{}/credits", tenant.organization);
    for turn in 0..turns() {
        let lot = stage.credit(&tenant.organization, DOLLAR).await;
        let code = outcome(&stage, &tenant.secret, &Call::chat()).await;
        assert_eq!(code, "", "turn {turn}");
        stage.delete(&format!("{credits}/{lot}")).await;
        let code = outcome(&stage, &tenant.secret, &Call::chat()).await;
        assert_eq!(code, "credit_balance_exhausted", "turn {turn}");
    }
    stage.assert_balanced(&tenant.organization).await;
    others.end("credit added and taken back", turns()).await;
}

/// Clients of one key that call all the time, whatever they are told.
async fn crowd_calls(http: &Http, address: SocketAddr, secret: &str, over: &AtomicBool) -> u64 {
    let mut refused = 0;
    while !over.load(Ordering::Relaxed) {
        let call = Call::chat().sim("latency-ms", 5);
        let answer = http.send(address, &call.ask(secret)).await.unwrap();
        assert!(matches!(answer.status, 200 | 429), "{answer:?}");
        refused += u64::from(answer.status == 429);
    }
    refused
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_hold_is_granted_after_a_limit_was_lowered_while_many_call() {
    let stage = Stage::raise();
    let tenant = stage.tenant(100 * DOLLAR).await;
    let limit = stage.limit(On::Project(&tenant.project), 50 * DOLLAR).await;
    let over = Arc::new(AtomicBool::new(false));
    let mut calling = JoinSet::new();
    for _ in 0..4 * OTHERS {
        let (over, secret) = (Arc::clone(&over), tenant.secret.clone());
        let (http, address) = (stage.http.clone(), stage.gateway.address);
        calling.spawn(async move { crowd_calls(&http, address, &secret, &over).await });
    }
    for turn in 0..turns().div_ceil(4) {
        stage.change_limit(&limit, 0).await;
        let acknowledged = stage.counted(&limit).await;
        for _ in 0..3 {
            let later = stage.counted(&limit).await;
            let (before, after) = (
                acknowledged.spent + acknowledged.held,
                later.spent + later.held,
            );
            assert!(
                after <= before,
                "turn {turn}: {acknowledged:?} became {later:?}"
            );
        }
        stage.change_limit(&limit, 50 * DOLLAR).await;
        let code = outcome(&stage, &tenant.secret, &Call::chat()).await;
        assert_eq!(code, "", "turn {turn}");
    }
    over.store(true, Ordering::Relaxed);
    let refused: u64 = calling.join_all().await.into_iter().sum();
    assert!(refused > 0, "nobody called while the limit was low");
    stage.settled(&tenant.organization).await;
    stage.counted(&limit).await.assert_kept();
}

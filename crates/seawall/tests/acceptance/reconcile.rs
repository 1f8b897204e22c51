//! The provider's bill held against ours: every cause is named, what can be put right is put right to the nano-dollar, and a
//! second time nothing is changed.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::call::Call;
use crate::http::Ask;
use crate::process::{Ended, Start};
use crate::stage::{ADMIN_KEY, PROVIDER_KEY, Setting, Stage};
use crate::tenant::Tenant;
use crate::usd;

const DOLLAR: i64 = 1_000_000_000;
/// A key of the same project that somebody uses past the gateway.
const STRAY_KEY: &str = "sk-of-somebody-else-0123456789beef";
/// A model whose price at the provider is not the catalogue's any more.
const DEARER: &str = "gpt-4.1-nano";

/// A provider that bills twice as much for a model's output, and tells its costs to an admin key.
async fn stage(folder: &TempDir) -> Stage {
    let prices = include_str!("../../../sim/data/prices.toml");
    let usual = r#"default = ["0.1", "0.025", "0.1", "0.4"]"#;
    let raised = prices.replacen(usual, r#"default = ["0.1", "0.025", "0.1", "0.8"]"#, 1);
    assert_ne!(raised, prices);
    let file = folder.path().join("prices.toml");
    std::fs::write(&file, raised).unwrap();
    let stage = Setting::default()
        .config("admin_key = \"env:SIM_ADMIN\"")
        .env("SIM_ADMIN", "sk-admin-0123456789abcdef")
        .prices(&file)
        .raise();
    let keys = [PROVIDER_KEY, STRAY_KEY].map(|key| {
        let tail = key.get(key.len() - 4..).unwrap();
        json!({"name": tail, "tail": tail})
    });
    let account = json!({"projects": [{"id": "proj_app", "name": "app", "keys": keys}]});
    let said = Ask::post("/sim/account", &account);
    assert_eq!(
        stage
            .http
            .send(stage.sim.address, &said)
            .await
            .unwrap()
            .status,
        200
    );
    stage
}

/// Calls that end well, two that break, two at another price, and one past the gateway.
async fn traffic(stage: &Stage, tenant: &Tenant) {
    for _call in 0..3 {
        let answer = stage.call(&tenant.secret, &Call::chat()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    for _call in 0..2 {
        let broken = Call::stream(false).sim("fault", "drop:mid");
        stage
            .http
            .send(stage.gateway.address, &broken.ask(&tenant.secret))
            .await
            .ok();
        let dearer = Call::chat().model(DEARER);
        assert_eq!(stage.call(&tenant.secret, &dearer).await.status, 200);
    }
    let stray = Call::chat().tag("past").ask(STRAY_KEY);
    assert_eq!(
        stage
            .http
            .send(stage.sim.address, &stray)
            .await
            .unwrap()
            .status,
        200
    );
}

fn reconcile(stage: &Stage, further: &[&str]) -> (Ended, Value) {
    let mut arguments = vec!["reconcile", "--json", "--take-incomplete"];
    arguments.extend(further);
    let ended = Start::new(&arguments)
        .env("SEAWALL_URL", &format!("http://{}", stage.gateway.address))
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .run(stage.folder());
    let said = serde_json::from_str(&ended.stdout);
    let said = said.unwrap_or_else(|error| panic!("{error}: {ended:?}"));
    (ended, said)
}

/// The causes, each with its side and model, in order.
fn causes(said: &Value) -> Vec<String> {
    let rows = said["rows"].as_array().unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or("-").to_owned();
    let mut all: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{} {} {}",
                text(row, "side"),
                text(row, "model"),
                text(row, "cause")
            )
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

/// What the provider billed for all calls but those past the gateway, and for those.
async fn billed(stage: &Stage) -> (i64, i64) {
    let ledger = stage.provider("/sim/ledger").await;
    let lines = ledger["data"].as_array().unwrap();
    let (past, own): (Vec<&Value>, Vec<&Value>) =
        lines.iter().partition(|line| line["tag"] == "past");
    let sum = |lines: Vec<&Value>| lines.into_iter().map(|line| usd::of(line, "usd")).sum();
    (sum(own), sum(past))
}

async fn entries(stage: &Stage, tenant: &Tenant) -> usize {
    let path = format!("organizations/{}/ledger?limit=200", tenant.organization);
    stage.list(&path).await.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_cause_is_named_and_after_posting_the_ledger_is_the_provider_s_bill() {
    let folder = TempDir::new().unwrap();
    let mut stage = stage(&folder).await;
    let tenant = stage.tenant(20 * DOLLAR).await;
    traffic(&stage, &tenant).await;
    let before = stage.settled(&tenant.organization).await;
    let (own, past) = billed(&stage).await;
    assert_ne!(
        before.spent, own,
        "the two bills must differ for this to show anything"
    );

    let asked = entries(&stage, &tenant).await;
    let (ended, said) = reconcile(&stage, &[]);
    assert_eq!(ended.status.code(), Some(10), "{ended:?}");
    let named = [
        "account gpt-4.1-nano price_changed",
        "account gpt-5-mini presumed_charges",
        "elsewhere gpt-5-mini past_seawall_other_key",
    ];
    assert_eq!(causes(&said), named, "{said:#}");
    assert_eq!(usd::of(&said, "ours_usd"), before.spent);
    assert_eq!(usd::of(&said, "theirs_usd"), own + past);
    assert_eq!(said["posted"], Value::Null);
    assert_eq!(
        entries(&stage, &tenant).await,
        asked,
        "only asking posts nothing"
    );

    let (_, said) = reconcile(&stage, &["--post"]);
    assert_eq!(said["posted"]["resolved"], 2, "{said:#}");
    assert_eq!(said["posted"]["left"], json!([]));
    let after = stage.balance(&tenant.organization).await;
    assert_eq!((after.spent, after.held), (own, 0), "to the nano-dollar");
    stage.assert_balanced(&tenant.organization).await;

    let posted = entries(&stage, &tenant).await;
    let (ended, said) = reconcile(&stage, &["--post"]);
    assert_eq!(said["posted"]["resolved"], 0, "{said:#}");
    assert_eq!(stage.balance(&tenant.organization).await, after);
    assert_eq!(
        entries(&stage, &tenant).await,
        posted,
        "a second time changes nothing"
    );
    let left = [
        "account gpt-4.1-nano agrees",
        "account gpt-5-mini agrees",
        "elsewhere gpt-5-mini past_seawall_other_key",
    ];
    assert_eq!(causes(&said), left);
    assert_eq!(
        ended.status.code(),
        Some(10),
        "somebody still has to find whose key that is"
    );

    stage.stop_gateway().await;
    let store = stage.store();
    let verify = Start::new(&["verify", "--store", store.to_str().unwrap()]).run(stage.folder());
    assert!(verify.status.success(), "{verify:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_at_the_provider_follows_from_what_was_bought_and_its_own_bill() {
    let folder = TempDir::new().unwrap();
    let stage = stage(&folder).await;
    let tenant = stage.tenant(20 * DOLLAR).await;
    let none = stage.get("upstreams/openai/balance").await;
    assert_eq!(
        (&none["credits"], &none["runs_out_at"]),
        (&json!([]), &Value::Null)
    );
    let credit = json!({"amount_usd": "5.00", "bought_at": "2026-01-01T00:00:00Z", "note": "card"});
    let told = stage.create("upstreams/openai/credits", &credit).await;
    traffic(&stage, &tenant).await;
    let spent = stage.settled(&tenant.organization).await.spent;
    let balance = stage.get("upstreams/openai/balance").await;
    assert_eq!(usd::of(&balance, "went_through_usd"), spent, "{balance:#}");
    assert_eq!(usd::of(&balance, "left_usd"), 5 * DOLLAR - spent);
    assert!(balance["runs_out_at"].is_string() && balance["warning"].is_null());

    reconcile(&stage, &["--post"]);
    let (own, past) = billed(&stage).await;
    let balance = stage.get("upstreams/openai/balance").await;
    assert_eq!(
        usd::of(&balance, "went_through_usd"),
        own + past,
        "whoever called: {balance:#}"
    );

    let id = told["id"].as_str().unwrap();
    stage
        .delete(&format!("upstreams/openai/credits/{id}"))
        .await;
    let little = json!({"amount_usd": "0.000000001", "bought_at": "2026-01-01T00:00:00Z"});
    stage.create("upstreams/openai/credits", &little).await;
    let balance = stage.get("upstreams/openai/balance").await;
    assert_eq!(balance["warning"], "used_up", "{balance:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_only_single_calls_can_be_asked_for_presumed_ones_become_what_they_cost() {
    let stage = Setting::default().kind("openrouter").raise();
    let tenant = stage.tenant(20 * DOLLAR).await;
    let broken = Call::stream(false).sim("fault", "drop:mid");
    stage
        .http
        .send(stage.gateway.address, &broken.ask(&tenant.secret))
        .await
        .ok();
    let presumed = stage.settled(&tenant.organization).await;
    let (own, _) = billed(&stage).await;
    assert!(presumed.spent > own && own > 0, "{presumed:?} {own}");
    let (_, said) = reconcile(&stage, &["--post"]);
    assert_eq!(said["posted"]["resolved"], 1, "{said:#}");
    assert_eq!(stage.balance(&tenant.organization).await.spent, own);
    let (ended, said) = reconcile(&stage, &["--post"]);
    assert_eq!(
        (ended.status.code(), &said["posted"]["resolved"]),
        (Some(0), &json!(0))
    );
}

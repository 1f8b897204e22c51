//! Alerts from the real binary, to a real web server and a real mail server: they arrive, with the Book's figures, also
//! when the receiver was down, and when the server was killed in between. And a budget stops nothing.

mod receivers;
mod upstreams;

use http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::patience::eventually;
use crate::process::Start;
use crate::stage::{ADMIN_KEY, Setting, Stage};
use crate::tenant::{On, Tenant};
use receivers::{Received, Web};

/// What the reference tells a receiver to check a signature with. It is another's arithmetic than ours.
fn checker() -> String {
    let reference = include_str!("../../../../docs/alerts.md");
    let (_, code) = reference.split_once("```python\n").unwrap();
    code.split_once("```").unwrap().0.to_owned()
}

/// Whether the reference's own code takes the request for genuine.
fn is_genuine(secret: &str, request: &Received) -> bool {
    let code = format!(
        "{}\nimport json, sys\nasked = json.load(sys.stdin)\nprint(genuine(asked['secret'], asked['headers'], asked['body']))",
        checker()
    );
    let asked = json!({"secret": secret, "headers": request.headers, "body": request.body});
    let mut python = std::process::Command::new("python3")
        .args(["-c", &code])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, asked.to_string().as_bytes()).unwrap();
    drop(stdin);
    let said = python.wait_with_output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim() == "True"
}

impl Stage {
    async fn budget(&self, tenant: &Tenant, amount: &str, notify: Value) -> Value {
        let body = json!({
            "scope": {"kind": "project", "id": tenant.project}, "amount_usd": amount,
            "window": {"kind": "month"}, "thresholds": [50, 100], "notify": notify,
        });
        self.create("budgets", &body).await
    }

    async fn alerts(&self, tenant: &Tenant) -> Vec<Value> {
        let path = format!("alerts?organization={}", tenant.organization);
        self.list(&path).await
    }

    /// Waits until the newest alert is in this state.
    async fn newest_is(&self, tenant: &Tenant, state: &str) -> Value {
        eventually(state, async || {
            let newest = self.alerts(tenant).await.into_iter().next()?;
            (newest["state"] == state).then_some(newest)
        })
        .await
    }
}

/// About 17 cents.
fn picture() -> Call {
    Call::image()
}

#[tokio::test]
async fn a_crossed_budget_arrives_by_every_channel_with_the_figure_of_the_book_and_stops_nothing() {
    let (mut web, mut post) = (Web::listen().await, receivers::Post::listen().await);
    let slack = web.url("/services/T0/B0/secret");
    let mail = format!(
        "[alerts.email]\nsmtp = \"smtp://{}\"\nfrom = \"Seawall <seawall@example.org>\"\n",
        post.address
    );
    let stage = Setting::default()
        .config(&mail)
        .env("SLACK_URL", &slack)
        .raise();
    let tenant = stage.tenant(100_000_000_000).await;
    let notify = json!([
        {"kind": "webhook", "url": web.url("/hook")},
        {"kind": "slack", "url": "env:SLACK_URL"},
        {"kind": "email", "to": "ops@example.org"},
    ]);
    let budget = stage.budget(&tenant, "0.20", notify).await;
    assert_eq!(budget["effect"], "alerts_only");
    let secret = budget["notify"].as_array().unwrap().iter();
    let secret = secret.filter_map(|target| target["secret"].as_str()).next();
    let secret = secret.unwrap().to_owned();
    assert_eq!(stage.call(&tenant.secret, &picture()).await.status, 200);
    let path = format!("budgets/{}", budget["id"].as_str().unwrap());
    let book = stage.get(&path).await;
    assert_eq!(book["crossed"], json!([50]));
    assert!(!book.to_string().contains("whsec_"), "{book}");

    let (one, other) = (web.next().await, web.next().await);
    let (hook, slacked) = if one.path == "/hook" {
        (one, other)
    } else {
        (other, one)
    };
    let told = hook.json();
    assert_eq!(told["type"], "budget.threshold_crossed");
    assert_eq!(told["data"]["spent_usd"], book["spent_usd"]);
    assert_eq!(told["data"]["threshold_percent"], 50);
    assert!(is_genuine(&secret, &hook), "{hook:?}");
    let mut forged = hook.clone();
    forged.body = forged.body.replace("50", "51");
    assert!(!is_genuine(&secret, &forged));
    let spent = format!(
        "${} of $0.20 were spent",
        book["spent_usd"].as_str().unwrap()
    );
    let sentence = slacked.json()["text"].as_str().unwrap().to_owned();
    assert_eq!(slacked.path, "/services/T0/B0/secret");
    assert!(sentence.contains(&spent), "{sentence}");
    let mail = post.next().await;
    assert!(mail.to.contains("<ops@example.org>"), "{}", mail.to);
    // Long lines of a mail are broken; what is broken is put together again.
    let text = mail.message.replace("=\r\n", "");
    assert!(text.contains(&spent) && text.contains(hook.id()), "{text}");

    // Far beyond the budget, every call is served.
    for _ in 0..3 {
        assert_eq!(stage.call(&tenant.secret, &picture()).await.status, 200);
    }
    let alerts = stage.alerts(&tenant).await;
    assert!(!format!("{alerts:?}").contains("B0/secret"), "{alerts:?}");
    assert!(!stage.gateway.said().contains("B0/secret"));
    stage.gateway.stop().await;
}

#[tokio::test]
async fn a_receiver_that_was_down_is_told_later_under_the_same_id() {
    let mut web = Web::listen().await;
    let stage = Stage::raise();
    let tenant = stage.tenant(100_000_000_000).await;
    web.answer([503, 302]);
    let notify = json!([{"kind": "webhook", "url": web.url("/hook")}]);
    let budget = stage.budget(&tenant, "0.20", notify).await;
    stage.call(&tenant.secret, &picture()).await;
    let tries = [web.next().await, web.next().await, web.next().await];
    for again in &tries {
        assert_eq!(again.id(), tries[0].id());
        assert_eq!(again.body, tries[0].body);
        let secret = budget["notify"][0]["secret"].as_str().unwrap();
        assert!(is_genuine(secret, again));
    }
    let alert = stage.newest_is(&tenant, "delivered").await;
    assert_eq!(alert["id"], tries[0].id());
    assert_eq!(alert["deliveries"][0]["attempts"], 3);
    let metrics = stage.send(&crate::http::Ask::get("/metrics")).await;
    for line in [
        "seawall_alert_deliveries_total{channel=\"webhook\",outcome=\"delivered\"} 1",
        "seawall_alert_deliveries_total{channel=\"webhook\",outcome=\"again\"} 2",
    ] {
        assert!(metrics.text().contains(line), "{}", metrics.text());
    }
}

#[tokio::test]
async fn an_alert_arrives_although_the_server_was_killed_before() {
    let mut web = Web::listen().await;
    let mut stage = Stage::raise();
    let tenant = stage.tenant(100_000_000_000).await;
    web.answer(std::iter::repeat_n(500, 3));
    let notify = json!([{"kind": "webhook", "url": web.url("/hook")}]);
    stage.budget(&tenant, "0.20", notify).await;
    stage.call(&tenant.secret, &picture()).await;
    let before = web.next().await;
    // It was not delivered, and the next attempt is a while away.
    stage.gateway.kill();
    stage.start_again();
    let after = stage.newest_is(&tenant, "delivered").await;
    let since = web.received_so_far();
    assert!(!since.is_empty());
    for again in since {
        assert_eq!((again.id(), &again.body), (before.id(), &before.body));
    }
    assert_eq!(after["id"], before.id());
}

#[tokio::test]
async fn what_stops_calls_is_told_of_with_the_figures_of_the_refusal() {
    let mut web = Web::listen().await;
    let stage = Stage::raise();
    let tenant = stage.tenant(100_000_000_000).await;
    let notify = json!({"notify": [{"kind": "webhook", "url": web.url("/hook")}]});
    let path = format!("organizations/{}/alerts", tenant.organization);
    let set = stage.administer(Method::PUT, &path, Some(&notify)).await;
    assert_eq!(set.status, 200, "{set:?}");
    // Enough for one picture and not for two.
    stage.limit(On::Project(&tenant.project), 250_000_000).await;
    stage.call(&tenant.secret, &picture()).await;
    let refused = stage.call(&tenant.secret, &picture()).await;
    assert_eq!(refused.code(), "project_spend_limit_exceeded");
    let details = refused.error()["details"].clone();
    let told = web.next().await.json();
    assert_eq!(told["type"], "hard_limit.reached");
    for figure in ["limit_usd", "spent_usd", "held_usd", "left_usd"] {
        assert_eq!(told["data"][figure], details[figure], "{figure}");
    }
}

#[tokio::test]
async fn the_command_line_says_who_is_told_and_what_became_of_it() {
    let mut web = Web::listen().await;
    let stage = Stage::raise();
    let tenant = stage.tenant(100_000_000_000).await;
    let run = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ended = Start::new(&words)
            .env("SEAWALL_URL", &format!("http://{}", stage.gateway.address))
            .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
            .run(stage.folder());
        assert!(ended.status.success(), "{line}: {}", ended.stderr);
        ended.stdout
    };
    let line = format!(
        "alerts set --webhook {} --balance-low 10 --lapse-notice-days 14",
        web.url("/hook")
    );
    let said = run(&line);
    assert!(said.contains("whsec_") && said.contains("$10.00"), "{said}");
    assert!(!run("alerts show").contains("whsec_"));
    let sent: Value = serde_json::from_str(&run("alerts test --json")).unwrap();
    assert_eq!(sent["schema"], "seawall.alerts_test/1");
    assert_eq!(web.next().await.id(), sent["id"]);
    stage.newest_is(&tenant, "delivered").await;
    let listed = run("alerts list");
    assert!(
        listed.contains("delivered") && listed.contains("a test"),
        "{listed}"
    );
    let made = run("budget create 5.00 --project chat --per month --threshold 80,100 --json");
    let made: Value = serde_json::from_str(&made).unwrap();
    assert_eq!(made["thresholds"], json!([80, 100]));
    let id = made["id"].as_str().unwrap();
    let shown = run(&format!("budget show {id}"));
    assert!(shown.contains("alerts only: it stops nothing"), "{shown}");
    assert!(run("budget list").contains(id));
    assert!(run(&format!("budget set {id} --amount 6")).contains("$6.00"));
    run(&format!("budget delete {id}"));
    assert!(run("budget list").contains("no budget yet"));
}

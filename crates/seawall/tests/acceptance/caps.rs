//! Upstream caps: what the operator lets go through an account at most, whoever calls.

mod crowd;
mod killed;

use http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::process::{Ended, Start};
use crate::stage::{ADMIN_KEY, Setting, Stage};
use crate::tenant::{Tenant, id};
use crate::usd;

const DOLLAR: i64 = 1_000_000_000;

/// A chat that costs the same each time, and may not be cut down.
fn chat() -> Call {
    let call = Call::chat().max(100).sim("output-tokens", 100);
    call.header("x-seawall-fit", "never")
}

impl Stage {
    /// A cap on the configured account; answers its id.
    async fn cap(&self, upstream: &str, nanos: i64) -> String {
        let body = json!({
            "scope": {"kind": "upstream", "name": upstream}, "amount_usd": usd::dollars(nanos),
            "window": {"kind": "month"},
        });
        id(&self.create("limits", &body).await)
    }

    async fn status(&self, method: Method, path: &str, body: Option<&Value>) -> u16 {
        self.administer(method, path, body).await.status
    }
}

fn command(stage: &Stage, arguments: &[&str]) -> Ended {
    Start::new(arguments)
        .env("SEAWALL_URL", &format!("http://{}", stage.gateway.address))
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .run(stage.folder())
}

/// A second account at the same provider.
fn with_another() -> Setting {
    Setting::default()
        .config("[secrets]\nkey = \"env:SECRETS_KEY\"")
        .env(
            "SECRETS_KEY",
            "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
        )
}

async fn add_another(stage: &Stage) {
    let body = json!({
        "name": "second", "kind": "openai", "base_url": format!("http://{}/v1", stage.sim.address), "api_key": "sk-second",
    });
    stage.create("upstreams", &body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cap_stops_the_calls_of_every_organization_and_every_edit_binds_the_next_call() {
    let stage = Stage::raise();
    let (one, other) = (
        stage.tenant(5 * DOLLAR).await,
        stage.tenant(5 * DOLLAR).await,
    );
    let cap = stage.cap("openai", 0).await;
    for turn in 0..20 {
        for tenant in [&one, &other] {
            let refused = stage.call(&tenant.secret, &chat()).await;
            assert_eq!(
                (refused.status, &*refused.code()),
                (429, "upstream_spend_limit_exceeded")
            );
        }
        stage.change_limit(&cap, DOLLAR).await;
        let served = stage.call(&one.secret, &chat()).await;
        assert_eq!(served.status, 200, "turn {turn}: {served:?}");
        assert_eq!(served.must("x-seawall-binding"), "upstream_cap");
        stage.change_limit(&cap, 0).await;
    }
    stage.delete(&format!("limits/{cap}")).await;
    assert_eq!(stage.call(&other.secret, &chat()).await.status, 200);
    for tenant in [&one, &other] {
        stage.settled(&tenant.organization).await;
        stage.assert_balanced(&tenant.organization).await;
    }
}

fn assert_refusal(error: &Value) {
    assert_eq!(error["type"], "insufficient_quota");
    let (details, message) = (&error["details"], error["message"].as_str().unwrap());
    assert_eq!(details["refused_by"], "seawall");
    assert_eq!(details["binding"], "upstream_cap");
    assert_eq!(
        details["scope"],
        json!({"kind": "upstream", "id": null, "name": "openai"})
    );
    assert_eq!(details["limit_usd"], "0.00");
    assert_eq!(details["not_the_cause"], json!(["credit_balance"]));
    assert_eq!(details["remedies"][0]["do"], "raise_limit");
    for part in [
        "insufficient_quota",
        "upstream cap",
        "upstream \"openai\"",
        "Refused by Seawall",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!message.contains("credit balance of"), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_by_a_cap_proves_itself_and_counts_once() {
    let mut stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    assert_eq!(stage.call(&tenant.secret, &chat()).await.status, 200);
    let cap = stage.cap("openai", 0).await;
    let refused = stage.call(&tenant.secret, &chat()).await;
    let request = refused.must("x-request-id").to_owned();
    assert_refusal(&refused.error());
    assert_eq!(refused.must("x-seawall-binding"), "upstream_cap");
    let told = stage.told(&request).await;
    assert_eq!((told.outcome.as_str(), told.charged), ("refused", 0));
    let ask = json!({"key": tenant.key, "path": "/v1/chat/completions", "body": chat().body});
    let check = stage
        .administer(Method::POST, "check", Some(&ask))
        .await
        .json();
    assert_eq!(
        check["refusal"]["code"], "upstream_spend_limit_exceeded",
        "{check}"
    );

    stage.change_limit(&cap, DOLLAR).await;
    stage.stop_gateway().await;
    stage.start_again();
    let explained = stage.get(&format!("requests/{request}/explanation")).await;
    assert_eq!(explained["replay"]["result"], "same", "{explained}");
    assert_eq!(explained["checks"][0]["kind"], "upstream_cap");
    assert_eq!(explained["checks"][0]["scope"]["name"], "openai");
    assert_eq!(explained["who_can_change"]["limit_id"], *cap);
    assert_eq!(explained["now"]["would_fit"], true, "{explained}");
    assert_eq!(explained["names"]["organization"], "acme");

    let served = stage.call(&tenant.secret, &chat()).await;
    let cost = usd::nanos(served.must("x-seawall-cost-usd"));
    let spent = stage.settled(&tenant.organization).await.spent;
    assert_eq!(spent, 2 * cost);
    // The call of before the cap is not in its Book; the one since is, and is not counted twice for it.
    assert_eq!(stage.counted(&cap).await.spent, cost);
    stage.told(served.must("x-request-id")).await;
    assert_eq!(stage.list("requests").await.len(), 3);
    let usage = stage.list("usage").await;
    let sum: i64 = usage.iter().map(|row| usd::of(row, "cost_usd")).sum();
    assert_eq!(sum, spent, "{usage:?}");
    stage.stop_gateway().await;
    let config = stage.folder().join("seawall.toml");
    let verify = Start::new(&["verify", "--config", config.to_str().unwrap()]).env("SIM_KEY", "x");
    let ended = verify.run(stage.folder());
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stdout.contains("organizations: 1,"), "{ended:?}");
    crate::file::read(&stage.store()).assert_balanced_and_at_rest();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cap_is_set_seen_tried_and_deleted_like_other_limits_and_its_book_is_nobodys() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let scope = json!({"kind": "upstream", "name": "openai"});
    let proposed = json!({"scope": scope, "amount_usd": "0", "window": {"kind": "day"}});
    let preview = async || {
        stage
            .administer(Method::POST, "limits/preview", Some(&proposed))
            .await
    };
    assert_eq!(
        preview().await.json()["error"]["code"],
        "nothing_counted_yet"
    );
    assert_eq!(stage.list("limits?upstream=openai").await.len(), 0);
    let made = command(
        &stage,
        &[
            "limit",
            "create",
            "100",
            "--upstream",
            "openai",
            "--window",
            "month",
        ],
    );
    assert!(made.stdout.contains("upstream openai"), "{made:?}");
    assert_eq!(stage.call(&tenant.secret, &chat()).await.status, 200);
    stage.settled(&tenant.organization).await;
    assert_eq!(preview().await.json()["would_refuse"], 1);
    let listed = stage.list("limits?upstream=openai").await;
    let [cap] = &*listed else {
        panic!("{listed:?}")
    };
    assert_eq!(cap["scope"], scope);
    assert_eq!(cap["organization_id"], Value::Null);
    assert!(
        stage
            .list(&format!("limits?organization={}", tenant.organization))
            .await
            .is_empty()
    );
    at_the_terminal(&stage);
    let audit = stage.list("audit?upstream=openai").await;
    let [change] = &*audit else {
        panic!("{audit:?}")
    };
    assert_eq!(
        (&change["upstream"], &change["organization_id"]),
        (&json!("openai"), &Value::Null)
    );
    assert_eq!(change["changes"]["scope"]["to"], scope);
    nobodys(&stage, &tenant).await;
    refuses_what_cannot_be(&stage, &scope).await;
    stage.delete(&format!("limits/{}", id(cap))).await;
    assert!(stage.list("limits?upstream=openai").await.is_empty());
}

/// Commands that show a cap.
fn at_the_terminal(stage: &Stage) {
    for (arguments, part) in [
        (
            &["upstream", "show", "openai"][..],
            "upstream cap $100.00/month: spent $0.00",
        ),
        (&["limit", "list"], "upstream openai"),
        (
            &["headroom", "--upstream", "openai"],
            "stopped first by: upstream cap",
        ),
        (&["audit", "--upstream", "openai"], "limit created  openai"),
    ] {
        let ended = command(stage, arguments);
        assert!(ended.stdout.contains(part), "{arguments:?}: {ended:?}");
    }
}

async fn refuses_what_cannot_be(stage: &Stage, scope: &Value) {
    for (path, body, status) in [
        (
            "limits",
            json!({"scope": {"kind": "upstream", "name": "none"}, "amount_usd": "1", "window": {"kind": "day"}}),
            404,
        ),
        (
            "limits",
            json!({"scope": scope, "amount_usd": "1", "window": {"kind": "day"}, "on_trip": "freeze_key"}),
            400,
        ),
    ] {
        assert_eq!(
            stage.status(Method::POST, path, Some(&body)).await,
            status,
            "{body}"
        );
    }
}

/// The Book of the caps is no organization: it is not listed, and what is in it cannot be looked at or changed.
async fn nobodys(stage: &Stage, tenant: &Tenant) {
    let organizations: Vec<String> = stage.list("organizations").await.iter().map(id).collect();
    assert_eq!(organizations, [&*tenant.organization]);
    let book = ids::OrganizationId::of_upstream("openai");
    for path in [
        format!("organizations/{book}"),
        format!("organizations/{book}/credits"),
        format!("organizations/{book}/projects"),
        format!("limits?organization={book}"),
        format!("projects/{}", book.upstream_project()),
        format!("keys/{}", book.upstream_key()),
    ] {
        assert_eq!(stage.status(Method::GET, &path, None).await, 404, "{path}");
    }
    let freeze = format!("keys/{}/freeze", book.upstream_key());
    assert_eq!(
        stage.status(Method::POST, &freeze, Some(&json!({}))).await,
        404
    );
    let secret = format!("sk-sw-{}-{}", ids::ShortId::from(book), "0".repeat(52));
    assert_eq!(stage.call(&secret, &chat()).await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_cap_does_not_let_a_call_pass_another_account_takes_it() {
    let stage = with_another().raise();
    add_another(&stage).await;
    let tenant = stage.tenant(5 * DOLLAR).await;
    let cap = stage.cap("openai", 0).await;
    let served = stage.call(&tenant.secret, &chat()).await;
    assert_eq!(
        (served.status, served.must("x-seawall-upstream")),
        (200, "second")
    );
    let check = json!({"key": tenant.key, "path": "/v1/chat/completions", "body": chat().body});
    let check = stage
        .administer(Method::POST, "check", Some(&check))
        .await
        .json();
    assert_eq!(check["decision"], "served", "{check}");
    let second = stage.cap("second", 7).await;
    let refused = stage.call(&tenant.secret, &chat()).await;
    // Both refuse for good: the first is told.
    assert_refusal(&refused.error());
    stage.told(refused.must("x-request-id")).await;
    let row = stage
        .get(&format!("requests/{}", refused.must("x-request-id")))
        .await;
    assert_eq!(row["outcome"], "refused", "{row}");
    stage.change_limit(&second, DOLLAR).await;
    assert_eq!(stage.call(&tenant.secret, &chat()).await.status, 200);
    let spent = stage.settled(&tenant.organization).await.spent;
    assert_eq!(spent, usd::of(&stage.provider("/sim/billed").await, "usd"));
    assert_eq!(stage.counted(&cap).await.spent, 0);
    assert_eq!(stage.counted(&second).await.spent, spent / 2);
}

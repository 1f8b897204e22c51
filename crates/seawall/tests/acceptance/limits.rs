//! Hard limits of every kind, set over HTTP and met by calls to the simulated provider.

use http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::stage::Stage;
use crate::tenant::Tenant;

const DOLLAR: i64 = 1_000_000_000;

/// A chat that costs the same each time, and may not be cut down.
fn chat() -> Call {
    let call = Call::chat().max(100).sim("output-tokens", 100);
    call.header("x-seawall-fit", "never")
}

impl Stage {
    async fn set(&self, body: &Value) -> String {
        let limit = self.create("limits", body).await;
        limit["id"].as_str().unwrap().to_owned()
    }
}

fn of(tenant: &Tenant, kind: &str) -> Value {
    json!({"kind": kind, "organization_id": tenant.organization})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_on_a_model_leaves_other_models_alone() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let mut scope = of(&tenant, "model");
    scope["model"] = json!("gpt-5-mini");
    stage
        .set(&json!({"scope": scope, "amount_usd": "0", "window": {"kind": "day"}}))
        .await;
    let refused = stage.call(&tenant.secret, &chat()).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert_eq!(
        refused.json()["error"]["code"],
        "model_spend_limit_exceeded"
    );
    let other = chat().model("gpt-5-nano");
    let served = stage.call(&tenant.secret, &other).await;
    assert_eq!(served.status, 200, "{served:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_end_user_is_stopped_at_his_own_dollar() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    // A picture is $0.1665: six of them fit into a dollar.
    let picture = |user: &str| Call::image().with("user", json!(user));
    let body =
        json!({"scope": of(&tenant, "end_user"), "amount_usd": "1", "window": {"kind": "day"}});
    let limit = stage.set(&body).await;
    for _ in 0..6 {
        let served = stage.call(&tenant.secret, &picture("alice")).await;
        assert_eq!(served.status, 200, "{served:?}");
        stage.settled(&tenant.organization).await;
    }
    let refused = stage.call(&tenant.secret, &picture("alice")).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert_eq!(
        refused.json()["error"]["code"],
        "end_user_spend_limit_exceeded"
    );
    let served = stage.call(&tenant.secret, &picture("bob")).await;
    assert_eq!(served.status, 200, "{served:?}");
    stage.settled(&tenant.organization).await;
    let shown = stage.get(&format!("limits/{limit}")).await;
    assert_eq!(shown["subjects"]["count"], 2, "{shown}");
    let path = format!("organizations/{}/ledger?limit=1000", tenant.organization);
    let ledger = Value::from(stage.list(&path).await).to_string();
    assert!(!ledger.contains("alice") && !ledger.contains("bob"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sixth_request_of_a_minute_is_told_when_to_come_again() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    stage
        .set(&json!({
            "scope": {"kind": "project", "id": tenant.project}, "measure": "requests", "amount": 5,
            "window": {"kind": "rolling", "seconds": 60},
        }))
        .await;
    for _ in 0..5 {
        let served = stage.call(&tenant.secret, &chat()).await;
        assert_eq!(served.status, 200, "{served:?}");
    }
    let refused = stage.call(&tenant.secret, &chat()).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    let error = &refused.json()["error"];
    assert_eq!(
        (&error["code"], &error["type"]),
        (&json!("rate_limit_exceeded"), &json!("requests"))
    );
    let after: u64 = refused.must("retry-after").parse().unwrap();
    assert!((1..=61).contains(&after), "{after}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_raise_for_a_time_lets_a_call_pass_that_was_refused() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let scope = json!({"kind": "project", "id": tenant.project});
    let body = json!({"scope": scope, "amount_usd": "0", "window": {"kind": "total"}});
    let path = format!("limits/{}", stage.set(&body).await);
    assert_eq!(stage.call(&tenant.secret, &chat()).await.status, 429);
    let raise = json!({"amount_usd": "1", "until_at": "2999-01-01T00:00:00Z"});
    let raised = stage.patch(&path, &raise).await;
    assert_eq!(raised["raised"]["back_to_usd"], "0.00");
    assert_eq!(stage.call(&tenant.secret, &chat()).await.status, 200);
    let over = json!({"amount_usd": "1", "until_at": "2020-01-01T00:00:00Z"});
    let over = stage.administer(Method::PATCH, &path, Some(&over)).await;
    assert_eq!(over.json()["error"]["details"]["field"], "until_at");
}

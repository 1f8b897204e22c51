//! A dry run says what a call would get, by the very steps and figures of the call, and leaves no trace.

use http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::process::{Ended, Start};
use crate::stage::{ADMIN_KEY, Stage};
use crate::tenant::On;

const DOLLAR: i64 = 1_000_000_000;
const CHAT: &str = "/v1/chat/completions";

async fn check(stage: &Stage, payer: (&str, &str), path: &str, call: &Call) -> Value {
    let ask = json!({payer.0: payer.1, "path": path, "body": call.body});
    let answer = stage.administer(Method::POST, "check", Some(&ask)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn a_check_says_what_the_call_then_gets_and_holds_nothing() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = stage.limit(On::Key(&tenant.key), 4 * DOLLAR).await;
    let key = ("key", &*tenant.key);
    let ledger = format!("organizations/{}/ledger", tenant.organization);
    for (amount, tokens, decision) in [
        (4 * DOLLAR, 100, "served"),
        (DOLLAR / 1_000, 1_000, "fitted"),
        (7, 100, "refused"),
    ] {
        stage.change_limit(&limit, amount).await;
        let call = Call::chat().max(tokens).sim("output-tokens", 1);
        let before = stage.list(&ledger).await.len();
        let checked = check(&stage, key, CHAT, &call).await;
        assert_eq!(stage.list(&ledger).await.len(), before);
        assert_eq!(checked["decision"], decision, "{checked}");
        let answer = stage.call(&tenant.secret, &call).await;
        assert_eq!(answer.must("x-seawall-decision"), decision);
        let id = answer.must("x-request-id");
        stage.told(id).await;
        let row = stage.get(&format!("requests/{id}")).await;
        if decision == "refused" {
            let (mut said, mut told) = (
                checked["refusal"]["details"].clone(),
                answer.error()["details"].clone(),
            );
            // Only the call's own id differs.
            for details in [&mut said, &mut told] {
                details["request_id"] = Value::Null;
                details["explain_url"] = Value::Null;
            }
            assert_eq!(said, told);
            assert_eq!(checked["refusal"]["code"], answer.error()["code"]);
            // No call has that id, so nothing sends the reader after it.
            let message = checked["refusal"]["message"].as_str().unwrap();
            assert!(!message.contains("seawall explain"), "{message}");
        } else {
            assert_eq!(checked["needed_usd"], row["held_usd"], "{checked}");
            assert_eq!(checked["refusal"], Value::Null);
        }
        if decision == "fitted" {
            let units = checked["fits"]["units"].to_string();
            assert_eq!(units, answer.must("x-seawall-fitted"));
        }
    }
}

#[tokio::test]
async fn a_project_is_checked_as_by_a_key_without_hard_limits_of_its_own() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    stage.limit(On::Key(&tenant.key), 0).await;
    let project = ("project", &*tenant.project);
    let call = Call::chat();
    assert_eq!(
        check(&stage, project, CHAT, &call).await["decision"],
        "served"
    );
    stage.limit(On::Project(&tenant.project), 0).await;
    let refused = check(&stage, project, CHAT, &call).await;
    assert_eq!(
        refused["refusal"]["code"], "project_spend_limit_exceeded",
        "{refused}"
    );
    let refused = check(&stage, project, "/v1/audio/speech", &call).await;
    assert_eq!(
        refused["refusal"]["code"], "endpoint_not_metered",
        "{refused}"
    );
    let refused = check(&stage, project, CHAT, &call.model("none-such")).await;
    assert_eq!(refused["refusal"]["code"], "model_not_found", "{refused}");
}

fn run(stage: &Stage, payer: &str, arguments: &[&str]) -> Ended {
    let mut all = vec!["check", "--key", payer, "--body", "body.json"];
    all.extend(arguments);
    Start::new(&all)
        .env("SEAWALL_URL", &format!("http://{}", stage.gateway.address))
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .run(stage.folder())
}

#[tokio::test]
async fn a_check_that_would_be_refused_ends_with_10_and_says_why() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let body = Call::chat().body.to_string();
    std::fs::write(stage.folder().join("body.json"), body).unwrap();
    let ended = run(&stage, &tenant.key, &[]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(
        ended.stdout.starts_with("served: it would hold $0.00"),
        "{ended:?}"
    );
    let limit = stage.limit(On::Key(&tenant.key), DOLLAR / 10_000).await;
    let ended = run(&stage, &tenant.key, &[]);
    assert!(ended.stdout.starts_with("fitted: "), "{ended:?}");
    let ended = run(&stage, &tenant.key, &["--header", "X-Seawall-Fit: never"]);
    assert!(ended.stdout.starts_with("refused "), "{ended:?}");
    let ended = run(&stage, &tenant.key, &["--header", "x-other: 1"]);
    assert!(
        ended.stderr.contains("does not decide anything"),
        "{ended:?}"
    );
    stage.change_limit(&limit, 0).await;
    let ended = run(&stage, &tenant.key, &["--json"]);
    assert_eq!(ended.status.code(), Some(10), "{ended:?}");
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(json["schema"], "seawall.check/1");
    assert_eq!(json["refusal"]["code"], "api_key_spend_limit_exceeded");
}

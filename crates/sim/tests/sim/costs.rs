//! What the provider reports of its bill: costs, usage, one call's cost, and the report in cents.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use sim::Options;

use crate::support::{Answer, HELLO, Provider, noon};

const ADMIN: &str = "authorization: Bearer sk-admin-0123456789abcdef";
const OURS: &str = "authorization: Bearer sk-proj-of-the-gateway-x9Fq";
const OTHER: &str = "authorization: Bearer sk-proj-of-somebody-else-77aa";
const DAY: u64 = 86_400;

/// How far the clock of one test's provider was put on.
static LATER: AtomicU64 = AtomicU64::new(0);

fn clock() -> u64 {
    noon() + LATER.load(Ordering::SeqCst)
}

async fn call(provider: &Provider, key: &str, tokens: u64) -> Answer {
    let tokens = format!("x-sim-output-tokens: {tokens}");
    provider
        .send_bare("POST", "/v1/chat/completions", &[key, &tokens], HELLO)
        .await
}

async fn report(provider: &Provider, path: &str) -> Value {
    let answer = provider.send_bare("GET", path, &[ADMIN], "").await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

/// A result of costs in a line.
fn shown(result: &Value) -> String {
    let text = |name: &str| result[name].as_str().unwrap_or("-").to_owned();
    let amount = result["amount"]["value"].as_f64().unwrap();
    let [project, key, item] = ["project_id", "api_key_id", "line_item"].map(text);
    format!("{project} {key} {item} {amount:.8}")
}

/// Ten tokens of output are 20,000 nano-dollars, nine of input 2,250.
#[tokio::test]
async fn reports_are_the_bill_by_the_day_project_key_and_line_and_come_in_pages() {
    LATER.store(0, Ordering::SeqCst);
    let provider = Provider::start(Options::new(clock)).await;
    let account = json!({"project": "proj_rest", "projects": [
        {"id": "proj_app", "name": "app", "keys": [{"name": "gateway", "tail": "x9Fq"}]}]});
    provider
        .send("POST", "/sim/account", &[], &account.to_string())
        .await;
    call(&provider, OURS, 10).await;
    LATER.store(DAY, Ordering::SeqCst);
    let second = call(&provider, OURS, 20).await;
    call(&provider, OTHER, 30).await;
    let start = noon();
    let all = format!(
        "/v1/organization/costs?start_time={start}&limit=1&group_by=project_id&group_by=api_key_id&group_by=line_item"
    );
    let first = report(&provider, &all).await;
    assert_eq!(first["has_more"], true, "{first}");
    let results = first["data"][0]["results"].as_array().unwrap();
    assert_eq!(
        results.iter().map(shown).collect::<Vec<_>>(),
        [
            "proj_app - - 0.00000000",
            "proj_app key_x9Fq gpt-5-mini, input 0.00000225",
            "proj_app key_x9Fq gpt-5-mini, output 0.00002000",
        ]
    );
    let page = first["next_page"].as_str().unwrap();
    let second_page = report(&provider, &format!("{all}&page={page}")).await;
    assert_eq!(second_page["has_more"], false);
    let results = second_page["data"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 4, "{results:?}");
    assert_eq!(
        shown(&results[3]),
        "proj_rest key_77aa gpt-5-mini, output 0.00006000"
    );

    let used = format!(
        "/v1/organization/usage/completions?start_time={start}&group_by=api_key_id&group_by=model"
    );
    let used = report(&provider, &used).await;
    let ours = &used["data"][1]["results"][1];
    assert_eq!(
        (
            &ours["api_key_id"],
            &ours["output_tokens"],
            &ours["input_tokens"]
        ),
        (&json!("key_x9Fq"), &json!(20), &json!(9))
    );

    let id = second.header("x-request-id").unwrap().to_owned();
    let generation = provider.get(&format!("/v1/generation?id={id}")).await;
    assert_eq!(
        generation["data"]["total_cost"].as_f64(),
        Some(0.000_042_25)
    );
    let none = provider
        .send("GET", "/v1/generation?id=req_none", &[], "")
        .await;
    assert_eq!(none.status, 404);

    provider.stop().await;
}

#[tokio::test]
async fn what_is_younger_than_the_lag_is_not_reported_yet() {
    let provider = Provider::start(Options::new(noon)).await;
    call(&provider, OURS, 10).await;
    let path = format!("/v1/organization/costs?start_time={}", noon());
    let now = report(&provider, &path).await;
    assert_eq!(now["data"][0]["results"].as_array().unwrap().len(), 1);
    provider
        .send("POST", "/sim/account", &[], r#"{"lag_seconds":1}"#)
        .await;
    let late = report(&provider, &path).await;
    assert_eq!(late["data"][0]["results"], json!([]));
    provider.stop().await;
}

#[tokio::test]
async fn another_provider_s_report_is_in_cents_and_opens_with_its_own_key() {
    let provider = Provider::start(Options::new(noon)).await;
    call(&provider, OURS, 10).await;
    let path =
        "/v1/organizations/cost_report?starting_at=2027-01-15T00:00:00Z&group_by[]=description";
    let key = "x-api-key: sk-ant-admin01-0123456789";
    let answer = provider.send_bare("GET", path, &[key], "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let result = &answer.json()["data"][0]["results"][0];
    assert_eq!(
        (&result["amount"], &result["model"]),
        (&json!("0.002225"), &json!("gpt-5-mini"))
    );
    let refused = provider.send_bare("GET", path, &[ADMIN], "").await;
    assert_eq!(refused.status, 401, "{refused:?}");
    provider.stop().await;
}

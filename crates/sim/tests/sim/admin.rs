//! The account: who is billed, what stops it, and what its administration API says.

use serde_json::{Value, json};

use crate::support::{HELLO, Provider, noon, provider};

const ADMIN: &str = "authorization: Bearer sk-admin-0123456789abcdef";
const PICTURE: &str =
    r#"{"model":"gpt-image-1-mini","prompt":"a dot","size":"1024x1024","quality":"low"}"#;

async fn say(provider: &Provider, account: &Value) {
    let answer = provider
        .send("POST", "/sim/account", &[], &account.to_string())
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn admin(provider: &Provider, method: &str, path: &str, body: &str) -> (u16, Value) {
    let path = format!("/v1/organization/{path}");
    let answer = provider.send_bare(method, &path, &[ADMIN], body).await;
    (answer.status, answer.json())
}

fn today(further: &str) -> String {
    format!("costs?start_time={}&{further}", noon())
}

fn town() -> Value {
    json!({"organization": "org-acme", "project": "proj_bot", "alerts": [2000],
    "spend_limit": {"threshold_amount": 3000},
    "projects": [
        {"id": "proj_bot", "name": "bot", "spent_usd": "29.99", "keys": [{"name": "k", "tail": "x9Fq", "owner_active": false}],
         "model_permissions": {"mode": "allow_list", "model_ids": ["gpt-5-mini"]}},
        {"id": "proj_chat", "name": "chat", "spent_usd": "0.01"},
    ]})
}

#[tokio::test]
async fn answers_name_who_is_billed_and_a_reached_limit_stops_calls_until_it_is_raised() {
    let provider = provider().await;
    say(&provider, &town()).await;
    let chat = provider.chat(HELLO, &[]).await;
    assert_eq!(chat.status, 429, "{chat:?}");
    assert_eq!(
        chat.json()["error"]["code"],
        "organization_spend_limit_exceeded"
    );
    assert_eq!(chat.header("openai-organization"), Some("org-acme"));
    assert_eq!(chat.header("openai-project"), Some("proj_bot"));
    let picture = provider.image(PICTURE, &[]).await;
    assert_eq!(
        (picture.status, &picture.json()["error"]["code"]),
        (400, &"billing_hard_limit_reached".into())
    );
    assert_eq!(provider.usd().await, "0.00");

    let (status, limit) = admin(
        &provider,
        "POST",
        "spend_limit",
        r#"{"threshold_amount":5000,"currency":"USD","interval":"month"}"#,
    )
    .await;
    assert_eq!(
        (status, &limit["enforcement"]["status"]),
        (200, &"enforcing".into())
    );
    assert_eq!(provider.chat(HELLO, &[]).await.status, 200);
    assert_eq!(admin(&provider, "DELETE", "spend_limit", "").await.0, 200);
    assert_eq!(admin(&provider, "GET", "spend_limit", "").await.0, 404);
    provider.stop().await;
}

#[tokio::test]
async fn costs_are_what_was_said_and_what_calls_cost_since() {
    let provider = provider().await;
    let mut account = town();
    account["spend_limit"] = Value::Null;
    say(&provider, &account).await;
    assert_eq!(
        provider
            .chat(HELLO, &["x-sim-output-tokens: 1000"])
            .await
            .status,
        200
    );
    let billed: f64 = provider.usd().await.parse().unwrap();
    assert!(billed > 0.0);
    let (_, costs) = admin(&provider, "GET", &today("group_by=project_id"), "").await;
    let results = costs["data"][0]["results"].as_array().unwrap();
    let of = |id: &str| {
        let own = results.iter().find(|result| result["project_id"] == id);
        own.unwrap()["amount"]["value"].as_f64().unwrap()
    };
    assert!((of("proj_bot") - 29.99 - billed).abs() < 1e-9, "{costs}");
    assert!((of("proj_chat") - 0.01).abs() < 1e-9, "{costs}");
    provider.stop().await;
}

#[tokio::test]
async fn lists_have_the_shapes_of_the_real_ones_and_need_an_admin_key() {
    let provider = provider().await;
    say(&provider, &town()).await;
    let (_, projects) = admin(&provider, "GET", "projects?limit=100", "").await;
    assert_eq!(projects["data"][0]["id"], "proj_bot");
    assert_eq!(projects["has_more"], false);
    let (_, keys) = admin(&provider, "GET", "projects/proj_bot/api_keys", "").await;
    assert_eq!(keys["data"][0]["owner_project_access"], "inactive");
    let (_, alerts) = admin(&provider, "GET", "spend_alerts", "").await;
    assert_eq!(alerts["data"][0]["threshold_amount"], 2000);
    let (_, models) = admin(&provider, "GET", "projects/proj_bot/model_permissions", "").await;
    assert_eq!(models["mode"], "allow_list");
    assert_eq!(
        admin(&provider, "GET", "projects/proj_none/api_keys", "")
            .await
            .0,
        404
    );
    let plain = provider
        .send("GET", "/v1/organization/projects", &[], "")
        .await;
    assert!(matches!(plain.status, 401 | 403), "{plain:?}");
    assert_eq!(plain.json()["error"]["code"], "missing_scope");
    provider.stop().await;
}

#[tokio::test]
async fn any_of_its_paths_can_be_made_to_fail_and_a_reset_forgets_all() {
    let provider = provider().await;
    say(
        &provider,
        &json!({"credit_usd": "0", "credits": {"total_credits": 5, "total_usage": 6}}),
    )
    .await;
    assert_eq!(
        provider.chat(HELLO, &[]).await.json()["error"]["code"],
        "credit_balance_exhausted"
    );
    assert_eq!(provider.get("/v1/credits").await["data"]["total_usage"], 6);
    let fault = r#"{"fault":"refuse:server_error","path":"/v1/organization/costs"}"#;
    assert_eq!(
        provider
            .send("POST", "/sim/faults", &[], fault)
            .await
            .status,
        200
    );
    assert_eq!(admin(&provider, "GET", &today(""), "").await.0, 500);
    assert_eq!(admin(&provider, "GET", &today(""), "").await.0, 200);
    provider.send("POST", "/sim/reset", &[], "").await;
    assert_eq!(provider.chat(HELLO, &[]).await.status, 200);
    assert_eq!(
        provider.send("GET", "/v1/credits", &[], "").await.status,
        404
    );
    let wrong = provider
        .send("POST", "/sim/account", &[], r#"{"credits_usd":"1"}"#)
        .await;
    assert_eq!(wrong.status, 400, "{wrong:?}");
    provider.stop().await;
}

#[tokio::test]
async fn a_list_comes_in_pages_that_say_whether_there_is_another() {
    let provider = provider().await;
    let keys: Vec<Value> = (0..250)
        .map(|n| json!({"name": format!("k{n}"), "tail": format!("{n:04}")}))
        .collect();
    let projects = json!([{"id": "proj_bot", "name": "bot", "keys": keys}]);
    say(&provider, &json!({"projects": projects})).await;
    let page = async |query: &str| {
        let path = format!("projects/proj_bot/api_keys?{query}");
        let (status, page) = admin(&provider, "GET", &path, "").await;
        assert_eq!(status, 200);
        let names = page["data"].as_array().unwrap().len();
        (names, page["last_id"].clone(), page["has_more"].clone())
    };
    assert_eq!(page("").await, (20, json!("key_0019"), json!(true)));
    assert_eq!(
        page("limit=100").await,
        (100, json!("key_0099"), json!(true))
    );
    assert_eq!(
        page("limit=1000&after=key_0099").await,
        (100, json!("key_0199"), json!(true))
    );
    assert_eq!(
        page("limit=100&after=key_0199").await,
        (50, json!("key_0249"), json!(false))
    );
    assert_eq!(page("after=key_0249").await, (0, Value::Null, json!(false)));
}

//! Hard limits on requests and tokens, of end users and tags, and those that freeze the key, as calls meet them.

use serde_json::{Value, json};

use crate::call::Call;
use crate::http::Answer;
use crate::stage::Stage;
use crate::tenant::{Tenant, id};

const DOLLAR: i64 = 1_000_000_000;

/// Sets a limit on calls of the tenant's project.
async fn limit(
    stage: &Stage,
    tenant: &Tenant,
    (kind, value): (&str, Value),
    rest: Value,
) -> String {
    let mut body = rest;
    body["scope"] = match kind {
        "project" => json!({"kind": kind, "id": tenant.project}),
        _ => json!({
            "kind": kind, "organization_id": tenant.organization, "project_id": tenant.project, "value": value,
        }),
    };
    id(&stage.create("limits", &body).await)
}

fn in_an_hour(measure: &str, amount: u64) -> Value {
    json!({"measure": measure, "amount": amount, "window": {"kind": "rolling", "seconds": 3_600}})
}

fn small() -> Call {
    Call::chat().max(20).sim("output-tokens", 5)
}

fn seconds(answer: &Answer) -> u64 {
    answer.must("retry-after").parse().unwrap()
}

/// Neither the request log, nor the explanation, nor the journal says it.
async fn is_kept_nowhere(stage: &Stage, tenant: &Tenant, (answer, text): (&Answer, &str)) {
    let request = answer.must("x-request-id");
    stage.told(request).await;
    let explained = stage.get(&format!("requests/{request}/explanation")).await;
    assert_eq!(explained["replay"]["result"], "same", "{explained}");
    let ledger = format!("organizations/{}/ledger", tenant.organization);
    let ledger = stage.list(&ledger).await;
    let log = stage.get(&format!("requests/{request}")).await;
    for kept in [json!(ledger), explained, log] {
        assert!(!kept.to_string().contains(text), "{kept}");
    }
}

#[tokio::test]
async fn requests_of_an_end_user_are_counted_apart_and_a_refusal_says_when_to_come_again() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let each = ("end_user", Value::Null);
    limit(&stage, &tenant, each, in_an_hour("requests", 2)).await;
    let of = |user: &str| small().with("user", json!(user));
    for left in ["1", "0"] {
        let answer = stage.call(&tenant.secret, &of("anna-7f3c")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.must("x-ratelimit-limit-requests"), "2");
        assert_eq!(answer.must("x-ratelimit-remaining-requests"), left);
    }
    let refused = stage.call(&tenant.secret, &of("anna-7f3c")).await;
    let error = refused.error();
    assert_eq!(
        (refused.status, &*refused.code()),
        (429, "rate_limit_exceeded")
    );
    assert_eq!(error["type"], "requests");
    assert_eq!(refused.must("x-should-retry"), "true");
    assert!((1..=3_660).contains(&seconds(&refused)), "{refused:?}");
    assert_eq!(refused.must("x-ratelimit-remaining-requests"), "0");
    assert!(refused.must("x-ratelimit-reset-requests").ends_with('s'));
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(
        r#"end user "anna-7f3c" would pass the hard limit of 2 requests in any 3600 seconds"#
    ));
    assert!(!refused.text().contains("insufficient_quota"), "{message}");
    let details = &error["details"];
    assert_eq!(details["scope"]["kind"], "end_user");
    assert_eq!(details["scope"]["value"], "anna-7f3c");
    assert_eq!(details["binding"], "end_user_request_limit");
    for (field, value) in [
        ("limit", 2),
        ("spent", 2),
        ("held", 0),
        ("left", 0),
        ("needed", 1),
    ] {
        assert_eq!(details[field], value, "{field}");
        assert_eq!(details[format!("{field}_usd")], Value::Null, "{field}");
    }
    is_kept_nowhere(&stage, &tenant, (&refused, "anna-7f3c")).await;
    let dry = of("anna-7f3c").header("x-seawall-dry-run", "1");
    let dry = stage.call(&tenant.secret, &dry).await;
    assert_eq!(dry.code(), "rate_limit_exceeded");
    // The identifier that says who is meant wins; the others are not concerned.
    let other = of("anna-7f3c").with("safety_identifier", json!("bert"));
    assert_eq!(stage.call(&tenant.secret, &other).await.status, 200);
    let nobody = stage.call(&tenant.secret, &small()).await;
    assert_eq!(nobody.status, 200);
    let theirs = nobody.header("x-ratelimit-limit-requests");
    assert_ne!(theirs, Some("2"), "the provider's own figure stays");
}

#[tokio::test]
async fn tokens_are_those_of_the_providers_usage_and_what_can_never_fit_is_not_to_be_retried() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let project = ("project", Value::Null);
    let limit = limit(&stage, &tenant, project, in_an_hour("tokens", 2_000)).await;
    let mut used = 0;
    for (tag, call) in [("whole", Call::chat()), ("stream", Call::stream(true))] {
        let call = call.max(300).sim("output-tokens", 40).tag(tag);
        let answer = stage.call(&tenant.secret, &call).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.must("x-ratelimit-limit-tokens"), "2000");
        stage.settled(&tenant.organization).await;
        let usage = &stage.line(tag).await.unwrap()["usage"];
        let tokens = |part: &str| usage[part].as_i64().unwrap();
        used += tokens("prompt_tokens") + tokens("completion_tokens");
        let shown = stage.get(&format!("limits/{limit}")).await;
        assert_eq!(shown["spent"], used, "{shown}");
    }
    let never = Call::chat().max(2_000).header("x-seawall-fit", "never");
    let refused = stage.call(&tenant.secret, &never).await;
    assert_eq!(
        (refused.status, &*refused.code()),
        (429, "rate_limit_exceeded")
    );
    assert_eq!(refused.error()["type"], "tokens");
    assert_eq!(refused.must("x-should-retry"), "false");
    assert_eq!(refused.header("retry-after"), None);
    let message = refused.error()["message"].to_string();
    assert!(message.contains("It can never fit"), "{message}");
    // What may be cut is cut down to the tokens that are left.
    let fitted = Call::chat().max(2_000).sim("output-tokens", 5);
    let fitted = stage.call(&tenant.secret, &fitted).await;
    assert_eq!(fitted.must("x-seawall-decision"), "fitted");
}

#[tokio::test]
async fn a_tag_is_stopped_wherever_it_is_written_and_no_other() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let red = ("tag", json!("team=red"));
    let nothing = json!({"amount_usd": "0.00", "window": {"kind": "day"}});
    limit(&stage, &tenant, red, nothing).await;
    for call in [
        small().header("x-seawall-tags", "app=web, team=red"),
        small().with("metadata", json!({"team": "red", "app": "web"})),
    ] {
        let refused = stage.call(&tenant.secret, &call).await;
        assert_eq!(refused.code(), "tag_spend_limit_exceeded", "{refused:?}");
        assert_eq!(refused.error()["details"]["scope"]["kind"], "tag");
        assert_eq!(refused.error()["details"]["limit_usd"], "0.00");
    }
    let only = small().header("x-seawall-tags", "team=red").tag("headers");
    let refused = stage.call(&tenant.secret, &only).await;
    let message = refused.error()["message"].to_string();
    assert!(
        message.contains(r#"the calls with the tag \"team=red\""#),
        "{message}"
    );
    assert!(message.contains("insufficient_quota"), "{message}");
    let blue = small().header("x-seawall-tags", "team=blue").tag("blue");
    assert_eq!(stage.call(&tenant.secret, &blue).await.status, 200);
    let many: Vec<String> = (0..17).map(|n| format!("t{n}=1")).collect();
    let many = small().header("x-seawall-tags", &many.join(","));
    let bad = stage.call(&tenant.secret, &many).await;
    assert_eq!((bad.status, &*bad.code()), (400, "invalid_request"));
}

#[tokio::test]
async fn a_refusal_that_freezes_the_key_says_so_and_how_it_comes_back() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let mut freezing = in_an_hour("requests", 1);
    freezing["on_trip"] = json!("freeze_key");
    limit(&stage, &tenant, ("project", Value::Null), freezing).await;
    assert_eq!(stage.call(&tenant.secret, &small()).await.status, 200);
    let refused = stage.call(&tenant.secret, &small()).await;
    assert_eq!(refused.code(), "rate_limit_exceeded", "{refused:?}");
    assert_eq!(refused.error()["details"]["froze_key"], true);
    assert_eq!(refused.must("x-should-retry"), "false");
    let message = refused.error()["message"].to_string();
    let release = format!("seawall key unfreeze {}", tenant.key);
    assert!(message.contains(&release), "{message}");
    is_kept_nowhere(&stage, &tenant, (&refused, &tenant.secret)).await;
    let next = stage.call(&tenant.secret, &small()).await;
    assert_eq!(next.code(), "api_key_frozen", "{next:?}");
}

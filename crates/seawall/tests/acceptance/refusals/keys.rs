//! Keys that may not be used, or not for this: the same words whoever asks, and nothing spent.

use serde_json::{Value, json};

use super::{DOLLAR, assert_unspent};
use crate::call::Call;
use crate::http::Answer;
use crate::stage::{ADMIN_KEY, Stage};

/// A key that may not be used: status and code, not to be repeated, and never called a matter of money.
fn assert_turned_away(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, &*answer.code()),
        (status, code),
        "{answer:?}"
    );
    assert_eq!(answer.header("retry-after"), None);
    assert_ne!(answer.header("x-should-retry"), Some("true"));
    assert!(!answer.text().contains("insufficient_quota"), "{answer:?}");
    assert!(answer.must("x-request-id").starts_with("req_"));
}

#[tokio::test]
async fn a_key_that_is_none_is_401_whatever_it_looks_like() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let other = format!("{}x", tenant.secret.split_at(tenant.secret.len() - 1).0);
    for secret in [
        &other,
        "sk-proj-abcdefghijklmnopqrstuvwxyz",
        "sk-sw-0000000000-0000000000000000000000000000000000000000000000000000",
        "x",
        ADMIN_KEY,
    ] {
        let answer = stage.call(secret, &Call::chat()).await;
        assert_turned_away(&answer, 401, "invalid_api_key");
    }
    let mut without = Call::chat().ask("");
    without.headers.retain(|(name, _)| name != "authorization");
    assert_turned_away(&stage.send(&without).await, 401, "invalid_api_key");
    assert_unspent(&stage, &tenant).await;
}

#[tokio::test]
async fn frozen_revoked_and_expired_keys_are_told_apart() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    stage.act(&format!("keys/{}/freeze", tenant.key)).await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_turned_away(&answer, 403, "api_key_frozen");
    stage.delete(&format!("keys/{}", tenant.key)).await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_turned_away(&answer, 401, "invalid_api_key");
    assert!(answer.text().contains("revoked"), "{answer:?}");

    let key = stage.key(&tenant.project, json!({"name": "old"})).await;
    let rotated = json!({"overlap_seconds": 0});
    stage
        .create(&format!("keys/{}/rotate", key.id), &rotated)
        .await;
    let answer = stage.call(&key.secret, &Call::chat()).await;
    assert_turned_away(&answer, 401, "invalid_api_key");
    assert!(answer.text().contains("expired"), "{answer:?}");
    assert_unspent(&stage, &tenant).await;
}

#[tokio::test]
async fn a_key_of_an_archived_project_is_no_key() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    stage
        .act(&format!("projects/{}/archive", tenant.project))
        .await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_turned_away(&answer, 401, "invalid_api_key");
}

#[tokio::test]
async fn a_key_serves_the_models_it_lists_and_no_other() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let body = json!({"name": "small", "models": ["gpt-5-mini", "gpt-4o*"]});
    let key = stage.key(&tenant.project, body).await;
    for (model, status) in [
        ("gpt-5-mini", 200),
        ("gpt-4o-mini", 200),
        ("gpt-4.1", 403),
        ("gpt-5", 403),
    ] {
        let answer = stage.call(&key.secret, &Call::chat().model(model)).await;
        assert_eq!(answer.status, status, "{model}: {answer:?}");
        if status == 403 {
            assert_turned_away(&answer, 403, "model_not_found");
        }
    }
    let anything = json!({"models": Value::Null});
    stage.patch(&format!("keys/{}", key.id), &anything).await;
    let answer = stage
        .call(&key.secret, &Call::chat().model("gpt-4.1"))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn a_key_serves_the_addresses_it_lists_and_no_other() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    for (network, status) in [
        ("10.0.0.0/8", 403),
        ("127.0.0.2", 403),
        ("127.0.0.0/8", 200),
        ("127.0.0.1", 200),
    ] {
        let body = json!({"name": "here", "ip_allow": [network]});
        let key = stage.key(&tenant.project, body).await;
        // Who says to come from elsewhere is not believed.
        let call = Call::chat().header("x-forwarded-for", "10.1.2.3");
        let answer = stage.call(&key.secret, &call).await;
        assert_eq!(answer.status, status, "{network}: {answer:?}");
        if status == 403 {
            assert_turned_away(&answer, 403, "ip_not_allowed");
        }
    }
}

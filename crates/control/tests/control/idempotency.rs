//! Idempotency-Key: what was asked twice happens once.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn every_creating_request_happens_once_however_often_it_is_sent() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let of_organization = format!("/organizations/{organization}");
    for (list, path, body) in [
        (
            "/organizations".to_owned(),
            "/organizations".to_owned(),
            json!({"name": "Bolt"}),
        ),
        (
            format!("{of_organization}/projects"),
            format!("{of_organization}/projects"),
            json!({"name": "x"}),
        ),
        (
            format!("{of_organization}/credits"),
            format!("{of_organization}/credits"),
            json!({"amount_usd": "5", "kind": "purchase", "note": "paid"}),
        ),
        (
            format!("/projects/{project}/keys"),
            format!("/projects/{project}/keys"),
            json!({"name": "ci"}),
        ),
        (
            format!("/limits?organization={organization}"),
            "/limits".to_owned(),
            json!({
                "scope": {"kind": "project", "id": project}, "amount_usd": "1", "window": {"kind": "day"},
            }),
        ),
    ] {
        let count = || async {
            house.get(&list).await.body["data"]
                .as_array()
                .unwrap()
                .len()
        };
        let before = count().await;
        let first = house
            .call_with("POST", &path, Some(body.clone()), Some("once"))
            .await;
        let again = house
            .call_with("POST", &path, Some(body.clone()), Some("once"))
            .await;
        assert_eq!(first.id(), again.id(), "{path}");
        assert_eq!(count().await, before + 1, "{path}");
        let mut other = body.clone();
        other[if body["name"].is_null() {
            "amount_usd"
        } else {
            "name"
        }] = json!("7");
        let reused = house
            .call_with("POST", &path, Some(other), Some("once"))
            .await;
        assert_eq!(
            (reused.status.as_u16(), reused.code()),
            (409, "idempotency_key_reused"),
            "{path}"
        );
        let fresh = house
            .call_with("POST", &path, Some(body), Some("twice"))
            .await;
        assert_ne!(first.id(), fresh.id(), "{path}");
        assert_eq!(count().await, before + 2, "{path}");
    }
}

#[tokio::test]
async fn a_repeated_request_does_not_show_a_secret_that_opens_nothing() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let path = format!(
        "/projects/{}/keys",
        house.project(&organization, "bot").await
    );
    let body = json!({"name": "ci"});
    let first = house
        .call_with("POST", &path, Some(body.clone()), Some("k"))
        .await;
    let again = house.call_with("POST", &path, Some(body), Some("k")).await;
    assert!(first.body["secret"].is_string());
    assert_eq!(again.body["secret"], Value::Null);
    assert_eq!(again.body["hint"], first.body["hint"]);
    assert!(
        again.body["secret_note"]
            .as_str()
            .unwrap()
            .contains("Idempotency-Key")
    );
}

#[tokio::test]
async fn an_idempotency_key_counts_for_one_path() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let body = json!({"name": "x"});
    let projects = format!("/organizations/{organization}/projects");
    let project = house
        .call_with("POST", &projects, Some(body.clone()), Some("same"))
        .await
        .id();
    let keys = format!("/projects/{project}/keys");
    let key = house
        .call_with("POST", &keys, Some(body), Some("same"))
        .await
        .id();
    assert!(key.starts_with("key_"));
}

#[tokio::test]
async fn an_idempotency_key_is_bounded_and_visible() {
    let house = House::new().await;
    for key in ["", "two words", &"x".repeat(256)] {
        let reply = house
            .call_with(
                "POST",
                "/organizations",
                Some(json!({"name": "x"})),
                Some(key),
            )
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "invalid_idempotency_key"),
            "{key:?}"
        );
    }
    assert_eq!(house.get("/organizations").await.body["data"], json!([]));
}

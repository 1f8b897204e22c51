//! Rotating a key.

use serde_json::{Value, json};

use crate::house::House;

async fn a_key(house: &House, body: Value) -> (String, String) {
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house
        .post(&format!("/projects/{project}/keys"), body)
        .await
        .id();
    (project, key)
}

#[tokio::test]
async fn rotation_makes_a_key_like_the_old_one_which_ends_after_the_overlap() {
    let house = House::new().await;
    let body = json!({"name": "ci", "models": ["o3"], "ip_allow": ["::1"]});
    let (project, old) = a_key(&house, body).await;
    let limit = json!({
        "scope": {"kind": "key", "id": old}, "amount_usd": "5", "window": {"kind": "day", "time_zone": "Asia/Tokyo"},
    });
    let limit = house.post("/limits", limit).await.id();
    // A raise for a time is the old key's, not the new one's for ever.
    let raise = json!({"amount_usd": "9", "until_at": "2026-11-23T00:00:00Z"});
    house.patch(&format!("/limits/{limit}"), raise).await;
    let made = house
        .post(
            &format!("/keys/{old}/rotate"),
            json!({"overlap_seconds": 3600}),
        )
        .await;
    let new = made.id();
    assert_ne!(new, old);
    assert!(made.body["secret"].as_str().unwrap().starts_with("sk-sw-"));
    for (field, value) in [
        ("project_id", json!(project)),
        ("name", json!("ci")),
        ("models", json!(["o3"])),
        ("ip_allow", json!(["::1"])),
        ("expires_at", Value::Null),
        ("state", json!("active")),
    ] {
        assert_eq!(made.body[field], value, "{field}");
    }
    let ended = house.get(&format!("/keys/{old}")).await.body;
    assert_eq!(ended["expires_at"], "2026-11-22T15:00:00Z");
    assert_eq!(ended["state"], "active");
    // A key must not shed its hard limits by being rotated.
    let limits = house.get(&format!("/limits?key={new}")).await.body;
    assert_eq!(limits["data"][0]["amount_usd"], "5.00");
    assert_eq!(
        limits["data"][0]["window"],
        json!({"kind": "day", "time_zone": "Asia/Tokyo"})
    );
    assert_eq!(limits["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn rotation_never_prolongs_the_old_key() {
    let house = House::new().await;
    let body = json!({"name": "ci", "expires_at": "2026-11-22T14:30:00Z"});
    let (_, old) = a_key(&house, body).await;
    house
        .post(
            &format!("/keys/{old}/rotate"),
            json!({"overlap_seconds": 3600}),
        )
        .await
        .id();
    let ended = house.get(&format!("/keys/{old}")).await.body;
    assert_eq!(ended["expires_at"], "2026-11-22T14:30:00Z");
}

#[tokio::test]
async fn an_expired_key_is_not_rotated() {
    let house = House::new().await;
    let body = json!({"name": "ci", "expires_at": "2026-11-22T14:30:00Z"});
    let (project, old) = a_key(&house, body).await;
    house.clock.set("2026-11-22T14:30:00Z");
    let reply = house
        .post(
            &format!("/keys/{old}/rotate"),
            json!({"overlap_seconds": 0}),
        )
        .await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        (409, "cannot_be_changed")
    );
    assert!(reply.message().contains("expired"), "{}", reply.message());
    let keys = house.get(&format!("/projects/{project}/keys")).await.body;
    assert_eq!(keys["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_repeated_rotation_makes_one_key_even_without_overlap() {
    let house = House::new().await;
    let (project, old) = a_key(&house, json!({"name": "ci"})).await;
    let path = format!("/keys/{old}/rotate");
    let body = json!({"overlap_seconds": 0});
    let first = house
        .call_with("POST", &path, Some(body.clone()), Some("turn-1"))
        .await;
    let second = house
        .call_with("POST", &path, Some(body), Some("turn-1"))
        .await;
    assert_eq!(first.id(), second.id());
    assert_eq!(second.body["secret"], Value::Null);
    assert!(
        second.body["secret_note"]
            .as_str()
            .unwrap()
            .contains("not kept")
    );
    let keys = house.get(&format!("/projects/{project}/keys")).await.body;
    assert_eq!(keys["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_overlap_is_needed_and_bounded() {
    let house = House::new().await;
    let (_, old) = a_key(&house, json!({"name": "ci"})).await;
    let path = format!("/keys/{old}/rotate");
    assert_eq!(
        house.call("POST", &path, None).await.code(),
        "missing_field"
    );
    for overlap in [json!(7_776_001), json!(-1), json!(1.5), json!("60")] {
        let reply = house.post(&path, json!({"overlap_seconds": overlap})).await;
        assert_eq!(reply.code(), "invalid_field", "{overlap}");
    }
}

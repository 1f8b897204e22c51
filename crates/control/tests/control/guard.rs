//! An organization's spend guard.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn a_new_organization_says_what_guards_it() {
    let house = House::new().await;
    let made = house.post("/organizations", json!({"name": "Acme"})).await;
    let organization = made.id();
    let guard = &made.body["spend_guard"];
    assert_eq!(
        (&guard["amount_usd"], &guard["window"]),
        (
            &json!("5000.00"),
            &json!({"kind": "rolling", "seconds": 60})
        )
    );
    // It stops no call: so it is neither among the hard limits nor in the headroom.
    let list = format!("/limits?organization={organization}");
    assert_eq!(house.get(&list).await.body["data"], json!([]));
    let headroom = house
        .get(&format!("/headroom?organization={organization}"))
        .await
        .body;
    assert_eq!(headroom["constraints"].as_array().unwrap().len(), 1);
    let path = format!("/limits/{}", guard["limit_id"].as_str().unwrap());
    assert_eq!(house.get(&path).await.body["set_by"], "seawall");
    for (method, body) in [
        ("PATCH", Some(json!({"amount_usd": "1"}))),
        ("DELETE", None),
    ] {
        let refused = house.call(method, &path, body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (409, "spend_guard")
        );
    }
}

#[tokio::test]
async fn a_guard_is_changed_and_ended_with_its_organization() {
    let house = House::new().await;
    let body = json!({"name": "Acme", "spend_guard_usd": null});
    let made = house.post("/organizations", body).await;
    assert_eq!(made.body["spend_guard"], Value::Null);
    let path = format!("/organizations/{}", made.id());
    for (asked, shown) in [
        (json!("7"), json!("7.00")),
        (json!("9"), json!("9.00")),
        (Value::Null, Value::Null),
        (Value::Null, Value::Null),
    ] {
        let changed = house.patch(&path, json!({"spend_guard_usd": asked})).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let guard = &changed.body["spend_guard"];
        assert_eq!(guard.get("amount_usd").unwrap_or(&Value::Null), &shown);
    }
    let below = house.patch(&path, json!({"spend_guard_usd": "-1"})).await;
    assert_eq!(
        (below.code(), &below.body["error"]["details"]["field"]),
        ("invalid_field", &json!("spend_guard_usd"))
    );
}

#[tokio::test]
async fn a_key_that_spends_too_fast_is_frozen_and_one_request_releases_it() {
    let house = House::new().await;
    let body = json!({"name": "Acme", "spend_guard_usd": "3"});
    let organization = house.post("/organizations", body).await.id();
    let project = house.project(&organization, "bot").await;
    let (key, other) = (
        house.key(&project, "ci").await,
        house.key(&project, "other").await,
    );
    house.credit(&organization, "50").await;
    house.spend(&organization, &key, "3").await;
    let state = |key: String| {
        let house = &house;
        async move { house.get(&format!("/keys/{key}")).await.body["state"].clone() }
    };
    assert_eq!(state(key.clone()).await, "active");
    house.spend(&organization, &key, "0.01").await;
    assert_eq!(state(key.clone()).await, "frozen");
    assert_eq!(state(other).await, "active");
    let released = house
        .post(&format!("/keys/{key}/unfreeze"), json!({}))
        .await;
    assert_eq!(released.body["state"], "active", "{}", released.body);
}

//! Who is told, and what was told.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn an_organization_says_what_it_wants_to_be_told_and_where() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let path = format!("/organizations/{organization}/alerts");
    let usual = json!({
        "organization_id": organization, "notify": [], "balance_low_usd": "5.00", "lapse_notice_days": 7,
    });
    assert_eq!(house.get(&path).await.body, usual);
    let put = |body: Value| house.call("PUT", &path, Some(body));
    let secret = "https://hooks.slack.example/services/T00/B00/abcdefgh";
    let set =
        put(json!({"notify": [{"kind": "slack", "url": secret}], "balance_low_usd": null})).await;
    assert_eq!(
        set.body["notify"][0]["url"],
        "https://hooks.slack.example/…efgh"
    );
    assert_eq!(set.body["balance_low_usd"], Value::Null);
    // What is left out stays.
    let set = put(json!({"lapse_notice_days": 30})).await;
    assert_eq!(set.body["balance_low_usd"], Value::Null);
    assert_eq!(set.body["notify"].as_array().unwrap().len(), 1);
    assert_eq!(house.get(&path).await.body, set.body);
    assert_eq!(put(json!({})).await.code(), "missing_field");
    for (body, field) in [
        (json!({"balance_low_usd": "-1"}), "balance_low_usd"),
        (json!({"lapse_notice_days": 367}), "lapse_notice_days"),
        (json!({"notify": "me"}), "notify"),
    ] {
        assert_eq!(put(body).await.body["error"]["details"]["field"], field);
    }
    let nobody = "/organizations/org_00000000000000000000000000/alerts";
    assert_eq!(house.get(nobody).await.status, 404);
}

#[tokio::test]
async fn a_test_is_listed_with_what_became_of_it() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let body = json!({"organization": organization});
    let alone = house.post("/alerts/test", body.clone()).await.id();
    let path = format!("/alerts?organization={organization}");
    let listed = house.get(&path).await.body["data"].clone();
    assert_eq!(listed[0]["id"], alone);
    assert_eq!(listed[0]["state"], "nobody");
    house.clock.set("2026-11-22T15:00:00Z");
    let notify = json!({"notify": [{"kind": "webhook", "url": "https://example.org/hook"}]});
    let settings = format!("/organizations/{organization}/alerts");
    house.call("PUT", &settings, Some(notify)).await;
    let told = house.post("/alerts/test", body).await.id();
    let first = house.get(&format!("{path}&limit=1")).await.body;
    assert_eq!(first["data"][0]["id"], told);
    assert_eq!(first["data"][0]["type"], "test");
    // Nobody sends here.
    assert_eq!(first["data"][0]["state"], "waiting");
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = house
        .get(&format!("{path}&limit=1&cursor={cursor}"))
        .await
        .body;
    assert_eq!(second["data"][0]["id"], alone);
    assert_eq!(second["next_cursor"], Value::Null);
    assert_eq!(house.get("/alerts").await.code(), "missing_parameter");
}

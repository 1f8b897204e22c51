//! What was used.

use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn what_was_used_is_the_sum_of_the_calls() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let (one, two) = (
        house.key(&project, "a").await,
        house.key(&project, "b").await,
    );
    house.credit(&organization, "5").await;
    house.spend(&organization, &one, "0.25").await;
    house.spend(&organization, &one, "0.000000001").await;
    house.spend(&organization, &two, "0.50").await;
    house.clock.set("2026-11-23T09:30:00Z");
    house.spend(&organization, &two, "0.10").await;
    let days = house.get("/usage").await.body;
    let calls = |served: u64| json!({"served": served, "refused": 0, "provider_refused": 0, "failed": 0, "cancelled": 0});
    assert_eq!(
        days["data"],
        json!([
            {"starts_at": "2026-11-22T00:00:00Z", "cost_usd": "0.750000001", "calls": calls(3), "units": {}},
            {"starts_at": "2026-11-23T00:00:00Z", "cost_usd": "0.10", "calls": calls(1), "units": {}},
        ])
    );
    assert_eq!(days["next_cursor"], json!(null));
    let query = "bucket=hour&group_by=project,key,model,upstream&to=2026-11-22T15:00:00Z";
    let hours = house.get(&format!("/usage?{query}")).await.body;
    let rows = hours["data"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{hours}");
    for row in rows {
        assert_eq!(row["starts_at"], "2026-11-22T14:00:00Z");
        assert_eq!(row["project_id"], json!(project));
        assert_eq!(row["model"], "gpt-5-mini");
        assert_eq!(row["upstream"], "openai");
        let cost = if row["key_id"] == json!(one) {
            "0.250000001"
        } else {
            "0.50"
        };
        assert_eq!(row["cost_usd"], cost);
    }
    let page = house.get(&format!("/usage?{query}&limit=1")).await.body;
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = house
        .get(&format!("/usage?{query}&limit=1&cursor={cursor}"))
        .await
        .body;
    assert_eq!(next["data"][0], rows[1]);
    assert_eq!(next["next_cursor"], json!(null));
    for wrong in [
        "bucket=week",
        "group_by=user",
        "from=x",
        "limit=1001",
        "cursor=1",
        "key=proj_1",
    ] {
        let reply = house.get(&format!("/usage?{wrong}")).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "invalid_parameter"),
            "{wrong}"
        );
    }
    assert_eq!(
        house.get("/usage?groupby=key").await.code(),
        "unknown_parameter"
    );
}

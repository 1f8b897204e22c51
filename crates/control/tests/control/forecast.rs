//! Forecasts.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn a_forecast_says_when_credit_runs_out_and_which_hard_limits_are_reached_before_they_reset()
{
    let house = House::new().await;
    house.clock.set("2026-11-10T00:00:00Z");
    let organization = house.organization("Acme").await;
    let (web, batch) = (
        house.project(&organization, "web").await,
        house.project(&organization, "batch").await,
    );
    let (web_key, batch_key) = (house.key(&web, "a").await, house.key(&batch, "b").await);
    house.credit(&organization, "34").await;
    let limit = |project: &str, amount: &str, kind: &str| json!({"scope": {"kind": "project", "id": project}, "amount_usd": amount, "window": {"kind": kind}});
    let on_web = house.post("/limits", limit(&web, "15", "month")).await.id();
    let on_batch = house
        .post("/limits", limit(&batch, "15", "month"))
        .await
        .id();
    // Seven dollars in a week of one project, three of the other; a dollar of both longer ago counts as spent only.
    house.spend(&organization, &web_key, "7").await;
    house.clock.set("2026-11-13T00:00:00Z");
    house.spend(&organization, &batch_key, "3").await;
    house.spend(&organization, &web_key, "4").await;
    house.clock.set("2026-11-20T00:00:00Z");
    house.spend(&organization, &web_key, "0.20").await;
    house.spend(&organization, &batch_key, "0.50").await;

    let path = format!("/forecast?organization={organization}");
    let forecast = house.get(&path).await.body;
    assert_eq!(forecast["spent_usd"], "7.70");
    assert_eq!(forecast["per_day_usd"], "1.10");
    assert_eq!(forecast["pace_from_at"], "2026-11-13T00:00:00Z");
    assert_eq!(
        forecast["credit_balance"],
        // $19.30 at $7.70 a week.
        json!({"left_usd": "19.30", "runs_out_at": "2026-12-07T13:05:27.272727Z", "lapses_usd": "0.00"})
    );
    let limits: Vec<(&Value, &Value)> = forecast["hard_limits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["limit_id"], &one["reached_at"]))
        .collect();
    // $3.80 left at $0.60 a day; $11.50 at $0.50 a day is after the month.
    assert_eq!(limits[0], (&json!(on_web), &json!("2026-11-26T08:00:00Z")));
    assert_eq!(limits[1], (&json!(on_batch), &Value::Null));
    assert_eq!(
        forecast["sentence"],
        "At the pace of the last 7 days ($1.10 a day) the credit balance runs out in 17 days (on 2026-12-07, UTC); the hard \
         limit of project web is reached in 6 days (on 2026-11-26, UTC)."
    );
}

#[tokio::test]
async fn an_organization_that_spent_nothing_is_told_so() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let forecast = house
        .get(&format!("/forecast?organization={organization}"))
        .await;
    assert_eq!(
        forecast.body["sentence"],
        "Nothing was spent in the last 7 days."
    );
    assert_eq!(
        forecast.body["credit_balance"]["runs_out_at"],
        "2026-11-22T14:00:00Z"
    );
    let nothing = house.get("/forecast").await;
    assert_eq!(
        (nothing.status.as_u16(), nothing.code()),
        (400, "missing_parameter")
    );
}

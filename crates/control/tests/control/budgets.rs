//! Budgets, which only tell.

use serde_json::{Value, json};

use crate::house::House;

fn monthly(project: &str) -> Value {
    json!({
        "scope": {"kind": "project", "id": project}, "amount_usd": "10",
        "window": {"kind": "month", "time_zone": "Europe/Berlin"}, "thresholds": [80, 50],
        "notify": [{"kind": "webhook", "url": "https://example.org/hook"}, {"kind": "slack", "url": "env:SLACK_URL"}],
    })
}

#[tokio::test]
async fn a_budget_is_created_shown_changed_and_ended_and_says_that_it_stops_nothing() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "50").await;
    let made = house.post("/budgets", monthly(&project)).await;
    let path = format!("/budgets/{}", made.id());
    let secret = made.body["notify"][0]["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let targets = made.body["notify"].as_array().unwrap();
    let id = |place: usize| targets[place]["id"].clone();
    let mut expected = json!({
        "id": made.id(), "organization_id": organization,
        "scope": {"kind": "project", "id": project, "name": "bot"}, "amount_usd": "10.00",
        "window": {"kind": "month", "time_zone": "Europe/Berlin"}, "spent_usd": "0.00",
        "thresholds": [50, 80], "crossed": [], "effect": "alerts_only", "stops_at_usd": null,
        "resets_at": "2026-11-30T23:00:00Z", "created_at": "2026-11-22T14:00:00Z",
        "notify": [
            {"id": id(0), "kind": "webhook", "to": null, "url": "https://example.org/hook", "disabled": null, "secret": null},
            {"id": id(1), "kind": "slack", "to": null, "url": "env:SLACK_URL", "disabled": null, "secret": null},
        ],
    });
    assert_eq!(house.get(&path).await.body, expected);
    // Spending passes it, and goes on.
    house.spend(&organization, &key, "9").await;
    house.spend(&organization, &key, "4").await;
    expected["spent_usd"] = json!("13.00");
    expected["crossed"] = json!([50, 80]);
    assert_eq!(house.get(&path).await.body, expected);
    let list = house
        .get(&format!("/budgets?organization={organization}"))
        .await;
    assert_eq!(
        list.body,
        json!({"data": [expected.clone()], "next_cursor": null})
    );

    expected["amount_usd"] = json!("20.00");
    expected["crossed"] = json!([50]);
    expected["notify"] = json!([expected["notify"][1].clone()]);
    let change = json!({"amount_usd": "20", "notify": [{"kind": "slack", "url": "env:SLACK_URL"}]});
    assert_eq!(house.patch(&path, change).await.body, expected);
    // What is wrong in one part changes no other.
    let wrong = json!({"amount_usd": "0", "notify": []});
    assert_eq!(house.patch(&path, wrong).await.status, 400);
    assert_eq!(house.get(&path).await.body, expected);
    let gone = house.call("DELETE", &path, None).await;
    assert_eq!((gone.status.as_u16(), gone.body), (204, Value::Null));
    for method in ["GET", "DELETE"] {
        assert_eq!(house.call(method, &path, None).await.status, 404);
    }
}

#[tokio::test]
async fn what_makes_no_budget_is_refused_with_the_field_s_name() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let with = |field: &str, value: Value| {
        let mut body = monthly(&project);
        body[field] = value;
        body
    };
    for (body, field) in [
        (with("amount_usd", json!("0")), "amount_usd"),
        (with("amount_usd", json!(5)), "amount_usd"),
        (with("thresholds", json!([])), "thresholds"),
        (with("thresholds", json!([1001])), "thresholds"),
        (with("thresholds", json!(["50"])), "thresholds"),
        (with("window", json!({"kind": "year"})), "window.kind"),
        (
            with("scope", json!({"kind": "model", "id": "x"})),
            "scope.kind",
        ),
        (with("notify", json!([{"kind": "fax"}])), "notify[0].kind"),
        (
            with("notify", json!([{"kind": "webhook", "url": "ftp://x/"}])),
            "notify[0].url",
        ),
        (
            with("notify", json!([{"kind": "webhook", "to": "x"}])),
            "notify[0].url",
        ),
        (
            with("notify", json!([{"kind": "email", "to": "a@b.example"}])),
            "notify[0].kind",
        ),
        (with("enforce", json!(true)), "enforce"),
    ] {
        let reply = house.post("/budgets", body).await;
        assert_eq!(reply.status, 400, "{field}: {}", reply.body);
        assert_eq!(
            reply.body["error"]["details"]["field"], field,
            "{}",
            reply.body
        );
    }
    assert_eq!(house.get("/budgets").await.code(), "missing_parameter");
}

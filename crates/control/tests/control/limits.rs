//! Hard limits.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn a_hard_limit_is_created_shown_changed_and_ended() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "50").await;
    let body = json!({
        "scope": {"kind": "project", "id": project}, "amount_usd": "10", "measure": "usd",
        "window": {"kind": "month", "time_zone": "Europe/Berlin"}, "mode": "enforce", "on_trip": "refuse",
    });
    let made = house.post("/limits", body).await;
    let path = format!("/limits/{}", made.id());
    let mut expected = json!({
        "id": made.id(), "organization_id": organization,
        "scope": {"kind": "project", "id": project, "name": "bot"}, "set_by": "owner", "amount_usd": "10.00",
        "amount": null, "measure": "usd", "window": {"kind": "month", "time_zone": "Europe/Berlin"}, "mode": "enforce",
        "on_trip": "refuse", "spent_usd": "0.00", "held_usd": "0.00", "left_usd": "10.00", "spent": null, "held": null,
        "left": null, "raised": null, "until_at": null, "would_have_stopped": null, "subjects": null, "warnings": [],
        "resets_at": "2026-11-30T23:00:00Z", "created_at": "2026-11-22T14:00:00Z",
    });
    assert_eq!(made.body, expected);
    house.spend(&organization, &key, "4").await;
    let (_, _running) = house.hold(&organization, &key, "1").await;
    expected["spent_usd"] = json!("4.00");
    expected["held_usd"] = json!("1.00");
    expected["left_usd"] = json!("5.00");
    assert_eq!(house.get(&path).await.body, expected);

    expected["amount_usd"] = json!("3.00");
    expected["left_usd"] = json!("-2.00");
    assert_eq!(
        house
            .patch(&path, json!({"amount_usd": "3", "used": "keep"}))
            .await
            .body,
        expected
    );
    expected["spent_usd"] = json!("0.00");
    expected["left_usd"] = json!("2.00");
    assert_eq!(
        house.patch(&path, json!({"used": "reset"})).await.body,
        expected
    );

    let gone = house.call("DELETE", &path, None).await;
    assert_eq!((gone.status.as_u16(), gone.body), (204, Value::Null));
    for method in ["GET", "DELETE"] {
        assert_eq!(house.call(method, &path, None).await.status, 404);
    }
}

#[tokio::test]
async fn a_window_without_a_zone_is_in_the_organizations() {
    let house = House::new().await;
    let body = json!({"name": "Acme", "time_zone": "Asia/Tokyo"});
    let organization = house.post("/organizations", body).await.id();
    for (kind, window, resets_at) in [
        (
            "day",
            json!({"kind": "day", "time_zone": "Asia/Tokyo"}),
            json!("2026-11-22T15:00:00Z"),
        ),
        (
            "week",
            json!({"kind": "week", "time_zone": "Asia/Tokyo"}),
            json!("2026-11-22T15:00:00Z"),
        ),
        (
            "month",
            json!({"kind": "month", "time_zone": "Asia/Tokyo"}),
            json!("2026-11-30T15:00:00Z"),
        ),
        ("total", json!({"kind": "total"}), Value::Null),
    ] {
        let body = json!({
            "scope": {"kind": "organization", "id": organization}, "amount_usd": "1", "window": {"kind": kind},
        });
        let made = house.post("/limits", body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(
            (&made.body["window"], &made.body["resets_at"]),
            (&window, &resets_at)
        );
    }
}

#[tokio::test]
async fn a_list_has_what_is_on_exactly_the_thing_named() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    let mut made = Vec::new();
    for (kind, id) in [
        ("organization", &organization),
        ("project", &project),
        ("key", &key),
    ] {
        let body = json!({
            "scope": {"kind": kind, "id": id}, "amount_usd": "1", "window": {"kind": "total"},
        });
        made.push(house.post("/limits", body).await.id());
    }
    let ids = |query: String| {
        let house = &house;
        async move {
            let list = house.get(&format!("/limits?{query}")).await.body;
            let data = list["data"].as_array().unwrap().clone();
            data.iter()
                .map(|one| one["id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(ids(format!("organization={organization}")).await, made);
    assert_eq!(ids(format!("project={project}")).await, made[1..2]);
    assert_eq!(ids(format!("key={key}")).await, made[2..]);
    assert_eq!(house.get("/limits").await.code(), "missing_parameter");
    let two = house
        .get(&format!("/limits?key={key}&project={project}"))
        .await;
    assert_eq!(two.code(), "invalid_parameter");
}

#[tokio::test]
async fn the_approved_usage_limit_is_changed_with_the_organization() {
    let house = House::new().await;
    let body = json!({"name": "Acme", "approved_usage_limit_usd": "100"});
    let organization = house.post("/organizations", body).await.id();
    let list = house
        .get(&format!("/limits?organization={organization}"))
        .await
        .body;
    assert_eq!(list["data"][0]["set_by"], "operator");
    let path = format!("/limits/{}", list["data"][0]["id"].as_str().unwrap());
    let patched = house.patch(&path, json!({"amount_usd": "1000"})).await;
    let deleted = house.call("DELETE", &path, None).await;
    for reply in [patched, deleted] {
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (409, "approved_usage_limit")
        );
    }
    assert_eq!(house.get(&path).await.body["amount_usd"], "100.00");
}

#[tokio::test]
async fn an_upstream_that_is_not_there_has_no_cap_and_every_kind_can_be_previewed() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let body = |scope: Value| json!({"scope": scope, "amount_usd": "1", "window": {"kind": "day"}});
    let upstream = json!({"kind": "upstream", "name": "none"});
    let refused = house.post("/limits", body(upstream)).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (404, "not_found")
    );
    let list = house
        .get(&format!("/limits?organization={organization}"))
        .await
        .body;
    assert_eq!(list["data"], json!([]));
    let model = json!({"kind": "model", "organization_id": organization, "model": "o3"});
    let preview = house.post("/limits/preview", body(model)).await.body;
    assert_eq!(
        (&preview["calls"], &preview["undescribed"]),
        (&json!(0), &json!(0))
    );
    let tokens = json!({
        "scope": {"kind": "organization", "id": organization}, "measure": "tokens", "amount": 5,
        "window": {"kind": "day"},
    });
    let preview = house.post("/limits/preview", tokens).await.body;
    assert_eq!(
        (&preview["amount"], &preview["amount_usd"]),
        (&json!(5), &Value::Null)
    );
}

/// Sends a sound request with one field replaced, and expects it to be refused by name.
async fn refused(rows: impl IntoIterator<Item = (&str, &str, &str, Value)>) {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    for (code, field, key, value) in rows {
        let mut body = json!({
            "scope": {"kind": "organization", "id": organization}, "amount_usd": "1", "window": {"kind": "day"},
        });
        body[key] = value.clone();
        let reply = house.post("/limits", body).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, code),
            "{field} {value} {}",
            reply.body
        );
        assert_eq!(reply.body["error"]["details"]["field"], field, "{value}");
    }
    let list = house
        .get(&format!("/limits?organization={organization}"))
        .await
        .body;
    assert_eq!(list["data"], json!([]));
}

#[tokio::test]
async fn a_scope_that_makes_no_sense_is_refused_by_name() {
    let organization = "org_00000000000000000000000000";
    refused([
        ("invalid_field", "scope", "scope", json!("organization")),
        ("missing_field", "scope", "scope", Value::Null),
        (
            "missing_field",
            "scope.id",
            "scope",
            json!({"kind": "project"}),
        ),
        (
            "invalid_field",
            "scope.id",
            "scope",
            json!({"kind": "project", "id": organization}),
        ),
        (
            "invalid_field",
            "scope.kind",
            "scope",
            json!({"kind": "planet", "id": "x"}),
        ),
        (
            "unknown_field",
            "scope.model",
            "scope",
            json!({"kind": "organization", "id": organization, "model": "x"}),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_narrow_scope_that_makes_no_sense_is_refused_by_name() {
    let organization = "org_00000000000000000000000000";
    refused([
        (
            "missing_field",
            "scope.organization_id",
            "scope",
            json!({"kind": "model", "model": "x"}),
        ),
        (
            "missing_field",
            "scope.model",
            "scope",
            json!({"kind": "model", "organization_id": organization}),
        ),
        (
            "invalid_field",
            "scope.project_id",
            "scope",
            json!({"kind": "model", "project_id": organization, "model": "x"}),
        ),
        (
            "invalid_field",
            "scope.value",
            "scope",
            json!({"kind": "end_user", "organization_id": organization, "value": ""}),
        ),
        (
            "invalid_field",
            "scope.value",
            "scope",
            json!({"kind": "end_user", "organization_id": organization, "value": "x".repeat(257)}),
        ),
        (
            "invalid_field",
            "scope.value",
            "scope",
            json!({"kind": "tag", "organization_id": organization, "value": "red"}),
        ),
        (
            "unknown_field",
            "scope.value",
            "scope",
            json!({"kind": "model", "organization_id": organization, "model": "x", "value": "y"}),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_window_or_amount_that_makes_no_sense_is_refused_by_name() {
    refused([
        ("missing_field", "window", "window", Value::Null),
        ("missing_field", "window.kind", "window", json!({})),
        (
            "invalid_field",
            "window.kind",
            "window",
            json!({"kind": "year"}),
        ),
        (
            "unknown_field",
            "window.seconds",
            "window",
            json!({"kind": "day", "seconds": 5}),
        ),
        (
            "unknown_field",
            "window.time_zone",
            "window",
            json!({"kind": "rolling", "seconds": 5, "time_zone": "UTC"}),
        ),
        (
            "missing_field",
            "window.seconds",
            "window",
            json!({"kind": "rolling"}),
        ),
        (
            "invalid_field",
            "window.seconds",
            "window",
            json!({"kind": "rolling", "seconds": 0}),
        ),
        (
            "invalid_field",
            "window.seconds",
            "window",
            json!({"kind": "rolling", "seconds": 31_622_401}),
        ),
        (
            "invalid_field",
            "window.time_zone",
            "window",
            json!({"kind": "day", "time_zone": "Berlin"}),
        ),
        (
            "invalid_field",
            "window.time_zone",
            "window",
            json!({"kind": "total", "time_zone": "UTC"}),
        ),
        ("invalid_field", "amount_usd", "amount_usd", json!("-1")),
        ("invalid_field", "amount_usd", "amount_usd", json!(1)),
        ("missing_field", "amount_usd", "amount_usd", Value::Null),
        ("invalid_field", "amount", "amount", json!(5)),
        ("invalid_field", "amount_usd", "measure", json!("requests")),
        ("invalid_field", "amount_usd", "measure", json!("tokens")),
        ("invalid_field", "measure", "measure", json!("minutes")),
        ("invalid_field", "mode", "mode", json!("warn")),
        ("invalid_field", "on_trip", "on_trip", json!("explode")),
        (
            "invalid_field",
            "until_at",
            "until_at",
            json!("2026-11-22T14:00:00Z"),
        ),
        ("invalid_field", "until_at", "until_at", json!("tomorrow")),
        ("unknown_field", "amount_eur", "amount_eur", json!("5")),
    ])
    .await;
}

#[tokio::test]
async fn a_preview_says_what_a_hard_limit_would_have_refused_and_sets_nothing() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "50").await;
    for _ in 0..4 {
        house.spend(&organization, &key, "2").await;
    }
    let body = |amount: &str| json!({"scope": {"kind": "project", "id": project}, "amount_usd": amount, "window": {"kind": "month"}});
    let preview = house.post("/limits/preview", body("5")).await;
    assert_eq!(preview.status, 200, "{:?}", preview.body);
    let said = |name: &str| preview.body[name].clone();
    assert_eq!(said("calls"), 4);
    assert_eq!(said("would_refuse"), 2);
    assert_eq!(said("would_refuse_cost_usd"), "4.00");
    assert_eq!(said("refuses_none_at_usd"), "8.00");
    assert_eq!(said("counted_from_at"), "2026-11-01T00:00:00Z");
    assert_eq!(said("scope")["name"], "bot");
    assert!(
        said("first")["request_id"]
            .as_str()
            .unwrap()
            .starts_with("req_")
    );
    let enough = house.post("/limits/preview", body("8")).await;
    assert_eq!(enough.body["would_refuse"], 0);
    assert_eq!(enough.body["first"], Value::Null);
    let path = format!("/limits?project={project}");
    assert_eq!(house.get(&path).await.body["data"], json!([]));

    let mut wrong = body("5");
    wrong["days"] = json!(91);
    let refused = house.post("/limits/preview", wrong).await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.body["error"]["message"],
        "`days` must be a whole number from 1 to 90."
    );
    let nobody = json!({"scope": {"kind": "project", "id": "proj_00000000000000000000000000"},
        "amount_usd": "5", "window": {"kind": "total"}});
    assert_eq!(house.post("/limits/preview", nobody).await.status, 404);
}

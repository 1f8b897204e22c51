//! Headroom.

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use serde_json::{Value, json};

use crate::house::{ADMIN, House};

async fn wall(house: &House, kind: &str, id: &str, amount: &str) -> String {
    let body = json!({
        "scope": {"kind": kind, "id": id}, "amount_usd": amount, "window": {"kind": "month"},
    });
    house.post("/limits", body).await.id()
}

#[tokio::test]
async fn headroom_is_the_least_of_all_that_stops() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "22.14").await;
    wall(&house, "organization", &organization, "120").await;
    let on_project = wall(&house, "project", &project, "10").await;
    wall(&house, "key", &key, "10").await;
    house.spend(&organization, &key, "9").await;
    house
        .patch(
            &format!("/limits/{on_project}"),
            json!({"amount_usd": "9.38"}),
        )
        .await;
    let (_, _running) = house.hold(&organization, &key, "0.03").await;

    let of_key = house.get(&format!("/headroom?key={key}")).await.body;
    assert_eq!(of_key["headroom_usd"], "0.35");
    let binding = json!({
        "kind": "project_hard_limit", "limit_id": on_project,
        "scope": {"kind": "project", "id": project, "name": "bot"}, "measure": "usd", "limit_usd": "9.38",
        "limit": null, "spent": null, "held": null, "left": null,
        "window": {"kind": "month", "time_zone": "UTC"}, "spent_usd": "9.00", "held_usd": "0.03",
        "left_usd": "0.35", "resets_at": "2026-12-01T00:00:00Z",
    });
    assert_eq!(of_key["binding"], "project_hard_limit");
    assert_eq!(of_key["binding_limit_id"], on_project);
    let constraints = of_key["constraints"].as_array().unwrap();
    assert_eq!(constraints[1], binding);
    let left: Vec<&str> = constraints
        .iter()
        .map(|one| one["left_usd"].as_str().unwrap())
        .collect();
    assert_eq!(left, ["0.97", "0.35", "110.97", "13.11"]);
    let credit = json!({
        "kind": "credit_balance", "limit_id": null,
        "scope": {"kind": "organization", "id": organization, "name": "Acme"}, "measure": "usd", "limit_usd": null,
        "limit": null, "spent": null, "held": null, "left": null,
        "window": null, "spent_usd": "9.00", "held_usd": "0.03", "left_usd": "13.11", "resets_at": null,
    });
    assert_eq!(constraints[3], credit);
    assert_eq!(of_key["stopped_by"], Value::Null);

    let of_organization = house
        .get(&format!("/headroom?organization={organization}"))
        .await
        .body;
    assert_eq!(of_organization["headroom_usd"], "13.11");
    assert_eq!(of_organization["binding"], "credit_balance");
    assert_eq!(of_organization["constraints"].as_array().unwrap().len(), 2);
    let of_project = house
        .get(&format!("/headroom?project={project}"))
        .await
        .body;
    assert_eq!(of_project["binding"], "project_hard_limit");
}

#[tokio::test]
async fn headroom_is_never_below_nothing_and_a_lowered_hard_limit_says_by_how_much() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "20").await;
    let limit = wall(&house, "key", &key, "10").await;
    house.spend(&organization, &key, "5").await;
    house
        .patch(&format!("/limits/{limit}"), json!({"amount_usd": "2"}))
        .await;
    let headroom = house.get(&format!("/headroom?key={key}")).await.body;
    assert_eq!(
        (
            &headroom["headroom_usd"],
            &headroom["constraints"][0]["left_usd"]
        ),
        (&json!("0.00"), &json!("-3.00"))
    );
}

#[tokio::test]
async fn headroom_begins_anew_when_the_window_does() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "20").await;
    wall(&house, "key", &key, "5").await;
    house.spend(&organization, &key, "5").await;
    let path = format!("/headroom?key={key}");
    assert_eq!(house.get(&path).await.body["headroom_usd"], "0.00");
    house.clock.set("2026-12-01T00:00:00Z");
    let headroom = house.get(&path).await.body;
    assert_eq!(headroom["headroom_usd"], "5.00");
    assert_eq!(
        headroom["constraints"][0]["resets_at"],
        "2027-01-01T00:00:00Z"
    );
}

#[tokio::test]
async fn headroom_says_when_something_else_than_money_stops() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    let code = |path: String| {
        let house = &house;
        async move { house.get(&path).await.body["stopped_by"]["code"].clone() }
    };
    let of_key = format!("/headroom?key={key}");
    house
        .post(&format!("/keys/{key}/freeze"), json!({"reason": "leaked"}))
        .await;
    assert_eq!(code(of_key.clone()).await, "key_frozen");
    house
        .call("POST", &format!("/keys/{key}/unfreeze"), None)
        .await;
    house
        .patch(
            &format!("/keys/{key}"),
            json!({"expires_at": "2026-11-22T14:00:00Z"}),
        )
        .await;
    assert_eq!(code(of_key.clone()).await, "key_expired");
    house
        .patch(&format!("/keys/{key}"), json!({"expires_at": null}))
        .await;
    house
        .call("POST", &format!("/projects/{project}/archive"), None)
        .await;
    assert_eq!(code(of_key.clone()).await, "project_archived");
    assert_eq!(
        code(format!("/headroom?project={project}")).await,
        "project_archived"
    );
    house.call("DELETE", &format!("/keys/{key}"), None).await;
    assert_eq!(code(of_key).await, "key_revoked");
    assert_eq!(house.get("/headroom").await.code(), "missing_parameter");
}

#[tokio::test]
async fn an_end_user_is_named_in_a_header_as_in_the_address_and_not_in_both() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    house.credit(&organization, "5").await;
    let scope = json!({"kind": "end_user", "organization_id": organization, "value": "Zo\u{eb}"});
    let limit = json!({"scope": scope, "amount_usd": "0.50", "window": {"kind": "month"}});
    house.post("/limits", limit).await;
    let path = format!("/headroom?project={project}");
    let asked = async |path: &str, user: &[u8]| {
        let request = Request::get(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {ADMIN}"))
            .header("x-seawall-end-user", HeaderValue::from_bytes(user).unwrap());
        house.send(request.body(Body::empty()).unwrap()).await
    };
    let user = "Zo\u{eb}".as_bytes();
    assert_eq!(house.get(&path).await.body["headroom_usd"], "5.00");
    assert_eq!(asked(&path, user).await.body["headroom_usd"], "0.50");
    let named = house.get(&format!("{path}&end_user=Zo%C3%AB")).await;
    assert_eq!(named.body["headroom_usd"], "0.50");
    let twice = asked(&format!("{path}&end_user=Zo%C3%AB"), user).await;
    assert_eq!(
        (twice.code(), twice.status.as_u16()),
        ("invalid_parameter", 400)
    );
    for odd in [&b""[..], b"\xff"] {
        assert_eq!(asked(&path, odd).await.code(), "invalid_parameter");
    }
}

//! Credit and the balance.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn credit_is_added_and_shown_to_the_nano_dollar() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let path = format!("/organizations/{organization}/credits");
    let body = json!({
        "amount_usd": "20.000000001", "kind": "grant", "lapses_at": "2027-01-01T00:00:00Z", "priority": 7,
        "note": "welcome",
    });
    let made = house.post(&path, body).await;
    let expected = json!({
        "id": made.id(), "organization_id": organization, "kind": "grant", "added_usd": "20.000000001",
        "spent_usd": "0.00", "held_usd": "0.00", "left_usd": "20.000000001", "lapsed_usd": "0.00",
        "voided_usd": "0.00", "owed_usd": "0.00", "priority": 7, "added_at": "2026-11-22T14:00:00Z",
        "lapses_at": "2027-01-01T00:00:00Z", "note": "welcome",
    });
    assert_eq!(made.body, expected);
    assert_eq!(
        house.get(&path).await.body,
        json!({"data": [expected], "next_cursor": null})
    );
}

#[tokio::test]
async fn the_balance_adds_up_while_calls_run_and_after() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "20").await;
    house.spend(&organization, &key, "1.25").await;
    let (_, _running) = house.hold(&organization, &key, "0.5").await;
    let balance = house
        .get(&format!("/organizations/{organization}/balance"))
        .await
        .body;
    let expected = json!({
        "added_usd": "20.00", "spent_usd": "1.25", "held_usd": "0.50", "left_usd": "18.25",
        "lapsed_usd": "0.00", "voided_usd": "0.00", "owed_usd": "0.00",
    });
    assert_eq!(balance, expected);
}

#[tokio::test]
async fn credit_past_its_time_is_shown_as_lapsed_without_a_call() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let path = format!("/organizations/{organization}/credits");
    let body = json!({"amount_usd": "5", "kind": "grant", "lapses_at": "2026-12-01T00:00:00Z", "note": ""});
    house.post(&path, body).await.id();
    house.clock.set("2026-12-01T00:00:00Z");
    let lot = &house.get(&path).await.body["data"][0];
    assert_eq!(
        (&lot["left_usd"], &lot["lapsed_usd"]),
        (&json!("0.00"), &json!("5.00"))
    );
}

#[tokio::test]
async fn what_is_left_of_a_lot_is_taken_back_once() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let lot = house.credit(&organization, "5").await;
    let path = format!("/organizations/{organization}/credits/{lot}");
    let gone = house.call("DELETE", &path, None).await;
    assert_eq!((gone.status.as_u16(), gone.body), (204, Value::Null));
    let again = house.call("DELETE", &path, None).await;
    assert_eq!(
        (again.status.as_u16(), again.code()),
        (409, "cannot_be_changed")
    );
    let balance = house
        .get(&format!("/organizations/{organization}/balance"))
        .await
        .body;
    assert_eq!(
        (&balance["voided_usd"], &balance["left_usd"]),
        (&json!("5.00"), &json!("0.00"))
    );
    let none = format!("/organizations/{organization}/credits/lot_00000000000000000000000zzz");
    assert_eq!(house.call("DELETE", &none, None).await.status, 404);
}

#[tokio::test]
async fn an_amount_is_a_decimal_string_and_nothing_else() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let path = format!("/organizations/{organization}/credits");
    for amount in [
        json!(12.5),
        json!(12),
        json!(true),
        json!("12,50"),
        json!("1e3"),
        json!("0.0000000001"),
        json!("0"),
        json!("-1"),
        json!("9223372036.854775807"),
        json!("99999999999"),
    ] {
        let body = json!({"amount_usd": amount, "kind": "purchase", "note": ""});
        let reply = house.post(&path, body).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "invalid_field"),
            "{amount}"
        );
        assert_eq!(
            reply.body["error"]["details"]["field"], "amount_usd",
            "{amount}"
        );
    }
    let body = json!({"amount_usd": 12.5, "kind": "purchase"});
    let message = house.post(&path, body).await.message().to_owned();
    assert!(
        message.contains("send a decimal string such as \"12.50\""),
        "{message}"
    );
    assert_eq!(house.get(&path).await.body["data"], json!([]));
    let none = house.post(&path, json!({"kind": "purchase"})).await;
    assert_eq!(
        (none.code(), &none.body["error"]["details"]["field"]),
        ("missing_field", &json!("amount_usd"))
    );
    let kind = house
        .post(&path, json!({"amount_usd": "1", "kind": "gift"}))
        .await;
    assert!(
        kind.message().contains("purchase, grant, refund"),
        "{}",
        kind.message()
    );
}

#[tokio::test]
async fn a_payment_that_is_charged_back_is_owed_as_far_as_it_was_spent_and_once() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    let lot = house.credit(&organization, "20").await;
    house.spend(&organization, &key, "15").await;
    let path = format!("/credits/{lot}/charge-back");
    let body = json!({"amount_usd": "20", "note": "disputed"});
    let figures = |lot: &Value| {
        ["voided_usd", "left_usd", "owed_usd"].map(|name| lot[name].as_str().unwrap().to_owned())
    };
    for _again in 0..2 {
        let back = house
            .call_with("POST", &path, Some(body.clone()), Some("one"))
            .await;
        assert_eq!(back.status, 200, "{}", back.body);
        assert_eq!(figures(&back.body), ["20.00", "0.00", "15.00"]);
    }
    let more = house.post(&path, json!({"amount_usd": "0.01"})).await;
    assert_eq!(
        (more.code(), &more.body["error"]["details"]["field"]),
        ("invalid_field", &json!("amount_usd"))
    );
    // What is owed is paid by what is added next.
    house.credit(&organization, "25").await;
    let balance = format!("/organizations/{organization}/balance");
    let balance = house.get(&balance).await.body;
    assert_eq!(
        (&balance["left_usd"], &balance["owed_usd"]),
        (&json!("10.00"), &json!("0.00"))
    );
    let unknown = "/credits/lot_00000000000000000000000zzz/charge-back";
    assert_eq!(house.post(unknown, body).await.status, 404);
}

#[tokio::test]
async fn a_lot_is_voided_without_naming_its_organization() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let lot = house.credit(&organization, "5").await;
    let path = format!("/credits/{lot}/void");
    let gone = house.post(&path, json!({})).await;
    assert_eq!(
        (&gone.body["voided_usd"], &gone.body["left_usd"]),
        (&json!("5.00"), &json!("0.00"))
    );
    assert_eq!(
        house.post(&path, json!({})).await.code(),
        "cannot_be_changed"
    );
}

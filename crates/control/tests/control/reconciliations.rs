//! What a reconciliation refuses before it asks anybody, and what is known to have been bought at a provider.

use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn what_cannot_be_reconciled_says_why_and_what_to_do() {
    let house = House::new().await;
    for (body, status, code) in [
        (json!({}), 400, "missing_field"),
        (json!({"upstream": "nobody"}), 404, "not_found"),
        (
            json!({"upstream": "configured", "from": "yesterday"}),
            400,
            "invalid_field",
        ),
        (
            json!({"upstream": "configured", "from": "2026-11-22", "to": "2026-11-22"}),
            400,
            "invalid_field",
        ),
        (
            json!({"upstream": "configured", "from": "2026-01-01", "to": "2026-11-22"}),
            400,
            "invalid_field",
        ),
        (
            json!({"upstream": "configured", "from": "2026-10-01", "to": "2026-10-09"}),
            400,
            "invalid_field",
        ),
        (
            json!({"upstream": "configured", "post": "yes"}),
            400,
            "invalid_field",
        ),
        (
            json!({"upstream": "configured"}),
            409,
            "no_provider_admin_key",
        ),
    ] {
        let reply = house
            .call("POST", "/reconciliations", Some(body.clone()))
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (status, code),
            "{body} {}",
            reply.body
        );
    }
}

#[tokio::test]
async fn a_purchase_is_told_once_and_what_cannot_be_is_refused() {
    let house = House::new().await;
    let path = "/upstreams/configured/credits";
    let made = house
        .call(
            "POST",
            path,
            Some(json!({"amount_usd": "50.00", "note": "card"})),
        )
        .await;
    let id = made.id();
    let balance = house.get("/upstreams/configured/balance").await.body;
    assert_eq!(
        (
            &balance["bought_usd"],
            &balance["left_usd"],
            &balance["warning"]
        ),
        (&json!("50.00"), &json!("50.00"), &json!(null))
    );
    for (path, body, status) in [
        (path, json!({"amount_usd": "0.00"}), 400),
        (
            path,
            json!({"amount_usd": "1.00", "bought_at": "2999-01-01T00:00:00Z"}),
            400,
        ),
        (
            "/upstreams/nobody/credits",
            json!({"amount_usd": "1.00"}),
            404,
        ),
    ] {
        let reply = house.call("POST", path, Some(body.clone())).await;
        assert_eq!(reply.status.as_u16(), status, "{body}");
    }
    let one = format!("{path}/{id}");
    assert_eq!(house.call("DELETE", &one, None).await.status, 204);
    assert_eq!(house.call("DELETE", &one, None).await.status, 404);
    let balance = house.get("/upstreams/configured/balance").await.body;
    assert_eq!(balance["credits"], json!([]));
}

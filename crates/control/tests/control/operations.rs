//! What machines that watch ask, without a key.

use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::house::{House, Reply};

async fn get(house: &House, path: &str) -> Reply {
    house
        .send(Request::get(path).body(Body::empty()).unwrap())
        .await
}

#[tokio::test]
async fn a_server_that_cannot_work_is_alive_and_not_ready() {
    let house = House::new().await;
    assert_eq!(
        get(&house, "/readyz").await.body,
        json!({"status": "ready", "stopped_organizations": 0})
    );
    house.probe.0.store(false, Ordering::SeqCst);
    let reply = get(&house, "/readyz").await;
    assert_eq!((reply.status.as_u16(), reply.code()), (503, "not_ready"));
    assert_eq!(reply.message(), "the store is read-only");
    assert_eq!(get(&house, "/livez").await.body, json!({"status": "ok"}));
}

#[tokio::test]
async fn the_version_is_the_programs() {
    let house = House::new().await;
    let reply = get(&house, "/version").await;
    assert_eq!(reply.body, json!({"name": "seawall", "version": "1.2.3"}));
}

#[tokio::test]
async fn other_routers_can_have_a_fallback_beside_it() {
    let house = House::new().await;
    let whole = house
        .router()
        .merge(axum::Router::new().fallback(|| async { "the console" }));
    let request = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(whole.clone(), request("/"))
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let answer = tower::ServiceExt::oneshot(whole, request("/api/v1/nowhere"))
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn an_organization_whose_store_lost_nothing_has_no_rollback_to_show_or_accept() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let reply = house
        .get(&format!("/organizations/{organization}/rollback"))
        .await;
    assert_eq!((reply.status.as_u16(), reply.code()), (404, "not_found"));
    let path = format!("/organizations/{organization}/accept-rollback");
    let reply = house.post(&path, json!({"acknowledged_entry": 3})).await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        (409, "not_rolled_back")
    );
    let reply = house.post(&path, json!({})).await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        (400, "missing_field")
    );
}

#[tokio::test]
async fn a_verification_is_begun_and_listed() {
    let house = House::new().await;
    let reply = house.post("/verifications", json!({})).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.body["id"]),
        (202, &json!("1"))
    );
    let reply = house.get("/verifications").await;
    assert_eq!(reply.body["data"][0]["state"], "running");
}

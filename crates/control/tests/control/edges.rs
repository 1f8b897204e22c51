//! What every endpoint does alike: keys, bodies, paths, methods, a store that is away.

use axum::body::Body;
use axum::http::Request;
use journal::memory::Fault;
use serde_json::json;

use crate::house::{ADMIN, House};

#[tokio::test]
async fn only_an_admin_key_is_let_in() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let path = format!("/projects/{project}/keys");
    let made = house.post(&path, json!({"name": "ci"})).await.body;
    let project_key = made["secret"].as_str().unwrap();
    for (header, value, told) in [
        ("accept", "*/*".to_owned(), "Authorization: Bearer"),
        (
            "authorization",
            "Bearer ".to_owned() + &"y".repeat(38),
            "not known here",
        ),
        (
            "authorization",
            format!("Basic {ADMIN}"),
            "Authorization: Bearer",
        ),
        (
            "authorization",
            format!("Bearer {project_key}"),
            "This is a project key",
        ),
        ("x-api-key", project_key.to_owned(), "This is a project key"),
        (
            "authorization",
            format!("Bearer {}", ADMIN.replace("an-", "no-")),
            "not known here",
        ),
    ] {
        for path in ["/api/v1/organizations", "/api/v1/nowhere", "/api/v1"] {
            let request = Request::get(path)
                .header(header, &value)
                .body(Body::empty())
                .unwrap();
            let reply = house.send(request).await;
            assert_eq!(
                (reply.status.as_u16(), reply.code()),
                (401, "invalid_admin_key"),
                "{value}"
            );
            assert!(reply.message().contains(told), "{}", reply.message());
            assert_eq!(reply.headers["www-authenticate"], "Bearer");
            assert!(!reply.body.to_string().contains(project_key));
        }
    }
    for (header, value) in [
        ("authorization", format!("bearer {ADMIN}")),
        ("x-api-key", ADMIN.to_owned()),
    ] {
        let request = Request::get("/api/v1/organizations").header(header, value);
        assert_eq!(
            house
                .send(request.body(Body::empty()).unwrap())
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_explained() {
    let house = House::new().await;
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = Request::post("/api/v1/organizations")
            .header("x-api-key", ADMIN)
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap();
        house.send(request)
    };
    let json = "application/json";
    for (kind, body, status, code) in [
        (json, br#"{"name": "#.to_vec(), 400, "malformed_json"),
        (json, b"\xff\xfe".to_vec(), 400, "malformed_json"),
        (json, br#"["name"]"#.to_vec(), 400, "malformed_json"),
        (json, br#"{"title": "x"}"#.to_vec(), 400, "missing_field"),
        (
            json,
            br#"{"name": "x", "title": "y"}"#.to_vec(),
            400,
            "unknown_field",
        ),
        (json, br#"{"name": 5}"#.to_vec(), 400, "invalid_field"),
        (json, Vec::new(), 400, "missing_field"),
        (
            "text/plain",
            br#"{"name": "x"}"#.to_vec(),
            415,
            "unsupported_media_type",
        ),
        (
            "application/x-www-form-urlencoded",
            b"name=x".to_vec(),
            415,
            "unsupported_media_type",
        ),
        (json, vec![b' '; 1024 * 1024 + 1], 413, "body_too_large"),
    ] {
        let reply = send(kind, body.clone()).await;
        let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (status, code),
            "{start}"
        );
        assert!(reply.message().ends_with('.'), "{}", reply.message());
        assert!(reply.body["error"]["details"].is_object());
    }
    let mut largest = br#"{"name": "x"}"#.to_vec();
    largest.resize(1024 * 1024, b' ');
    assert_eq!(
        send("application/json; charset=utf-8", largest)
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_answered_in_the_same_shape() {
    let house = House::new().await;
    for path in ["/nowhere", "/organizations/x/y/z", "", "/"] {
        let reply = house.get(path).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (404, "unknown_path"),
            "{path}"
        );
    }
    for (method, path) in [
        ("PUT", "/organizations"),
        ("DELETE", "/limits"),
        ("POST", "/headroom"),
    ] {
        let reply = house.call(method, path, None).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (405, "method_not_allowed"),
            "{path}"
        );
        assert!(reply.headers.contains_key("allow"), "{path}");
    }
}

#[tokio::test]
async fn what_the_contract_names_and_is_not_there_yet_says_so() {
    let house = House::new().await;
    for (method, path) in [("PUT", "/prices/o3")] {
        let reply = house.call(method, path, None).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (404, "not_available_yet"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_503_and_what_was_asked_can_be_asked_again() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let path = format!("/organizations/{organization}");
    house.store.inject(Fault::HeadUnavailable);
    let reply = house.get(&path).await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        (503, "store_unavailable")
    );
    assert_eq!(reply.headers["retry-after"], "1");
    assert!(!reply.body.to_string().contains("a fault was injected"));
    assert_eq!(house.get(&path).await.status, 200);

    let credits = format!("{path}/credits");
    let body = json!({"amount_usd": "5", "kind": "purchase", "note": "paid"});
    house.store.inject(Fault::AppendUnavailable);
    let refused = house
        .call_with("POST", &credits, Some(body.clone()), Some("paid-1"))
        .await;
    assert_eq!(refused.status, 503);
    let done = house
        .call_with("POST", &credits, Some(body), Some("paid-1"))
        .await;
    assert_eq!(done.status, 201);
    let balance = house.get(&format!("{path}/balance")).await.body;
    assert_eq!(balance["added_usd"], "5.00");
}

//! Upstream accounts over the API: what is shown of them, what can be changed, and that a credential never comes back.

use serde_json::{Value, json};

use crate::house::House;

const PLANTED: &str = "sk-planted-0f1e2d3c4b5a6978";

fn groq(name: &str) -> Value {
    json!({"name": name, "kind": "compatible", "provider": "groq", "api_key": PLANTED})
}

#[tokio::test]
async fn an_account_is_shown_with_the_models_that_no_other_serves() {
    let house = House::new().await;
    let listed = house.get("/upstreams").await;
    let alone = &listed.body["data"][0]["only_home_of"];
    assert_eq!(*alone, json!(["gpt-image-1"]));
}

#[tokio::test]
async fn an_account_is_made_shown_changed_and_deleted_and_its_credential_never_comes_back() {
    let house = House::new().await;
    let made = house.post("/upstreams", groq("groq")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let shown = json!({
        "name": "groq", "kind": "compatible", "provider": "groq", "base_url": "https://api.groq.com/openai/v1",
        "api_version": null, "from": "api", "state": "serving", "problem": null, "has_api_key": true,
        "api_key_hint": "…6978", "has_admin_key": false, "service_tier": null, "serves": "any", "models": null,
        "listing": null, "parks": [], "standing_back": [], "only_home_of": [], "created_at": "2026-11-22T14:00:00Z", "changed_at": "2026-11-22T14:00:00Z",
    });
    assert_eq!(made.body, shown);
    let listed = house.get("/upstreams").await;
    let names: Vec<_> = listed.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["configured", "groq"]);
    assert_eq!(listed.body["data"][0]["from"], "file");
    house.clock.set("2026-11-22T15:00:00Z");
    let change = json!({"models": [{"model": "gpt-oss-*", "as": "openai/gpt-oss-*"}], "admin_key": "sk-admin-0123456789", "service_tier": "flex"});
    let changed = house.patch("/upstreams/groq", change).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(changed.body["serves"], "configured");
    assert_eq!(
        changed.body["models"],
        json!([{"model": "gpt-oss-*", "as": "openai/gpt-oss-*"}])
    );
    assert_eq!(
        (&changed.body["has_admin_key"], &changed.body["changed_at"]),
        (&json!(true), &json!("2026-11-22T15:00:00Z"))
    );
    assert_eq!(house.get("/upstreams/groq").await.body, changed.body);
    let back = house
        .patch(
            "/upstreams/groq",
            json!({"serves": "any", "service_tier": null, "admin_key": null}),
        )
        .await;
    assert_eq!(
        (
            &back.body["models"],
            &back.body["service_tier"],
            &back.body["has_admin_key"]
        ),
        (&Value::Null, &Value::Null, &json!(false))
    );
    for reply in [&made, &listed, &changed, &back] {
        assert!(
            !reply.body.to_string().contains("planted"),
            "{}",
            reply.body
        );
    }
    assert_eq!(
        house.call("DELETE", "/upstreams/groq", None).await.status,
        204
    );
    assert_eq!(house.get("/upstreams/groq").await.code(), "not_found");
    assert_eq!(
        house
            .patch("/upstreams/groq", json!({"serves": "any"}))
            .await
            .code(),
        "not_found"
    );
    assert_eq!(
        house.call("DELETE", "/upstreams/groq", None).await.code(),
        "not_found"
    );
}

#[tokio::test]
async fn what_cannot_be_an_account_is_refused_with_the_field_s_name() {
    let house = House::new().await;
    let openai = |more: Value| {
        let mut body = json!({"name": "a", "kind": "openai", "api_key": PLANTED});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    for (more, field) in [
        (json!({"name": "a b"}), "name"),
        (json!({"kind": "opnai"}), "kind"),
        (json!({"provider": "groq"}), "provider"),
        (json!({"base_url": "http://10.0.0.7/v1"}), "base_url"),
        (json!({"base_url": "https://x/v1?key=1"}), "base_url"),
        (json!({"kind": "azure"}), "base_url"),
        (json!({"api_version": "2024-10-21"}), "api_version"),
        (json!({"service_tier": "fast"}), "service_tier"),
        (json!({"models": []}), "models"),
        (json!({"models": [{"model": "*-mini"}]}), "models[0].model"),
        (
            json!({"models": [{"model": "a"}], "serves": "any"}),
            "serves",
        ),
        (json!({"serves": "all"}), "serves"),
        (json!({"api_key": null}), "api_key"),
        (json!({"api_key": 7}), "api_key"),
        (json!({"api_key": "env:OPENAI_API_KEY"}), "api_key"),
        (json!({"api_key": "file:/etc/passwd"}), "api_key"),
        (json!({"admin_key": "two words"}), "admin_key"),
    ] {
        let reply = house.post("/upstreams", openai(more.clone())).await;
        assert_eq!(
            (
                reply.status.as_u16(),
                &reply.body["error"]["details"]["field"]
            ),
            (400, &json!(field)),
            "{more}: {}",
            reply.body
        );
        assert!(
            !reply.body.to_string().contains("planted"),
            "{}",
            reply.body
        );
    }
    for (body, code) in [
        (json!({"name": "a"}), "missing_field"),
        (openai(json!({"colour": "blue"})), "unknown_field"),
        (openai(json!({"name": "configured"})), "already_exists"),
    ] {
        assert_eq!(house.post("/upstreams", body).await.code(), code);
    }
    assert_eq!(
        house.get("/upstreams").await.body["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn what_the_configuration_has_is_shown_and_changed_there_alone() {
    let house = House::new().await;
    let shown = house.get("/upstreams/configured").await;
    assert_eq!(
        (&shown.body["api_key_hint"], &shown.body["created_at"]),
        (&json!("…6789"), &Value::Null)
    );
    for (method, body) in [
        ("PATCH", Some(json!({"serves": "listed"}))),
        ("DELETE", None),
    ] {
        let refused = house.call(method, "/upstreams/configured", body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (409, "from_configuration")
        );
        assert!(refused.message().contains("seawall.toml"));
    }
    assert_eq!(
        house.patch("/upstreams/configured", json!({})).await.code(),
        "missing_field"
    );
}

#[tokio::test]
async fn without_a_key_a_credential_is_refused_with_how_to_make_one() {
    let house = House::without_secrets_key().await;
    let refused = house.post("/upstreams", groq("groq")).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (400, "no_secrets_key")
    );
    for said in ["openssl rand -base64 32", "secrets.key"] {
        assert!(refused.message().contains(said), "{}", refused.message());
    }
    let open = json!({"name": "local", "kind": "compatible", "provider": "ollama"});
    assert_eq!(house.post("/upstreams", open).await.status, 201);
    assert_eq!(
        house.post("/secrets/rewrap", json!({})).await.code(),
        "no_secrets_key"
    );
}

#[tokio::test]
async fn a_credential_stays_with_the_host_it_was_given_for() {
    let house = House::new().await;
    house.post("/upstreams", groq("groq")).await;
    let elsewhere = json!({"base_url": "https://evil.example/v1"});
    let refused = house.patch("/upstreams/groq", elsewhere.clone()).await;
    assert_eq!(refused.body["error"]["details"]["field"], "api_key");
    assert!(
        refused.message().contains("never sent to another"),
        "{}",
        refused.message()
    );
    let mut with_key = elsewhere;
    with_key["api_key"] = json!("sk-another-key-0123456789");
    let changed = house.patch("/upstreams/groq", with_key).await;
    assert_eq!(
        (&changed.body["base_url"], &changed.body["api_key_hint"]),
        (&json!("https://evil.example/v1"), &json!("…6789"))
    );
}

#[tokio::test]
async fn nothing_is_sealed_anew_where_the_key_is_the_same() {
    let house = House::new().await;
    house.post("/upstreams", groq("groq")).await;
    let reply = house.post("/secrets/rewrap", json!({})).await;
    assert_eq!(
        (reply.status.as_u16(), reply.body),
        (200, json!({"rewrapped": 0}))
    );
}

#[tokio::test]
async fn only_an_administrator_sees_or_changes_accounts() {
    let house = House::new().await;
    for (method, path) in [
        ("GET", "/upstreams"),
        ("POST", "/upstreams"),
        ("DELETE", "/upstreams/configured"),
        ("POST", "/secrets/rewrap"),
    ] {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"));
        let reply = house
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (401, "invalid_admin_key"),
            "{path}"
        );
    }
}

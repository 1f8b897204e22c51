//! Keys.

use ids::ApiKey;
use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn a_secret_is_shown_once_and_opens_what_it_says() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let list = format!("/projects/{project}/keys");
    let body = json!({
        "name": "ci", "expires_at": "2027-01-01T01:00:00+01:00", "models": ["gpt-5*"],
        "ip_allow": ["10.0.0.0/8", "::1"],
    });
    let mut made = house.post(&list, body).await;
    let id = made.id();
    let object = made.body.as_object_mut().unwrap();
    let secret = object
        .remove("secret")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        object
            .remove("secret_note")
            .unwrap()
            .as_str()
            .unwrap()
            .contains("Keep")
    );
    let key = ApiKey::parse(&secret).ok().unwrap();
    assert!(organization.ends_with(key.organization().as_str()));
    let expected = json!({
        "id": id, "organization_id": organization, "project_id": project, "name": "ci", "hint": key.hint(),
        "state": "active", "frozen_at": null, "frozen_reason": null, "revoked_at": null,
        "expires_at": "2027-01-01T00:00:00Z", "models": ["gpt-5*"], "ip_allow": ["10.0.0.0/8", "::1"],
        "created_at": "2026-11-22T14:00:00Z",
    });
    assert_eq!(made.body, expected);
    assert_eq!(house.get(&format!("/keys/{id}")).await.body, expected);
    assert_eq!(
        house.get(&list).await.body,
        json!({"data": [expected], "next_cursor": null})
    );
    // The data plane finds it by the hash of exactly that text.
    let teller = house.tellers.of(organization.parse().unwrap()).unwrap();
    let hash = house.pepper.hash(&secret);
    let found = teller
        .ask(move |book, _| book.key_by_hash(hash).map(|key| key.id))
        .await;
    assert_eq!(found.unwrap().unwrap().to_string(), id);
}

#[tokio::test]
async fn a_key_changes_freezes_thaws_and_ends() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let id = house.key(&project, "ci").await;
    let path = format!("/keys/{id}");

    let change = json!({"name": "cd", "models": ["o3"], "expires_at": "2026-12-01T00:00:00Z"});
    let changed = house.patch(&path, change).await.body;
    assert_eq!(
        (&changed["name"], &changed["models"]),
        (&json!("cd"), &json!(["o3"]))
    );
    let cleared = house
        .patch(&path, json!({"models": null, "expires_at": null}))
        .await
        .body;
    assert_eq!(
        (&cleared["models"], &cleared["expires_at"]),
        (&Value::Null, &Value::Null)
    );

    let frozen = house
        .post(&format!("{path}/freeze"), json!({"reason": "leaked"}))
        .await
        .body;
    assert_eq!(
        (&frozen["state"], &frozen["frozen_reason"]),
        (&json!("frozen"), &json!("leaked"))
    );
    assert_eq!(frozen["frozen_at"], "2026-11-22T14:00:00Z");
    let thawed = house
        .call("POST", &format!("{path}/unfreeze"), None)
        .await
        .body;
    assert_eq!(
        (&thawed["state"], &thawed["frozen_reason"]),
        (&json!("active"), &Value::Null)
    );
    let frozen = house
        .call("POST", &format!("{path}/freeze"), None)
        .await
        .body;
    assert_eq!(frozen["frozen_reason"], "frozen by admin");

    for _twice in 0..2 {
        let ended = house.call("DELETE", &path, None).await;
        assert_eq!((ended.status.as_u16(), ended.body), (204, Value::Null));
    }
    let revoked = house.get(&path).await.body;
    assert_eq!(
        (&revoked["state"], &revoked["revoked_at"]),
        (&json!("revoked"), &json!("2026-11-22T14:00:00Z"))
    );
    for (method, tail, body) in [
        ("PATCH", "", json!({"name": "x"})),
        ("POST", "/unfreeze", json!({})),
        ("POST", "/rotate", json!({"overlap_seconds": 0})),
    ] {
        let reply = house
            .call(method, &format!("{path}{tail}"), Some(body))
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (409, "cannot_be_changed"),
            "{tail}"
        );
    }
}

#[tokio::test]
async fn a_key_past_its_time_is_shown_as_expired() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let list = format!("/projects/{project}/keys");
    let body = json!({"name": "ci", "expires_at": "2026-11-22T15:00:00Z"});
    let path = format!("/keys/{}", house.post(&list, body).await.id());
    assert_eq!(house.get(&path).await.body["state"], "active");
    house.clock.set("2026-11-22T15:00:00Z");
    assert_eq!(house.get(&path).await.body["state"], "expired");
}

#[tokio::test]
async fn a_restriction_that_cannot_be_is_refused_by_name() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let list = format!("/projects/{project}/keys");
    for (field, value) in [
        ("models", json!([])),
        ("models", json!(["*-mini"])),
        ("models", json!("gpt-5")),
        ("ip_allow", json!(["localhost"])),
        ("ip_allow", json!([7])),
        ("expires_at", json!("tomorrow")),
        ("expires_at", json!("2020-01-01T00:00:00Z")),
        ("name", json!("")),
    ] {
        let mut body = json!({"name": "ci"});
        body[field] = value.clone();
        let reply = house.post(&list, body).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "invalid_field"),
            "{field} {value}"
        );
        assert_eq!(reply.body["error"]["details"]["field"], field);
        assert!(reply.message().contains(field), "{}", reply.message());
    }
    assert_eq!(house.get(&list).await.body["data"], json!([]));
}

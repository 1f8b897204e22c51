//! Who changed what.

use serde_json::{Value, json};

use crate::house::House;

impl House {
    async fn audit(&self, query: &str) -> Vec<Value> {
        let reply = self.get(&format!("/audit?{query}")).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        reply.body["data"].as_array().unwrap().clone()
    }

    /// What the changed things are called, newest change first.
    async fn names(&self, organization: &str) -> Vec<Value> {
        let rows = self.audit(&format!("organization={organization}")).await;
        let name = |row: &Value| row["object"]["name"].clone();
        rows.iter().map(name).collect()
    }

    /// The change must be this one.
    #[track_caller]
    fn changed(row: &Value, (action, kind, id): (&str, &str, &str), changes: &Value) {
        assert_eq!(row["action"], action, "{row}");
        assert_eq!(row["object"]["kind"], kind, "{row}");
        assert_eq!(row["object"]["id"], id, "{row}");
        assert_eq!(row["changes"], *changes, "{row}");
        assert!(!row["actor"].as_str().unwrap().is_empty(), "{row}");
    }
}

#[tokio::test]
async fn every_change_of_the_directory_is_told_from_what_to_what() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    let of_organization = format!("/organizations/{organization}");
    let (of_project, of_key) = (format!("/projects/{project}"), format!("/keys/{key}"));
    for (method, path, body, (action, kind, id), changes) in [
        (
            "PATCH",
            of_organization.clone(),
            json!({"name": "Acme Ltd"}),
            ("organization_changed", "organization", &organization),
            json!({"name": {"from": "Acme", "to": "Acme Ltd"}}),
        ),
        (
            "PATCH",
            of_project.clone(),
            json!({"default_max_output": 900}),
            ("project_changed", "project", &project),
            json!({"default_max_output": {"from": null, "to": 900}}),
        ),
        (
            "PATCH",
            of_key.clone(),
            json!({"name": "build", "models": ["gpt-5-mini"]}),
            ("key_changed", "key", &key),
            json!({"name": {"from": "ci", "to": "build"}, "models": {"from": null, "to": ["gpt-5-mini"]}}),
        ),
        (
            "POST",
            format!("{of_key}/freeze"),
            json!({"reason": "leaked"}),
            ("key_frozen", "key", &key),
            json!({"state": {"from": "active", "to": "frozen"}, "reason": {"from": null, "to": "leaked"}}),
        ),
        (
            "POST",
            format!("{of_key}/unfreeze"),
            json!({}),
            ("key_unfrozen", "key", &key),
            json!({"state": {"from": "frozen", "to": "active"}, "reason": {"from": "leaked", "to": null}}),
        ),
        (
            "DELETE",
            of_key,
            Value::Null,
            ("key_revoked", "key", &key),
            json!({"state": {"from": "active", "to": "revoked"}}),
        ),
        (
            "POST",
            format!("{of_project}/archive"),
            json!({}),
            ("project_archived", "project", &project),
            json!({"state": {"from": "active", "to": "archived"}}),
        ),
    ] {
        let reply = house
            .call(method, &path, Some(body).filter(|body| !body.is_null()))
            .await;
        assert!(reply.status.is_success(), "{path}: {}", reply.body);
        let newest = house.audit("limit=1").await;
        House::changed(&newest[0], (action, kind, id), &changes);
    }
    let names = house.names(&organization).await;
    let named = [
        "bot", "build", "build", "build", "build", "bot", "Acme Ltd", "ci", "bot", "Acme",
    ];
    assert_eq!(names, named.map(|name| json!(name)));
}

#[tokio::test]
async fn every_change_of_money_is_told_from_what_to_what() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let lot = house.credit(&organization, "5").await;
    let newest = house.audit("limit=1").await;
    House::changed(
        &newest[0],
        ("credit_added", "credit", &lot),
        &json!({
            "kind": {"from": null, "to": "purchase"}, "amount_usd": {"from": null, "to": "5.00"},
            "priority": newest[0]["changes"]["priority"], "note": {"from": null, "to": "paid"},
        }),
    );
    let limit = house
        .post(
            "/limits",
            json!({
                "scope": {"kind": "organization", "id": organization}, "amount_usd": "10.00",
                "window": {"kind": "total"},
            }),
        )
        .await
        .id();
    house
        .patch(
            &format!("/limits/{limit}"),
            json!({"amount_usd": "7.50", "used": "keep"}),
        )
        .await;
    House::changed(
        &house.audit("limit=1").await[0],
        ("limit_changed", "limit", &limit),
        &json!({"amount_usd": {"from": "10.00", "to": "7.50"}}),
    );
    house
        .patch(
            &format!("/limits/{limit}"),
            json!({"amount_usd": "7.50", "used": "reset"}),
        )
        .await;
    House::changed(
        &house.audit("limit=1").await[0],
        ("limit_changed", "limit", &limit),
        &json!({"used": {"from": null, "to": "reset"}}),
    );
    house
        .call("DELETE", &format!("/limits/{limit}"), None)
        .await;
    House::changed(
        &house.audit("limit=1").await[0],
        ("limit_deleted", "limit", &limit),
        &json!({"state": {"from": "active", "to": "deleted"}}),
    );
    house
        .call(
            "DELETE",
            &format!("/organizations/{organization}/credits/{lot}"),
            None,
        )
        .await;
    House::changed(
        &house.audit("limit=1").await[0],
        ("credit_voided", "credit", &lot),
        &json!({"voided_usd": {"from": null, "to": "5.00"}}),
    );
}

#[tokio::test]
async fn changes_are_filtered_paged_and_the_same_after_a_rebuild() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    house.clock.set("2026-11-22T15:00:00Z");
    let other = house.organization("Other").await;
    let project = house.project(&other, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&other, "5").await;
    house.spend(&other, &key, "0.25").await;
    let all = house.audit("").await;
    assert_eq!(all.len(), 5, "calls are not changes: {all:?}");
    let text = serde_json::to_string(&all).unwrap();
    assert!(!text.contains("hash") && !text.contains("secret"), "{text}");
    assert_eq!(
        house.audit(&format!("organization={organization}")).await,
        all[4..]
    );
    assert_eq!(house.audit("to=2026-11-22T15:00:00Z").await, all[4..]);
    assert_eq!(house.audit("from=2026-11-22T15:00:00Z").await, all[..4]);
    let actor = all[0]["actor"].as_str().unwrap();
    assert_eq!(house.audit(&format!("actor={actor}")).await, all);
    assert!(house.audit("actor=nobody").await.is_empty());
    let mut paged = Vec::new();
    let mut query = "limit=2".to_owned();
    loop {
        let page = house.get(&format!("/audit?{query}")).await.body;
        paged.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    house
        .log
        .rebuild(std::sync::Arc::new(house.store.clone()))
        .await
        .unwrap();
    assert_eq!(house.audit("").await, all);
    for wrong in ["limit=0", "cursor=1", "organization=x", "from=x"] {
        assert_eq!(
            house.get(&format!("/audit?{wrong}")).await.code(),
            "invalid_parameter",
            "{wrong}"
        );
    }
}

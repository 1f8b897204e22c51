//! Organizations and projects.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn an_organization_is_created_shown_and_listed() {
    let house = House::new().await;
    let body =
        json!({"name": "Acme", "time_zone": "Europe/Berlin", "approved_usage_limit_usd": "500"});
    let made = house.post("/organizations", body).await;
    let id = made.id();
    assert!(id.starts_with("org_"));
    let expected = json!({
        "id": id, "name": "Acme", "time_zone": "Europe/Berlin", "stopped": null, "approved_usage_limit_usd": "500.00",
        "spend_guard": made.body["spend_guard"], "created_at": "2026-11-22T14:00:00Z",
    });
    assert_eq!(made.body, expected);
    assert_eq!(
        house.get(&format!("/organizations/{id}")).await.body,
        expected
    );
    let list = house.get("/organizations").await;
    assert_eq!(list.body, json!({"data": [expected], "next_cursor": null}));
}

#[tokio::test]
async fn an_organization_changes_only_in_what_is_sent() {
    let house = House::new().await;
    let path = format!("/organizations/{}", house.organization("Acme").await);
    let named = house.patch(&path, json!({"name": "Apex"})).await.body;
    assert_eq!(
        (&named["name"], &named["time_zone"]),
        (&json!("Apex"), &json!("UTC"))
    );
    let approve = |amount: Value| house.patch(&path, json!({"approved_usage_limit_usd": amount}));
    for (sent, shown) in [
        (json!("35"), json!("35.00")),
        (json!("120.5"), json!("120.50")),
        (Value::Null, Value::Null),
        (Value::Null, Value::Null),
    ] {
        let reply = approve(sent).await;
        assert_eq!(
            (
                reply.status.as_u16(),
                &reply.body["approved_usage_limit_usd"]
            ),
            (200, &shown)
        );
        assert_eq!(reply.body["name"], "Apex");
    }
}

#[tokio::test]
async fn a_change_with_something_wrong_in_it_changes_nothing() {
    let house = House::new().await;
    let path = format!("/organizations/{}", house.organization("Acme").await);
    for body in [
        json!({"name": "Apex", "approved_usage_limit_usd": "-1"}),
        json!({"name": " ", "approved_usage_limit_usd": "10"}),
        json!({"name": "Apex", "time_zone": "Mars/Olympus"}),
        json!({"name": null}),
        json!({}),
    ] {
        let reply = house.patch(&path, body.clone()).await;
        assert_eq!(reply.status, 400, "{body} {}", reply.body);
    }
    let now = house.get(&path).await.body;
    assert_eq!(
        (&now["name"], &now["approved_usage_limit_usd"]),
        (&json!("Acme"), &Value::Null)
    );
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let house = House::new().await;
    let mut made = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        made.push(house.organization(name).await);
    }
    let mut seen: Vec<String> = Vec::new();
    let mut path = "/organizations?limit=2".to_owned();
    loop {
        let page = house.get(&path).await.body;
        let ids = page["data"].as_array().unwrap().iter();
        seen.extend(ids.map(|one| one["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/organizations?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, made);
    for wrong in [
        "limit=0",
        "limit=1001",
        "limit=x",
        "cursor=x",
        "limit=1&limit=2",
    ] {
        let reply = house.get(&format!("/organizations?{wrong}")).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "invalid_parameter"),
            "{wrong}"
        );
    }
    assert_eq!(
        house.get("/organizations?title=x").await.code(),
        "unknown_parameter"
    );
}

#[tokio::test]
async fn a_project_is_created_changed_and_archived() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let list = format!("/organizations/{organization}/projects");
    let made = house
        .post(&list, json!({"name": "bot", "default_max_output": 1000}))
        .await;
    let path = format!("/projects/{}", made.id());
    let mut expected = json!({
        "id": made.id(), "organization_id": organization, "name": "bot", "default_max_output": 1000, "fit_floor": null,
        "state": "active", "archived_at": null, "created_at": "2026-11-22T14:00:00Z",
    });
    assert_eq!(made.body, expected);
    assert_eq!(house.get(&path).await.body, expected);
    assert_eq!(
        house.get(&list).await.body,
        json!({"data": [expected], "next_cursor": null})
    );

    expected["name"] = json!("image-bot");
    expected["default_max_output"] = Value::Null;
    let change = json!({"name": "image-bot", "default_max_output": null});
    assert_eq!(house.patch(&path, change).await.body, expected);

    expected["state"] = json!("archived");
    expected["archived_at"] = json!("2026-11-22T14:00:00Z");
    for _twice in 0..2 {
        let archived = house.call("POST", &format!("{path}/archive"), None).await;
        assert_eq!((archived.status.as_u16(), &archived.body), (200, &expected));
    }
    let key = house
        .post(&format!("{path}/keys"), json!({"name": "k"}))
        .await;
    assert_eq!(
        (key.status.as_u16(), key.code()),
        (409, "cannot_be_changed")
    );
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_whatever_its_id_looks_like() {
    let house = House::new().await;
    let other = "00000000000000000000000zzz";
    for path in [
        format!("/organizations/org_{other}"),
        format!("/organizations/org_{other}/projects"),
        format!("/organizations/org_{other}/balance"),
        format!("/organizations/org_{other}/credits"),
        format!("/organizations/org_{other}/ledger"),
        format!("/projects/proj_{other}"),
        format!("/projects/proj_{other}/keys"),
        format!("/keys/key_{other}"),
        format!("/limits/lim_{other}"),
        format!("/requests/req_{other}"),
        format!("/headroom?key=key_{other}"),
        format!("/limits?project=proj_{other}"),
        "/organizations/acme".to_owned(),
        "/keys/%FF".to_owned(),
        format!("/keys/proj_{other}"),
    ] {
        let reply = house.get(&path).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (404, "not_found"),
            "{path}"
        );
        assert!(
            reply.message().starts_with("There is no such "),
            "{path}: {}",
            reply.message()
        );
    }
    let reply = house
        .post(
            &format!("/organizations/org_{other}/projects"),
            json!({"name": "x"}),
        )
        .await;
    assert_eq!((reply.status.as_u16(), reply.code()), (404, "not_found"));
}

#[tokio::test]
async fn a_project_has_a_floor_of_its_own_for_fitting() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let path = format!("/projects/{}", house.project(&organization, "bot").await);
    let both = json!({"name": "web", "fit_floor": 200});
    let changed = house.patch(&path, both).await.body;
    assert_eq!(
        (&changed["name"], &changed["fit_floor"]),
        (&json!("web"), &json!(200))
    );
    // What is wrong with one field changes none.
    let wrong = json!({"name": "other", "fit_floor": 0});
    let wrong = house.patch(&path, wrong).await;
    assert_eq!(
        (wrong.code(), &wrong.body["error"]["details"]["field"]),
        ("invalid_field", &json!("fit_floor"))
    );
    let usual = house.patch(&path, json!({"fit_floor": null})).await.body;
    assert_eq!(
        (&usual["name"], &usual["fit_floor"]),
        (&json!("web"), &Value::Null)
    );
}

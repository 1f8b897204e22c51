//! The calls of late.

use ids::RequestId;
use projections::Refused;
use serde_json::json;

use crate::calls::usd;
use crate::house::House;

fn refuse(house: &House, organization: &str, key: &str) -> RequestId {
    let request = RequestId::from_bytes(control::NewIds::id(&*house.ids));
    house.log.refused(Refused {
        organization: organization.parse().unwrap(),
        project: None,
        key: Some(key.parse().unwrap()),
        request,
        at: teller::Clock::now(&*house.clock),
        route: "/v1/images/generations".into(),
        model: Some("gpt-image-1".into()),
        code: "credit_balance_exhausted".into(),
        http_status: 429,
        needed: Some(usd("0.17")),
        details_json: Some(r#"{"error":{"code":"credit_balance_exhausted"}}"#.into()),
        decision_seq: Some(4),
        decided: None,
        left: None,
    });
    request
}

#[tokio::test]
async fn calls_are_listed_newest_first_and_filtered() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "5").await;
    let served = house.spend(&organization, &key, "0.25").await.to_string();
    house.clock.set("2026-11-22T15:00:00Z");
    let refused = refuse(&house, &organization, &key).to_string();
    let ids = |query: String| {
        let house = &house;
        async move {
            let reply = house.get(&format!("/requests?{query}")).await;
            assert_eq!(reply.status, 200, "{query}: {}", reply.body);
            let data = reply.body["data"].as_array().unwrap().clone();
            data.iter()
                .map(|one| one["id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(ids(String::new()).await, [&*refused, &*served]);
    assert_eq!(ids("outcome=refused".to_owned()).await, [&*refused]);
    assert_eq!(ids(format!("project={project}")).await, [&*served]);
    assert_eq!(ids(format!("key={key}&model=gpt-5-mini")).await, [&*served]);
    assert_eq!(
        ids("from=2026-11-22T14:30:00Z".to_owned()).await,
        [&*refused]
    );
    assert_eq!(
        ids(format!(
            "organization={organization}&to=2026-11-22T14:30:00Z"
        ))
        .await,
        [&*served]
    );
    let page = house.get("/requests?limit=1").await.body;
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(ids(format!("limit=1&cursor={cursor}")).await, [served]);
    for wrong in [
        "outcome=fine",
        "from=yesterday",
        "key=proj_1",
        "limit=201",
        "cursor=1",
    ] {
        let reply = house.get(&format!("/requests?{wrong}")).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "invalid_parameter"),
            "{wrong}"
        );
    }
    assert_eq!(
        house.get("/requests?result=refused").await.code(),
        "unknown_parameter"
    );
}

#[tokio::test]
async fn one_call_is_shown_with_its_money_and_its_refusal() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "5").await;
    let served = house.spend(&organization, &key, "0.25").await;
    let call = house.get(&format!("/requests/{served}")).await.body;
    for (field, value) in [
        ("id", json!(served.to_string())),
        ("organization_id", json!(organization)),
        ("project_id", json!(project)),
        ("key_id", json!(key)),
        ("outcome", json!("served")),
        ("route", json!("/v1/chat/completions")),
        ("model", json!("gpt-5-mini")),
        ("upstream", json!("openai")),
        ("held_usd", json!("0.25")),
        ("cost_usd", json!("0.25")),
        ("presumed", json!(false)),
        ("started_at", json!("2026-11-22T14:00:00Z")),
        ("finished_at", json!("2026-11-22T14:00:00Z")),
        ("refusal", json!(null)),
    ] {
        assert_eq!(call[field], value, "{field}");
    }
    assert_eq!(call["attempts"][0]["state"], "settled");
    let refused = refuse(&house, &organization, &key);
    let call = house.get(&format!("/requests/{refused}")).await.body;
    for (field, value) in [
        ("outcome", json!("refused")),
        ("error_code", json!("credit_balance_exhausted")),
        ("http_status", json!(429)),
        ("needed_usd", json!("0.17")),
        ("cost_usd", json!("0.00")),
        ("decision_seq", json!(4)),
        ("attempts", json!([])),
        (
            "refusal",
            json!({"error": {"code": "credit_balance_exhausted"}}),
        ),
    ] {
        assert_eq!(call[field], value, "{field}");
    }
}

#[tokio::test]
async fn the_log_is_made_anew_from_the_journals_while_the_server_runs() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "50").await;
    for _ in 0..3 {
        house.spend(&organization, &key, "1").await;
    }
    let before = house.get("/requests").await.body;
    let usage = house.get("/usage").await.body;
    assert_eq!(before["data"].as_array().unwrap().len(), 3);
    let begun = house.post("/requests/rebuild", json!({})).await;
    assert_eq!(begun.status, 202);
    let entries = begun.body["entries_behind"].as_u64().unwrap();
    assert!(entries > 6, "{entries}");
    assert_eq!(house.get("/requests").await.body["data"], json!([]));
    // What the server does beside its calls, for ever, is done here once.
    let store = std::sync::Arc::new(house.store.clone());
    house.log.catch_up(store).await.unwrap();
    let done = house.get("/requests/rebuild").await;
    assert_eq!(done.body, json!({"entries_behind": 0}));
    assert_eq!(house.get("/requests").await.body, before);
    assert_eq!(house.get("/usage").await.body, usage);
}

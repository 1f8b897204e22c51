//! What is asked of a check comes to the gateway as it was asked, and what cannot be asked is said.

use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn a_check_is_asked_for_a_key_or_a_project_and_for_nothing_else() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    let (path, body) = ("/v1/chat/completions", json!({"model": "gpt-5-mini"}));
    for (field, id) in [("key", &key), ("project", &project)] {
        let reply = house
            .post("/check", json!({field: id, "path": path, "body": body}))
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(
            reply.body,
            json!({"payer": id, "path": path, "body": body, "headers": []})
        );
        let headers = json!({"X-Seawall-Fit": "never"});
        let ask = json!({field: id, "path": path, "body": body, "headers": headers});
        let reply = house.post("/check", ask).await;
        assert_eq!(reply.body["headers"], json!([["x-seawall-fit", "never"]]));
    }
    for (ask, code) in [
        (json!({"path": path, "body": body}), "missing_field"),
        (
            json!({"key": key, "project": project, "path": path, "body": body}),
            "missing_field",
        ),
        (json!({"key": key, "body": body}), "missing_field"),
        (
            json!({"key": key, "path": path, "body": "text"}),
            "invalid_field",
        ),
        (
            json!({"key": "ci", "path": path, "body": body}),
            "invalid_field",
        ),
        (
            json!({"key": key, "path": path, "body": body, "n": 1}),
            "unknown_field",
        ),
        (
            json!({"key": key, "path": path, "body": body, "headers": {"x-seawal-fit": "never"}}),
            "invalid_field",
        ),
        (
            json!({"key": key, "path": path, "body": body, "headers": {"x-seawall-fit": 1}}),
            "invalid_field",
        ),
        (
            json!({"key": key, "path": path, "body": body, "headers": {"x-seawall-fit": "a\nb"}}),
            "invalid_field",
        ),
        (
            json!({"key": "key_00000000000000000000000000", "path": path, "body": body}),
            "not_found",
        ),
    ] {
        let reply = house.post("/check", ask.clone()).await;
        assert_eq!(reply.code(), code, "{ask}: {}", reply.body);
    }
}

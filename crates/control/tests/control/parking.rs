//! Taking accounts out of use over the API, and what is shown of what providers refused.

use accounts::Refusal;
use diagnosis::{Billed, Cause, Confidence, Verdict};
use serde_json::{Value, json};
use teller::Clock as _;

use crate::house::House;

/// The configured account is refused for this.
pub(crate) fn refuse(house: &House, cause: Cause, model: &str) {
    let served = house.upstreams.entry("configured").unwrap().served.unwrap();
    let verdict = Verdict {
        cause,
        scope: cause.scope(),
        billed: Billed::No,
        confidence: Confidence::Certain,
        retry: cause.retry(),
        refusal: true,
    };
    let names = (Some("insufficient_quota"), Some(cause.as_str()));
    let said = Refusal::new(&served.account, 429, names, "no more");
    let now = house.clock.now();
    house
        .upstreams
        .refused_saying((&served, model), (&verdict, Some(&said)), now);
}

async fn shown(house: &House) -> Value {
    house.get("/upstreams/configured").await.body
}

#[tokio::test]
async fn an_account_is_parked_until_a_time_with_a_word_on_why_and_taken_back() {
    let house = House::new().await;
    let body = json!({"until_at": "2026-12-01T00:00:00Z", "note": "moving"});
    let parked = house.post("/upstreams/configured/park", body).await;
    assert_eq!(parked.status, 200, "{}", parked.body);
    assert_eq!(parked.body["state"], "parked");
    let park = &parked.body["parks"][0];
    for (field, value) in [
        ("closes", json!("account")),
        ("by", json!("person")),
        ("note", json!("moving")),
        ("until", json!("time")),
        ("until_at", json!("2026-12-01T00:00:00Z")),
        ("since_at", json!("2026-11-22T14:00:00Z")),
        ("cause", Value::Null),
        ("next_probe_at", Value::Null),
    ] {
        assert_eq!(park[field], value, "{field}: {park}");
    }
    house.clock.set("2026-12-01T00:00:00Z");
    assert_eq!(shown(&house).await["state"], "serving");
    house.post("/upstreams/configured/park", json!({})).await;
    assert_eq!(shown(&house).await["parks"][0]["until"], "person");
    let back = house.post("/upstreams/configured/unpark", json!({})).await;
    assert_eq!(
        (&back.body["state"], &back.body["parks"]),
        (&json!("serving"), &json!([]))
    );
}

#[tokio::test]
async fn what_a_provider_refused_is_shown_with_its_cause_its_words_and_what_to_do() {
    let house = House::new().await;
    refuse(&house, Cause::BillingOnImagePath, "gpt-image-1");
    let one_model = shown(&house).await;
    assert_eq!(one_model["state"], "serving", "its other models are");
    assert_eq!(one_model["parks"][0]["closes"], "model");
    assert_eq!(one_model["parks"][0]["model"], "gpt-image-1");
    refuse(&house, Cause::CreditExhausted, "gpt-5");
    let listed = house.get("/upstreams").await.body;
    let all = &listed["data"][0];
    assert_eq!(all["state"], "parked", "{all}");
    let parks = all["parks"].as_array().unwrap();
    let whole = parks.iter().find(|park| park["closes"] == "account");
    let park = whole.unwrap();
    for (field, value) in [
        ("cause", json!("credit_exhausted")),
        ("means", json!(Cause::CreditExhausted.sentence())),
        ("until", json!("probe")),
        ("refused", json!("configured")),
        ("next_probe_at", json!("2026-11-22T14:00:30Z")),
    ] {
        assert_eq!(park[field], value, "{field}: {park}");
    }
    let refusal = json!({
        "status": 429, "type": "insufficient_quota", "code": "credit_exhausted", "message": "no more",
    });
    assert_eq!(park["refusal"], refusal);
    let back = house.post("/upstreams/configured/unpark", json!({})).await;
    assert_eq!(back.body["parks"], json!([]), "both");
}

#[tokio::test]
async fn a_probe_says_what_was_asked_and_what_came() {
    let house = House::new().await;
    let probed = house.post("/upstreams/configured/probe", json!({})).await;
    let expected = json!([{"outcome": "served", "said": "asked configured"}]);
    assert_eq!(probed.body["probes"], expected, "{}", probed.body);
    assert_eq!(probed.body["upstream"]["name"], "configured");
    let claude =
        json!({"name": "claude", "kind": "anthropic", "api_key": "sk-ant-0123456789012345"});
    house.post("/upstreams", claude).await;
    let refused = house.post("/upstreams/claude/probe", json!({})).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (409, "upstream_not_called")
    );
}

#[tokio::test]
async fn what_cannot_be_parked_so_is_said_with_the_field() {
    let house = House::new().await;
    for (body, field) in [
        (json!({"until_at": "2026-11-22T14:00:00Z"}), "until_at"),
        (json!({"until_at": "tomorrow"}), "until_at"),
        (json!({"note": "x".repeat(201)}), "note"),
    ] {
        let refused = house.post("/upstreams/configured/park", body).await;
        assert_eq!(refused.code(), "invalid_field", "{}", refused.body);
        assert_eq!(refused.body["error"]["details"]["field"], field);
    }
    for what in ["park", "unpark", "probe"] {
        let path = format!("/upstreams/nobody/{what}");
        assert_eq!(
            house.post(&path, json!({})).await.code(),
            "not_found",
            "{what}"
        );
    }
    let unknown = house
        .post("/upstreams/configured/park", json!({"til": 1}))
        .await;
    assert_eq!(unknown.code(), "unknown_field");
    assert_eq!(shown(&house).await["state"], "serving");
}

#[tokio::test]
async fn a_doctor_is_asked_with_what_it_may_do_and_who_cannot_be_examined_is_said() {
    let house = House::new().await;
    let body = json!({"probe_chat": true, "model": "gpt-5"});
    let report = house.post("/upstreams/configured/doctor", body).await;
    assert_eq!(
        report.body,
        json!({"account": "configured", "key": "gpt-5"})
    );
    let refused = house.post("/upstreams/configured/doctor", json!({})).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (409, "upstream_not_called")
    );
    let nobody = house.post("/upstreams/nobody/doctor", json!({})).await;
    assert_eq!(nobody.code(), "not_found");
}

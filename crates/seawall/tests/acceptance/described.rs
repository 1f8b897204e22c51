//! What the gateway and the replay answer is what `/openapi.json` says of it; the rest is tested within `control`.

use http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::http::Ask;
use crate::stage::Stage;
use crate::tenant::On;

const DOLLAR: i64 = 1_000_000_000;

/// The description, but that no object may have a field it does not name.
async fn description(stage: &Stage) -> Value {
    let answer = stage.send(&Ask::get("/openapi.json")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut document = answer.json();
    close(&mut document);
    document
}

fn close(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.contains_key("properties") && object.get("type") == Some(&json!("object")) {
                object.insert("additionalProperties".to_owned(), json!(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(array) => array.iter_mut().for_each(close),
        _ => {}
    }
}

#[track_caller]
fn assert_described(document: &Value, name: &str, answer: &Value) {
    let schema = json!({
        "$ref": format!("#/components/schemas/{name}"), "components": document["components"],
    });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> = validator
        .iter_errors(answer)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert_eq!(problems, Vec::<String>::new(), "{answer:#}");
}

#[tokio::test]
async fn decisions_and_their_explanations_are_what_is_described() {
    let stage = Stage::raise();
    let document = description(&stage).await;
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = stage.limit(On::Key(&tenant.key), 4 * DOLLAR).await;
    let headroom = Ask::get("/v1/me/headroom").bearer(&tenant.secret);
    assert_described(
        &document,
        "OwnHeadroom",
        &stage.send(&headroom).await.json(),
    );
    for (amount, tokens) in [(4 * DOLLAR, 100), (DOLLAR / 1_000, 1_000), (7, 100)] {
        stage.change_limit(&limit, amount).await;
        let call = Call::chat().max(tokens).sim("output-tokens", 1);
        let ask = json!({"key": tenant.key, "path": "/v1/chat/completions", "body": call.body});
        let checked = stage.administer(Method::POST, "check", Some(&ask)).await;
        assert_described(&document, "Checked", &checked.json());
        let answer = stage.call(&tenant.secret, &call).await;
        let id = answer.must("x-request-id");
        stage.told(id).await;
        let detail = stage.get(&format!("requests/{id}")).await;
        assert_described(&document, "RequestDetail", &detail);
        let explanation = stage.get(&format!("requests/{id}/explanation")).await;
        assert_described(&document, "Explanation", &explanation);
    }
    stage.act(&format!("keys/{}/freeze", tenant.key)).await;
    let refused = stage.call(&tenant.secret, &Call::chat()).await;
    let id = refused.must("x-request-id");
    stage.told(id).await;
    let explanation = stage.get(&format!("requests/{id}/explanation")).await;
    assert_described(&document, "Explanation", &explanation);
    let ledger = format!("organizations/{}/ledger", tenant.organization);
    for entry in stage.list(&ledger).await {
        assert_described(&document, "LedgerEntry", &entry);
    }
}

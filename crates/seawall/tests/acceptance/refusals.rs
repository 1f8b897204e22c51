//! Refusals by Seawall: each names what stopped the call, proves it with figures, and tells machines and people what to
//! do. What is final is never said to pass, and what passes is never said to be final.

mod keys;

use serde_json::{Value, json};

use crate::call::Call;
use crate::http::Answer;
use crate::stage::{Setting, Stage};
use crate::tenant::{On, Tenant};
use crate::usd;

const DOLLAR: i64 = 1_000_000_000;
/// Less than a short chat may cost, even cut down to the floor.
const TOO_LITTLE: i64 = 5_000;

/// Every member that the proof of a refusal has.
const DETAILS: [&str; 16] = [
    "refused_by",
    "binding",
    "scope",
    "limit_usd",
    "window",
    "spent_usd",
    "held_usd",
    "left_usd",
    "needed_usd",
    "short_usd",
    "resets_at",
    "not_the_cause",
    "retry",
    "remedies",
    "request_id",
    "explain_url",
];

/// What every final refusal says.
fn assert_final(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.must("content-type"), "application/json");
    assert_eq!(answer.must("x-should-retry"), "false");
    assert_eq!(answer.header("retry-after"), None);
    assert_eq!(answer.header("retry-after-ms"), None);
    assert_eq!(answer.must("x-seawall-decision"), "refused");
    let error = answer.error();
    assert_eq!(error["code"], code);
    assert_eq!(error["type"], "insufficient_quota");
    assert_eq!(error["param"], Value::Null);
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("insufficient_quota"), "{message}");
    error
}

/// The proof: every member, figures that add up, and the request's own id.
fn assert_proof(answer: &Answer, error: &Value) {
    let details = &error["details"];
    for member in DETAILS {
        assert!(details.get(member).is_some(), "no {member} in {details}");
    }
    assert_eq!(details["refused_by"], "seawall");
    let request = answer.must("x-request-id");
    assert_eq!(details["request_id"], request);
    assert!(
        details["explain_url"].as_str().unwrap().contains(request),
        "{details}"
    );
    let [spent, held, left, needed, short] = [
        "spent_usd",
        "held_usd",
        "left_usd",
        "needed_usd",
        "short_usd",
    ]
    .map(|member| usd::of(details, member));
    assert_eq!(short, needed - left, "{details}");
    assert!(short > 0, "{details}");
    if let Some(limit) = details["limit_usd"].as_str() {
        assert_eq!(left, usd::nanos(limit) - spent - held, "{details}");
    }
    assert_eq!(answer.must("x-seawall-binding"), details["binding"]);
    assert_eq!(
        usd::nanos(answer.must("x-seawall-headroom-usd")),
        left.max(0)
    );
    assert!(
        !details["remedies"].as_array().unwrap().is_empty(),
        "{details}"
    );
    assert!(details["retry"].is_string());
}

#[tokio::test]
async fn each_hard_limit_refuses_by_its_own_name_and_proves_it() {
    let stage = Stage::raise();
    for (code, kind) in [
        ("api_key_spend_limit_exceeded", "key"),
        ("project_spend_limit_exceeded", "project"),
        ("organization_spend_limit_exceeded", "organization"),
    ] {
        let tenant = stage.tenant(5 * DOLLAR).await;
        let (on, id, name) = match kind {
            "key" => (On::Key(&tenant.key), &tenant.key, "bot"),
            "project" => (On::Project(&tenant.project), &tenant.project, "chat"),
            _ => (
                On::Organization(&tenant.organization),
                &tenant.organization,
                "acme",
            ),
        };
        stage.limit(on, TOO_LITTLE).await;
        let answer = stage.call(&tenant.secret, &Call::chat().tag(kind)).await;
        let error = assert_final(&answer, 429, code);
        assert_proof(&answer, &error);
        let details = &error["details"];
        assert_eq!(
            details["scope"],
            json!({"kind": kind, "id": id, "name": name})
        );
        assert_eq!(usd::of(details, "limit_usd"), TOO_LITTLE);
        assert_eq!(details["window"]["kind"], "total");
        assert_eq!(details["resets_at"], Value::Null);
        assert_eq!(
            details["not_the_cause"],
            json!(["credit_balance"]),
            "{details}"
        );
        assert!(stage.line(kind).await.is_none(), "it reached the provider");
        let balance = stage.balance(&tenant.organization).await;
        assert_eq!((balance.spent, balance.held), (0, 0));
        let row = stage
            .get(&format!("requests/{}", answer.must("x-request-id")))
            .await;
        assert_eq!(row["outcome"], "refused");
    }
}

#[tokio::test]
async fn an_empty_credit_balance_refuses_by_its_own_name_and_proves_it() {
    let stage = Stage::raise();
    for credit in [0, TOO_LITTLE] {
        let tenant = stage.tenant(credit).await;
        let answer = stage.call(&tenant.secret, &Call::chat()).await;
        let error = assert_final(&answer, 429, "credit_balance_exhausted");
        assert_proof(&answer, &error);
        assert_eq!(error["details"]["scope"]["kind"], "organization");
        assert_eq!(usd::of(&error["details"], "left_usd"), credit);
    }
}

#[tokio::test]
async fn the_approved_usage_limit_refuses_by_its_own_name() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let approved = json!({"approved_usage_limit_usd": usd::dollars(TOO_LITTLE)});
    stage
        .patch(&format!("organizations/{}", tenant.organization), &approved)
        .await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    let error = assert_final(&answer, 429, "organization_usage_limit_exceeded");
    assert_proof(&answer, &error);
}

#[tokio::test]
async fn a_limit_by_the_month_says_when_it_begins_anew() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = json!({
        "scope": {"kind": "project", "id": tenant.project}, "amount_usd": "0.000005", "measure": "usd",
        "window": {"kind": "month", "time_zone": "Asia/Tokyo"}, "mode": "enforce",
    });
    let limit = stage.create("limits", &limit).await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    let error = assert_final(&answer, 429, "project_spend_limit_exceeded");
    assert_proof(&answer, &error);
    let details = &error["details"];
    assert_eq!(
        details["window"],
        json!({"kind": "month", "time_zone": "Asia/Tokyo"})
    );
    assert_eq!(details["resets_at"], limit["resets_at"]);
    // Midnight in Tokyo is 15:00 in UTC.
    let resets_at = details["resets_at"].as_str().unwrap();
    assert!(
        resets_at.contains("T15:00:00") && resets_at.ends_with('Z'),
        "{resets_at}"
    );
}

#[tokio::test]
async fn the_binding_constraint_is_the_one_with_the_least_left_and_ties_go_from_key_to_credit() {
    let stage = Stage::raise();
    let tenant = stage.tenant(TOO_LITTLE).await;
    let code = async || stage.call(&tenant.secret, &Call::chat()).await.code();
    assert_eq!(code().await, "credit_balance_exhausted");
    stage
        .limit(On::Organization(&tenant.organization), TOO_LITTLE)
        .await;
    assert_eq!(code().await, "organization_spend_limit_exceeded");
    let project = stage.limit(On::Project(&tenant.project), TOO_LITTLE).await;
    assert_eq!(code().await, "project_spend_limit_exceeded");
    let key = stage.limit(On::Key(&tenant.key), TOO_LITTLE).await;
    assert_eq!(code().await, "api_key_spend_limit_exceeded");
    stage.change_limit(&key, 2 * TOO_LITTLE).await;
    assert_eq!(code().await, "project_spend_limit_exceeded");
    stage.change_limit(&project, 2 * TOO_LITTLE).await;
    assert_eq!(code().await, "organization_spend_limit_exceeded");
}

#[tokio::test]
async fn a_stream_and_an_image_are_refused_before_they_begin() {
    let stage = Stage::raise();
    let tenant = stage.tenant(TOO_LITTLE).await;
    for call in [Call::stream(true), Call::image()] {
        let answer = stage.call(&tenant.secret, &call).await;
        let error = assert_final(&answer, 429, "credit_balance_exhausted");
        assert_proof(&answer, &error);
    }
    assert_eq!(stage.provider("/sim/billed").await["calls"], 0);
}

#[tokio::test]
async fn a_refusal_is_402_where_the_operator_prefers_that() {
    let stage = Setting::default()
        .config("[errors]\nrefusal_status = 402")
        .raise();
    let tenant = stage.tenant(0).await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    let error = assert_final(&answer, 402, "credit_balance_exhausted");
    assert_proof(&answer, &error);
}

/// Whether a text has anything in it that looks like an amount: a number behind a dollar sign, or one with decimals.
fn has_amount(text: &str) -> bool {
    let digits = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let begins_with_digit = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let mut words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    text.split('$').skip(1).any(begins_with_digit)
        || words.any(|word| {
            let mut parts = word.split('.');
            digits(parts.next()) && digits(parts.next())
        })
}

#[test]
fn an_amount_is_known_when_it_is_seen() {
    for text in [r#"{"left_usd":"0.000005"}"#, "left $5", "12.50 US dollars"] {
        assert!(has_amount(text), "{text}");
    }
    for text in ["req_01h5.", "HTTP 429", "v1.", "a. 5"] {
        assert!(!has_amount(text), "{text}");
    }
}

#[tokio::test]
async fn a_refusal_under_code_only_has_code_and_request_id_and_no_amount_anywhere() {
    let stage = Setting::default()
        .config("[errors]\ndisclosure = \"code_only\"")
        .raise();
    let tenant = stage.tenant(TOO_LITTLE).await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    let error = assert_final(&answer, 429, "credit_balance_exhausted");
    let request = answer.must("x-request-id");
    assert!(answer.text().contains(request), "{answer:?}");
    assert!(!has_amount(answer.text()), "{answer:?}");
    for (name, value) in &answer.headers {
        let value = value.to_str().unwrap();
        assert!(!has_amount(value), "{name}: {value}");
    }
    let details = error["details"].as_object().cloned().unwrap_or_default();
    assert!(
        details.keys().all(|member| member == "request_id"),
        "{error}"
    );
    // The operator still sees everything.
    let row = stage.get(&format!("requests/{request}")).await;
    assert_eq!(row["error_code"], "credit_balance_exhausted");
}

#[tokio::test]
async fn what_has_no_price_is_refused_and_reaches_no_provider() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let unknown = Call::chat().model("gpt-nobody-priced");
    let wrong_route = Call::image().model("gpt-5-mini");
    for call in [unknown, wrong_route] {
        let answer = stage.call(&tenant.secret, &call).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (404, "model_not_found"),
            "{answer:?}"
        );
        assert_eq!(answer.error()["type"], "invalid_request_error");
    }
    for (method, path) in [
        (http::Method::POST, "/v1/embeddings"),
        (http::Method::POST, "/v1/anything"),
        (http::Method::GET, "/v1/anything"),
        (http::Method::GET, "/v1/chat/completions"),
        (http::Method::POST, "/v1/chat/completions/"),
        (http::Method::POST, "/v1/images/edits"),
        (http::Method::DELETE, "/v1/models/gpt-5-mini"),
    ] {
        let ask = crate::http::Ask::new(method.clone(), path).bearer(&tenant.secret);
        let answer = stage.send(&ask.json(Call::chat().body.to_string())).await;
        let found = (answer.status, answer.code());
        assert_eq!(
            (found.0, &*found.1),
            (404, "endpoint_not_metered"),
            "{method} {path}: {answer:?}"
        );
        assert!(
            answer.error()["message"]
                .as_str()
                .unwrap()
                .contains("not metered")
        );
    }
    let ledger = stage.provider("/sim/ledger").await;
    assert_eq!(ledger["data"], json!([]));
    assert_unspent(&stage, &tenant).await;
}

async fn assert_unspent(stage: &Stage, tenant: &Tenant) {
    let balance = stage.balance(&tenant.organization).await;
    assert_eq!((balance.spent, balance.held), (0, 0), "{balance:?}");
}

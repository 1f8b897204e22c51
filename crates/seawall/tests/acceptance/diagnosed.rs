//! What a provider's refusal means, as the client is told it and as it is on record: in an answer, in the middle of a stream,
//! and in the body of an answer that is well by its status.

use std::time::Duration;

use serde_json::{Value, json};

use crate::call::Call;
use crate::http::Answer;
use crate::process::{Ended, Start};
use crate::rogue::{self, Manner, Rogue};
use crate::stage::{ADMIN_KEY, Setting, Stage};

const DOLLAR: i64 = 1_000_000_000;
/// What a library looks for to know that asking again does not help.
const OF_MONEY: [&str; 2] = ["billing", "credit balance"];

fn diagnosis(error: &Value) -> &Value {
    &error["details"]["diagnosis"]
}

fn message(error: &Value) -> &str {
    error["message"].as_str().unwrap()
}

fn assert_verdict(error: &Value, [cause, scope, confidence, retry]: [&str; 4]) {
    let told = diagnosis(error);
    let short = json!([
        told["cause"],
        told["scope"],
        told["confidence"],
        told["retry"]
    ]);
    assert_eq!(short, json!([cause, scope, confidence, retry]), "{error}");
}

fn explain(stage: &Stage, id: &str) -> Ended {
    Start::new(&["explain", id])
        .env("SEAWALL_URL", &format!("http://{}", stage.gateway.address))
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .run(stage.folder())
}

#[tokio::test]
async fn the_image_endpoints_hard_limit_is_told_as_the_stop_it_may_be_with_what_to_do_and_where() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let call = Call::image().sim("fault", "refuse:billing_hard_limit_reached_image");
    let answer = stage.call(&tenant.secret, &call).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let error = answer.error();
    assert_eq!(error["code"], "billing_hard_limit_reached");
    assert_eq!(error["type"], "image_generation_user_error");
    let verdict = ["billing_on_image_path", "model", "certain", "elsewhere"];
    assert_verdict(&error, verdict);
    assert_eq!(
        diagnosis(&error)["may_be"][0],
        "credit_exhausted",
        "{error}"
    );
    let page = "https://platform.openai.com/settings/organization/billing/overview";
    assert_eq!(diagnosis(&error)["where"], page);
    let begin = "Refused by OpenAI, not by Seawall: Billing hard limit has been reached. Diagnosis (certain): ";
    assert!(message(&error).starts_with(begin), "{error}");
    assert!(message(&error).ends_with(page), "{error}");
    assert_eq!(answer.must("x-should-retry"), "false");

    let id = answer.must("x-request-id");
    stage.told(id).await;
    let explanation = stage.get(&format!("requests/{id}/explanation")).await;
    assert_eq!(explanation["request"]["error"], error);
    let means = diagnosis(&error)["means"].as_str().unwrap();
    let why = explanation["why"].as_str().unwrap();
    assert!(
        why.contains(means) && why.ends_with("Nothing is charged."),
        "{why}"
    );
    let explained = explain(&stage, id).stdout;
    for part in ["billing_on_image_path (certain), closes the model", page] {
        assert!(explained.contains(part), "{explained}");
    }
}

#[tokio::test]
async fn a_stop_is_final_to_an_sdk_and_what_passes_is_not_and_neither_has_the_others_words() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    for (fault, verdict, is_final, after) in [
        (
            "insufficient_quota",
            [
                "billing_unspecified",
                "organization",
                "certain",
                "elsewhere",
            ],
            true,
            None,
        ),
        (
            "project_spend_limit_exceeded",
            ["project_spend_limit", "project", "certain", "elsewhere"],
            true,
            None,
        ),
        (
            "rate_limit_exceeded",
            ["token_rate", "model", "certain", "after"],
            false,
            Some(12),
        ),
        // No SDK sleeps for minutes without telling its caller.
        (
            "rate_limit_exceeded_day",
            ["request_rate", "model", "certain", "after"],
            true,
            Some(432),
        ),
        (
            "server_is_overloaded",
            ["overloaded", "model", "certain", "after"],
            false,
            Some(1),
        ),
    ] {
        let call = Call::chat().sim("fault", format!("refuse:{fault}"));
        let answer = stage.call(&tenant.secret, &call).await;
        let error = answer.error();
        assert_verdict(&error, verdict);
        let header = answer.header("x-should-retry");
        assert_eq!(header, is_final.then_some("false"), "{fault}");
        assert_eq!(
            diagnosis(&error)["after_seconds"].as_u64(),
            after,
            "{fault}"
        );
        let of_money = OF_MONEY
            .iter()
            .any(|word| message(&error).to_lowercase().contains(word));
        assert_eq!(of_money, after.is_none(), "{fault}: {error}");
    }
}

#[tokio::test]
async fn an_error_within_a_stream_says_what_it_means_whether_or_not_the_usage_was_asked_for() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    for (include_usage, fault, verdict) in [
        (
            true,
            "error:mid_stream",
            ["billing_not_active", "organization", "certain", "elsewhere"],
        ),
        (
            false,
            "error:mid_stream",
            ["billing_not_active", "organization", "certain", "elsewhere"],
        ),
        (
            true,
            "error:mid_stream_openrouter",
            ["credit_exhausted", "organization", "likely", "elsewhere"],
        ),
    ] {
        let call = Call::stream(include_usage)
            .sim("output-tokens", 60)
            .sim("fault", fault);
        let answer = stage.call(&tenant.secret, &call).await;
        let events = answer.events();
        let last: Value = serde_json::from_str(events.last().unwrap()).unwrap();
        assert_verdict(&last["error"], verdict);
        let begin = "Refused by OpenAI, not by Seawall: ";
        assert!(message(&last["error"]).starts_with(begin), "{last}");
        let id = answer.must("x-request-id");
        assert!(stage.told(id).await.presumed);
        let row = stage.get(&format!("requests/{id}")).await;
        assert_eq!(row["error"], last["error"]);
        assert_eq!(row["outcome"], "failed");
    }
}

/// An answer with this status line and body.
fn answered(status: &str, body: &str) -> Manner {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Manner::Says([head.as_bytes(), body.as_bytes()].concat())
}

async fn asked(stage: &Stage, secret: &str, manner: &str) -> Answer {
    let call = Call::chat().model("gpt-5-nano").header("x-rogue", manner);
    stage.call(secret, &call).await
}

#[tokio::test]
async fn an_error_in_the_body_of_a_good_answer_is_told_as_an_error_and_charged_as_presumed() {
    let body = r#"{"id":"gen-1","error":{"code":402,"message":"Insufficient credits","metadata":{"limit_source":"openrouter_credits"}}}"#;
    let rogue = Rogue::raise(vec![("within", Manner::Says(rogue::json(body)))]).await;
    let stage = Setting::default().config(&rogue.config()).raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let answer = asked(&stage, &tenant.secret, "within").await;
    assert_eq!(answer.status, 200);
    let error = answer.error();
    assert_eq!(error["code"], 402);
    let verdict = ["credit_exhausted", "organization", "certain", "elsewhere"];
    assert_verdict(&error, verdict);
    let id = answer.must("x-request-id");
    let told = stage.told(id).await;
    assert!(told.presumed && told.charged > 0, "{told:?}");
    assert_eq!(told.outcome, "failed");
    assert_eq!(stage.get(&format!("requests/{id}")).await["error"], error);
}

#[tokio::test]
async fn an_error_that_arrives_in_two_pieces_is_on_record_as_the_client_got_it() {
    // Every piece completes the error that the one before began.
    let piece = " active\",\"type\":\"billing_not_active\",\"code\":\"billing_not_active\"}}\n\ndata: {\"error\":{\"message\":\"Not";
    let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
    let head = "content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n";
    let pieces = Manner::Dribbles(
        rogue::ok(head, b""),
        chunk.into_bytes(),
        Duration::from_millis(20),
    );
    let rogue = Rogue::raise(vec![("pieces", pieces)]).await;
    let stage = Setting::default()
        .config(&rogue.config())
        .config("[gateway]\ncall_timeout = \"1s\"")
        .raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let call = Call::stream(true)
        .model("gpt-5-nano")
        .header("x-rogue", "pieces");
    let answer = stage.call(&tenant.secret, &call).await;
    let events = answer.events();
    let mut errors = events
        .iter()
        .filter_map(|event| serde_json::from_str::<Value>(event).ok());
    let first = errors.next().unwrap();
    assert!(message(&first["error"]).contains("Not active"), "{first}");
    let id = answer.must("x-request-id");
    stage.told(id).await;
    assert_eq!(
        stage.get(&format!("requests/{id}")).await["error"],
        first["error"]
    );
}

#[tokio::test]
async fn the_words_of_an_empty_balance_are_a_passing_rate_where_the_provider_means_that() {
    let gemini = r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"7.5s"}]}}"#;
    let openai = r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#;
    let rogue = Rogue::raise(vec![
        ("gemini", answered("429 Too Many Requests", gemini)),
        ("openai", answered("429 Too Many Requests", openai)),
    ])
    .await;
    let stage = Setting::default().config(&rogue.config()).raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let answer = asked(&stage, &tenant.secret, "gemini").await;
    // Google's list of details has no room for ours; the sentence has.
    let error = answer.error();
    assert_eq!(error["details"], json!([{"retryDelay": "7.5s"}]));
    assert!(message(&error).contains("It passes by itself"), "{error}");
    assert_eq!(answer.header("x-should-retry"), None);
    let answer = asked(&stage, &tenant.secret, "openai").await;
    let verdict = ["billing_unspecified", "organization", "likely", "elsewhere"];
    assert_verdict(&answer.error(), verdict);
    assert_eq!(answer.must("x-should-retry"), "false");
}

#[tokio::test]
async fn where_reasons_are_not_disclosed_the_refusal_says_whose_it_is_and_nothing_more() {
    let stage = Setting::default()
        .config("[errors]\ndisclosure = \"code_only\"")
        .raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let call = Call::chat().sim("fault", "refuse:billing_hard_limit_reached");
    let error = stage.call(&tenant.secret, &call).await.error();
    assert_eq!(
        message(&error),
        "Refused by OpenAI, not by Seawall: Billing hard limit has been reached"
    );
    assert_eq!(error["details"], Value::Null);
}

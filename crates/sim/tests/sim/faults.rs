//! Failures on demand: what comes over the wire, and what is billed for it.

use serde_json::{Value, json};

use crate::support::{Answer, HELLO, Provider, hello, provider, tokens};

/// 9 × $0.25/M + 100 × $2/M
const FULL: &str = "0.00020225";
/// The same with 50 tokens of output.
const HALF: &str = "0.00010225";

/// Sends a call of 100 tokens with this fault, by header.
async fn call(provider: &Provider, fault: &str, stream: bool) -> Answer {
    let stream = format!(r#""stream":{stream},"stream_options":{{"include_usage":true}}"#);
    let fault = format!("x-sim-fault: {fault}");
    provider
        .chat(&hello(&stream), &["x-sim-output-tokens: 100", &fault])
        .await
}

#[tokio::test]
async fn each_refusal_has_its_status_and_is_not_billed() {
    let provider = provider().await;
    // Name, status, type, code; a bar for null.
    let table = "
        credit_balance_exhausted          429 insufficient_quota          credit_balance_exhausted
        insufficient_quota                429 insufficient_quota          insufficient_quota
        billing_hard_limit_reached        400 invalid_request_error       billing_hard_limit_reached
        billing_hard_limit_reached_image  400 image_generation_user_error billing_hard_limit_reached
        billing_not_active_null           429 billing_not_active          -
        account_deactivated               401 invalid_request_error       account_deactivated
        rate_limit_exceeded               429 tokens                      rate_limit_exceeded
        server_is_overloaded              503 service_unavailable_error   server_is_overloaded
        server_error                      500 server_error                -
        anthropic_overloaded              529 overloaded_error            -
        gemini_rate                       429 -                           429
        deepseek_balance                  402 unknown_error               invalid_request_error
    ";
    for row in table.trim().lines() {
        let cells: Vec<&str> = row.split_whitespace().collect();
        let answer = call(&provider, &format!("refuse:{}", cells[0]), false).await;
        let error = &answer.json()["error"];
        let word = |member: &str| match &error[member] {
            Value::Null => "-".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        assert_eq!(
            [answer.status.to_string(), word("type"), word("code")],
            cells[1..],
            "{row}"
        );
        assert!(answer.header("x-request-id").is_some());
    }
    let billed = provider.get("/sim/billed").await;
    assert_eq!(
        (&billed["usd"], &billed["calls"]),
        (&json!("0.00"), &json!(0))
    );
}

#[tokio::test]
async fn refusals_carry_the_headers_of_their_vendor_and_only_those() {
    let provider = provider().await;
    let credit = call(&provider, "refuse:credit_balance_exhausted", false).await;
    assert!(
        credit.header("retry-after").is_none()
            && credit.header("x-ratelimit-limit-tokens").is_none()
    );
    assert!(credit.header("openai-project").is_some());
    let rate = call(&provider, "refuse:rate_limit_exceeded", false).await;
    assert_eq!(rate.header("retry-after"), Some("12"));
    assert_eq!(rate.header("x-ratelimit-remaining-tokens"), Some("7001"));
    assert!(
        rate.json()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("for gpt-5-mini in")
    );
    let other = call(&provider, "refuse:anthropic_credit_low", false).await;
    assert!(other.header("openai-version").is_none());
    assert_eq!(
        other.json()["request_id"],
        other.header("x-request-id").unwrap()
    );
    let key = call(&provider, "refuse:invalid_api_key", false).await;
    assert!(key.body.contains("sk-test-**********abcd"), "{}", key.body);
}

#[tokio::test]
async fn a_model_name_a_header_and_the_queue_name_the_same_faults() {
    let provider = provider().await;
    let model = HELLO.replace("gpt-5-mini", "sim/refuse:insufficient_quota");
    assert_eq!(provider.chat(&model, &[]).await.status, 429);
    let queued = r#"{"fault":"refuse:server_error","model":"gpt-5-mini","times":2}"#;
    assert_eq!(
        provider
            .send("POST", "/sim/faults", &[], queued)
            .await
            .status,
        200
    );
    assert_eq!(provider.get("/v1/models").await["object"], "list");
    assert_eq!(
        provider
            .chat(&HELLO.replace("mini", "nano"), &[])
            .await
            .status,
        200
    );
    assert_eq!(provider.chat(HELLO, &[]).await.status, 500);
    assert_eq!(provider.get("/sim/faults").await["data"][0]["times"], 1);
    assert_eq!(provider.chat(HELLO, &[]).await.status, 500);
    assert_eq!(provider.chat(HELLO, &[]).await.status, 200);
    let probe = r#"{"fault":"refuse:billing_not_active","path":"/v1/models"}"#;
    provider.send("POST", "/sim/faults", &[], probe).await;
    assert_eq!(provider.chat(HELLO, &[]).await.status, 200);
    assert_eq!(
        provider.send("GET", "/v1/models", &[], "").await.status,
        429
    );
    provider.send("POST", "/sim/faults", &[], queued).await;
    provider.send("DELETE", "/sim/faults", &[], "").await;
    assert_eq!(provider.chat(HELLO, &[]).await.status, 200);
    for wrong in [
        r#"{"fault":"explode"}"#,
        r#"{"fault":"hang","times":0}"#,
        r#"{"fault":"hang","tmies":1}"#,
    ] {
        assert_eq!(
            provider
                .send("POST", "/sim/faults", &[], wrong)
                .await
                .status,
            400,
            "{wrong}"
        );
    }
    let names = provider.get("/sim/faults/names").await;
    assert!(
        names["data"]
            .as_array()
            .unwrap()
            .contains(&json!("refuse:gemini_rate"))
    );
}

/// What is left of an answer, in one word.
fn seen(answer: &Answer) -> &'static str {
    match (answer.status, answer.whole, answer.body.is_empty()) {
        (0, ..) => "nothing",
        (200, false, true) => "headers",
        (200, false, false) => "part",
        (200, true, _) => "whole",
        _ => "other",
    }
}

#[tokio::test]
async fn connections_are_dropped_where_asked_and_what_was_made_is_billed() {
    for (fault, stream, left, billed, status) in [
        ("drop:before", false, "nothing", FULL, Value::Null),
        ("drop:before", true, "nothing", FULL, Value::Null),
        ("drop:headers", false, "headers", FULL, json!(200)),
        ("drop:headers", true, "headers", FULL, json!(200)),
        ("drop:mid", false, "part", FULL, json!(200)),
        ("drop:mid", true, "part", HALF, json!(200)),
        ("drop:before_usage", false, "part", FULL, json!(200)),
        ("drop:before_usage", true, "part", FULL, json!(200)),
        ("slow:30", false, "whole", FULL, json!(200)),
    ] {
        let provider = provider().await;
        let answer = call(&provider, fault, stream).await;
        assert_eq!(seen(&answer), left, "{fault} {stream} {answer:?}");
        assert_eq!(
            answer.body.contains("prompt_tokens"),
            left == "whole",
            "{fault} {stream}"
        );
        assert!(!answer.body.contains("[DONE]"), "{fault}");
        assert_eq!(provider.usd().await, billed, "{fault} {stream}");
        let line = provider.line().await;
        assert_eq!(line["usage_delivered"], left == "whole", "{fault} {stream}");
        assert_eq!((&line["status"], &line["fault"]), (&status, &json!(fault)));
        if fault == "drop:before_usage" && stream {
            assert_eq!(tokens(&answer.text()), 100);
            assert_eq!(
                answer.chunks().last().unwrap()["choices"][0]["finish_reason"],
                "stop"
            );
        }
        provider.stop().await;
    }
}

#[tokio::test]
async fn usage_is_left_out_or_understated_and_the_ledger_says_so() {
    for stream in [false, true] {
        let provider = provider().await;
        let silent = call(&provider, "no_usage", stream).await;
        assert!(silent.whole && !silent.body.contains("prompt_tokens"));
        assert_eq!(silent.body.ends_with("data: [DONE]\n\n"), stream);
        assert_eq!(provider.usd().await, FULL);
        provider.send("POST", "/sim/reset", &[], "").await;
        let lie = call(&provider, "lie:usage", stream).await;
        let said = if stream {
            lie.chunks().pop().unwrap()
        } else {
            lie.json()
        };
        assert_eq!(said["usage"]["completion_tokens"], 50);
        let line = provider.line().await;
        assert_eq!(line["usage"]["completion_tokens"], 100);
        assert_eq!(line["usage_said"]["completion_tokens"], 50);
        assert_eq!(provider.usd().await, FULL);
    }
}

#[tokio::test]
async fn garbage_and_errors_in_mid_stream_are_billed_for_what_was_made() {
    let provider = provider().await;
    let garbage = call(&provider, "garbage", false).await;
    assert!(garbage.status == 200 && serde_json::from_str::<Value>(&garbage.body).is_err());
    assert_eq!(provider.usd().await, FULL);
    let stream = call(&provider, "garbage:stream", true).await;
    assert!(stream.whole && !stream.body.contains("[DONE]"));
    provider.send("POST", "/sim/reset", &[], "").await;
    let broken = call(&provider, "error:mid_stream", true).await;
    assert!(broken.whole && broken.status == 200);
    let chunks = broken.chunks();
    assert_eq!(
        chunks.last().unwrap()["error"]["code"],
        "billing_not_active"
    );
    assert_eq!(tokens(&broken.text()), 50);
    assert_eq!(provider.usd().await, HALF);
}

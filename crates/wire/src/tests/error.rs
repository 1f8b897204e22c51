use serde_json::Value;

use crate::error::{Body, Envelope, ProviderError, prefix_message};

#[test]
fn every_envelope_that_is_about_is_read() {
    for (body, kind, code, reason, message) in [
        (
            r#"{"error":{"message":"You exceeded","type":"insufficient_quota","param":null,"code":"credit_balance_exhausted"}}"#,
            Some("insufficient_quota"),
            Some("credit_balance_exhausted"),
            None,
            "You exceeded",
        ),
        (
            r#"{"error":{"code":402,"message":"Insufficient credits","metadata":{"error_type":"payment_required","limit_source":"openrouter_credits"}}}"#,
            None,
            Some("402"),
            Some("openrouter_credits"),
            "Insufficient credits",
        ),
        (
            r#"{"error":{"code":402,"message":"m","metadata":{"reason":"in_flight_budget_exhausted","limit_source":"x"}}}"#,
            None,
            Some("402"),
            Some("in_flight_budget_exhausted"),
            "m",
        ),
        (
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"m","details":{"error_code":"enforced_spend_limit_reached"}},"request_id":"r"}"#,
            Some("rate_limit_error"),
            None,
            Some("enforced_spend_limit_reached"),
            "m",
        ),
        (
            r#"{"object":"error","message":"flat","type":"t","param":null,"code":"c"}"#,
            Some("t"),
            Some("c"),
            None,
            "flat",
        ),
        (r#"{"error":"just text"}"#, None, None, None, "just text"),
        (r#"{"error":[1]}"#, None, None, None, ""),
        ("<html>502</html>", None, None, None, "<html>502</html>"),
        ("", None, None, None, ""),
    ] {
        let error = ProviderError::read(429, body.as_bytes());
        assert_eq!(
            (error.status, error.kind.as_deref(), error.code.as_deref()),
            (429, kind, code),
            "{body}"
        );
        assert_eq!(
            (error.reason.as_deref(), &*error.message),
            (reason, message),
            "{body}"
        );
        assert_eq!(error.finest_code(), reason.or(code), "{body}");
    }
    let param = ProviderError::read(400, br#"{"error":{"message":"m","param":"service_tier"}}"#);
    assert_eq!(param.param.as_deref(), Some("service_tier"));
    assert_eq!(
        ProviderError::read(500, "é".repeat(9_000).as_bytes())
            .message
            .chars()
            .count(),
        2_000
    );
}

#[test]
fn a_prefix_goes_in_front_of_the_message_and_nothing_else_changes() {
    for (body, after) in [
        (
            r#"{"error": {"message":"no \u00e9","code":null, "message2":"x"} }"#,
            r#"{"error": {"message":"By \"X\": no \u00e9","code":null, "message2":"x"} }"#,
        ),
        (r#"{"message":"flat"}"#, r#"{"message":"By \"X\": flat"}"#),
        (r#"{"error":"text"}"#, r#"{"error":"By \"X\": text"}"#),
        (
            r#"{"type":"error","error":{"type":"t","message":""}}"#,
            r#"{"type":"error","error":{"type":"t","message":"By \"X\": "}}"#,
        ),
    ] {
        let prefixed = prefix_message(body.as_bytes(), "By \"X\": ").unwrap();
        assert_eq!(String::from_utf8(prefixed).unwrap(), after);
    }
    for body in [
        "",
        "garbage",
        "{}",
        r#"{"error":{}}"#,
        r#"{"error":{"message":5}}"#,
        r#"{"error":[]}"#,
    ] {
        assert_eq!(prefix_message(body.as_bytes(), "x"), None, "{body}");
    }
}

#[test]
fn our_own_refusal_has_the_shape_clients_know() {
    let body = Body {
        message: "no",
        kind: "insufficient_quota",
        param: None,
        code: Some("credit_balance_exhausted"),
        details: Some(serde_json::json!({ "short_usd": "1.50" })),
    };
    let envelope = Envelope { error: body };
    let text = r#"{"error":{"message":"no","type":"insufficient_quota","param":null,"code":"credit_balance_exhausted","details":{"short_usd":"1.50"}}}"#;
    assert_eq!(
        String::from_utf8(envelope.to_body().unwrap()).unwrap(),
        text
    );
    assert_eq!(
        String::from_utf8(envelope.to_event().unwrap()).unwrap(),
        format!("data: {text}\n\n")
    );
    let bare = Envelope::<Value> {
        error: Body {
            details: None,
            ..envelope.error
        },
    };
    let read = ProviderError::read(429, &bare.to_body().unwrap());
    assert_eq!(read.code.as_deref(), Some("credit_balance_exhausted"));
    assert!(
        !String::from_utf8(bare.to_body().unwrap())
            .unwrap()
            .contains("details")
    );
}

proptest::proptest! {
    #[test]
    fn a_prefixed_message_reads_as_prefix_and_message(message: String, prefix: String) {
        let body = serde_json::json!({ "error": { "message": message, "code": 1 } }).to_string();
        let prefixed = prefix_message(body.as_bytes(), &prefix).unwrap();
        let read: Value = serde_json::from_slice(&prefixed).unwrap();
        proptest::prop_assert_eq!(read.pointer("/error/message"), Some(&Value::from(format!("{prefix}{message}"))));
        proptest::prop_assert_eq!(read.pointer("/error/code"), Some(&Value::from(1)));
    }

    #[test]
    fn reading_an_error_never_panics(body: Vec<u8>, json in super::json()) {
        let _ignored: ProviderError = ProviderError::read(500, &body);
        let _ignored: ProviderError = ProviderError::read(500, format!("{{\"error\":{json}}}").as_bytes());
        let _ignored: Option<Vec<u8>> = prefix_message(&body, "x");
    }
}

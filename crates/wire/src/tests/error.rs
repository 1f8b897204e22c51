use serde_json::Value;

use crate::error::{Body, Envelope, Note, ProviderError, annotated};
use crate::sse::annotated_event;

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
fn what_stands_beside_the_message_is_read() {
    for (body, kind, reason, cap, wait) in [
        (
            r#"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"PerMinute"}]},{"retryDelay":"55s"}]}}]"#,
            Some("RESOURCE_EXHAUSTED"),
            None,
            Some("PerMinute"),
            Some("55s"),
        ),
        (
            r#"{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
            Some("INVALID_ARGUMENT"),
            Some("API_KEY_INVALID"),
            None,
            None,
        ),
        (
            r#"{"error":{"code":503,"message":"m","availability":{"code":"no_available_provider","retry_after":1}}}"#,
            None,
            Some("no_available_provider"),
            None,
            Some("1"),
        ),
        (
            r#"{"error":{"code":403,"message":"m","metadata":{"limit_source":"openrouter_key_limit","resets_at":"2026-09-01T00:00:00Z"}}}"#,
            None,
            Some("openrouter_key_limit"),
            None,
            Some("2026-09-01T00:00:00Z"),
        ),
        (
            r#"{"error":{"message":"m","metadata":[],"availability":"x","details":[{},5,null]}}"#,
            None,
            None,
            None,
            None,
        ),
    ] {
        let error = ProviderError::read(429, body.as_bytes());
        assert_eq!(error.message, "m", "{body}");
        assert_eq!(
            (error.kind.as_deref(), error.reason.as_deref()),
            (kind, reason),
            "{body}"
        );
        assert_eq!(
            (error.cap.as_deref(), error.wait.as_deref()),
            (cap, wait),
            "{body}"
        );
    }
}

#[test]
fn an_error_that_is_a_text_keeps_the_code_beside_it() {
    let body = br#"{"code":"Client specified an invalid argument","error":"Incorrect API key provided: sk***gA."}"#;
    let error = ProviderError::read(400, body);
    assert_eq!(error.message, "Incorrect API key provided: sk***gA.");
    assert_eq!(
        error.code.as_deref(),
        Some("Client specified an invalid argument")
    );
}

const NOTE: Note<'_> = Note {
    before: "By \"X\": ",
    after: " Do.",
    diagnosis: Some(r#"{"cause":"c"}"#),
};

#[test]
fn a_note_goes_around_the_message_and_into_the_details_and_nothing_else_changes() {
    for (body, after) in [
        (
            r#"{"error": {"message":"no \u00e9","code":null, "message2":"x" } }"#,
            r#"{"error": {"message":"By \"X\": no \u00e9 Do.","code":null, "message2":"x","details":{"diagnosis":{"cause":"c"}} } }"#,
        ),
        (
            r#"{"type":"error","error":{"message":"","details":{"error_code":"e"}}}"#,
            r#"{"type":"error","error":{"message":"By \"X\":  Do.","details":{"diagnosis":{"cause":"c"},"error_code":"e"}}}"#,
        ),
        (
            r#"{"error":{"details":{ },"message":"m"}}"#,
            r#"{"error":{"details":{"diagnosis":{"cause":"c"} },"message":"By \"X\": m Do."}}"#,
        ),
        (
            r#"{"error":{"details":null,"message":"m"}}"#,
            r#"{"error":{"details":{"diagnosis":{"cause":"c"}},"message":"By \"X\": m Do."}}"#,
        ),
        // A list has no room for it.
        (
            r#"[{"error":{"message":"m","details":[{"a":1}]}}]"#,
            r#"[{"error":{"message":"By \"X\": m Do.","details":[{"a":1}]}}]"#,
        ),
        // Nor has an error without an object.
        (
            r#"{"message":"flat"}"#,
            r#"{"message":"By \"X\": flat Do."}"#,
        ),
        (
            r#"{"error":"text","code":"c"}"#,
            r#"{"error":"By \"X\": text Do.","code":"c"}"#,
        ),
    ] {
        let noted = annotated(body.as_bytes(), &NOTE).unwrap();
        assert_eq!(String::from_utf8(noted).unwrap(), after);
        let event = format!("event: error\r\ndata: {body}\r\n\r\n");
        let noted = annotated_event(event.as_bytes(), &NOTE);
        let after = format!("event: error\r\ndata: {after}\r\n\r\n");
        // No stream carries its events in lists.
        if !body.starts_with('[') {
            assert_eq!(String::from_utf8(noted.unwrap()).unwrap(), after);
        }
    }
    for body in [
        "",
        "garbage",
        "{}",
        "[]",
        r#"{"error":{}}"#,
        r#"{"error":{"message":5}}"#,
        r#"{"error":[]}"#,
    ] {
        assert_eq!(annotated(body.as_bytes(), &NOTE), None, "{body}");
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
    fn a_noted_message_reads_as_what_was_put_around_it(message: String, before: String, after: String, details in super::json()) {
        let details: Value = serde_json::from_str(&details).unwrap_or_default();
        let body = serde_json::json!({ "error": { "message": message, "code": 1, "details": details } }).to_string();
        let note = Note { before: &before, after: &after, diagnosis: Some("7") };
        let noted = annotated(body.as_bytes(), &note).unwrap();
        let read: Value = serde_json::from_slice(&noted).unwrap();
        proptest::prop_assert_eq!(read.pointer("/error/message"), Some(&Value::from(format!("{before}{message}{after}"))));
        proptest::prop_assert_eq!(read.pointer("/error/code"), Some(&Value::from(1)));
        if details.is_object() || details.is_null() {
            proptest::prop_assert_eq!(read.pointer("/error/details/diagnosis"), Some(&Value::from(7)));
        }
    }

    #[test]
    fn reading_an_error_never_panics(body: Vec<u8>, json in super::json()) {
        let _ignored: ProviderError = ProviderError::read(500, &body);
        let _ignored: ProviderError = ProviderError::read(500, format!("{{\"error\":{json}}}").as_bytes());
        let _ignored: Option<Vec<u8>> = annotated(&body, &NOTE);
        let _ignored: Option<Vec<u8>> = annotated_event(&body, &NOTE);
        let nested = format!("{{\"error\":{{\"message\":\"m\",\"details\":{json},\"metadata\":{json},\"availability\":{json}}}}}");
        let _ignored: ProviderError = ProviderError::read(200, nested.as_bytes());
        let _ignored: Option<Vec<u8>> = annotated(nested.as_bytes(), &NOTE);
    }
}

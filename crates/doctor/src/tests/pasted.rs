//! Errors as people paste them.

use diagnosis::Provider;

use super::situation::{fine, now};
use crate::{examine, read_pasted};

/// The verdict on what was pasted into an environment without anything else.
fn verdict(text: &str) -> (u16, Vec<&'static str>) {
    let answer = read_pasted(text, Provider::OpenAi, now());
    let status = answer.status;
    let mut o = fine();
    o.answers = vec![answer];
    let ids = examine(&o)
        .findings
        .iter()
        .map(|finding| finding.id)
        .collect();
    (status, ids)
}

/// What was copied, the status in it (0: none), and the verdict.
#[rustfmt::skip] // One row a line.
const COPIED: [(&str, u16, &str); 14] = [
        (
            "Error code: 429 - {'error': {'message': 'insufficient_quota: no credit', 'type': 'insufficient_quota', 'code': 'credit_balance_exhausted', 'details': {'refused_by': 'seawall', 'request_id': 'req_1'}}}",
            429,
            "E11",
        ),
        (
            "HTTP/1.1 429\nx-ms-region: East US\n\n{\"error\":{\"message\":\"You exceeded your current quota, see https://platform.openai.com/docs\",\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
            429,
            "D20",
        ),
        (
            r#"{"error":{"message":"You have no credits remaining.","type":"insufficient_quota","param":null,"code":"credit_balance_exhausted"}}"#,
            0,
            "D01",
        ),
        (
            "HTTP/2 429 \nopenai-organization: org-x\n\n{\n  \"error\": {\"message\": \"x\", \"type\": \"insufficient_quota\", \"code\": \"project_spend_limit_exceeded\"}}",
            429,
            "D04",
        ),
        (
            "openai.RateLimitError: Error code: 429 - {'error': {'message': 'You exceeded your current quota, please check your plan and billing details.', 'type': 'insufficient_quota', 'param': None, 'code': 'insufficient_quota'}}",
            429,
            "D02",
        ),
        (
            "openai.BadRequestError: Error code: 400 - {'error': {'code': 'billing_hard_limit_reached', 'message': 'Billing hard limit has been reached', 'param': None, 'type': 'image_generation_user_error'}}",
            400,
            "D06",
        ),
        (
            "RateLimitError: 429 You exceeded your current quota\n  status: 429,\n  headers: { 'retry-after': '3600' },\n  code: 'insufficient_quota',\n  param: null,\n  type: 'insufficient_quota'\n}",
            429,
            "D02",
        ),
        (
            "Error code: 429 - You exceeded your current quota, please check your plan and billing details.",
            429,
            "D02",
        ),
        (
            "data: {\"type\":\"error\",\"error\":{\"message\":\"Your account is not active\",\"type\":\"billing_not_active\",\"code\":\"billing_not_active\"}}",
            0,
            "D17",
        ),
        (
            "{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"credit_balance_exhausted\",\"message\":\"x\"}}}",
            0,
            "D01",
        ),
        (
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}"#,
            400,
            "D01",
        ),
        (
            r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details","status":"RESOURCE_EXHAUSTED"}}"#,
            429,
            "D20",
        ),
        (
            r#"{"error":{"code":403,"message":"Key limit exceeded (weekly limit). Manage it using https://openrouter.ai/settings/keys"}}"#,
            403,
            "D23",
        ),
        ("nothing that anybody knows", 0, "E10"),
    ];

#[test]
fn an_error_is_read_however_it_was_copied() {
    for (text, status, id) in COPIED {
        // Anthropic's body names no status; whoever pastes it has the line before it, too.
        let whole = if status == 400 && text.starts_with('{') {
            format!("HTTP/1.1 400 Bad Request\n\n{text}")
        } else {
            text.to_owned()
        };
        let (read, ids) = verdict(&whole);
        assert_eq!((read, ids.first()), (status, Some(&id)), "{text}\n{ids:?}");
    }
}

#[test]
fn headers_that_are_pasted_along_count() {
    let text = "< HTTP/1.1 429 Too Many Requests\n< openai-organization: org-x\n< openai-project: proj_y\n< retry-after: 3600\n\
        > user-agent: OpenAI/JS 6.49.0\n> x-stainless-retry-count: 1\n\n{\"error\":{\"message\":\"m\",\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}";
    let answer = read_pasted(text, Provider::OpenAi, now());
    assert_eq!(answer.headers.organization.as_deref(), Some("org-x"));
    assert_eq!(answer.headers.project.as_deref(), Some("proj_y"));
    let (_, ids) = verdict(text);
    assert!(ids.contains(&"D27") && ids.contains(&"D28"), "{ids:?}");
}

#[test]
fn any_text_at_all_is_read_without_a_fault() {
    let whole =
        "Error code: 429 - {'error': {'message': 'it\\'s \u{fc}ber', \"code\": {\"a\": [1, 2";
    for (at, _) in whole.char_indices() {
        let (before, after) = whole.split_at(at);
        verdict(before);
        verdict(after);
    }
    verdict("");
    verdict(&"{".repeat(100_000));
}

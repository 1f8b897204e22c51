//! What is wrong with one call, limits of others on the way, and what people have around their programs: `.env` files as they
//! are written, keys of every shape, an organization with many keys.

use serde_json::{Value, json};

use super::{Row, case, chat, image, of_kind, pasted};
use crate::doctor::ADMIN;

/// What is wrong with one call, and limits of others on the way.
fn calls() -> Vec<Row> {
    let body = |status: u16, error: Value| {
        pasted(&format!("HTTP/1.1 {status}\n\n{}", json!({"error": error})))
    };
    vec![
        (
            "E12",
            body(
                402,
                json!({"code": 402, "message": "m", "metadata": {"limit_source": "openrouter_guardrail_budget"}}),
            ),
            of_kind("openrouter", "openrouter_key_limit_402"),
        ),
        (
            "E13",
            body(
                400,
                json!({"code": "400", "type": "budget_exceeded", "message": "Budget has been exceeded!"}),
            ),
            image("billing_hard_limit_reached_image"),
        ),
        (
            "E14",
            body(
                400,
                json!({"code": "context_length_exceeded", "message": "m"}),
            ),
            chat("rate_limit_too_large"),
        ),
        (
            "E15",
            body(400, json!({"code": "moderation_blocked", "message": "m"})),
            chat("access_terminated"),
        ),
    ]
}

/// What stands around a program, as people write it.
fn surroundings() -> Vec<Row> {
    vec![
        (
            "E03",
            case("").file(
                ".env",
                "export OPENAI_API_KEY='sk-proj-another0123456789T3BlbkFJanother99vW' # mine\n",
            ),
            case("").file(".env", "OPENAI_API_KEY=\"${OPENAI_API_KEY}\"\n"),
        ),
        (
            "E05",
            case("").file(
                ".env",
                "ANTHROPIC_API_KEY=\"Bearer sk-ant-api03-0123456789abcdef\"\n",
            ),
            case("").file(
                ".env",
                "OTHER_KEY=\"Bearer sk-ant-api03-0123456789abcdef\"\n",
            ),
        ),
        (
            "D24",
            case("").env("OPENAI_API_KEY", ADMIN),
            case("").env(
                "OPENAI_API_KEY",
                "sk-None-planted0123456789T3BlbkFJplantedx9Fq",
            ),
        ),
        (
            "D09",
            case("")
                .env("OPENAI_API_KEY", "sk-planted0123456789T3BlbkFJplantedx9Fq")
                .and("--organization org-money"),
            case("")
                .env("OPENAI_ORG_ID", "org-acme")
                .and("--organization org-acme"),
        ),
        (
            "E04",
            case("")
                .env("OPENAI_ORG_ID", "org-a")
                .file(".env", "OPENAI_ORGANIZATION=org-b\n"),
            case("")
                .env("OPENAI_ORG_ID", "org-a")
                .file(".env", "OPENAI_ORGANIZATION: 'org-a'\n"),
        ),
        (
            "E08",
            pasted("openai.APIConnectionError: Connection error."),
            pasted("openai.RateLimitError: Error code: 429 - connection to the pool was refused"),
        ),
        (
            "D30",
            case("").project("keys", keys(Some("x9Fq"))),
            case("").project("keys", keys(None)),
        ),
    ]
}

pub(super) fn situations() -> Vec<Row> {
    let mut all = calls();
    all.extend(surroundings());
    all
}

/// 250 keys of which people have left, and behind them the one that is used.
fn keys(used: Option<&str>) -> Value {
    let left = |n: usize| json!({"name": format!("k{n}"), "tail": format!("{n:04}"), "owner_active": false});
    let mut keys: Vec<Value> = (0..250).map(left).collect();
    keys.extend(used.map(|tail| json!({"name": "bot", "tail": tail, "owner_active": false})));
    Value::Array(keys)
}

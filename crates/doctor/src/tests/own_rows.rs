//! E01 to E11: what is wrong on this side, or with the provider itself.

use diagnosis::Provider;
use serde_json::json;

use super::other_rows::{denied, unknown_key};
use super::situation::{Situation, at, chat, fine, headers, situation};
use crate::Origin;

fn variables() -> Vec<Situation> {
    let nobody = || {
        let mut o = fine();
        o.account.key = None;
        o.answers.clear();
        o
    };
    let file = || Origin::File(".env".to_owned());
    let other = "sk-proj-another0123456789abcdefghijkl7777";
    let same = super::situation::KEY;
    vec![
        situation(
            "E01",
            nobody(),
            at(Provider::Compatible, "http://127.0.0.1:11434/v1"),
        ),
        situation(
            "E02",
            fine().variable(
                "OPENAI_BASE_URL",
                "https://api.openai.com/v1/chat/completions",
            ),
            fine().variable("OPENAI_BASE_URL", "https://api.openai.com/v1/"),
        ),
        situation(
            "E03",
            fine()
                .variable("OPENAI_API_KEY", same)
                .set_in("OPENAI_API_KEY", file(), other),
            fine()
                .variable("OPENAI_API_KEY", same)
                .set_in("OPENAI_API_KEY", file(), same),
        )
        .beside_another(),
        situation(
            "E04",
            fine()
                .variable("OPENAI_ORG_ID", "org-a")
                .variable("OPENAI_ORGANIZATION", "org-b"),
            fine()
                .variable("OPENAI_ORG_ID", "org-a")
                .variable("OPENAI_ORGANIZATION", "org-a"),
        )
        .beside_another(),
        situation(
            "E05",
            fine().variable("OPENAI_API_KEY", &format!("\"{same}\"")),
            fine().variable("OPENAI_API_KEY", same),
        ),
        situation(
            "E06",
            fine().key("sk-or-v1-0123456789abcdef0123456789abcdef"),
            at(Provider::OpenRouter, "https://openrouter.ai/api/v1")
                .key("sk-or-v1-0123456789abcdef0123456789abcdef"),
        ),
    ]
}

/// A refusal in Seawall's envelope.
fn ours(refused_by: &str) -> serde_json::Value {
    json!({"error": {"message": "insufficient_quota: no credit is left", "type": "insufficient_quota", "param": null,
        "code": "credit_balance_exhausted", "details": {"refused_by": refused_by, "request_id": "req_01"}}})
}

fn provider() -> Vec<Situation> {
    let unreachable = || {
        let mut o = fine();
        o.answers.clear();
        o.unreachable = Some("cannot connect: Connection refused".to_owned());
        o
    };
    vec![
        situation(
            "E07",
            unknown_key("sk-proj-****...****x9Fq"),
            unknown_key("sk-Eyftb****...****99vW"),
        ),
        situation("E08", unreachable(), fine()),
        situation(
            "E09",
            denied(
                500,
                "server_error",
                "",
                "The server had an error while processing your request",
            ),
            fine().answered(chat(), 200, &json!({"id": "x"}), headers(&[])),
        ),
        situation(
            "E10",
            denied(418, "", "", "I am a teapot"),
            denied(500, "server_error", "", "Sorry"),
        ),
        situation(
            "E02",
            fine().answered(chat(), 308, &json!({}), headers(&[])),
            fine().answered(chat(), 418, &json!({}), headers(&[])),
        ),
        situation(
            "E11",
            fine().denied(chat(), 429, &ours("seawall")),
            fine().denied(chat(), 429, &ours("openai")),
        ),
    ]
}

pub(super) fn situations() -> Vec<Situation> {
    let mut all = variables();
    all.extend(provider());
    all
}

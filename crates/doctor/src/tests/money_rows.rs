//! D01 to D06, D12 to D16, D21 to D23: money, limits, and what is taken for them.

use diagnosis::Provider;
use serde_json::{Value, json};

use super::situation::{
    Situation, at, chat, dollars, error, fine, headers, image, limit, organization, situation,
};
use crate::{KeyBudget, Observations};

const EXCEEDED: &str =
    "You exceeded your current quota, please check your plan and billing details.";

fn stop(code: &str) -> Value {
    error("insufficient_quota", code, EXCEEDED)
}

fn image_stop() -> Value {
    let message = "Billing hard limit has been reached";
    error(
        "image_generation_user_error",
        "billing_hard_limit_reached",
        message,
    )
}

fn unnamed() -> Observations {
    fine().denied(chat(), 429, &stop("insufficient_quota"))
}

fn topped_up(minutes: i64, o: Observations) -> Observations {
    let mut o = o;
    let at = o
        .now
        .checked_sub(jiff::SignedDuration::from_mins(minutes))
        .unwrap();
    o.told.topped_up_at = Some(at);
    o
}

fn key_left(amount: &str) -> Observations {
    let mut o = at(Provider::OpenRouter, "https://openrouter.ai/api/v1");
    o.key_budget = Some(KeyBudget {
        left: Some(dollars(amount)),
        layer: "the key's weekly limit".to_owned(),
        resets: Some("on Monday".to_owned()),
    });
    o
}

fn router(status: u16, body: &Value) -> Observations {
    at(Provider::OpenRouter, "https://openrouter.ai/api/v1").denied(chat(), status, body)
}

fn balance_and_stops() -> Vec<Situation> {
    vec![
        situation(
            "D01",
            fine().denied(chat(), 429, &stop("credit_balance_exhausted")),
            fine().denied(chat(), 429, &stop("project_spend_limit_exceeded")),
        ),
        situation(
            "D02",
            unnamed(),
            fine().denied(chat(), 429, &stop("credit_balance_exhausted")),
        ),
        // The same answer, where the administration API shows which it is.
        situation(
            "D03",
            unnamed().admin(organization("30.02").limited("30", true)),
            unnamed().admin(organization("29.99").limited("30", true)),
        ),
        situation(
            "D03",
            fine().denied(chat(), 429, &stop("organization_spend_limit_exceeded")),
            fine().denied(chat(), 429, &stop("organization_usage_limit_exceeded")),
        ),
        situation(
            "D03",
            fine()
                .denied(image(), 400, &image_stop())
                .admin(organization("30.02").limited("30", true)),
            // It is watched and stops nothing.
            fine()
                .denied(image(), 400, &image_stop())
                .admin(organization("30.02").limited("30", false)),
        ),
        situation(
            "D04",
            fine().denied(chat(), 429, &stop("project_spend_limit_exceeded")),
            fine().denied(chat(), 429, &stop("organization_spend_limit_exceeded")),
        ),
        situation(
            "D04",
            unnamed()
                .admin(organization("12").project(|project| project.limit = limit("10", true))),
            // Another project's limit is reached, not that of the one that is billed.
            unnamed().admin(organization("12").project(|project| {
                project.limit = limit("10", true);
                project.id = "proj_other".to_owned();
            })),
        ),
        situation(
            "D05",
            fine().denied(chat(), 429, &stop("organization_usage_limit_exceeded")),
            fine().denied(chat(), 429, &stop("organization_spend_limit_exceeded")),
        ),
        situation(
            "D06",
            fine().denied(image(), 400, &image_stop()).served(chat()),
            fine().denied(chat(), 429, &stop("credit_balance_exhausted")),
        ),
        // The thread: an image is told of a hard limit, a chat of an empty balance. The chat is right.
        situation(
            "D06",
            fine().denied(image(), 400, &image_stop()).denied(
                chat(),
                429,
                &stop("credit_balance_exhausted"),
            ),
            fine().denied(image(), 429, &stop("credit_balance_exhausted")),
        )
        .beside_another(),
    ]
}

fn balances_and_time() -> Vec<Situation> {
    let denied = || fine().denied(chat(), 429, &stop("credit_balance_exhausted"));
    vec![
        situation("D12", topped_up(5, denied()), topped_up(24 * 60, denied())).beside_another(),
        situation("D12", topped_up(5, unnamed()), topped_up(5, fine())).beside_another(),
        situation(
            "D13",
            unnamed().balance("-0.95", None),
            unnamed().balance("0.95", None),
        ),
        situation(
            "D14",
            unnamed().balance("5", Some("2026-11-01T00:00:00Z")),
            unnamed().balance("5", Some("2026-12-01T00:00:00Z")),
        ),
        situation(
            "D15",
            unnamed().admin(organization("8").alert("20")),
            fine().admin(organization("8").alert("20")),
        )
        .beside_another(),
        situation(
            "D16",
            fine().admin(organization("36").alert("35")),
            fine().admin(organization("36").alert("35").limited("100", true)),
        )
        .beside_another(),
        situation(
            "D16",
            fine().admin(organization("36").limited("35", false)),
            fine().admin(organization("34").limited("35", false)),
        )
        .beside_another(),
    ]
}

fn other_ledgers() -> Vec<Situation> {
    let credits = |reason: &str| {
        json!({"error": {"code": 402, "message": "Insufficient credits. Add more", "metadata":
            {"error_type": "payment_required", "reason": reason}}})
    };
    let afford = json!({"error": {"code": 402, "message": "This request requires more credits, or fewer max_tokens. \
        You requested up to 4096 tokens, but can only afford 4000."}});
    let capped = json!({"error": {"code": 403, "message": "Key limit exceeded (weekly limit). Manage it using \
        https://openrouter.ai/settings/keys"}});
    vec![
        situation(
            "D21",
            router(402, &credits("in_flight_budget_exhausted")),
            router(402, &credits("openrouter_credits")),
        ),
        situation(
            "D22",
            router(402, &afford),
            router(402, &credits("openrouter_credits")),
        ),
        situation(
            "D23",
            router(403, &capped),
            router(402, &credits("openrouter_credits")),
        ),
        situation("D23", key_left("0"), key_left("0.01")),
        situation(
            "D01",
            router(402, &credits("openrouter_credits")),
            router(402, &credits("in_flight_budget_exhausted")),
        ),
        situation(
            "D27",
            fine().answered(
                chat(),
                429,
                &stop("insufficient_quota"),
                headers(&[("retry-after", "3600"), ("x-stainless-lang", "js")]),
            ),
            fine().answered(
                chat(),
                429,
                &stop("insufficient_quota"),
                headers(&[("retry-after", "20"), ("x-stainless-lang", "js")]),
            ),
        )
        .beside_another(),
        situation(
            "D28",
            fine().answered(
                chat(),
                429,
                &stop("insufficient_quota"),
                headers(&[("x-stainless-retry-count", "2")]),
            ),
            fine().answered(
                chat(),
                429,
                &stop("insufficient_quota"),
                headers(&[("x-stainless-retry-count", "0")]),
            ),
        )
        .beside_another(),
    ]
}

pub(super) fn situations() -> Vec<Situation> {
    let mut all = balance_and_stops();
    all.extend(balances_and_time());
    all.extend(other_ledgers());
    all
}

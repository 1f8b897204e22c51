//! E12 to E15: limits of others on the way, and what is wrong with one call; proxies as evidence; pages.

use diagnosis::Provider;
use serde_json::{Value, json};

use super::other_rows::denied;
use super::situation::{Situation, at, chat, error, fine, situation};
use crate::{CATALOGUE, Finding, Observations, examine};

fn router(status: u16, source: &str) -> Observations {
    let body = json!({"error": {"code": status, "message": "Budget exceeded", "metadata":
        {"error_type": "payment_required", "limit_source": source}}});
    at(Provider::OpenRouter, "https://openrouter.ai/api/v1").denied(chat(), status, &body)
}

fn behind_a_gateway(body: &Value) -> Observations {
    at(Provider::Compatible, "http://litellm.internal:4000/v1").denied(chat(), 400, body)
}

pub(super) fn situations() -> Vec<Situation> {
    let wrong = "invalid_request_error";
    let budget = "Budget has been exceeded! Current cost: 10.2, Max budget: 10.0";
    let long = "This model's maximum context length is 128000 tokens. However, you requested 130000 tokens.";
    vec![
        situation(
            "E12",
            router(402, "openrouter_guardrail_budget"),
            router(402, "openrouter_key_limit"),
        ),
        situation(
            "E13",
            behind_a_gateway(&error("budget_exceeded", "400", budget)),
            behind_a_gateway(&error(
                "image_generation_user_error",
                "billing_hard_limit_reached",
                "Billing hard limit has been reached",
            )),
        ),
        situation(
            "E14",
            denied(400, wrong, "context_length_exceeded", long),
            // The rate has the same remedy and another cause.
            denied(
                429,
                "tokens",
                "rate_limit_exceeded",
                "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 130000.",
            ),
        ),
        situation(
            "E15",
            denied(
                400,
                wrong,
                "content_policy_violation",
                "Your request was rejected as a result of our safety system.",
            ),
            denied(
                429,
                "access_terminated",
                "",
                "Your access was terminated due to violation of our policies.",
            ),
        ),
    ]
}

fn verdict(o: &Observations) -> Finding {
    examine(o).findings.remove(0)
}

#[test]
fn a_proxy_of_the_environment_is_evidence_unless_the_host_is_excepted() {
    let unreachable = || {
        let mut o = fine().variable("HTTPS_PROXY", "http://me:hunter22@proxy.corp:3128");
        o.answers.clear();
        o.unreachable = Some("cannot connect: timed out".to_owned());
        o
    };
    let says = |o: &Observations| {
        let said = verdict(o).supports.join("\n");
        assert!(!said.contains("hunter22"), "{said}");
        said.contains("http://proxy.corp:3128 (HTTPS_PROXY in the environment)")
    };
    assert!(says(&unreachable()));
    assert!(says(
        &unreachable().variable("NO_PROXY", "localhost,.corp,api.openai.com.corp")
    ));
    for except in [
        "api.openai.com",
        ".openai.com",
        "*.openai.com",
        "localhost, openai.com",
        "*",
    ] {
        assert!(
            !says(&unreachable().variable("no_proxy", except)),
            "{except}"
        );
    }
    // It is the other scheme's.
    let mut plain = unreachable();
    plain.account.base_url = "http://10.0.0.7/v1".to_owned();
    assert!(!says(&plain));
}

#[test]
fn a_bare_403_is_no_certain_word_about_the_key() {
    let o = fine()
        .variable("HTTPS_PROXY", "http://proxy.corp:3128")
        .denied(chat(), 403, &json!("<html>Access denied</html>"));
    let found = verdict(&o);
    assert_eq!(
        (found.id, found.confidence),
        ("D24", crate::Confidence::Possible)
    );
    assert!(
        found
            .contradicts
            .iter()
            .any(|one| one.contains("proxy.corp")),
        "{found:?}"
    );
}

#[test]
fn an_address_that_is_none_comes_before_not_being_reached() {
    for url in [
        "",
        "api.openai.com/v1",
        "\"https://api.openai.com/v1\"",
        "https://platform.openai.com/v1",
        "https://api.openai.com/",
    ] {
        let mut o = fine().variable("OPENAI_BASE_URL", url);
        o.answers.clear();
        o.unreachable = Some("cannot connect".to_owned());
        assert_eq!(verdict(&o).id, "E02", "{url}");
    }
    for url in [
        "https://api.openai.com/v1",
        "https://eu.api.openai.com/v1/",
        "http://127.0.0.1:8080/v1",
        "https://llm.corp/openai",
    ] {
        let o = fine().variable("OPENAI_BASE_URL", url);
        assert_eq!(examine(&o).findings, [], "{url}");
    }
}

#[test]
fn a_page_is_the_providers_own() {
    let stops = [
        (402, "credit_balance_exhausted"),
        (429, "organization_spend_limit_exceeded"),
        (429, "project_spend_limit_exceeded"),
        (429, "organization_usage_limit_exceeded"),
        (404, "model_not_found"),
        (400, "context_length_exceeded"),
    ];
    for provider in [
        Provider::Anthropic,
        Provider::OpenRouter,
        Provider::Gemini,
        Provider::Groq,
        Provider::Compatible,
    ] {
        for (status, code) in stops {
            let o = at(provider, "https://llm.example/v1").denied(
                chat(),
                status,
                &error("x", code, "m"),
            );
            for page in examine(&o)
                .findings
                .iter()
                .flat_map(|one| &one.remedies)
                .filter_map(|one| one.page.as_ref())
            {
                assert!(!page.contains("openai.com"), "{provider:?} {code}: {page}");
            }
        }
    }
    let o = fine().denied(
        chat(),
        429,
        &error("insufficient_quota", "project_spend_limit_exceeded", "m"),
    );
    let page = verdict(&o.answered(chat(), 200, &json!({}), super::situation::headers(&[])))
        .remedies
        .remove(0)
        .page;
    assert_eq!(
        page.as_deref(),
        Some("https://platform.openai.com/settings/proj_bot/limits")
    );
}

/// A finding whose matter is a page of the provider's names it, where there is one.
#[test]
fn what_is_mended_on_a_page_of_openai_names_that_page() {
    // What is mended in a program, in a call or by waiting has no page at the provider.
    let elsewhere = [
        "D06", "D10", "D11", "D12", "D15", "D18", "D21", "D27", "D28", "D29", "E02", "E03", "E04",
        "E05", "E06", "E10", "E11", "E13", "E14", "E15",
    ];
    for situation in super::all() {
        let is_openai = situation.there.account.provider == Provider::OpenAi;
        if !is_openai || elsewhere.contains(&situation.id) {
            continue;
        }
        let report = examine(&situation.there);
        let own = report
            .findings
            .iter()
            .find(|one| one.id == situation.id)
            .unwrap();
        let paged = own.remedies.iter().filter_map(|one| one.page.as_ref());
        assert!(paged.count() > 0, "{own:?}");
    }
    for id in elsewhere {
        assert!(CATALOGUE.iter().any(|entry| entry.id == id), "{id}");
    }
}

//! What is said of the causes: every one has its words and its place, and no library reads them wrongly.

use crate::{Billed, Cause, Confidence, Endpoint, Page, Provider, Retry, Symptom, diagnose};
use proptest::prelude::*;
use wire::error::ProviderError;

#[test]
fn every_cause_has_one_row_with_a_name_a_sentence_and_a_remedy_of_its_own() {
    let causes: Vec<Cause> = Cause::all().collect();
    for (at, cause) in causes.iter().enumerate() {
        let name = cause.as_str();
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{name}"
        );
        assert_eq!(Cause::from_name(name), Some(*cause));
        let before = causes.iter().take(at);
        assert!(
            before.clone().all(|other| other != cause
                && other.as_str() != name
                && other.sentence() != cause.sentence()),
            "{name}"
        );
        for text in [cause.sentence(), cause.remedy(Provider::Compatible)] {
            assert!(text.ends_with('.') && text.len() < 400, "{name}: {text}");
        }
    }
    assert_eq!(Cause::from_name("nothing"), None);
}

/// What a widespread library takes for a stop that asking again does not lift (its list, in lower case). The official SDKs look
/// at the status only.
fn stops_a_library(text: &str) -> bool {
    let text = text.to_lowercase();
    let phrases = [
        "insufficient_quota",
        "insufficient-quota",
        "insufficient quota",
        "usage quota",
        "billing",
        "credit balance",
        "out of credits",
        "will reset at",
    ];
    phrases.iter().any(|phrase| text.contains(phrase))
}

#[test]
fn what_passes_has_no_word_in_it_that_stops_a_library_and_what_stays_has_one() {
    for cause in Cause::all() {
        for provider in Provider::all().chain([Provider::Compatible]) {
            let said = format!("{} {}", cause.sentence(), cause.remedy(provider));
            let verdict = cause.is_money();
            assert_eq!(
                stops_a_library(&said),
                verdict,
                "{} at {provider:?}: {said}",
                cause.as_str()
            );
        }
    }
}

#[test]
fn every_page_is_an_address_over_tls_at_the_provider() {
    for provider in Provider::all() {
        for cause in Cause::all() {
            if let Some(page) = cause.page(provider) {
                assert!(
                    page.starts_with("https://") && !page.ends_with('/'),
                    "{page}"
                );
            }
        }
    }
    for (cause, provider, page) in [
        (
            Cause::CreditExhausted,
            Provider::OpenAi,
            "https://platform.openai.com/settings/organization/billing/overview",
        ),
        (
            Cause::ProjectSpendLimit,
            Provider::Anthropic,
            "https://platform.claude.com/settings/workspaces",
        ),
        (
            Cause::KeyLimit,
            Provider::OpenRouter,
            "https://openrouter.ai/settings/keys",
        ),
        (
            Cause::Rate,
            Provider::Xai,
            "https://console.x.ai/team/default/rate-limits",
        ),
    ] {
        assert_eq!(cause.page(provider), Some(page));
    }
    assert_eq!(Cause::CreditExhausted.page(Provider::Compatible), None);
    assert_eq!(Provider::Vllm.page(Page::Billing), None);
    assert_eq!(
        Provider::OpenAi.status_page(),
        Some("https://status.openai.com")
    );
}

#[test]
fn a_provider_is_known_by_its_host_and_by_nothing_that_only_looks_like_it() {
    for (host, provider) in [
        ("api.openai.com", Provider::OpenAi),
        ("eu.api.openai.com", Provider::OpenAi),
        ("API.Groq.com", Provider::Groq),
        ("my-resource.openai.azure.com", Provider::Azure),
        ("generativelanguage.googleapis.com", Provider::Gemini),
        ("api.x.ai", Provider::Xai),
        ("api.openai.com.evil.example", Provider::Compatible),
        ("notapi.openai.com.example", Provider::Compatible),
        ("evilapi.x.ai", Provider::Compatible),
        ("127.0.0.1", Provider::Compatible),
        ("", Provider::Compatible),
    ] {
        assert_eq!(Provider::of_host(host), provider, "{host}");
    }
    for provider in Provider::all() {
        let word = provider.name().unwrap().to_ascii_lowercase();
        assert_eq!(Provider::named(&word), Some(provider));
    }
    assert_eq!(Provider::named("OpenAI"), None);
}

#[test]
fn what_has_one_name_for_several_things_lists_them() {
    for cause in [Cause::BillingUnspecified, Cause::BillingOnImagePath] {
        assert_eq!(cause.may_be().first(), Some(&Cause::CreditExhausted));
        assert_eq!(cause.may_be().len(), 4);
    }
    assert!(Cause::CreditExhausted.may_be().is_empty());
}

fn any_provider() -> impl Strategy<Value = Provider> {
    let all: Vec<Provider> = Provider::all().chain([Provider::Compatible]).collect();
    prop::sample::select(all)
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer_and_only_known_ones_a_certain_one(
        provider in any_provider(), status in 100_u16..600, body: Vec<u8>, retry_after: String, now: i64,
    ) {
        let error = ProviderError::read(status, &body);
        let headers = [("retry-after", retry_after.as_str()), ("x-ratelimit-reset-tokens", &retry_after)];
        let symptom = Symptom {
            kind: error.kind.as_deref(),
            code: error.code.as_deref(),
            reason: error.reason.as_deref(),
            message: &error.message,
            headers: &headers,
            now,
            ..Symptom::bare(provider, status)
        };
        let verdict = diagnose(&symptom);
        if verdict.cause == Cause::Unknown {
            prop_assert_eq!(verdict.confidence, Confidence::Possible);
            prop_assert!(!verdict.refusal);
        }
        // What was not turned away at the door is never given back.
        if !(400..500).contains(&status) && status != 503 && status != 529 {
            prop_assert_eq!(verdict.billed, Billed::Maybe);
        }
        prop_assert_eq!(verdict, diagnose(&symptom));
    }

    #[test]
    fn any_words_get_an_answer_and_no_wait_is_longer_than_its_bound(
        provider in any_provider(), kind: Option<String>, code: Option<String>, message: String, wait: Option<String>,
        number in "[0-9.]{0,40}", unit in "(ms|s|m|h|d|)", now: i64,
    ) {
        let message = format!("{message} Please try again in {number}{unit}. can only afford {number}");
        let headers = [("retry-after-ms", number.as_str()), ("x-ratelimit-reset", &number)];
        for status in [200, 402, 429, 503] {
            let verdict = diagnose(&Symptom {
                endpoint: Endpoint::Text,
                kind: kind.as_deref(),
                code: code.as_deref(),
                message: &message,
                wait: wait.as_deref(),
                headers: &headers,
                now,
                ..Symptom::bare(provider, status)
            });
            if let Retry::After(Some(wait)) = verdict.retry {
                prop_assert!(wait.as_secs() <= 400 * 86_400);
            }
        }
    }
}

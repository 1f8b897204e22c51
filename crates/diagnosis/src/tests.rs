//! Every body that was seen or documented, with what it means.

use crate::{Billed, Provider, diagnose};

/// One error a row: status, type, code, message as they came (`-` is null), then the cause, whether it was billed, and
/// whether it is a refusal.
fn check(provider: Provider, table: &str) {
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let (error, expected) = row.split_once(" => ").unwrap();
        let [status, kind, code, message] = &*error.splitn(4, " | ").collect::<Vec<_>>() else {
            panic!("{row}");
        };
        let [kind, code] = [kind, code].map(|word| Some(*word).filter(|word| *word != "-"));
        let verdict = diagnose(provider, status.parse().unwrap(), kind, code, message);
        let billed = match verdict.billed {
            Billed::No => "no",
            Billed::Maybe => "maybe",
        };
        let refusal = if verdict.refusal {
            "refusal"
        } else {
            "failure"
        };
        assert_eq!(
            format!("{} {billed} {refusal}", verdict.cause.as_str()),
            expected,
            "{row}"
        );
    }
}

#[test]
fn the_bodies_of_openai_mean_what_they_were_seen_to_mean() {
    check(Provider::OpenAi, "
        429 | insufficient_quota | credit_balance_exhausted | You have no credits remaining. => credit_exhausted no refusal
        429 | insufficient_quota | organization_spend_limit_exceeded |  => organization_spend_limit no refusal
        429 | insufficient_quota | project_spend_limit_exceeded | You exceeded your current quota, please check your plan and billing details. => project_spend_limit no refusal
        429 | insufficient_quota | organization_usage_limit_exceeded |  => organization_usage_limit no refusal
        429 | insufficient_quota | insufficient_quota | You exceeded your current quota, please check your plan and billing details. => billing_unspecified no refusal
        429 | insufficient_quota | - | You exceeded your current quota, please check your plan and billing details. => billing_unspecified no refusal
        400 | invalid_request_error | billing_hard_limit_reached | Billing hard limit has been reached => billing_on_image_path no refusal
        400 | image_generation_user_error | billing_hard_limit_reached | Billing hard limit has been reached => billing_on_image_path no refusal
        429 | insufficient_quota | billing_hard_limit_reached | Billing hard limit has been reached => billing_on_image_path no refusal
        429 | billing_not_active | - | Your account is not active, please check your billing details on our website. => billing_not_active no refusal
        429 | billing_not_active | billing_not_active | Your account is not active => billing_not_active no refusal
        429 | access_terminated | - | Your access was terminated due to violation of our policies => access_terminated no refusal
        401 | invalid_request_error | account_deactivated | The OpenAI account associated with this API key has been deactivated. => account_deactivated no refusal
        401 | invalid_request_error | invalid_api_key | Incorrect API key provided: sk-Eyftb****99vW. => invalid_key no refusal
        401 | invalid_request_error | invalid_organization | No such organization: org-XXXX. => invalid_organization no refusal
        401 | invalid_request_error | mismatched_organization | OpenAI-Organization header should match organization for API key => mismatched_organization no refusal
        401 | invalid_request_error | mismatched_project | OpenAI-Project header should match project for API key => mismatched_project no refusal
        401 | - | - | Invalid Authentication => invalid_key no refusal
        401 | - | - | You must be a member of an organization to use the API => no_organization no refusal
        401 | - | - | IP not authorized => ip_not_allowed no refusal
        401 | invalid_request_error | missing_scope | You have insufficient permissions for this operation. Missing scopes: api.model.read => missing_scope no refusal
        403 | invalid_request_error | - | You have insufficient permissions for this operation. Missing scopes: model.request => missing_scope no refusal
        403 | invalid_request_error | model_not_found | Project `proj_X` does not have access to model `gpt-image-1` => model_not_available no refusal
        404 | invalid_request_error | model_not_found | The model `x` does not exist or you do not have access to it. => model_not_available no refusal
        403 | invalid_request_error | - | Your organization must be verified to use the model `gpt-image-2`. => organization_not_verified no refusal
        403 | request_forbidden | unsupported_country_region_territory | Country, region, or territory not supported => region_not_supported no refusal
        400 | invalid_request_error | - | Invalid service_tier argument: The requested service tier is not allowed for this project. => service_tier_not_allowed no refusal
        429 | tokens | rate_limit_exceeded | Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 22999, Requested 12528. => token_rate no refusal
        429 | requests | rate_limit_exceeded | Rate limit reached for gpt-4o on requests per min (RPM): Limit 3, Used 3, Requested 1. => request_rate no refusal
        429 | tokens | rate_limit_exceeded | Request too large for gpt-4o on tokens per min (TPM): Limit 1, Requested 2. => too_large_for_rate no refusal
        429 | rate_limit_error | slow_down | Slow down => slow_down no refusal
        503 | service_unavailable_error | server_is_overloaded | model temporarily overloaded => overloaded no refusal
        503 | service_unavailable_error | - | model temporarily overloaded => overloaded no refusal
        500 | server_error | - | The server had an error while processing your request => server_failure maybe failure
    ");
}

#[test]
fn what_is_no_refusal_is_not_taken_for_one() {
    check(Provider::OpenAi, "
        400 | invalid_request_error | - | Unrecognized request argument supplied: foo => malformed_request no failure
        400 | invalid_request_error | context_length_exceeded | This model's maximum context length is 8192 tokens. => malformed_request no failure
        404 | - | - | Invalid URL => malformed_request no failure
        413 | - | - |  => malformed_request no failure
        418 | - | - |  => unknown no failure
        502 | - | - | <html>bad gateway</html> => server_failure maybe failure
        503 | - | - |  => server_failure maybe failure
        504 | - | - |  => server_failure maybe failure
        599 | - | - |  => server_failure maybe failure
    ");
}

#[test]
fn an_error_in_the_middle_of_a_stream_may_have_been_billed() {
    check(
        Provider::OpenAi,
        "
        200 | - | billing_not_active |  => billing_not_active maybe refusal
        200 | server_error | - |  => server_failure maybe failure
        200 | - | server_is_overloaded |  => overloaded maybe refusal
        200 | - | - |  => unknown maybe failure
    ",
    );
}

#[test]
fn a_server_failure_with_the_words_of_a_refusal_may_still_have_been_billed() {
    check(
        Provider::OpenAi,
        "
        500 | insufficient_quota | insufficient_quota |  => billing_unspecified maybe refusal
        500 | overloaded_error | - |  => overloaded maybe refusal
        503 | - | slow_down |  => slow_down no refusal
    ",
    );
}

#[test]
fn the_bodies_of_other_providers_mean_what_they_were_seen_to_mean() {
    check(Provider::OpenRouter, "
        402 | payment_required | openrouter_credits | Insufficient credits. Add more using https://openrouter.ai => credit_exhausted no refusal
        402 | - | openrouter_key_limit | Insufficient credits. => key_limit no refusal
        402 | - | 402 | This request requires more credits, or fewer max_tokens. You requested up to 4096 tokens, but can only afford 4000. => worst_case_too_large no refusal
        402 | - | in_flight_budget_exhausted |  => in_flight_budget no refusal
        402 | - | weight_exceeds_budget |  => worst_case_too_large no refusal
        403 | - | 403 | Key limit exceeded (weekly limit). Manage it using https://openrouter.ai/settings/keys => key_limit no refusal
        429 | - | rate_limit_exceeded | Rate limit exceeded => rate no refusal
    ");
    check(Provider::Anthropic, "
        400 | invalid_request_error | - | Your credit balance is too low to access the Anthropic API. => credit_exhausted no refusal
        400 | invalid_request_error | - | You have reached your specified workspace API usage limits. => organization_spend_limit no refusal
        429 | rate_limit_error | enforced_spend_limit_reached | You have reached your API usage limits => organization_usage_limit no refusal
        402 | billing_error | - |  => billing_unspecified no refusal
        429 | rate_limit_error | ramp_limit_exceeded |  => slow_down no refusal
        429 | rate_limit_error | - |  => rate no refusal
        529 | overloaded_error | - | Overloaded => overloaded no refusal
        500 | api_error | - |  => server_failure maybe failure
    ");
    check(Provider::Azure, "
        429 | insufficient_quota | insufficient_quota | You exceeded your current quota => token_rate no refusal
        429 | - | 429 | have exceeded token rate limit of your current OpenAI S0 pricing tier. => token_rate no refusal
    ");
    check(Provider::Compatible, "
        429 | - | 429 | You exceeded your current quota, please check your plan => rate no refusal
        400 | - | blocked_api_access |  => organization_spend_limit no refusal
        402 | unknown_error | invalid_request_error | Insufficient Balance => credit_exhausted no refusal
        402 | - | - |  => billing_unspecified no refusal
    ");
}

//! Every error that was seen or documented, with its cause.

use super::row::{Row, row};
use crate::{Cause, Confidence, Endpoint, Provider, Scope};

use Confidence::{Certain, Likely};

const OPENROUTER: &[Provider] = &[Provider::OpenRouter];
const ANTHROPIC: &[Provider] = &[Provider::Anthropic];
const AZURE: &[Provider] = &[Provider::Azure];
const MISTRAL: &[Provider] = &[Provider::Mistral];
const TOGETHER: &[Provider] = &[Provider::Together];
/// Gemini may stand behind an address that nobody knows; its words are its own.
const GEMINI: &[Provider] = &[Provider::Gemini, Provider::Compatible];
const OLLAMA: &[Provider] = &[Provider::Ollama, Provider::Compatible];
const COMPATIBLE: &[Provider] = &[Provider::Compatible];

/// Codes first, since they were made to be matched; then types; then what older bodies only say in words; status last.
/// Azure's and Gemini's rates come before all, because they use the words of an empty balance.
#[rustfmt::skip] // One row a line.
pub(super) const TABLE: &[Row] = &[
    // Azure: a 429 is always the deployment's rate, whatever it says.
    row(Cause::RequestRate).by(AZURE).status(&[429]).says("call rate limit").closes(Scope::Deployment),
    row(Cause::TokenRate).by(AZURE).status(&[429]).says("token rate limit").is(Certain).closes(Scope::Deployment),
    row(Cause::TokenRate).by(AZURE).status(&[429]).is(Likely).closes(Scope::Deployment),
    row(Cause::ModelNotAvailable).by(AZURE).code("DeploymentNotFound").closes(Scope::Deployment),
    row(Cause::MissingScope).by(AZURE).code("PermissionDenied"),
    row(Cause::IpNotAllowed).by(AZURE).status(&[403]).says("virtual network/firewall"),
    row(Cause::AccessTerminated).by(AZURE).status(&[403]).says("temporarily blocked"),
    // Gemini: the balance and the ceilings have words of their own, and a rate those of OpenAI's empty balance.
    row(Cause::CreditExhausted).by(GEMINI).says("prepayment credits are depleted").is(Certain),
    row(Cause::OrganizationUsageLimit).by(GEMINI).says("billing account has exceeded its monthly spending cap").is(Certain),
    row(Cause::ProjectSpendLimit).by(GEMINI).says("project has exceeded its monthly spending cap").is(Certain),
    row(Cause::InvalidKey).by(GEMINI).code("API_KEY_INVALID"),
    row(Cause::RegionNotSupported).by(GEMINI).says("user location is not supported"),
    row(Cause::RequestRate).by(GEMINI).status(&[429]).cap("request").is(Certain).closes(Scope::Project),
    row(Cause::TokenRate).by(GEMINI).status(&[429]).cap("token").is(Certain).closes(Scope::Project),
    row(Cause::Rate).by(GEMINI).kind("RESOURCE_EXHAUSTED").status(&[429]).is(Likely).closes(Scope::Project),
    row(Cause::Overloaded).by(GEMINI).kind("UNAVAILABLE").status(&[503]),
    // Codes that name the stop.
    row(Cause::CreditExhausted).code("credit_balance_exhausted"),
    row(Cause::OrganizationSpendLimit).code("organization_spend_limit_exceeded"),
    row(Cause::ProjectSpendLimit).code("project_spend_limit_exceeded"),
    row(Cause::OrganizationUsageLimit).code("organization_usage_limit_exceeded"),
    // What image endpoints and batches say for every stop. Where it is not known what the call was for, it was one of them
    // every time anybody told; where it was text, the name is no proof of anything.
    row(Cause::BillingOnImagePath).code("billing_hard_limit_reached").at(&[Endpoint::Images, Endpoint::Batches]),
    row(Cause::BillingOnImagePath).code("billing_hard_limit_reached").at(&[Endpoint::Unknown]).is(Likely),
    row(Cause::BillingUnspecified).code("billing_hard_limit_reached").is(Likely),
    row(Cause::BillingNotActive).code("billing_not_active"),
    row(Cause::AccountDeactivated).code("account_deactivated"),
    row(Cause::InvalidKey).code("invalid_api_key"),
    row(Cause::InvalidOrganization).code("invalid_organization"),
    row(Cause::MismatchedOrganization).code("mismatched_organization"),
    row(Cause::MismatchedProject).code("mismatched_project"),
    row(Cause::MissingScope).code("missing_scope"),
    // Under three statuses, and with the code of a model that is not there.
    row(Cause::OrganizationNotVerified).status(&[400, 403, 404]).says("organization must be verified").is(Certain),
    row(Cause::ModelNotAvailable).code("model_not_found"),
    row(Cause::RegionNotSupported).code("unsupported_country_region_territory"),
    row(Cause::Overloaded).code("server_is_overloaded"),
    row(Cause::SlowDown).code("slow_down"),
    row(Cause::ContentRefused).code("content_policy_violation"),
    row(Cause::ContentRefused).code("moderation_blocked"),
    row(Cause::ContentRefused).code("content_filter"),
    row(Cause::ContextTooLong).code("context_length_exceeded"),
    // Anthropic's.
    row(Cause::SlowDown).code("ramp_limit_exceeded").closes(Scope::Organization),
    row(Cause::OrganizationUsageLimit).code("enforced_spend_limit_reached"),
    row(Cause::OrganizationUsageLimit).code("contract_spend_limit_reached"),
    row(Cause::OrganizationSpendLimit).code("linked_organization_spend_limit_reached"),
    row(Cause::BillingNotActive).code("linked_organization_billing_unavailable"),
    row(Cause::AccessTerminated).code("organization_on_hold"),
    // OpenRouter's. What a call can afford comes before whose credit it is.
    row(Cause::InFlightBudget).code("in_flight_budget_exhausted"),
    row(Cause::InFlightBudget).code("openrouter_in_flight_budget"),
    row(Cause::WorstCaseTooLarge).code("weight_exceeds_budget"),
    row(Cause::WorstCaseTooLarge).status(&[402]).says("can only afford").is(Certain),
    row(Cause::KeyLimit).code("openrouter_key_limit"),
    row(Cause::ProjectSpendLimit).code("openrouter_workspace_budget"),
    row(Cause::GuardrailLimit).code("openrouter_guardrail_budget"),
    row(Cause::KeyLimit).status(&[403]).says("key limit exceeded").is(Certain),
    row(Cause::CreditExhausted).code("openrouter_credits"),
    row(Cause::Overloaded).code("upstream_provider_shared_pool"),
    row(Cause::Overloaded).by(OPENROUTER).status(&[429, 503]).says("provider returned error"),
    row(Cause::Overloaded).by(OPENROUTER).code("no_available_provider"),
    row(Cause::ContentRefused).by(OPENROUTER).code("refusal"),
    row(Cause::ContentRefused).by(OPENROUTER).status(&[403]).says("flagged"),
    row(Cause::ModelNotAvailable).by(OPENROUTER).status(&[404]).is(Likely),
    row(Cause::Rate).by(OPENROUTER).code("rate_limit_exceeded").closes(Scope::Account),
    // Others'.
    row(Cause::OrganizationSpendLimit).code("blocked_api_access"),
    row(Cause::CreditExhausted).kind("credit_limit"),
    row(Cause::GatewayLimit).kind("budget_exceeded"),
    row(Cause::GatewayLimit).code("budget_exceeded"),
    row(Cause::GatewayLimit).code("project_budget_exceeded"),
    row(Cause::GatewayLimit).code("api_key_limit_exceeded"),
    // Rates.
    row(Cause::TooLargeForRate).code("rate_limit_exceeded").says("request too large"),
    row(Cause::TokenRate).code("rate_limit_exceeded").kind("tokens"),
    row(Cause::RequestRate).code("rate_limit_exceeded").kind("requests"),
    row(Cause::TokenRate).status(&[200, 429]).says("on tokens per").is(Certain),
    row(Cause::RequestRate).status(&[200, 429]).says("on requests per").is(Certain),
    row(Cause::Rate).code("rate_limit_exceeded"),
    // Types that name the stop, and the code that names none.
    row(Cause::BillingNotActive).kind("billing_not_active"),
    row(Cause::AccessTerminated).kind("access_terminated"),
    row(Cause::RegionNotSupported).kind("request_forbidden").says("country"),
    row(Cause::Overloaded).kind("service_unavailable_error"),
    row(Cause::Overloaded).kind("overloaded_error"),
    row(Cause::Rate).by(COMPATIBLE).status(&[429]).code("insufficient_quota").with_wait().is(Likely),
    row(Cause::BillingUnspecified).by(COMPATIBLE).code("insufficient_quota").is(Likely),
    row(Cause::BillingUnspecified).code("insufficient_quota"),
    row(Cause::BillingUnspecified).kind("insufficient_quota"),
    row(Cause::BillingUnspecified).kind("billing_error"),
    // Anthropic's limits are told in words only: under 400 those the owner set, under 429 the tier's.
    row(Cause::CreditExhausted).by(ANTHROPIC).says("credit balance is too low").is(Certain),
    row(Cause::ProjectSpendLimit).by(ANTHROPIC).says("specified workspace api usage limits").is(Certain),
    row(Cause::OrganizationSpendLimit).by(ANTHROPIC).says("specified api usage limits").is(Certain),
    row(Cause::OrganizationSpendLimit).by(ANTHROPIC).says("specified spend limits").is(Certain),
    row(Cause::OrganizationUsageLimit).by(ANTHROPIC).status(&[429]).says("api usage limits"),
    row(Cause::ContextTooLong).by(ANTHROPIC).status(&[400]).says("prompt is too long"),
    row(Cause::InvalidKey).by(ANTHROPIC).kind("authentication_error"),
    row(Cause::MissingScope).by(ANTHROPIC).kind("permission_error"),
    row(Cause::ModelNotAvailable).by(ANTHROPIC).kind("not_found_error").is(Likely),
    row(Cause::Rate).by(ANTHROPIC).kind("rate_limit_error"),
    // Words, where there is nothing else.
    row(Cause::MissingScope).status(&[401, 403]).says("missing scopes"),
    row(Cause::MissingScope).status(&[401, 403]).says("insufficient permissions"),
    row(Cause::ModelNotAvailable).status(&[403, 404]).says("does not have access to model"),
    row(Cause::ModelNotAvailable).status(&[404]).says("not found, try pulling it first").is(Certain),
    row(Cause::ModelNotAvailable).status(&[404]).says("does not exist"),
    row(Cause::NoOrganization).status(&[401]).says("member of an organization"),
    row(Cause::IpNotAllowed).status(&[401, 403]).says("ip not authorized"),
    row(Cause::IpNotAllowed).status(&[401, 403]).says("ip address is not authorized"),
    row(Cause::RegionNotSupported).status(&[403]).says("country, region, or territory not supported"),
    row(Cause::ServiceTierNotAllowed).status(&[400]).says("service tier is not allowed"),
    row(Cause::BillingOnImagePath).says("billing hard limit has been reached"),
    row(Cause::BillingUnspecified).says("used all available credits or reached its monthly spending limit").is(Certain),
    row(Cause::CreditExhausted).status(&[402, 403]).says("run out of credits"),
    row(Cause::CreditExhausted).status(&[402]).says("insufficient balance").is(Certain),
    row(Cause::CreditExhausted).status(&[402]).says("insufficient"),
    row(Cause::InvalidKey).status(&[400, 401]).says("incorrect api key provided"),
    row(Cause::InvalidKey).by(GEMINI).status(&[400]).says("api key not valid"),
    row(Cause::Overloaded).status(&[429]).says("service tier capacity exceeded"),
    row(Cause::Overloaded).status(&[503]).says("maximum pending requests exceeded").is(Certain),
    row(Cause::Overloaded).status(&[503]).says("overloaded"),
    row(Cause::OrganizationUsageLimit).by(OLLAMA).status(&[429]).says("hourly usage limit").closes(Scope::Account),
    row(Cause::OrganizationUsageLimit).by(OLLAMA).status(&[429]).says("weekly usage limit").closes(Scope::Account),
    row(Cause::OrganizationUsageLimit).by(OLLAMA).status(&[429]).says("session usage limit").closes(Scope::Account),
    row(Cause::ContextTooLong).status(&[400, 403, 413, 422]).says("context length"),
    row(Cause::ContextTooLong).by(TOGETHER).status(&[403]).is(Likely),
    // Gemini's words for a rate, without a word of its own, and only there: at OpenAI it is a billing stop.
    row(Cause::Rate).status(&[429]).by(GEMINI).says("exceeded your current quota").closes(Scope::Project),
    row(Cause::BillingUnspecified).status(&[429]).says("exceeded your current quota"),
    // The status alone.
    row(Cause::InvalidKey).status(&[401]).is(Likely),
    row(Cause::CreditExhausted).by(&[Provider::DeepSeek]).status(&[402]).is(Likely),
    row(Cause::CreditExhausted).by(&[Provider::Gemini]).status(&[402]).is(Certain),
    row(Cause::BillingUnspecified).by(MISTRAL).status(&[402]).is(Certain),
    row(Cause::BillingUnspecified).by(TOGETHER).status(&[402]).is(Certain),
    row(Cause::BillingUnspecified).status(&[402]).is(Likely),
    row(Cause::MissingScope).status(&[403]),
    row(Cause::Rate).status(&[429]).says("rate limit"),
    row(Cause::Rate).status(&[429]).with_wait().is(Likely),
    row(Cause::Rate).status(&[429]),
    row(Cause::Overloaded).status(&[529]).is(Certain),
    row(Cause::ServerFailure).status(&[408, 499]).is(Likely),
    row(Cause::MalformedRequest).kind("invalid_request_error").status(&[400]).is(Likely),
    row(Cause::MalformedRequest).status(&[400, 404, 405, 409, 413, 415, 422]),
    row(Cause::ServerFailure).kind("server_error"),
];

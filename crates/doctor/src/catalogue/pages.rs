//! Where things are changed, by provider.

use diagnosis::Provider;

use crate::observations::Observations;

/// Where credit is bought.
pub(super) const fn credit(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::OpenAi => {
            Some("https://platform.openai.com/settings/organization/billing/overview")
        }
        Provider::OpenRouter => Some("https://openrouter.ai/settings/credits"),
        Provider::Anthropic => Some("https://console.anthropic.com/settings/billing"),
        Provider::Azure => Some("https://portal.azure.com/#view/Microsoft_Azure_CostManagement"),
        Provider::Compatible => None,
    }
}

/// Where hard limits are set.
pub(super) const fn limits(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::OpenAi => Some("https://platform.openai.com/settings/organization/limits"),
        Provider::OpenRouter => Some("https://openrouter.ai/settings/keys"),
        Provider::Anthropic => Some("https://console.anthropic.com/settings/limits"),
        Provider::Azure => Some("https://ai.azure.com/resource/deployments"),
        Provider::Compatible => None,
    }
}

/// Where keys are made.
pub(super) const fn keys(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::OpenAi => Some("https://platform.openai.com/api-keys"),
        Provider::OpenRouter => Some("https://openrouter.ai/settings/keys"),
        Provider::Anthropic => Some("https://console.anthropic.com/settings/keys"),
        Provider::Azure => Some("https://portal.azure.com"),
        Provider::Compatible => None,
    }
}

/// Where an organization of `OpenAI` is verified.
pub(super) const VERIFY: &str = "https://platform.openai.com/settings/organization/general";
/// Where a person's default organization is chosen.
pub(super) const PROFILE: &str = "https://platform.openai.com/settings/profile/user";
/// Where credit that was given shows when it ends.
pub(super) const GRANTS: &str =
    "https://platform.openai.com/settings/organization/billing/credit-grants";

/// The limits of the project that is billed.
pub(super) fn project_limits(o: &Observations) -> String {
    match o.billed_project() {
        Some(project) => format!("https://platform.openai.com/settings/{project}/limits"),
        None => "https://platform.openai.com/settings/organization/projects".to_owned(),
    }
}

/// What people call the provider.
pub(super) fn name(o: &Observations) -> &str {
    match o.account.provider {
        Provider::OpenAi => "OpenAI",
        Provider::OpenRouter => "OpenRouter",
        Provider::Anthropic => "Anthropic",
        Provider::Azure => "Azure",
        Provider::Compatible => &o.account.name,
    }
}

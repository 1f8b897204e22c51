//! Where things are changed, by provider, as far as the table of providers does not say it.

use diagnosis::{Page, Provider};

use crate::observations::Observations;

/// Where credit is bought.
pub(super) fn credit(provider: Provider) -> Option<&'static str> {
    provider.page(Page::Billing)
}

/// Where hard limits are set.
pub(super) fn limits(provider: Provider) -> Option<&'static str> {
    provider
        .page(Page::Limits)
        .or_else(|| provider.page(Page::Keys))
}

/// Where keys are made.
pub(super) fn keys(provider: Provider) -> Option<&'static str> {
    provider.page(Page::Keys)
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
    o.account.provider.name().unwrap_or(&o.account.name)
}

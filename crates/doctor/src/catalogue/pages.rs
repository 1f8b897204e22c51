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
pub(super) fn project_limits(o: &Observations) -> Option<String> {
    let provider = o.account.provider;
    match o.billed_project() {
        // What people chose as a project's name is no part of an address.
        Some(project) if provider == Provider::OpenAi && is_plain(project) => Some(format!(
            "https://platform.openai.com/settings/{project}/limits"
        )),
        _ => provider
            .page(Page::Projects)
            .or_else(|| limits(provider))
            .map(str::to_owned),
    }
}

fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !id.is_empty() && id.bytes().all(plain)
}

/// Which models a project may use, and which there are.
pub(super) fn models(o: &Observations) -> Option<String> {
    let provider = o.account.provider;
    if provider == Provider::OpenAi {
        return project_limits(o);
    }
    provider.page(Page::Models).map(str::to_owned)
}

/// Where rates are shown and raised.
pub(super) fn rates(provider: Provider) -> Option<&'static str> {
    provider.page(Page::Rates)
}

/// Where it is said whether the provider is in trouble.
pub(super) fn status(provider: Provider) -> Option<&'static str> {
    provider.page(Page::Status)
}

/// Where the addresses are listed that may call, and what else concerns the organization.
pub(super) fn organization(provider: Provider) -> Option<&'static str> {
    provider.page(Page::Organization)
}

/// What people call the provider.
pub(super) fn name(o: &Observations) -> &str {
    o.account.provider.name().unwrap_or(&o.account.name)
}

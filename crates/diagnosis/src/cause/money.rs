//! Causes that are about money.

use super::{Cause, Class, Facts, Whose};
use crate::Scope;
use crate::provider::Page;

/// A billing stop that has one name for several things.
const ANY_STOP: &[Cause] = &[
    Cause::CreditExhausted,
    Cause::OrganizationSpendLimit,
    Cause::ProjectSpendLimit,
    Cause::OrganizationUsageLimit,
];

const STOP: Facts = Facts {
    cause: Cause::BillingUnspecified,
    name: "billing_unspecified",
    scope: Scope::Organization,
    class: Class::Elsewhere,
    whose: Whose::Account,
    sentence: "A billing stop that the provider does not name: the prepaid credit balance is used up, or a hard limit of the \
               organization or the project is reached, or the monthly ceiling that the provider assigned.",
    remedy: "Look at the credit balance first, then at the hard limits of organization and project, then at the assigned \
             ceiling, all of the organization that the key is billed to.",
    page: Some(Page::Billing),
    may_be: ANY_STOP,
    refusal: true,
};

pub(super) const FACTS: &[Facts] = &[
    Facts {
        cause: Cause::CreditExhausted,
        name: "credit_exhausted",
        sentence: "The prepaid credit balance of the account that is billed is used up.",
        remedy: "Buy credit for exactly the account that the key is billed to; it can take some minutes until it counts.",
        may_be: &[],
        ..STOP
    },
    Facts {
        cause: Cause::OrganizationSpendLimit,
        name: "organization_spend_limit",
        sentence: "A billing stop: the hard limit that was set for the organization at the provider is reached. Buying \
                   credit does not help.",
        remedy: "Raise or remove the organization's hard limit at the provider, or wait until its next month.",
        page: Some(Page::Limits),
        may_be: &[],
        ..STOP
    },
    Facts {
        cause: Cause::ProjectSpendLimit,
        name: "project_spend_limit",
        scope: Scope::Project,
        sentence: "A billing stop: the hard limit that was set for the key's project at the provider is reached. Other \
                   projects still have theirs; buying credit does not help.",
        remedy: "Raise or remove the project's hard limit at the provider, use a key of another project, or wait until its \
                 next month.",
        page: Some(Page::Projects),
        may_be: &[],
        ..STOP
    },
    Facts {
        cause: Cause::OrganizationUsageLimit,
        name: "organization_usage_limit",
        sentence: "A billing stop: the ceiling that the provider itself assigned to the account is reached, for the month or \
                   for the plan. Neither credit nor the account's own limits change it.",
        remedy: "Ask the provider for a higher ceiling or reach its next tier, or wait until it begins anew.",
        page: Some(Page::Limits),
        may_be: &[],
        ..STOP
    },
    STOP,
    Facts {
        cause: Cause::BillingOnImagePath,
        name: "billing_on_image_path",
        // Chat was seen to go on while images were refused so. Where it does not, its own error closes the rest.
        scope: Scope::Model,
        sentence: "A billing stop that the provider does not name: image and batch endpoints call an empty credit balance, \
                   any hard limit and the assigned ceiling alike \"billing hard limit\", so it does not prove that a hard \
                   limit was set.",
        remedy: "Ask a cheap chat model with the same key: its error names the stop. Without that, look at the credit \
                 balance first, then at the hard limits of organization and project; where all of them have room, wait some \
                 minutes or use another provider for images.",
        ..STOP
    },
    Facts {
        cause: Cause::BillingNotActive,
        name: "billing_not_active",
        sentence: "The account's billing is not active: it was never set up, or an invoice is unpaid. A dead key of another \
                   account says the same.",
        remedy: "Set up payment, or pay the open invoice; then make a new key if the old one stays blocked.",
        may_be: &[Cause::InvalidKey],
        ..STOP
    },
    Facts {
        cause: Cause::KeyLimit,
        name: "key_limit",
        scope: Scope::Key,
        sentence: "A billing stop: the limit that was set for this API key at the provider is reached. Its account may still \
                   have money; buying credit does not help.",
        remedy: "Raise the key's limit at the provider, use another key, or wait until the limit begins anew.",
        page: Some(Page::Keys),
        may_be: &[],
        ..STOP
    },
    Facts {
        cause: Cause::GuardrailLimit,
        name: "guardrail_limit",
        scope: Scope::Key,
        sentence: "A billing stop: the limit of a guardrail that applies to this key or its member is reached. Buying credit \
                   does not help.",
        remedy: "Raise the guardrail's limit, use a key it does not apply to, or wait until it begins anew.",
        page: Some(Page::Guardrails),
        may_be: &[],
        ..STOP
    },
    Facts {
        cause: Cause::GatewayLimit,
        name: "gateway_limit",
        scope: Scope::Key,
        sentence: "A billing stop of another gateway between Seawall and the model provider: a limit set there is reached. \
                   Credit at the provider does not change it.",
        remedy: "Raise the limit in that gateway, or point the upstream at the provider itself.",
        page: None,
        may_be: &[],
        ..STOP
    },
    Facts {
        cause: Cause::InFlightBudget,
        name: "in_flight_budget",
        class: Class::Wait,
        whose: Whose::Caller,
        sentence: "Calls that are still running hold the money that is left there; it passes by itself when they end.",
        remedy: "Ask again in a moment, make fewer calls at once, or ask for fewer max tokens.",
        may_be: &[],
        ..STOP
    },
    Facts {
        cause: Cause::WorstCaseTooLarge,
        name: "worst_case_too_large",
        scope: Scope::Request,
        class: Class::FewerTokens,
        sentence: "What is left there does not cover the most that this call can cost; a shorter answer may fit.",
        remedy: "Ask for fewer max tokens, or buy credit.",
        may_be: &[],
        ..STOP
    },
];

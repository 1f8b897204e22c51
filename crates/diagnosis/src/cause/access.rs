//! Causes that are about who may do what.

use super::{Cause, Class, Facts, Whose};
use crate::Scope;
use crate::provider::Page;

const KEY: Facts = Facts {
    cause: Cause::InvalidKey,
    name: "invalid_key",
    scope: Scope::Key,
    class: Class::Elsewhere,
    whose: Whose::Configuration,
    sentence: "The provider does not accept the API key of this upstream: it is mistyped, revoked, expired, or another \
               provider's.",
    remedy: "Compare the last characters in the message with those of the configured key (a variable of the environment may \
             win over the file); make a new key if they agree.",
    page: Some(Page::Keys),
    may_be: &[],
    refusal: true,
};

pub(super) const FACTS: &[Facts] = &[
    KEY,
    Facts {
        cause: Cause::MissingScope,
        name: "missing_scope",
        sentence: "The key is real but may not do this: it is restricted, of another kind (an admin key does not call \
                   models), or its owner lacks the role.",
        remedy: "Give the key the permission the message names, or use an ordinary project key.",
        ..KEY
    },
    Facts {
        cause: Cause::InvalidOrganization,
        name: "invalid_organization",
        sentence: "The organization that the upstream names does not exist.",
        remedy: "Remove the organization from the upstream and from the environment (OPENAI_ORG_ID, OPENAI_ORGANIZATION): a \
                 project key knows its own.",
        page: Some(Page::Organization),
        ..KEY
    },
    Facts {
        cause: Cause::MismatchedOrganization,
        name: "mismatched_organization",
        sentence: "The organization that the upstream names is not the one its key belongs to.",
        remedy: "Remove the organization from the upstream and from the environment (OPENAI_ORG_ID, OPENAI_ORGANIZATION), or \
                 use a key of that organization.",
        page: Some(Page::Organization),
        ..KEY
    },
    Facts {
        cause: Cause::MismatchedProject,
        name: "mismatched_project",
        sentence: "The project that the upstream names is not the one its key belongs to.",
        remedy: "Remove the project from the upstream and from the environment (OPENAI_PROJECT_ID, OPENAI_PROJECT), or use a \
                 key of that project.",
        page: Some(Page::Projects),
        ..KEY
    },
    Facts {
        cause: Cause::NoOrganization,
        name: "no_organization",
        sentence: "The owner of the key is no member of an organization any more.",
        remedy: "Have the owner invited again, or use a service account's key, which belongs to nobody.",
        page: Some(Page::Organization),
        whose: Whose::Account,
        ..KEY
    },
    Facts {
        cause: Cause::IpNotAllowed,
        name: "ip_not_allowed",
        scope: Scope::Organization,
        sentence: "The provider takes calls of this account from listed addresses only, and this machine's is not on the \
                   list.",
        remedy: "Add the address that Seawall's calls leave from to the list at the provider, or send them through one that \
                 is on it.",
        page: Some(Page::Organization),
        ..KEY
    },
    Facts {
        cause: Cause::RegionNotSupported,
        name: "region_not_supported",
        scope: Scope::Account,
        sentence: "The provider does not serve the country that Seawall's calls come from.",
        remedy: "Send the calls from a country it serves, or use another provider.",
        page: None,
        ..KEY
    },
    Facts {
        cause: Cause::AccessTerminated,
        name: "access_terminated",
        scope: Scope::Organization,
        whose: Whose::Account,
        sentence: "The provider has closed the account for what it holds to be a violation of its rules, or has put it on \
                   hold.",
        remedy: "Read the provider's e-mail and appeal there; do not ask again with this account.",
        page: None,
        ..KEY
    },
    Facts {
        cause: Cause::AccountDeactivated,
        name: "account_deactivated",
        scope: Scope::Account,
        whose: Whose::Account,
        sentence: "The account that the key belongs to is deactivated.",
        remedy: "Read the provider's e-mail; use the key of another account for good.",
        page: None,
        ..KEY
    },
    Facts {
        cause: Cause::ModelNotAvailable,
        name: "model_not_available",
        scope: Scope::Model,
        whose: Whose::Account,
        sentence: "There is no model of this name for this account: the project may not use it, it was shut down, or the \
                   name is mistyped.",
        remedy: "Permit the model in the project's settings, or name one that the account's list of models has.",
        page: Some(Page::Models),
        ..KEY
    },
    Facts {
        cause: Cause::OrganizationNotVerified,
        name: "organization_not_verified",
        scope: Scope::Model,
        whose: Whose::Account,
        sentence: "The organization has to be verified at the provider before it may use this model.",
        remedy: "Verify the organization in its settings; it can take fifteen minutes until it counts.",
        page: Some(Page::Organization),
        ..KEY
    },
    Facts {
        cause: Cause::ServiceTierNotAllowed,
        name: "service_tier_not_allowed",
        scope: Scope::Project,
        whose: Whose::Caller,
        sentence: "The project may not use the service tier that the call asks for.",
        remedy: "Leave service_tier out of the call, or permit the tier in the project's settings.",
        page: Some(Page::Projects),
        ..KEY
    },
    Facts {
        cause: Cause::ContentRefused,
        name: "content_refused",
        scope: Scope::Request,
        class: Class::Never,
        whose: Whose::Caller,
        sentence: "The provider does not answer this content.",
        remedy: "Change the prompt; asking again with the same one changes nothing.",
        page: None,
        ..KEY
    },
];

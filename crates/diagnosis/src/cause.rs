//! The causes there are.

/// Why a provider did not serve a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Cause {
    /// The prepaid balance of the billed account is used up.
    CreditExhausted,
    /// The hard limit of the organization at the provider is reached.
    OrganizationSpendLimit,
    /// The hard limit of the project at the provider is reached.
    ProjectSpendLimit,
    /// The monthly limit the provider assigned to the organization is reached.
    OrganizationUsageLimit,
    /// Some billing stop; the provider does not say which. Older bodies name balance, hard limits and assigned limits
    /// with one code.
    BillingUnspecified,
    /// `billing_hard_limit_reached`: what image endpoints call any billing stop. Does not prove that a hard limit was
    /// set.
    BillingOnImagePath,
    /// The account is not active: never was, or an invoice is unpaid.
    BillingNotActive,
    /// The limit of the API key at the provider is reached; its account may still have money.
    KeyLimit,
    /// Calls under way hold the money that is left. Passes by itself.
    InFlightBudget,
    /// The worst case of this call does not fit into what is left; fewer max tokens may.
    WorstCaseTooLarge,
    /// The account was banned.
    AccessTerminated,
    /// The key's account is gone.
    AccountDeactivated,
    /// The key is wrong.
    InvalidKey,
    /// There is no such organization.
    InvalidOrganization,
    /// The organization header does not fit the key.
    MismatchedOrganization,
    /// The project header does not fit the key.
    MismatchedProject,
    /// The key's owner is in no organization.
    NoOrganization,
    /// The address is not on the account's list.
    IpNotAllowed,
    /// The key may not do this.
    MissingScope,
    /// The project may not use the model, or there is none of that name.
    ModelNotAvailable,
    /// The organization has to be verified before it can use the model.
    OrganizationNotVerified,
    /// The provider does not serve this country.
    RegionNotSupported,
    /// The project may not use the service tier.
    ServiceTierNotAllowed,
    /// Too many requests per minute or day.
    RequestRate,
    /// Too many tokens per minute.
    TokenRate,
    /// This one call is larger than the rate allows in any minute.
    TooLargeForRate,
    /// The rate is limited; the provider does not say by what.
    Rate,
    /// The traffic grew too fast.
    SlowDown,
    /// The provider has no room for this model now, and says so before it begins.
    Overloaded,
    /// The provider failed.
    ServerFailure,
    /// The request is one nobody would take.
    MalformedRequest,
    /// Nothing in the table fits.
    Unknown,
}

impl Cause {
    /// Its stable name, as it stands in explanations and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreditExhausted => "credit_exhausted",
            Self::OrganizationSpendLimit => "organization_spend_limit",
            Self::ProjectSpendLimit => "project_spend_limit",
            Self::OrganizationUsageLimit => "organization_usage_limit",
            Self::BillingUnspecified => "billing_unspecified",
            Self::BillingOnImagePath => "billing_on_image_path",
            Self::BillingNotActive => "billing_not_active",
            Self::KeyLimit => "key_limit",
            Self::InFlightBudget => "in_flight_budget",
            Self::WorstCaseTooLarge => "worst_case_too_large",
            Self::AccessTerminated => "access_terminated",
            Self::AccountDeactivated => "account_deactivated",
            Self::InvalidKey => "invalid_key",
            Self::InvalidOrganization => "invalid_organization",
            Self::MismatchedOrganization => "mismatched_organization",
            Self::MismatchedProject => "mismatched_project",
            Self::NoOrganization => "no_organization",
            Self::IpNotAllowed => "ip_not_allowed",
            Self::MissingScope => "missing_scope",
            Self::ModelNotAvailable => "model_not_available",
            Self::OrganizationNotVerified => "organization_not_verified",
            Self::RegionNotSupported => "region_not_supported",
            Self::ServiceTierNotAllowed => "service_tier_not_allowed",
            Self::RequestRate => "request_rate",
            Self::TokenRate => "token_rate",
            Self::TooLargeForRate => "too_large_for_rate",
            Self::Rate => "rate",
            Self::SlowDown => "slow_down",
            Self::Overloaded => "overloaded",
            Self::ServerFailure => "server_failure",
            Self::MalformedRequest => "malformed_request",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is this account, key or provider that turned the call away.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        !matches!(
            self,
            Self::ServerFailure | Self::MalformedRequest | Self::Unknown
        )
    }
}

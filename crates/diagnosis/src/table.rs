//! The table of errors, and going through it.

use crate::cause::Cause;
use crate::{Billed, Provider, Verdict};

/// One row: everything it names has to be so. Written as a chain of conditions, tried from top to bottom.
#[derive(Clone, Copy)]
struct Row {
    provider: Option<Provider>,
    statuses: &'static [u16],
    kind: Option<&'static str>,
    code: Option<&'static str>,
    /// A part of the message, in any capitals.
    message: Option<&'static str>,
    cause: Cause,
}

const fn row(cause: Cause) -> Row {
    Row {
        provider: None,
        statuses: &[],
        kind: None,
        code: None,
        message: None,
        cause,
    }
}

impl Row {
    const fn by(self, provider: Provider) -> Self {
        Self {
            provider: Some(provider),
            ..self
        }
    }

    const fn status(self, statuses: &'static [u16]) -> Self {
        Self { statuses, ..self }
    }

    const fn kind(self, kind: &'static str) -> Self {
        Self {
            kind: Some(kind),
            ..self
        }
    }

    const fn code(self, code: &'static str) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    const fn says(self, message: &'static str) -> Self {
        Self {
            message: Some(message),
            ..self
        }
    }

    fn fits(&self, error: &Error<'_>) -> bool {
        self.provider
            .is_none_or(|provider| provider == error.provider)
            && (self.statuses.is_empty() || self.statuses.contains(&error.status))
            && self.kind.is_none_or(|kind| error.kind == Some(kind))
            && self.code.is_none_or(|code| error.code == Some(code))
            && self.message.is_none_or(|part| error.message.contains(part))
    }
}

struct Error<'a> {
    provider: Provider,
    status: u16,
    kind: Option<&'a str>,
    code: Option<&'a str>,
    /// In lower case.
    message: String,
}

/// Codes first, since they were made to be matched; then types; then what older bodies only say in words; status last.
/// Azure's rate limit comes before all, because it uses the words of an empty balance.
#[rustfmt::skip] // One row a line.
const TABLE: &[Row] = &[
    row(Cause::TokenRate).by(Provider::Azure).status(&[429]),
    // Codes that name the stop.
    row(Cause::CreditExhausted).code("credit_balance_exhausted"),
    row(Cause::OrganizationSpendLimit).code("organization_spend_limit_exceeded"),
    row(Cause::ProjectSpendLimit).code("project_spend_limit_exceeded"),
    row(Cause::OrganizationUsageLimit).code("organization_usage_limit_exceeded"),
    row(Cause::BillingOnImagePath).code("billing_hard_limit_reached"),
    row(Cause::BillingNotActive).code("billing_not_active"),
    row(Cause::AccessTerminated).code("access_terminated"),
    row(Cause::AccountDeactivated).code("account_deactivated"),
    row(Cause::InvalidKey).code("invalid_api_key"),
    row(Cause::InvalidOrganization).code("invalid_organization"),
    row(Cause::MismatchedOrganization).code("mismatched_organization"),
    row(Cause::MismatchedProject).code("mismatched_project"),
    row(Cause::MissingScope).code("missing_scope"),
    row(Cause::ModelNotAvailable).code("model_not_found"),
    row(Cause::RegionNotSupported).code("unsupported_country_region_territory"),
    row(Cause::Overloaded).code("server_is_overloaded"),
    row(Cause::SlowDown).code("slow_down"),
    row(Cause::SlowDown).code("ramp_limit_exceeded"),
    row(Cause::OrganizationUsageLimit).code("enforced_spend_limit_reached"),
    row(Cause::OrganizationUsageLimit).code("contract_spend_limit_reached"),
    row(Cause::OrganizationSpendLimit).code("linked_organization_spend_limit_reached"),
    row(Cause::BillingNotActive).code("linked_organization_billing_unavailable"),
    row(Cause::AccessTerminated).code("organization_on_hold"),
    row(Cause::InFlightBudget).code("in_flight_budget_exhausted"),
    row(Cause::WorstCaseTooLarge).code("weight_exceeds_budget"),
    row(Cause::KeyLimit).code("openrouter_key_limit"),
    row(Cause::CreditExhausted).code("openrouter_credits").says("insufficient credits"),
    row(Cause::OrganizationSpendLimit).code("blocked_api_access"),
    // Rates.
    row(Cause::TooLargeForRate).code("rate_limit_exceeded").says("request too large"),
    row(Cause::TokenRate).code("rate_limit_exceeded").kind("tokens"),
    row(Cause::RequestRate).code("rate_limit_exceeded").kind("requests"),
    row(Cause::Rate).code("rate_limit_exceeded"),
    // Types that name the stop, and the code that names none.
    row(Cause::BillingNotActive).kind("billing_not_active"),
    row(Cause::AccessTerminated).kind("access_terminated"),
    row(Cause::RegionNotSupported).kind("request_forbidden").says("country"),
    row(Cause::Overloaded).kind("service_unavailable_error"),
    row(Cause::Overloaded).kind("overloaded_error"),
    row(Cause::BillingUnspecified).code("insufficient_quota"),
    row(Cause::BillingUnspecified).kind("insufficient_quota"),
    row(Cause::BillingUnspecified).kind("billing_error"),
    // Words, where there is nothing else.
    row(Cause::OrganizationNotVerified).status(&[403]).says("organization must be verified"),
    row(Cause::MissingScope).status(&[401, 403]).says("missing scopes"),
    row(Cause::MissingScope).status(&[401, 403]).says("insufficient permissions"),
    row(Cause::ModelNotAvailable).status(&[403, 404]).says("does not have access to model"),
    row(Cause::NoOrganization).status(&[401]).says("member of an organization"),
    row(Cause::IpNotAllowed).status(&[401, 403]).says("ip not authorized"),
    row(Cause::IpNotAllowed).status(&[401, 403]).says("ip address is not authorized"),
    row(Cause::RegionNotSupported).status(&[403]).says("country, region, or territory not supported"),
    row(Cause::ServiceTierNotAllowed).status(&[400]).says("service tier is not allowed"),
    row(Cause::BillingOnImagePath).says("billing hard limit has been reached"),
    row(Cause::KeyLimit).status(&[403]).says("key limit exceeded"),
    row(Cause::WorstCaseTooLarge).status(&[402]).says("can only afford"),
    row(Cause::CreditExhausted).status(&[400]).by(Provider::Anthropic).says("credit balance is too low"),
    row(Cause::OrganizationSpendLimit).status(&[400]).by(Provider::Anthropic).says("api usage limits"),
    row(Cause::OrganizationSpendLimit).status(&[400]).by(Provider::Anthropic).says("specified spend limits"),
    row(Cause::CreditExhausted).status(&[402]).says("insufficient"),
    // Gemini's words for a rate, without a code of its own, and only there: the type above caught the others.
    row(Cause::Rate).status(&[429]).by(Provider::Compatible).says("exceeded your current quota"),
    row(Cause::BillingUnspecified).status(&[429]).says("exceeded your current quota"),
    // The status alone.
    row(Cause::InvalidKey).status(&[401]),
    row(Cause::BillingUnspecified).status(&[402]),
    row(Cause::MissingScope).status(&[403]).by(Provider::Anthropic),
    row(Cause::ModelNotAvailable).status(&[404]).by(Provider::Anthropic),
    row(Cause::Rate).status(&[429]),
    row(Cause::Overloaded).status(&[529]),
    row(Cause::MalformedRequest).status(&[400, 404, 405, 409, 413, 415, 422]),
    row(Cause::ServerFailure).kind("server_error"),
];

/// What an error means.
///
/// `kind` is the body's `type`; `code` the finest code the body has (`OpenRouter`'s reason, Anthropic's `error_code`
/// before a bare number). A status of 200 stands for an error in the middle of a stream.
#[must_use]
pub fn diagnose(
    provider: Provider,
    status: u16,
    kind: Option<&str>,
    code: Option<&str>,
    message: &str,
) -> Verdict {
    let error = Error {
        provider,
        status,
        kind,
        code,
        message: message.to_lowercase(),
    };
    let by_status = if status >= 500 {
        Cause::ServerFailure
    } else {
        Cause::Unknown
    };
    let cause = TABLE
        .iter()
        .find(|row| row.fits(&error))
        .map_or(by_status, |row| row.cause);
    Verdict {
        cause,
        billed: billed(status, cause),
        refusal: cause.is_refusal(),
    }
}

/// A refusal with a 4xx comes before any work. A 5xx may have done some, but for the documented ones that turn a call
/// away at the door. An error in the middle of a stream comes after some.
const fn billed(status: u16, cause: Cause) -> Billed {
    match (status, cause) {
        (400..=499, _) | (503, Cause::Overloaded | Cause::SlowDown) | (529, Cause::Overloaded) => {
            Billed::No
        }
        _ => Billed::Maybe,
    }
}

//! The causes there are, and what is to be said about each.
//!
//! One row a cause, in the files below this one: its name, what it closes, whose matter it is, the sentence people read and
//! what they can do. The words "billing" and "credit balance" stand in every sentence about money and in no other, because
//! libraries look for them to decide whether asking again makes sense.

mod access;
mod failure;
mod money;
mod rate;

use crate::provider::Page;
use crate::{Provider, Retry, Scope};

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
    /// The limit of a guardrail is reached, which `OpenRouter` puts on members and keys.
    GuardrailLimit,
    /// A limit of another gateway between here and the provider is reached.
    GatewayLimit,
    /// Calls under way hold the money that is left. Passes by itself.
    InFlightBudget,
    /// The worst case of this call does not fit into what is left; fewer max tokens may.
    WorstCaseTooLarge,
    /// The account was banned, or put on hold.
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
    /// The provider does not answer this content.
    ContentRefused,
    /// Too many requests per minute or day.
    RequestRate,
    /// Too many tokens per minute or day.
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
    /// Prompt and answer together are longer than the model takes.
    ContextTooLong,
    /// The request is one nobody would take.
    MalformedRequest,
    /// Nothing in the table fits.
    Unknown,
}

/// Whose matter a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// The owner's of the account at the provider: money, a limit, a permission there.
    Account,
    /// Whoever configures Seawall: the credential, or where it is used from.
    Configuration,
    /// Whoever sends the call.
    Caller,
    /// The provider's.
    Provider,
    /// Nobody can say.
    Unknown,
}

impl Whose {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Configuration => "configuration",
            Self::Caller => "caller",
            Self::Provider => "provider",
            Self::Unknown => "unknown",
        }
    }
}

/// What kind of attempt can help, before anything was read of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// The call has to change.
    Never,
    /// It passes by itself.
    Wait,
    /// Somebody has to change something there; or it ends at a date, which some providers name.
    Elsewhere,
    /// A smaller answer fits.
    FewerTokens,
}

/// A row of the causes.
#[derive(Debug)]
pub(crate) struct Facts {
    cause: Cause,
    name: &'static str,
    scope: Scope,
    class: Class,
    whose: Whose,
    sentence: &'static str,
    remedy: &'static str,
    page: Option<Page>,
    may_be: &'static [Cause],
    refusal: bool,
}

/// All of them, in the order people look for them.
const ALL: [&[Facts]; 4] = [money::FACTS, access::FACTS, rate::FACTS, failure::FACTS];

fn rows() -> impl Iterator<Item = &'static Facts> {
    ALL.into_iter().flatten()
}

impl Cause {
    /// Every cause, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        rows().map(|facts| facts.cause)
    }

    fn facts(self) -> &'static Facts {
        // A test sees to it that every cause has its row.
        rows()
            .find(|facts| facts.cause == self)
            .unwrap_or(&failure::UNKNOWN)
    }

    /// Its stable name, as it stands in explanations and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.facts().name
    }

    /// The cause of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|cause| cause.as_str() == name)
    }

    /// What it means, as a sentence to whoever pays for the calls.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        self.facts().sentence
    }

    /// What to do about it at this provider, as a sentence.
    #[must_use]
    pub fn remedy(self, provider: Provider) -> &'static str {
        provider.remedy(self).unwrap_or(self.facts().remedy)
    }

    /// Where to do it: the address of the page, where the provider has one.
    #[must_use]
    pub fn page(self, provider: Provider) -> Option<&'static str> {
        provider.page(self.facts().page?)
    }

    /// Whose matter it is.
    #[must_use]
    pub fn whose(self) -> Whose {
        self.facts().whose
    }

    /// What else it may be where the provider has one name for several things, likeliest first.
    #[must_use]
    pub fn may_be(self) -> &'static [Self] {
        self.facts().may_be
    }

    /// Whether it is about money: a balance, a ceiling on spending, an unpaid invoice. What only passes is not.
    #[must_use]
    pub fn is_money(self) -> bool {
        money::FACTS
            .iter()
            .any(|facts| facts.cause == self && facts.class == Class::Elsewhere)
    }

    /// Whether it is a rate, which is full again after a while.
    #[must_use]
    pub fn is_rate(self) -> bool {
        matches!(self, Self::RequestRate | Self::TokenRate | Self::Rate)
    }

    /// Whether it is this account, key or provider that turned the call away.
    #[must_use]
    pub fn is_refusal(self) -> bool {
        self.facts().refusal
    }

    /// Whether it ends by itself at some date: ceilings do that begin anew with a month, a week or a day.
    pub(crate) fn begins_anew(self) -> bool {
        matches!(
            self,
            Self::OrganizationSpendLimit
                | Self::ProjectSpendLimit
                | Self::OrganizationUsageLimit
                | Self::KeyLimit
                | Self::GuardrailLimit
                | Self::GatewayLimit
        )
    }

    /// What it closes where the provider's words do not narrow or widen it; a [`crate::Verdict`] has the scope of the case.
    #[must_use]
    pub fn scope(self) -> Scope {
        self.facts().scope
    }

    /// What kind of attempt can help, without any figure; a [`crate::Verdict`] has those of the case.
    #[must_use]
    pub fn retry(self) -> Retry {
        match self.class() {
            Class::Never => Retry::Never,
            Class::Wait => Retry::After(None),
            Class::Elsewhere => Retry::Elsewhere,
            Class::FewerTokens => Retry::FewerTokens(None),
        }
    }

    pub(crate) fn class(self) -> Class {
        self.facts().class
    }
}

#[cfg(test)]
mod tests {
    use super::Cause;

    #[test]
    #[expect(clippy::as_conversions, reason = "the place of the last in the enum")]
    fn every_cause_of_the_enum_has_a_row() {
        assert_eq!(Cause::all().count() - 1, Cause::Unknown as usize);
    }
}

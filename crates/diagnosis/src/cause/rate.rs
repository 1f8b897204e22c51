//! Causes that pass by themselves.

use super::{Cause, Class, Facts, Whose};
use crate::Scope;
use crate::provider::Page;

const RATE: Facts = Facts {
    cause: Cause::Rate,
    name: "rate",
    scope: Scope::Model,
    class: Class::Wait,
    whose: Whose::Caller,
    sentence: "A rate limit of the provider: too much within too short a time. It passes by itself and has nothing to do with \
               money.",
    remedy: "Wait as long as the provider says and spread the calls; ask it for a higher rate if that happens often.",
    page: Some(Page::Rates),
    may_be: &[],
    refusal: true,
};

pub(super) const FACTS: &[Facts] = &[
    Facts {
        cause: Cause::RequestRate,
        name: "request_rate",
        sentence: "A rate limit of the provider: too many requests for this model within its minute or day. It passes by \
                   itself and has nothing to do with money.",
        ..RATE
    },
    Facts {
        cause: Cause::TokenRate,
        name: "token_rate",
        sentence: "A rate limit of the provider: too many tokens for this model within its minute or day. It passes by itself \
                   and has nothing to do with money.",
        ..RATE
    },
    RATE,
    Facts {
        cause: Cause::TooLargeForRate,
        name: "too_large_for_rate",
        scope: Scope::Request,
        class: Class::FewerTokens,
        sentence: "This one call is larger than the provider's rate limit lets through in a whole minute; waiting does not \
                   help.",
        remedy: "Send a shorter prompt or ask for fewer max tokens, or ask the provider for a higher rate.",
        ..RATE
    },
    Facts {
        cause: Cause::SlowDown,
        name: "slow_down",
        sentence: "The traffic grew faster than the provider allows; it passes by itself.",
        remedy: "Let the traffic grow more slowly, over some quarters of an hour.",
        ..RATE
    },
    Facts {
        cause: Cause::Overloaded,
        name: "overloaded",
        whose: Whose::Provider,
        sentence: "The provider has no room for this model at the moment, for anybody.",
        remedy: "Wait a little, or use another model or provider; its status page says whether it is known.",
        page: Some(Page::Status),
        ..RATE
    },
];

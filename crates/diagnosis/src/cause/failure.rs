//! What is no refusal: failures, and requests nobody would take.

use super::{Cause, Class, Facts, Whose};
use crate::Scope;
use crate::provider::Page;

/// Nothing is claimed.
pub(super) const UNKNOWN: Facts = Facts {
    cause: Cause::Unknown,
    name: "unknown",
    scope: Scope::Request,
    class: Class::Never,
    whose: Whose::Unknown,
    sentence: "Seawall does not know this error.",
    remedy: "Read the provider's message and its documentation.",
    page: Some(Page::Status),
    may_be: &[],
    refusal: false,
};

pub(super) const FACTS: &[Facts] = &[
    Facts {
        cause: Cause::ServerFailure,
        name: "server_failure",
        class: Class::Wait,
        whose: Whose::Provider,
        sentence: "The provider failed while it worked on the call. It may have done the work, and may bill it.",
        remedy: "Ask again; look at the provider's status page if it goes on.",
        ..UNKNOWN
    },
    Facts {
        cause: Cause::ContextTooLong,
        name: "context_too_long",
        class: Class::FewerTokens,
        whose: Whose::Caller,
        sentence: "The prompt and the answer it asks for are together longer than the model's context.",
        remedy: "Send a shorter prompt, ask for fewer max tokens, or use a model with a longer context.",
        page: None,
        ..UNKNOWN
    },
    Facts {
        cause: Cause::MalformedRequest,
        name: "malformed_request",
        whose: Whose::Caller,
        sentence: "The provider does not understand the request.",
        remedy: "Mend what the message names; asking again with the same request changes nothing.",
        page: None,
        ..UNKNOWN
    },
    UNKNOWN,
];

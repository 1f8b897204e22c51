//! Every code that a call under `/v1` can be refused with by Seawall itself. Clients branch on them, so each has its page in
//! docs/errors.md; `scripts/house-check` holds the two against each other, and a test that meets a code which is not here
//! fails. A provider's own codes are passed on and are not among them.

/// All of them, as docs/errors.md has them.
pub const CODES: &[&str] = &[
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "api_key_spend_limit_exceeded",
    "model_spend_limit_exceeded",
    "end_user_spend_limit_exceeded",
    "tag_spend_limit_exceeded",
    "upstream_spend_limit_exceeded",
    "rate_limit_exceeded",
    "organization_usage_limit_exceeded",
    "in_flight_budget_exhausted",
    "invalid_api_key",
    "api_key_frozen",
    "ip_not_allowed",
    "model_not_found",
    "endpoint_not_metered",
    "parameter_not_metered",
    "invalid_request",
    "request_too_large",
    "request_incomplete",
    "request_timeout",
    "upstream_unreachable",
    "upstream_disconnected",
    "upstream_timeout",
    "upstream_answer_too_large",
    "upstream_answer_unusable",
    "store_rolled_back",
    "store_unavailable",
    "internal_error",
];

//! Every code that the administration API answers with when it does not do what was asked. Programs branch on them, so each
//! has its page in docs/errors.md; `scripts/house-check` holds the two against each other, and a test that meets a code
//! which is not here fails.

/// All of them, as docs/errors.md has them.
pub const CODES: &[&str] = &[
    "invalid_admin_key",
    "not_found",
    "unknown_path",
    "method_not_allowed",
    "not_available_yet",
    "malformed_json",
    "body_incomplete",
    "body_too_large",
    "unsupported_media_type",
    "missing_field",
    "unknown_field",
    "invalid_field",
    "rejected",
    "missing_parameter",
    "unknown_parameter",
    "invalid_parameter",
    "invalid_idempotency_key",
    "idempotency_key_reused",
    "already_exists",
    "cannot_be_changed",
    "approved_usage_limit",
    "too_many",
    "store_unavailable",
    "not_ready",
    "internal",
];

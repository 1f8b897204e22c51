//! The words that more than one resource answers with.

use super::schema::words;

words! {
    /// What a hard limit or a check is on.
    ScopeKind = &["organization", "project", "key", "upstream"];
    /// How long a ceiling counts: for ever, by the calendar, or the last so many seconds.
    WindowKind = &["total", "day", "week", "month", "rolling"];
    /// What is counted: US dollars, calls, or tokens of input and output.
    Measure = &["usd", "requests", "tokens"];
    /// What can stop a call for want of money, or because there were too many calls or tokens.
    CheckName = &[
        "credit_balance",
        "organization_usage_limit",
        "organization_hard_limit",
        "organization_request_limit",
        "organization_token_limit",
        "project_hard_limit",
        "project_request_limit",
        "project_token_limit",
        "api_key_hard_limit",
        "api_key_request_limit",
        "api_key_token_limit",
        "model_hard_limit",
        "model_request_limit",
        "model_token_limit",
        "end_user_hard_limit",
        "end_user_request_limit",
        "end_user_token_limit",
        "tag_hard_limit",
        "tag_request_limit",
        "tag_token_limit",
        "upstream_cap",
        "upstream_request_cap",
        "upstream_token_cap",
    ];
    /// What stops calls apart from money.
    StopCode = &["project_archived", "key_frozen", "key_expired", "key_revoked"];
    /// How a call ended.
    Outcome = &projections::Outcome::ALL.map(projections::Outcome::as_str);
}

//! The words that more than one resource answers with.

use super::schema::words;

words! {
    /// What a hard limit or a check is on.
    ScopeKind = &["organization", "project", "key"];
    /// How long a ceiling counts: for ever, or by the calendar.
    WindowKind = &["total", "day", "week", "month"];
    /// What can stop a call for want of money.
    CheckName = &[
        "credit_balance",
        "organization_usage_limit",
        "organization_hard_limit",
        "project_hard_limit",
        "api_key_hard_limit",
        "model_hard_limit",
    ];
    /// What stops calls apart from money.
    StopCode = &["project_archived", "key_frozen", "key_expired", "key_revoked"];
    /// How a call ended.
    Outcome = &projections::Outcome::ALL.map(projections::Outcome::as_str);
}

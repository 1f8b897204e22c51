//! The envelope of errors, and every code that stands in it.

use serde_json::{Map, Value, json};

/// The codes with what they mean, in a few words. `docs/errors.md` says what to do.
const CODES: [(&str, &str); 36] = [
    ("alerts_unavailable", "the alerts' file cannot be used"),
    ("already_exists", "it exists already"),
    (
        "another_rollback",
        "the last acknowledged entry is another one",
    ),
    (
        "approved_usage_limit",
        "it is the operator's, and changes with the organization",
    ),
    ("body_incomplete", "the body ended early"),
    ("body_timeout", "the body did not arrive in time"),
    ("body_too_large", "the body is too large"),
    ("cannot_be_changed", "it has ended"),
    (
        "from_configuration",
        "it comes from the configuration and is changed there",
    ),
    (
        "idempotency_key_reused",
        "the key was used with another request",
    ),
    ("internal", "a fault of Seawall"),
    ("invalid_admin_key", "no admin key, or an unknown one"),
    ("invalid_field", "a field of the body cannot be so"),
    (
        "invalid_idempotency_key",
        "the Idempotency-Key cannot be so",
    ),
    ("invalid_parameter", "a parameter cannot be so"),
    ("malformed_json", "the body is not a JSON object"),
    ("method_not_allowed", "the path does not take this method"),
    ("missing_field", "a field of the body is missing"),
    ("missing_parameter", "a parameter is missing"),
    ("no_mail_server", "no mail server is configured"),
    (
        "no_secrets_key",
        "there is no key to encrypt credentials with",
    ),
    ("not_available_yet", "it is not in this version"),
    ("not_found", "there is no such thing"),
    ("not_ready", "the server cannot work now"),
    ("not_rolled_back", "nothing that is remembered is missing"),
    (
        "nothing_counted_yet",
        "what goes through the upstream is not counted yet",
    ),
    ("rejected", "the ledger does not allow it"),
    ("spend_guard", "it changes with the organization"),
    (
        "store_rolled_back",
        "the store lost what it had acknowledged",
    ),
    ("store_unavailable", "the store cannot be reached"),
    ("too_many", "a bound is reached"),
    ("too_many_entries", "it would read too much of the journal"),
    ("unknown_field", "a field of the body is not known"),
    ("unknown_parameter", "a parameter is not known"),
    ("unknown_path", "there is nothing at the path"),
    ("unsupported_media_type", "the body is not declared as JSON"),
];

/// Whether the description knows a code.
pub(crate) fn is_known(code: &str) -> bool {
    CODES.iter().any(|(known, _)| *known == code)
}

pub(super) fn response() -> Value {
    let example = json!({"error": {
        "code": "not_found",
        "message": "There is no such project. Check the id; `GET` on the list shows those that exist.",
        "details": {"what": "project"},
    }});
    let content = json!({
        "application/json": {"schema": {"$ref": "#/components/schemas/Error"}, "example": example},
    });
    json!({"description": "It was not done. The message says what to do.", "content": content})
}

pub(super) fn schemas() -> Map<String, Value> {
    let codes: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
    let meanings = CODES.map(|(code, meaning)| format!("`{code}`: {meaning}"));
    let code = json!({"type": "string", "enum": codes, "description": meanings.join("; ")});
    let body = json!({
        "type": "object", "required": ["code", "message", "details"],
        "properties": {
            "code": {"$ref": "#/components/schemas/ErrorCode"},
            "message": {"type": "string", "description": "A sentence that says what to do."},
            "details": {"$ref": "#/components/schemas/ErrorDetails"},
        },
    });
    let details = json!({
        "type": "object", "description": "What the error is about.",
        "properties": {
            "field": {"type": "string"}, "fields": {"type": "array", "items": {"type": "string"}},
            "parameter": {"type": "string"}, "what": {"type": "string"},
            "organization_id": {"type": "string"}, "acknowledged_entry": {"type": "integer"},
            "most": {"type": "integer"}, "line": {"type": "integer"}, "column": {"type": "integer"},
        },
    });
    let envelope = json!({
        "type": "object", "required": ["error"],
        "properties": {"error": {"$ref": "#/components/schemas/ErrorBody"}},
    });
    let named = [
        ("ErrorCode", code),
        ("ErrorBody", body),
        ("ErrorDetails", details),
        ("Error", envelope),
    ];
    named
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}

//! How API keys are described to clients.

use utoipa::ToSchema;

use super::view::{Made, View};
use crate::openapi::operation::{Operation, delete, get, patch, post};
use crate::openapi::schema::words;
use crate::show::At;

words! {
    /// Whether the key may call.
    KeyState = &["active", "frozen", "revoked", "expired"];
}

/// A new key.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"name": "bot", "models": ["gpt-5*"], "ip_allow": ["10.0.0.0/8"]}))]
struct NewKey {
    name: String,
    expires_at: Option<At>,
    /// The models it may call, each with a `*` at most at its end. Default: all.
    models: Option<Vec<String>>,
    /// Addresses and networks it may call from. Default: all.
    ip_allow: Option<Vec<String>>,
}

/// What to change; what is left out stays, null takes away.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct KeyChange {
    #[schema(nullable = false)]
    name: Option<String>,
    expires_at: Option<At>,
    models: Option<Vec<String>>,
    ip_allow: Option<Vec<String>>,
}

/// Why a key is frozen.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct Freeze {
    reason: Option<String>,
}

/// How a key is replaced.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"overlap_seconds": 3600}))]
struct Rotation {
    /// How long both keys are good.
    #[schema(maximum = 7_776_000)]
    overlap_seconds: u32,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/projects/{project}/keys", "listKeys", "A project's keys.")
            .paged(100, 1000)
            .lists::<View>(),
        post(
            "/projects/{project}/keys",
            "createKey",
            "Creates a key, and shows its secret this once.",
        )
        .once()
        .takes::<NewKey>()
        .creates::<Made<'_>>(),
        get("/keys/{key}", "getKey", "A key.").answers::<View>(),
        patch("/keys/{key}", "updateKey", "Changes a key.")
            .takes::<KeyChange>()
            .answers::<View>(),
        delete("/keys/{key}", "revokeKey", "Ends a key for ever.").ends(),
        post("/keys/{key}/freeze", "freezeKey", "Stops a key at once.")
            .may_take::<Freeze>()
            .answers::<View>(),
        post(
            "/keys/{key}/unfreeze",
            "unfreezeKey",
            "Lets a frozen key call again.",
        )
        .answers::<View>(),
        post(
            "/keys/{key}/rotate",
            "rotateKey",
            "A new secret in the place of an old one.",
        )
        .once()
        .takes::<Rotation>()
        .creates::<Made<'_>>(),
    ]
}

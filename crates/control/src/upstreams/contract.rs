//! How upstream accounts are described to clients.

use utoipa::ToSchema;

use super::view::{One, View};
use crate::openapi::operation::{Operation, delete, get, patch, post};
use crate::openapi::schema::words;

words! {
    /// Whose language it speaks.
    UpstreamKind = &["openai", "openrouter", "anthropic", "azure", "compatible"];
    /// Where it comes from. Only those from `api` can be changed here.
    UpstreamFrom = &["file", "environment", "api"];
    /// Whether calls can be sent there. `not_called_yet`: this version calls none of its kind; `sealed`: its credential does not
    /// open; `shadowed`: the configuration has one of the same name.
    UpstreamState = &["serving", "not_called_yet", "sealed", "shadowed"];
    /// Which models it serves: all that have a price, those that the provider lists, or those that are configured.
    UpstreamServes = &["any", "listed", "configured"];
    /// Which models it is to serve, where they are not given one by one.
    UpstreamServesAsked = &["any", "listed"];
    /// The tier that an account runs its calls in where they leave it open.
    UpstreamTier = &["default", "flex", "priority"];
}

/// A model that an account is to serve.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct ModelAsked {
    /// As clients call it; a `*` at the end stands for anything.
    model: String,
    /// As the provider calls it, such as a deployment of Azure's. Default: the same.
    r#as: Option<String>,
}

/// A new account.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"name": "groq", "kind": "compatible", "provider": "groq", "api_key": "gsk_…", "models": [{"model": "gpt-oss-*", "as": "openai/gpt-oss-*"}]}))]
struct NewUpstream {
    /// Letters, digits, `-`, `_` and `.`, at most 64.
    name: String,
    kind: UpstreamKind,
    /// `groq`, `together`, `mistral`, `deepseek`, `xai`, `gemini`, `vllm` or `ollama`; only with kind `compatible`.
    provider: Option<String>,
    /// Default: the provider's usual one. Plain http only to this machine.
    base_url: Option<String>,
    /// Of Azure: the version of its older API. Without it, calls go to `/openai/v1`.
    api_version: Option<String>,
    /// The credential itself. It is kept encrypted and never shown again.
    api_key: Option<String>,
    /// A key that may read the account's limits and costs.
    admin_key: Option<String>,
    service_tier: Option<UpstreamTier>,
    /// Default: `any`. Not together with `models`.
    serves: Option<UpstreamServesAsked>,
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    models: Option<Vec<ModelAsked>>,
}

/// What to change; what is left out stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct UpstreamChange {
    /// With another host both credentials have to be given again.
    #[schema(nullable = false)]
    base_url: Option<String>,
    api_version: Option<String>,
    #[schema(nullable = false)]
    api_key: Option<String>,
    admin_key: Option<String>,
    service_tier: Option<UpstreamTier>,
    serves: Option<UpstreamServesAsked>,
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    models: Option<Vec<ModelAsked>>,
}

/// What became of the credentials.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Rewrapped {
    /// How many were sealed by another key.
    rewrapped: u64,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/upstreams",
            "listUpstreams",
            "The accounts that calls can be sent to, in the order in which they are tried.",
        )
        .lists::<View>(),
        post(
            "/upstreams",
            "createUpstream",
            "Makes an account; calls can be sent there at once.",
        )
        .takes::<NewUpstream>()
        .creates::<View>(),
        get("/upstreams/{name}", "getUpstream", "One account.").answers::<One>(),
        patch(
            "/upstreams/{name}",
            "patchUpstream",
            "Changes an account that was made here; the next call sees it.",
        )
        .takes::<UpstreamChange>()
        .answers::<One>(),
        delete(
            "/upstreams/{name}",
            "deleteUpstream",
            "Deletes an account that was made here, with its credentials.",
        )
        .ends(),
        post(
            "/secrets/rewrap",
            "rewrapSecrets",
            "Seals every credential by the key of now, after that has changed.",
        )
        .answers::<Rewrapped>(),
    ]
}

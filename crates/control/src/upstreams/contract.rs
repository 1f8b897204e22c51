//! How upstream accounts are described to clients.

use utoipa::ToSchema;

use super::doctor::{Asked, Report};
use super::parking::Answers;
use super::view::{One, View};
use crate::openapi::operation::{Operation, delete, get, patch, post};
use crate::openapi::schema::words;
use crate::show::{At, Usd};

words! {
    /// Whose language it speaks.
    UpstreamKind = &["openai", "openrouter", "anthropic", "azure", "compatible"];
    /// Where it comes from. Only those from `api` can be changed here.
    UpstreamFrom = &["file", "environment", "api"];
    /// Whether calls can be sent there. `not_called_yet`: this version calls none of its kind; `sealed`: its credential does not
    /// open; `shadowed`: the configuration has one of the same name; `parked`: a provider refused, or a person parked it.
    UpstreamState = &["serving", "parked", "not_called_yet", "sealed", "shadowed"];
    /// What a park closes: one model at this account, the account, or all accounts of its project or organization there.
    ParkCloses = &["model", "account", "project", "organization"];
    /// Who parked it.
    ParkedBy = &["refusal", "person"];
    /// What ends it: its time, a probe that is served, or a person.
    ParkedUntil = &["time", "probe", "person"];
    /// What a probe brought. `unknown`: it proves nothing, because nobody was reached or nothing could be asked.
    ProbeOutcome = &["served", "refused", "unknown"];
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

/// Taking an account out of use.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"until_at": "2026-12-01T00:00:00Z", "note": "moving to another project"}))]
struct Parking {
    /// When it ends by itself. Default: when it is unparked.
    until_at: Option<At>,
    /// Why, in at most 200 characters.
    note: Option<String>,
}

/// What became of the credentials.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Rewrapped {
    /// How many were sealed by another key.
    rewrapped: u64,
}

words! {
    /// Whether credit bought at a provider lasts for less than a week at the pace of the last one, or is used up.
    BoughtWarning = &["runs_out_soon", "used_up"];
}

/// Credit that was bought at a provider.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"amount_usd": "50.00", "bought_at": "2026-11-20T09:00:00Z", "note": "card"}))]
struct NewBought {
    amount_usd: Usd,
    /// Default: now.
    bought_at: Option<At>,
    note: Option<String>,
}

/// Credit that was bought at a provider.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Bought {
    id: String,
    amount_usd: Usd,
    bought_at: At,
    note: String,
}

/// What is left at a provider, as far as can be known here.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct UpstreamBalance {
    upstream: String,
    bought_usd: Usd,
    /// Since the first purchase: what the provider billed on days that were reconciled, and on others what went through here.
    went_through_usd: Usd,
    left_usd: Usd,
    /// The pace of the last week.
    per_day_usd: Usd,
    /// When nothing is left at that pace; null: never.
    runs_out_at: Option<At>,
    warning: Option<BoughtWarning>,
    /// The first purchase; null: none was told.
    since_at: Option<At>,
    reconciled_days: u64,
    as_of_at: At,
    credits: Vec<Bought>,
}

pub(crate) fn operations() -> Vec<Operation> {
    let mut all = accounts();
    all.extend(balances());
    all
}

fn balances() -> Vec<Operation> {
    vec![
        post(
            "/upstreams/{name}/credits",
            "addUpstreamCredit",
            "Writes down credit that was bought at a provider.",
        )
        .takes::<NewBought>()
        .creates::<Bought>(),
        delete(
            "/upstreams/{name}/credits/{credit}",
            "deleteUpstreamCredit",
            "Strikes out a purchase that was told wrongly.",
        )
        .ends(),
        get(
            "/upstreams/{name}/balance",
            "getUpstreamBalance",
            "What is left of what was bought at a provider, and when it runs out. It stops nothing.",
        )
        .answers::<UpstreamBalance>(),
    ]
}

fn accounts() -> Vec<Operation> {
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
            "/upstreams/{name}/park",
            "parkUpstream",
            "Takes an account out of use; the next call is not sent there. Calls under way go on.",
        )
        .may_take::<Parking>()
        .answers::<View>(),
        post(
            "/upstreams/{name}/unpark",
            "unparkUpstream",
            "Ends everything that is parked of an account, whoever parked it. What is parked of its whole organization or \
             project at the provider ends for all its accounts.",
        )
        .answers::<View>(),
        post(
            "/upstreams/{name}/probe",
            "probeUpstream",
            "Asks the provider now whether what refusals parked serves again, as it is also asked from time to time; where \
             nothing is parked, whether it takes the key.",
        )
        .answers::<Answers>(),
        post(
            "/upstreams/{name}/doctor",
            "examineUpstream",
            "Finds out why the provider refuses: from what it refused of late, its list of models, and what its administration API \
             says where the account has a key for that. Nothing that costs money is asked unless it is wished.",
        )
        .may_take::<Asked>()
        .answers::<Report>(),
        post(
            "/secrets/rewrap",
            "rewrapSecrets",
            "Seals every credential by the key of now, after that has changed.",
        )
        .answers::<Rewrapped>(),
    ]
}

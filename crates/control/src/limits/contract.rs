//! How hard limits are described to clients.

use utoipa::ToSchema;

use super::preview;
use super::view::{One, View};
use crate::openapi::operation::{Operation, delete, get, patch, post};
use crate::openapi::schema::{UsdAsked, words};
use crate::openapi::words::{Measure, WindowKind};
use crate::show::{At, KeyRef, OrganizationRef, ProjectRef};

words! {
    /// `owner`: a hard limit. `operator`: the organization's approved usage limit. `seawall`: its spend guard.
    SetBy = &["owner", "operator", "seawall"];
    /// What a hard limit is on. `model`, `end_user` and `tag` are within an organization, a project or a key; `upstream` is an
    /// account, and counts the calls of all organizations.
    LimitKind = &["organization", "project", "key", "model", "end_user", "tag", "upstream"];
    /// What a budget is on.
    PlaceKind = &["organization", "project", "key"];
    /// Whether it stops calls, or only counts which it would have stopped.
    LimitMode = &["enforce", "shadow"];
    /// What happens when it stops a call for good: it is refused, or refused and its key frozen.
    OnTrip = &["refuse", "freeze_key"];
    /// Whether what was spent still counts.
    UsedSoFar = &["keep", "reset"];
}

/// What a budget is to be on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(as = PlaceAsked)]
pub(crate) struct PlaceAsked {
    kind: PlaceKind,
    /// The id of the organization, project or key.
    id: String,
}

/// What a hard limit is to be on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(as = LimitScope)]
struct OnAsked {
    kind: LimitKind,
    /// Of an organization, a project or a key: its id.
    #[schema(nullable = false)]
    id: Option<String>,
    /// Of a model, an end user or a tag: in which organization. It may be left out where one of the next two is there.
    organization_id: Option<OrganizationRef>,
    /// In which project of it only.
    project_id: Option<ProjectRef>,
    /// In which key of it only.
    key_id: Option<KeyRef>,
    /// The model as calls name it; a trailing `*` stands for anything.
    #[schema(nullable = false)]
    model: Option<String>,
    /// Which end user, or which tag (`name=value`). Without it each one counts apart.
    value: Option<String>,
    /// Of an upstream: its name.
    #[schema(nullable = false)]
    name: Option<String>,
}

/// How long a hard limit or a budget is to count.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(as = LimitWindow)]
pub(crate) struct WindowAsked {
    kind: WindowKind,
    /// Where its days begin. Default: the organization's.
    time_zone: Option<String>,
    /// The length of one that rolls, which a budget's cannot yet.
    #[schema(nullable = false, minimum = 1, maximum = 31_622_400)]
    seconds: Option<u32>,
}

/// A new hard limit.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"scope": {"kind": "project", "id": "proj_01jd8z5v7m2k4n6p8r0t2w4y6a"}, "amount_usd": "10.00", "window": {"kind": "month"}}))]
struct NewLimit {
    scope: OnAsked,
    /// Default: usd.
    measure: Option<Measure>,
    /// Where the measure is usd.
    amount_usd: Option<UsdAsked>,
    /// Where it is requests or tokens.
    amount: Option<u64>,
    window: WindowAsked,
    mode: Option<LimitMode>,
    on_trip: Option<OnTrip>,
    /// When it ends by itself. Default: never.
    until_at: Option<At>,
}

/// A hard limit that is not set, and how far back is looked.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"scope": {"kind": "project", "id": "proj_01jd8z5v7m2k4n6p8r0t2w4y6a"}, "amount_usd": "10.00", "window": {"kind": "month"}, "days": 30}))]
struct LimitProposed {
    scope: OnAsked,
    measure: Option<Measure>,
    amount_usd: Option<UsdAsked>,
    amount: Option<u64>,
    window: WindowAsked,
    mode: Option<LimitMode>,
    on_trip: Option<OnTrip>,
    until_at: Option<At>,
    /// Default: 7.
    #[schema(minimum = 1, maximum = 90)]
    days: Option<u32>,
}

/// What to change; what is left out stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct LimitChange {
    /// Where the measure is usd.
    amount_usd: Option<UsdAsked>,
    /// Where it is requests or tokens.
    amount: Option<u64>,
    used: Option<UsedSoFar>,
    /// Until when the amount holds; afterwards it is again what it was. Default: for good.
    until_at: Option<At>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/limits",
            "listLimits",
            "Hard limits. An organization's list has all of them.",
        )
        .one_place()
        .query_text(
            "upstream",
            "Instead of these: the caps of this upstream account.",
        )
        .paged(100, 1000)
        .lists::<View>(),
        post("/limits", "createLimit", "Sets a hard limit.")
            .once()
            .takes::<NewLimit>()
            .creates::<One>(),
        post(
            "/limits/preview",
            "previewLimit",
            "What a hard limit would have refused of the calls of the last days.",
        )
        .takes::<LimitProposed>()
        .answers::<preview::View>(),
        get("/limits/{limit}", "getLimit", "A hard limit.").answers::<One>(),
        patch("/limits/{limit}", "updateLimit", "Changes a hard limit.")
            .takes::<LimitChange>()
            .answers::<One>(),
        delete("/limits/{limit}", "deleteLimit", "Takes a hard limit away.").ends(),
    ]
}

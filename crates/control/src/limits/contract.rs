//! How hard limits are described to clients.

use utoipa::ToSchema;

use super::preview;
use super::view::View;
use crate::openapi::operation::{Operation, delete, get, patch, post};
use crate::openapi::schema::{UsdAsked, words};
use crate::openapi::words::{ScopeKind, WindowKind};

words! {
    /// `owner`: a hard limit. `operator`: the organization's approved usage limit.
    SetBy = &["owner", "operator"];
    /// What is counted.
    Measure = &["usd"];
    /// Whether it stops.
    LimitMode = &["enforce"];
    /// What happens when it is reached.
    OnTrip = &["refuse"];
    /// Whether what was spent still counts.
    UsedSoFar = &["keep", "reset"];
}

/// What a hard limit or a budget is to be on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(as = LimitScope)]
pub(crate) struct PlaceAsked {
    kind: ScopeKind,
    /// The id of the organization, project or key.
    id: String,
}

/// How long a hard limit or a budget is to count.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(as = LimitWindow)]
pub(crate) struct WindowAsked {
    kind: WindowKind,
    /// Where its days begin. Default: the organization's.
    time_zone: Option<String>,
}

/// A new hard limit.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"scope": {"kind": "project", "id": "proj_01jd8z5v7m2k4n6p8r0t2w4y6a"}, "amount_usd": "10.00", "window": {"kind": "month"}}))]
struct NewLimit {
    scope: PlaceAsked,
    amount_usd: UsdAsked,
    window: WindowAsked,
    measure: Option<Measure>,
    mode: Option<LimitMode>,
    on_trip: Option<OnTrip>,
}

/// A hard limit that is not set, and how far back is looked.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"scope": {"kind": "project", "id": "proj_01jd8z5v7m2k4n6p8r0t2w4y6a"}, "amount_usd": "10.00", "window": {"kind": "month"}, "days": 30}))]
struct LimitProposed {
    scope: PlaceAsked,
    amount_usd: UsdAsked,
    window: WindowAsked,
    measure: Option<Measure>,
    mode: Option<LimitMode>,
    on_trip: Option<OnTrip>,
    /// Default: 7.
    #[schema(minimum = 1, maximum = 90)]
    days: Option<u32>,
}

/// What to change; what is left out stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct LimitChange {
    #[schema(nullable = false)]
    amount_usd: Option<UsdAsked>,
    used: Option<UsedSoFar>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/limits",
            "listLimits",
            "Hard limits. An organization's list has all of them.",
        )
        .one_place()
        .paged(100, 1000)
        .lists::<View>(),
        post("/limits", "createLimit", "Sets a hard limit.")
            .once()
            .takes::<NewLimit>()
            .creates::<View>(),
        post(
            "/limits/preview",
            "previewLimit",
            "What a hard limit would have refused of the calls of the last days.",
        )
        .takes::<LimitProposed>()
        .answers::<preview::View>(),
        get("/limits/{limit}", "getLimit", "A hard limit.").answers::<View>(),
        patch("/limits/{limit}", "updateLimit", "Changes a hard limit.")
            .takes::<LimitChange>()
            .answers::<View>(),
        delete("/limits/{limit}", "deleteLimit", "Takes a hard limit away.").ends(),
    ]
}

//! How hard limits are described to clients.

use utoipa::ToSchema;

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

/// What a hard limit is to be on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct LimitScope {
    kind: ScopeKind,
    /// The id of the organization, project or key.
    id: String,
}

/// How long a hard limit is to count.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct LimitWindow {
    kind: WindowKind,
    /// Where its days begin. Default: the organization's.
    time_zone: Option<String>,
}

/// A new hard limit.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"scope": {"kind": "project", "id": "proj_01jd8z5v7m2k4n6p8r0t2w4y6a"}, "amount_usd": "10.00", "window": {"kind": "month"}}))]
struct NewLimit {
    scope: LimitScope,
    amount_usd: UsdAsked,
    window: LimitWindow,
    measure: Option<Measure>,
    mode: Option<LimitMode>,
    on_trip: Option<OnTrip>,
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
        get("/limits/{limit}", "getLimit", "A hard limit.").answers::<View>(),
        patch("/limits/{limit}", "updateLimit", "Changes a hard limit.")
            .takes::<LimitChange>()
            .answers::<View>(),
        delete("/limits/{limit}", "deleteLimit", "Takes a hard limit away.").ends(),
    ]
}

//! How organizations are described to clients.

use utoipa::ToSchema;

use super::View;
use crate::openapi::operation::{Operation, get, patch, post};
use crate::openapi::schema::UsdAsked;

/// A new organization.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"name": "acme", "time_zone": "Europe/Berlin", "approved_usage_limit_usd": "500.00"}))]
struct NewOrganization {
    name: String,
    /// Where its days and months begin. Default: UTC.
    time_zone: Option<String>,
    /// The most that the operator lets it spend in a month.
    approved_usage_limit_usd: Option<UsdAsked>,
    /// What a key may spend in a minute before it is frozen. Null: any amount. Default: the setting
    /// `organizations.spend_guard_usd_per_minute`.
    spend_guard_usd: Option<UsdAsked>,
}

/// What to change; what is left out stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct OrganizationChange {
    #[schema(nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    time_zone: Option<String>,
    /// Null: none.
    approved_usage_limit_usd: Option<UsdAsked>,
    /// What a key may spend in a minute before it is frozen. Null: any amount.
    spend_guard_usd: Option<UsdAsked>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/organizations", "listOrganizations", "Organizations.")
            .paged(100, 1000)
            .lists::<View>(),
        post(
            "/organizations",
            "createOrganization",
            "Creates an organization.",
        )
        .once()
        .takes::<NewOrganization>()
        .creates::<View>(),
        get(
            "/organizations/{org}",
            "getOrganization",
            "An organization.",
        )
        .answers::<View>(),
        patch(
            "/organizations/{org}",
            "updateOrganization",
            "Changes an organization.",
        )
        .takes::<OrganizationChange>()
        .answers::<View>(),
    ]
}

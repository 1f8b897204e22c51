//! How alerts are described to clients.

use utoipa::ToSchema;

use super::{AlertView, Settings};
use crate::notify::contract::NewTarget;
use crate::openapi::operation::{Operation, get, post, put};
use crate::openapi::schema::{UsdAsked, words};
use crate::show::{AlertRef, OrganizationRef};

words! {
    /// What there is to tell of.
    AlertType = &::alerts::Kind::ALL.map(::alerts::Kind::name);
    /// What became of telling one target.
    DeliveryState = &["waiting", "delivered", "failed"];
    /// What became of telling all, whichever is worst; `nobody`: there was nobody to tell.
    AlertState = &["nobody", "waiting", "delivered", "failed"];
}

/// What to change; what is left out stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"notify": [{"kind": "webhook", "url": "https://example.org/hook"}], "balance_low_usd": "20.00"}))]
struct AlertSettingsChange {
    /// Takes the place of those there are.
    #[schema(nullable = false, max_items = 10)]
    notify: Option<Vec<NewTarget>>,
    /// Null: never.
    balance_low_usd: Option<UsdAsked>,
    #[schema(nullable = false, maximum = 366)]
    lapse_notice_days: Option<u32>,
}

/// Whose targets are to be tried.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct AlertTest {
    organization: OrganizationRef,
}

/// The alert that tries them.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct AlertTested {
    id: AlertRef,
    organization_id: OrganizationRef,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/organizations/{org}/alerts",
            "getAlertSettings",
            "What an organization wants to be told, and where.",
        )
        .answers::<Settings>(),
        put(
            "/organizations/{org}/alerts",
            "putAlertSettings",
            "Changes that; the secrets of new webhooks are shown this once.",
        )
        .takes::<AlertSettingsChange>()
        .answers::<Settings>(),
        get(
            "/alerts",
            "listAlerts",
            "An organization's alerts, newest first.",
        )
        .query_required::<OrganizationRef>("organization", "Whose.")
        .paged(100, 1000)
        .lists::<AlertView>(),
        post(
            "/alerts/test",
            "testAlerts",
            "Tells everybody who would be told that this is a test.",
        )
        .takes::<AlertTest>()
        .creates::<AlertTested>(),
    ]
}

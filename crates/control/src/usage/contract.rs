//! How sums of usage are described to clients.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::{MOST, USUAL};
use crate::openapi::operation::{Operation, get};
use crate::openapi::schema::words;
use crate::show::{At, KeyRef, OrganizationRef, ProjectRef, Usd};

words! {
    /// How much time makes one sum.
    UsageBucket = &["hour", "day"];
}

/// A sum of calls. It names only what it is told apart by.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct UsageSum {
    starts_at: At,
    organization_id: Option<OrganizationRef>,
    project_id: Option<ProjectRef>,
    key_id: Option<KeyRef>,
    model: Option<String>,
    upstream: Option<String>,
    cost_usd: Usd,
    calls: CallCounts,
    /// What was used, by the catalogue's name of the unit.
    units: BTreeMap<String, u64>,
}

/// How many calls ended in each way.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct CallCounts {
    served: u64,
    refused: u64,
    provider_refused: u64,
    failed: u64,
    cancelled: u64,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/usage",
            "listUsage",
            "Sums of calls by the hour or day in UTC, oldest first.",
        )
        .query::<UsageBucket>("bucket", "How much time makes one sum. Default: day.")
        .query_text(
            "group_by",
            "Some of organization, project, key, model and upstream, with commas between.",
        )
        .query::<OrganizationRef>("organization", "Only that of this one.")
        .query::<ProjectRef>("project", "Only that of this one.")
        .query::<KeyRef>("key", "Only that of this one.")
        .query_text("model", "Only that of this model.")
        .between()
        .paged(USUAL, MOST)
        .lists::<UsageSum>(),
    ]
}

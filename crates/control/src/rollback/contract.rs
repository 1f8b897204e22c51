//! How a rollback of the store is described to clients.

use utoipa::ToSchema;

use super::View;
use crate::entries::contract::EntryFact;
use crate::openapi::operation::{Operation, get, post};
use crate::show::At;

/// A change that the store lost. Which fields it has goes by its kind.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
pub(crate) struct LostChange {
    /// The number that its entry had.
    entry: u64,
    recorded_at: At,
    actor: Option<String>,
    #[serde(flatten)]
    fact: EntryFact,
    restorable: bool,
    /// Why it is not; else null.
    reason: Option<String>,
}

/// What is accepted: the rollback that was looked at, and no other.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"acknowledged_entry": 4711}))]
struct RollbackAccepted {
    acknowledged_entry: u64,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/organizations/{org}/rollback",
            "getRollback",
            "What a store that rolled back lost of an organization, as far as it is remembered.",
        )
        .answers::<View>(),
        post(
            "/organizations/{org}/accept-rollback",
            "acceptRollback",
            "Lets a stopped organization go on: what can be restored is, the rest is lost.",
        )
        .takes::<RollbackAccepted>()
        .answers::<View>(),
    ]
}

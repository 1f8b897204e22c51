//! What is outside `/api/v1`: for machines that watch, and for keys that ask of themselves.

use utoipa::ToSchema;

use super::operation::Operation;
use super::schema::words;
use super::words::CheckName;
use crate::headroom::Constraint;
use crate::show::{LimitRef, Usd};

words! {
    /// The process answers.
    Alive = &["ok"];
    /// The server can do its work.
    Readiness = &["ready"];
}

/// The process answers. It says nothing of the store.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Livez {
    #[schema(value_type = Alive)]
    status: String,
}

/// The server can do its work.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Readyz {
    #[schema(value_type = Readiness)]
    status: String,
    /// Organizations that are stopped because the store lost entries of theirs. All others go on.
    stopped_organizations: u64,
}

/// What is running.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Version {
    name: String,
    version: String,
}

/// What the key that asks can still spend.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway answers it, from the same figures")]
struct OwnHeadroom {
    headroom_usd: Usd,
    /// The name of the constraint with the least left.
    #[schema(value_type = CheckName)]
    binding: String,
    /// Which limit that is; null for the credit balance.
    binding_limit_id: Option<LimitRef>,
    constraints: Vec<Constraint>,
}

pub(super) fn operations() -> Vec<Operation> {
    let get = |path: &str, id, about| Operation::new("get", path.to_owned(), id, about);
    vec![
        get("/livez", "getLiveness", "Whether the process answers.")
            .open_to(&[])
            .answers::<Livez>(),
        get(
            "/readyz",
            "getReadiness",
            "Whether the server can do its work.",
        )
        .open_to(&[])
        .answers::<Readyz>(),
        get("/version", "getVersion", "What is running.")
            .open_to(&[])
            .answers::<Version>(),
        get(
            "/v1/me/headroom",
            "getOwnHeadroom",
            "What the key that asks can still spend.",
        )
        .open_to(&["projectKey"])
        .answers::<OwnHeadroom>(),
    ]
}

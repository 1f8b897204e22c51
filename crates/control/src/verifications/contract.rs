//! How verifications are described to clients.

use utoipa::ToSchema;

use crate::openapi::operation::{Operation, get, post};
use crate::openapi::schema::words;
use crate::show::{At, OrganizationRef};

words! {
    /// Whether it is under way. `failed`: it could not be looked.
    VerificationState = &["running", "finished", "failed"];
    /// What does not hold.
    VerifiedPart = &[
        "file",
        "journal",
        "head",
        "snapshot",
        "credit",
        "limit",
        "budget",
        "request_log",
    ];
}

/// One time it is looked whether the store says the truth.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the program makes it")]
struct Verification {
    id: String,
    state: VerificationState,
    started_at: At,
    /// Entries that were read.
    entries: u64,
    /// Entries that there are; 0 until they are counted.
    entries_total: u64,
    /// Null until it is finished.
    report: Option<VerificationReport>,
    /// Why it failed; else null.
    problem: Option<String>,
}

/// What was looked at, and what does not hold.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the program makes it")]
struct VerificationReport {
    organizations: u64,
    entries: u64,
    /// Whether there was a request log to look at.
    request_log: bool,
    /// How much does not hold; 0: the store says the truth.
    found: u64,
    /// The first of it.
    findings: Vec<Finding>,
    duration_ms: u64,
}

/// Something that does not hold.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the program makes it")]
struct Finding {
    organization: Option<OrganizationRef>,
    part: VerifiedPart,
    entry: Option<u64>,
    problem: String,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        post(
            "/verifications",
            "beginVerification",
            "Begins to look whether the store says the truth, unless that is under way.",
        )
        .accepts::<Verification>(),
        get(
            "/verifications",
            "listVerifications",
            "The last verification since the server began.",
        )
        .lists::<Verification>(),
    ]
}

//! How a dry run is described to clients.

use utoipa::ToSchema;

use crate::openapi::operation::{Operation, post};
use crate::openapi::schema::{Anything, words};
use crate::openapi::words::CheckName;
use crate::requests::contract::RefusalDetails;
use crate::show::{KeyRef, ProjectRef, Usd};

words! {
    /// What a call would get.
    Decision = &["served", "fitted", "refused"];
}

/// A call that is not made. Give either `key` or `project`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct CheckAsked {
    key: Option<KeyRef>,
    project: Option<ProjectRef>,
    #[schema(example = "/v1/chat/completions")]
    path: String,
    headers: Option<DecidingHeaders>,
    /// The call's body, as OpenAI describes it.
    body: std::collections::BTreeMap<String, Anything>,
}

/// The headers that a decision depends on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct DecidingHeaders {
    /// `never`: rather refused than with fewer output tokens.
    #[schema(nullable = false, rename = "x-seawall-fit")]
    fit: Option<String>,
}

/// The decision a call would get.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway makes it")]
struct Checked {
    decision: Decision,
    /// What would be held, or what was needed. Null where the call is refused before its price is known.
    needed_usd: Option<Usd>,
    fits: Option<Fits>,
    /// Whether it would wait for running calls first.
    waits: bool,
    /// What would be left beside its hold.
    headroom_usd: Option<Usd>,
    binding: Option<CheckName>,
    refusal: Option<CheckRefusal>,
}

/// Output tokens that would be granted, and those asked for.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway makes it")]
struct Fits {
    units: u64,
    asked_units: u64,
}

/// What the client would be told.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway makes it")]
struct CheckRefusal {
    status: u16,
    r#type: String,
    code: String,
    message: String,
    details: Option<RefusalDetails>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        post(
            "/check",
            "check",
            "What a call would get now, nothing held.",
        )
        .takes::<CheckAsked>()
        .answers::<Checked>(),
    ]
}

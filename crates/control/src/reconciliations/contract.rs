//! How reconciliations are described to clients.

use utoipa::ToSchema;

use crate::openapi::operation::{Operation, post};
use crate::openapi::schema::words;
use crate::show::{At, Day, KeyRef, OrganizationRef, RequestRef, Usd};

words! {
    /// The likely cause of a difference.
    DifferenceCause = &[
        "agrees",
        "rounding",
        "figures_incomplete",
        "presumed_charges",
        "price_changed",
        "past_seawall_same_key",
        "past_seawall_other_key",
        "other_project",
        "credits_or_tax",
        "not_billed",
        "unexplained",
    ];
    /// Whose lines of the bill: the account's own key, or another that did not go through Seawall.
    BillSide = &["account", "elsewhere"];
    /// `resolve`: a presumed charge becomes what was billed; `adjust`: the rest is charged, or given back below zero.
    PostingKind = &["resolve", "adjust"];
}

/// What is to be compared.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"upstream": "openai", "from": "2026-11-15", "to": "2026-11-22", "post": false}))]
struct NewReconciliation {
    upstream: String,
    /// The first day, by UTC. Default: eight days before `to`.
    from: Option<Day>,
    /// The day after the last. Default: tomorrow, so that today is the last.
    to: Option<Day>,
    /// Whether to post what puts the books right. Default: no.
    post: Option<bool>,
    /// The provider's id of the account's key, where it cannot be told by its end.
    provider_key: Option<String>,
    /// Takes the provider's figures of days that may still grow as complete. Default: a day is complete 12 hours after its end.
    take_incomplete: Option<bool>,
}

/// Two bills, compared.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Reconciliation {
    upstream: String,
    from: Day,
    to: Day,
    /// Days before this one are complete at the provider; for later ones nothing is posted.
    complete_before: Day,
    as_of_at: At,
    ours_usd: Usd,
    theirs_usd: Usd,
    /// Theirs less ours.
    difference_usd: Usd,
    rows: Vec<ReconciliationRow>,
    /// What the provider did not tell, a sentence each.
    missing: Vec<String>,
    /// What is left of the credit there, where the provider tells; else null.
    provider_left_usd: Option<Usd>,
    /// Whether somebody must act, after what was posted.
    needs_action: bool,
    /// What was posted; null where that was not asked for.
    posted: Option<ReconciliationPosted>,
}

/// A day, key and model on both bills, before anything is posted.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct ReconciliationRow {
    first_day: Day,
    /// Another than the first only where calls around midnight fell on different days.
    last_day: Day,
    side: BillSide,
    provider_project: Option<String>,
    provider_key: Option<String>,
    model: Option<String>,
    ours_usd: Usd,
    /// How much of ours is presumed.
    presumed_usd: Usd,
    theirs_usd: Usd,
    difference_usd: Usd,
    cause: DifferenceCause,
    /// The cause in a sentence, with what to do.
    explanation: String,
    needs_action: bool,
    /// What would put it right.
    postings: Vec<ReconciliationPosting>,
    /// Why nothing can be posted although something should; else null.
    not_posted: Option<String>,
}

/// An entry that would put the books right.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct ReconciliationPosting {
    kind: PostingKind,
    organization_id: OrganizationRef,
    key_id: KeyRef,
    request_id: Option<RequestRef>,
    attempt: Option<u8>,
    presumed_usd: Option<Usd>,
    billed_usd: Option<Usd>,
    amount_usd: Option<Usd>,
}

/// What was posted.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct ReconciliationPosted {
    /// Presumed charges that are known now.
    resolved: u64,
    /// By how much less they are charged.
    lowered_usd: Usd,
    charged_usd: Usd,
    refunded_usd: Usd,
    /// What could not be posted, a sentence each.
    left: Vec<String>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        post(
            "/reconciliations",
            "reconcile",
            "Holds what a provider billed against what went through its account, and posts the difference where that is asked for.",
        )
        .takes::<NewReconciliation>()
        .answers::<Reconciliation>(),
    ]
}

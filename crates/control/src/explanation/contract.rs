//! How explanations are described to clients.

use utoipa::ToSchema;

use crate::entries::contract::HoldFact;
use crate::openapi::operation::{Operation, get};
use crate::openapi::schema::words;
use crate::openapi::words::{CheckName, Measure};
use crate::requests::Detail;
use crate::requests::contract::{Person, Remedy};
use crate::scope::{ScopeView, WindowView};
use crate::show::{At, LimitRef, RequestRef, Usd};

words! {
    /// Whether the call passed here. `stops_for_now`: only held money was in the way.
    Verdict = &["pass", "stops_for_now", "stops"];
    /// Where the figures are from: the record of a refusal, or the journal.
    CheckSource = &["recorded", "journal"];
    /// What became of the decision when it was made again.
    ReplayResult = &["same", "differs", "not_recorded", "not_possible"];
}

/// Why a call went as it did, with everything that shows it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Explanation {
    id: RequestRef,
    /// A sentence or two.
    why: String,
    request: Detail,
    names: Names,
    /// The journal's last entry when it was decided.
    decision_seq: Option<u64>,
    /// In the order key, project, organization, credit balance. Null where the money was not looked at.
    checks: Option<Vec<CheckLine>>,
    needed: Option<Needed>,
    would_have_fitted: Vec<Remedy>,
    who_can_change: Option<WhoCanChange>,
    /// What the journal says of the call's holds.
    entries: Vec<HoldEntry>,
    replay: Replay,
    now: Option<Now>,
}

/// What people call those that the call was of. Null: it is unknown, or gone.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Names {
    organization: Option<String>,
    project: Option<String>,
    key: Option<String>,
    key_hint: Option<String>,
}

/// One thing that could have stopped the call.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct CheckLine {
    kind: CheckName,
    limit_id: Option<LimitRef>,
    scope: ScopeView,
    /// Which calls on its scope it counts, such as `tag team=red in project web`; null where it counts them all, or is gone.
    of: Option<String>,
    measure: Measure,
    limit_usd: Option<Usd>,
    /// In requests or tokens, as the figures after it; null where the measure is usd, as those in USD are elsewhere.
    limit: Option<i64>,
    window: Option<WindowView>,
    spent_usd: Option<Usd>,
    held_usd: Option<Usd>,
    left_usd: Option<Usd>,
    spent: Option<i64>,
    held: Option<i64>,
    left: Option<i64>,
    needed_usd: Option<Usd>,
    needed: Option<i64>,
    resets_at: Option<At>,
    verdict: Verdict,
    /// Whether it stopped the call, or left least.
    binding: bool,
    source: CheckSource,
}

/// How the most it could cost comes about. A call that was granted has `asked_units`; a refused one has the rest.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Needed {
    needed_usd: Usd,
    units: u64,
    /// The version of the prices.
    catalog: Option<String>,
    #[schema(nullable = false)]
    asked_units: Option<u64>,
    #[schema(nullable = false)]
    least_needed_usd: Option<Usd>,
    base_usd: Option<Usd>,
    #[schema(nullable = false)]
    least_units: Option<u64>,
    per_million_usd: Option<Usd>,
    pictures: Option<u64>,
}

/// Who can move what bound, and who did last.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct WhoCanChange {
    who: Person,
    limit_id: Option<LimitRef>,
    last_change: Option<LastChange>,
}

/// An entry that changed it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct LastChange {
    seq: u64,
    at: At,
    actor: Option<String>,
}

/// An entry of the call's holds.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct HoldEntry {
    seq: u64,
    recorded_at: At,
    #[serde(flatten)]
    fact: HoldFact,
}

/// The decision made again from the journal, and compared.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Replay {
    result: ReplayResult,
    /// Why it was not made again.
    #[schema(nullable = false)]
    reason: Option<String>,
    #[schema(nullable = false)]
    differences: Option<Vec<ReplayDifference>>,
}

/// What differs.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct ReplayDifference {
    what: String,
    recorded: String,
    replayed: String,
}

/// How things stand now where it was decided.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
struct Now {
    left_usd: Option<Usd>,
    limit_usd: Option<Usd>,
    /// In requests or tokens.
    left: Option<i64>,
    /// The same.
    limit: Option<i64>,
    would_fit: bool,
    stopped_by: Option<CheckName>,
    decision_seq: u64,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/requests/{request}/explanation",
            "explainRequest",
            "Why a call went as it did, and the decision made again.",
        )
        .answers::<Explanation>(),
    ]
}

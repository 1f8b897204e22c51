//! How calls are described to clients.

use utoipa::ToSchema;

use super::view::{Detail, View};
use super::{MOST, USUAL, rebuild};
use crate::limits::contract::LimitKind;
use crate::openapi::operation::{Operation, get, post};
use crate::openapi::schema::words;
use crate::openapi::words::{CheckName, Measure, Outcome, ScopeKind};
use crate::scope::WindowView;
use crate::show::{At, KeyRef, LimitRef, OrganizationRef, ProjectRef, RequestRef, Usd};

words! {
    /// What became of an attempt's hold.
    AttemptState = &["open", "settled", "released", "presumed", "corrected"];
    /// Why a hold was released or presumed.
    AttemptReason = &[
        "not_sent",
        "provider_refused",
        "holder_gone",
        "deadline_passed",
        "provider_failed",
        "cut_off",
        "no_usage",
        "timed_out",
    ];
    /// Whether asking again can help.
    RetryAdvice = &["after", "never_until_changed"];
    /// What would help.
    RemedyKind = &[
        "retry",
        "add_credit",
        "raise_approved_usage_limit",
        "raise_limit",
        "reduce_request",
        "wait",
        "unfreeze_key",
    ];
    /// Who can do it.
    Person = &["admin", "operator"];
}

/// A line of a bill.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is answered as a value")]
pub(crate) struct FeeLine {
    /// A unit of the catalogue.
    unit: String,
    quantity: u64,
    per_million_usd: Usd,
}

/// A refusal as the client was told it, in OpenAI's envelope.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the request log keeps as text")]
pub(crate) struct RefusalEnvelope {
    error: RefusalBody,
}

/// See `docs/errors.md` for the codes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the request log keeps as text")]
struct RefusalBody {
    message: String,
    r#type: String,
    param: Option<String>,
    code: String,
    /// Absent where the money was not looked at.
    details: Option<RefusalDetails>,
}

/// The figures that a refusal for want of money rests on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway makes it")]
pub(crate) struct RefusalDetails {
    refused_by: String,
    binding: CheckName,
    scope: RefusalScope,
    /// What the binding limit counts. The figures of money are null where that is something else, the plain numbers where it
    /// is money.
    measure: Measure,
    limit_usd: Option<Usd>,
    limit: Option<i64>,
    window: Option<WindowView>,
    spent_usd: Option<Usd>,
    spent: Option<i64>,
    held_usd: Option<Usd>,
    held: Option<i64>,
    left_usd: Option<Usd>,
    left: Option<i64>,
    /// The least the call can be cut down to.
    needed_usd: Option<Usd>,
    needed: Option<i64>,
    short_usd: Option<Usd>,
    short: Option<i64>,
    resets_at: Option<At>,
    /// When the call fits there if nothing else is spent until then; null where waiting does not help.
    fits_at: Option<At>,
    /// Whether the key was frozen for it.
    froze_key: bool,
    not_the_cause: Vec<CheckName>,
    retry: RetryAdvice,
    remedies: Vec<Remedy>,
    request_id: RequestRef,
    explain_url: String,
}

/// What stopped the call.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway makes it")]
struct RefusalScope {
    kind: LimitKind,
    id: Option<String>,
    name: String,
    /// On what a limit on some of the calls is; else absent.
    #[schema(nullable = false)]
    on: Option<ScopeKind>,
    /// The model that was called, where a hard limit on models stopped it; else absent.
    model: Option<String>,
    /// Of an end user's or tag's limit: what the call itself says it is for, told to its caller alone; else absent.
    value: Option<String>,
}

/// Something that would help; it has the fields of its kind.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway makes it")]
pub(crate) struct Remedy {
    r#do: RemedyKind,
    #[schema(nullable = false)]
    after_seconds: Option<u64>,
    #[schema(nullable = false)]
    at_least_usd: Option<Usd>,
    #[schema(nullable = false)]
    to_at_least_usd: Option<Usd>,
    #[schema(nullable = false)]
    to_at_least: Option<i64>,
    #[schema(nullable = false)]
    key: Option<KeyRef>,
    #[schema(nullable = false)]
    limit: Option<LimitRef>,
    #[schema(nullable = false)]
    who: Option<Person>,
    #[schema(nullable = false)]
    n: Option<u64>,
    #[schema(nullable = false)]
    needs_usd: Option<Usd>,
    #[schema(nullable = false)]
    max_output_tokens: Option<u64>,
    #[schema(nullable = false)]
    until: Option<At>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/requests",
            "listRequests",
            "The calls of late, newest first.",
        )
        .query::<OrganizationRef>("organization", "Only those of this one.")
        .query::<ProjectRef>("project", "Only those of this one.")
        .query::<KeyRef>("key", "Only those of this one.")
        .query_text("model", "Only those of this model.")
        .query::<Outcome>("outcome", "Only those that ended so.")
        .between()
        .paged(USUAL, MOST)
        .lists::<View>(),
        post(
            "/requests/rebuild",
            "rebuildRequests",
            "Makes the request log, its sums and the audit log anew from the journals.",
        )
        .accepts::<rebuild::View>(),
        get(
            "/requests/rebuild",
            "getRebuild",
            "How far the request log is made.",
        )
        .answers::<rebuild::View>(),
        get(
            "/requests/{request}",
            "getRequest",
            "A call, with all that is kept of it.",
        )
        .answers::<Detail>(),
    ]
}

//! How the ledger is described to clients: every kind of entry with its fields.

use utoipa::ToSchema;

use crate::credits::contract::LotKind;
use crate::limits::contract::{LimitMode, OnTrip, SetBy, UsedSoFar};
use crate::openapi::operation::{Operation, get};
use crate::openapi::schema::words;
use crate::openapi::words::{Measure, ScopeKind};
use crate::requests::contract::{AttemptReason, FeeLine};
use crate::scope::WindowView;
use crate::show::{
    At, BudgetRef, EntryRef, KeyRef, LimitRef, LotRef, OrganizationRef, ProjectRef, RequestRef, Usd,
};

words! {
    /// In which order.
    EntryOrder = &["asc", "desc"];
}

/// An entry of an organization's ledger. Which fields it has goes by its kind.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
struct LedgerEntry {
    seq: u64,
    id: EntryRef,
    recorded_at: At,
    /// SHA-256 of the entry's bytes, which the next entry carries as `previous_hash`.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    hash: String,
    #[schema(pattern = "^[0-9a-f]{64}$")]
    previous_hash: String,
    /// Who asked; null for what follows from running calls and passing time.
    actor: Option<String>,
    #[serde(flatten)]
    fact: EntryFact,
}

/// What an entry says.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
pub(crate) enum EntryFact {
    Rules(RuleFact),
    Hold(HoldFact),
}

/// What became of the organization, its keys, credit, hard limits and budgets.
#[derive(ToSchema)]
#[serde(tag = "kind", content = "fields", rename_all = "snake_case")]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
pub(crate) enum RuleFact {
    OrganizationCreated {
        organization_id: OrganizationRef,
        name: String,
        time_zone: String,
    },
    OrganizationChanged {
        name: Option<String>,
        time_zone: Option<String>,
    },
    ProjectCreated {
        project_id: ProjectRef,
        name: String,
        default_max_output: Option<u64>,
    },
    ProjectChanged {
        project_id: ProjectRef,
        name: Option<String>,
        default_max_output: Option<u64>,
    },
    ProjectFitFloor {
        project_id: ProjectRef,
        fit_floor: Option<u64>,
    },
    ProjectArchived {
        project_id: ProjectRef,
    },
    KeyCreated {
        key_id: KeyRef,
        project_id: ProjectRef,
        name: String,
        hint: String,
        expires_at: Option<At>,
        models: Option<Vec<String>>,
        ip_allow: Option<Vec<String>>,
    },
    KeyChanged {
        key_id: KeyRef,
        name: Option<String>,
        expires_at: Option<At>,
        models: Option<Vec<String>>,
        ip_allow: Option<Vec<String>>,
    },
    KeyFrozen {
        key_id: KeyRef,
        reason: String,
    },
    KeyUnfrozen {
        key_id: KeyRef,
    },
    KeyRevoked {
        key_id: KeyRef,
    },
    CreditAdded {
        lot_id: LotRef,
        #[schema(value_type = LotKind)]
        kind: String,
        amount_usd: Usd,
        lapses_at: Option<At>,
        priority: u32,
        note: String,
    },
    CreditLapsed {
        lot_id: LotRef,
        amount_usd: Usd,
    },
    CreditVoided {
        lot_id: LotRef,
        amount_usd: Usd,
    },
    CreditChargedBack {
        lot_id: LotRef,
        amount_usd: Usd,
        note: String,
    },
    CreditOwedRepaid {
        owing_lot_id: LotRef,
        by_lot_id: LotRef,
        amount_usd: Usd,
    },
    LimitCreated {
        limit_id: LimitRef,
        set_by: SetBy,
        scope: EntryScope,
        /// Where only the calls of a model count: the model, or its beginning and `*`. Else null.
        model: Option<String>,
        /// Where only the calls of an end user count: the first digits of the keyed hash, or `each`. Else null.
        end_user: Option<String>,
        /// Where only the calls with a tag count: the tag, or `each`. Else null.
        tag: Option<String>,
        measure: Measure,
        amount_usd: Option<Usd>,
        amount: Option<i64>,
        mode: LimitMode,
        on_trip: OnTrip,
        window: WindowView,
        span: EntrySpan,
        until_at: Option<At>,
    },
    LimitChanged {
        limit_id: LimitRef,
        measure: Measure,
        amount_usd: Option<Usd>,
        amount: Option<i64>,
        used: UsedSoFar,
        /// Where it is a raise for a time: the end of it. Else null.
        until_at: Option<At>,
    },
    LimitRaiseEnded {
        limit_id: LimitRef,
    },
    /// What was spent so long ago that it is not in the window any more counts no longer.
    LimitRolled {
        limit_id: LimitRef,
        rolled_at: At,
    },
    LimitDeleted {
        limit_id: LimitRef,
    },
    LimitWindowOpened {
        limit_id: LimitRef,
        span: EntrySpan,
    },
    BudgetCreated {
        budget_id: BudgetRef,
        scope: EntryScope,
        amount_usd: Usd,
        window: WindowView,
        span: EntrySpan,
        thresholds: Vec<u16>,
    },
    BudgetChanged {
        budget_id: BudgetRef,
        amount_usd: Usd,
        thresholds: Vec<u16>,
    },
    BudgetDeleted {
        budget_id: BudgetRef,
    },
    BudgetWindowOpened {
        budget_id: BudgetRef,
        span: EntrySpan,
    },
    BudgetThresholdCrossed {
        budget_id: BudgetRef,
        percent: u16,
        spent_usd: Usd,
    },
}

/// What became of a hold.
#[derive(ToSchema)]
#[serde(tag = "kind", content = "fields", rename_all = "snake_case")]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
#[expect(clippy::enum_variant_names, reason = "they are the words of the API")]
pub(crate) enum HoldFact {
    /// What limits look at in the call whose hold the next entry takes.
    HoldDescribed {
        hold: String,
        /// The most tokens it can have.
        tokens: u64,
        /// The first digits of the keyed hash of the end user.
        end_user: Option<String>,
        /// The same of the tags.
        tags: Vec<String>,
        /// The limits in shadow mode that would have stopped it.
        over_in_shadow: Vec<LimitRef>,
    },
    HoldTaken(Box<HoldTaken>),
    /// How many tokens a call had.
    HoldMeasured {
        hold: String,
        tokens: u64,
    },
    HoldRenewed {
        holds: Vec<String>,
        deadline_at: At,
    },
    HoldSettled {
        hold: String,
        draws: Vec<EntryDraw>,
        charge: EntryCharge,
    },
    HoldReleased {
        hold: String,
        reason: AttemptReason,
    },
    HoldPresumed {
        hold: String,
        reason: AttemptReason,
    },
    HoldCorrected {
        hold: String,
        draws: Vec<EntryDraw>,
        charge: EntryCharge,
    },
}

/// A hold: the most an attempt can cost, promised to it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
pub(crate) struct HoldTaken {
    hold: String,
    request_id: RequestRef,
    attempt: u8,
    key_id: KeyRef,
    project_id: ProjectRef,
    amount_usd: Usd,
    draws: Vec<EntryDraw>,
    limits: Vec<LimitRef>,
    node: String,
    boot: String,
    deadline_at: At,
    route: String,
    model: String,
    upstream: String,
    granted_units: u64,
    asked_units: u64,
}

/// How much of a lot.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
pub(crate) struct EntryDraw {
    lot_id: LotRef,
    amount_usd: Usd,
}

/// What an attempt is charged.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
pub(crate) struct EntryCharge {
    amount_usd: Usd,
    fees: Vec<FeeLine>,
    /// The version of the prices.
    catalog: String,
}

/// What a limit is on; the organization's needs no id.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
pub(crate) struct EntryScope {
    kind: ScopeKind,
    #[schema(nullable = false)]
    id: Option<String>,
}

/// When a window begins and ends; null where it never does.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the fields of an entry are answered as a value")]
pub(crate) struct EntrySpan {
    starts_at: Option<At>,
    ends_at: Option<At>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/organizations/{org}/ledger",
            "listLedger",
            "The ledger, entry by entry, as it is chained.",
        )
        .query::<EntryOrder>("order", "Oldest first, or newest first. Default: asc.")
        .paged(100, 1000)
        .lists::<LedgerEntry>(),
    ]
}

//! What may be asked of a Book.

use ids::{BudgetId, HoldId, KeyHash, KeyId, LimitId, LotId, OrganizationId, ProjectId, Subject};
use money::{Bound, Nanos};

use crate::{
    Charge, HoldTraits, Holder, LimitTerms, LotKind, PresumeReason, Quantity, ReleaseReason,
    Rolling, Scope, Time, Window,
};

/// A request to a Book. Ids are chosen by the caller, so that a repeated command is the same command.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "the fields are those of the things they are about, documented there"
)]
pub enum Command {
    /// About the organization, its projects and keys.
    Directory(DirectoryCommand),
    /// Add credit.
    AddCredit(AddCredit),
    /// Take back what is left of a lot.
    VoidCredit { lot: LotId },
    /// Take back the payment behind a lot, or a part of it, also as far as it was spent.
    ChargeBack(ChargeBack),
    /// Set a limit.
    CreateLimit(LimitTerms),
    /// Change a limit's amount.
    ChangeLimit(ChangeLimit),
    /// End a limit.
    DeleteLimit { id: LimitId },
    /// Set a budget.
    CreateBudget(CreateBudget),
    /// Change a budget; what is `None` stays.
    ChangeBudget(ChangeBudget),
    /// End a budget.
    DeleteBudget { id: BudgetId },
    /// Promise money to a call.
    TakeHold(TakeHold),
    /// Keep the holds of living calls from being presumed.
    RenewHolds { holds: Vec<HoldId>, deadline: Time },
    /// Charge a call what it cost. After it was presumed: correct it. A second time: nothing.
    Settle {
        hold: HoldId,
        settlement: Settlement,
    },
    /// Presume every open hold of this node that an earlier run of it took, at most `most` of them.
    PresumeEarlierBoots { holder: Holder, most: usize },
    /// Presume every open hold past its deadline, at most `most` of them.
    PresumeOverdue { most: usize },
}

/// A request about the organization, its projects and keys.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "the fields are those of the things they are about, documented there"
)]
pub enum DirectoryCommand {
    /// Begin the organization.
    CreateOrganization(CreateOrganization),
    /// Begin the Book of an upstream account's caps; nothing where it has begun.
    CreateUpstream(CreateUpstream),
    /// Change it; what is `None` stays.
    ChangeOrganization(ChangeOrganization),
    /// Begin a project.
    CreateProject(CreateProject),
    /// Change a project; what is `None` stays.
    ChangeProject(ChangeProject),
    /// Say down to how many output tokens a project's calls may be cut; `None`: as the server's configuration says.
    SetFitFloor {
        id: ProjectId,
        fit_floor: Option<u64>,
    },
    /// Close a project.
    ArchiveProject { id: ProjectId },
    /// Begin a key.
    CreateKey(CreateKey),
    /// Change a key; what is `None` stays.
    ChangeKey(ChangeKey),
    /// Stop a key until it is unfrozen.
    FreezeKey { id: KeyId, reason: Box<str> },
    /// Let a frozen key work again.
    UnfreezeKey { id: KeyId },
    /// Stop a key for good.
    RevokeKey { id: KeyId },
}

impl From<DirectoryCommand> for Command {
    fn from(command: DirectoryCommand) -> Self {
        Self::Directory(command)
    }
}

/// How a call ended.
#[derive(Clone, Debug)]
pub enum Settlement {
    /// It cost this.
    Charge(Charge),
    /// It cost this, and had so many tokens of input and output.
    Metered {
        /// What it cost.
        charge: Charge,
        /// How many tokens it had.
        tokens: u64,
    },
    /// It cost nothing.
    Release(ReleaseReason),
    /// Nobody knows; it is charged its hold.
    Presume(PresumeReason),
}

/// See [`DirectoryCommand::CreateOrganization`].
#[derive(Clone, Debug)]
pub struct CreateOrganization {
    /// Its id, which is its journal's.
    pub id: OrganizationId,
    /// What people call it.
    pub name: Box<str>,
    /// The IANA name of the zone its calendar windows use unless they name another.
    pub time_zone: Box<str>,
    /// The ceiling per calendar month that the operator approved.
    pub approved_usage_limit: Option<(LimitId, Nanos)>,
    /// What freezes a key that spends too fast.
    pub spend_guard: Option<SpendGuard>,
}

/// See [`DirectoryCommand::CreateUpstream`].
#[derive(Clone, Debug)]
pub struct CreateUpstream {
    /// The account's name. The journal is that of [`OrganizationId::of_upstream`].
    pub name: Box<str>,
    /// The hash of the key that its calls are held under: of no secret that anybody has.
    pub hash: KeyHash,
}

/// A guard against a stolen key: one that spends more than so much in the last so many seconds is frozen at once. It refuses
/// no call, and looks at each key apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendGuard {
    /// The limit's id.
    pub id: LimitId,
    /// More than this.
    pub amount: Nanos,
    /// In the last so many seconds.
    pub rolling: Rolling,
}

/// See [`DirectoryCommand::ChangeOrganization`].
#[derive(Clone, Debug)]
pub struct ChangeOrganization {
    /// What people call it.
    pub name: Option<Box<str>>,
    /// The zone of windows made from now on.
    pub time_zone: Option<Box<str>>,
}

/// See [`DirectoryCommand::CreateProject`].
#[derive(Clone, Debug)]
pub struct CreateProject {
    /// Its id.
    pub id: ProjectId,
    /// What people call it.
    pub name: Box<str>,
    /// Output tokens a call without max tokens may have.
    pub default_max_output: Option<u64>,
}

/// See [`DirectoryCommand::ChangeProject`].
#[derive(Clone, Debug)]
pub struct ChangeProject {
    /// Which one.
    pub id: ProjectId,
    /// What people call it.
    pub name: Option<Box<str>>,
    /// Output tokens a call without max tokens may have; `Some(None)` takes the default away.
    pub default_max_output: Option<Option<u64>>,
}

/// See [`DirectoryCommand::CreateKey`].
#[derive(Clone, Debug)]
pub struct CreateKey {
    /// Its id.
    pub id: KeyId,
    /// Its project.
    pub project: ProjectId,
    /// What people call it.
    pub name: Box<str>,
    /// The keyed hash of its secret.
    pub hash: KeyHash,
    /// The last four characters of its secret.
    pub hint: Box<str>,
    /// When it stops working.
    pub expires_at: Option<Time>,
    /// The only models it may name (a trailing `*` stands for anything); `None`: all.
    pub models: Option<Vec<Box<str>>>,
    /// The only addresses or networks it may be used from; `None`: all.
    pub ip_allow: Option<Vec<Box<str>>>,
}

/// See [`DirectoryCommand::ChangeKey`].
#[derive(Clone, Debug)]
pub struct ChangeKey {
    /// Which one.
    pub id: KeyId,
    /// What people call it.
    pub name: Option<Box<str>>,
    /// When it stops working.
    pub expires_at: Option<Option<Time>>,
    /// The only models it may name.
    pub models: Option<Option<Vec<Box<str>>>>,
    /// The only addresses or networks it may be used from.
    pub ip_allow: Option<Option<Vec<Box<str>>>>,
}

/// See [`Command::AddCredit`].
#[derive(Clone, Debug)]
pub struct AddCredit {
    /// The new lot.
    pub lot: LotId,
    /// Where the money comes from.
    pub kind: LotKind,
    /// How much; more than nothing.
    pub amount: Nanos,
    /// When what is left of it is lost.
    pub lapses_at: Option<Time>,
    /// Lots with a lower number are spent first; among equals the soonest to lapse, then the oldest.
    pub priority: u32,
    /// Why, for people.
    pub note: Box<str>,
}

/// See [`Command::ChargeBack`].
#[derive(Clone, Debug)]
pub struct ChargeBack {
    /// The lot.
    pub lot: LotId,
    /// How much; more than nothing, and no more than was added, less what lapsed or was taken back before.
    pub amount: Nanos,
    /// Why, for people.
    pub note: Box<str>,
}

/// See [`Command::ChangeLimit`].
#[derive(Clone, Copy, Debug)]
pub struct ChangeLimit {
    /// Which one.
    pub id: LimitId,
    /// The most there may be in one window; `None`: as before.
    pub amount: Option<Quantity>,
    /// Until when that is so, the amount being what it was before from then on; `None`: for good.
    pub until: Option<Time>,
    /// What becomes of what was spent in the current window.
    pub used: UsedSoFar,
}

/// What becomes of spending when its limit is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedSoFar {
    /// It goes on counting.
    Keep,
    /// It counts no longer. What is held goes on counting.
    Reset,
}

/// See [`Command::CreateBudget`].
#[derive(Clone, Debug)]
pub struct CreateBudget {
    /// Its id.
    pub id: BudgetId,
    /// What it is on.
    pub scope: Scope,
    /// What the thresholds are parts of; more than nothing.
    pub amount: Nanos,
    /// How long it counts.
    pub window: Window,
    /// When to tell, in percent of the amount: 1 to 10 of them, each from 1 to 1,000; their order does not matter.
    pub thresholds: Vec<u16>,
}

/// See [`Command::ChangeBudget`]. A threshold that spending has reached already is crossed at once; one that a raised
/// amount puts out of reach can be crossed again in the same window.
#[derive(Clone, Debug)]
pub struct ChangeBudget {
    /// Which one.
    pub id: BudgetId,
    /// What the thresholds are parts of.
    pub amount: Option<Nanos>,
    /// When to tell.
    pub thresholds: Option<Vec<u16>>,
}

/// See [`Command::TakeHold`].
#[derive(Clone, Debug)]
pub struct TakeHold {
    /// Its id.
    pub hold: HoldId,
    /// The key the call came with.
    pub key: KeyId,
    /// The most the call can cost, and down to what it may be cut.
    pub bound: Bound,
    /// What to do where the worst case does not fit.
    pub patience: Patience,
    /// Who answers for the hold.
    pub holder: Holder,
    /// When anyone may presume it.
    pub deadline: Time,
    /// The route, such as `/v1/chat/completions`.
    pub route: Box<str>,
    /// The model as the client named it.
    pub model: Box<str>,
    /// The upstream account the call is to go to.
    pub upstream: Box<str>,
    /// What else limits look at.
    pub traits: Traits,
    /// Whether other calls wait for money: then no hold that can be cut down takes more than a quarter of what is left.
    pub others_wait: bool,
}

/// What limits look at in a call, besides key, model and price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// The most tokens its input can have.
    pub tokens: u64,
    /// The tokens that each unit of the bound adds: so many as there are choices, or none where a unit is no token.
    pub tokens_per_unit: u64,
    /// The end user it is made for.
    pub end_user: Option<Subject>,
    /// Its tags, ascending, each once; 16 at most.
    pub tags: Vec<Subject>,
}

impl Traits {
    /// What a hold says of them.
    pub(crate) fn looked_at(&self) -> HoldTraits {
        HoldTraits {
            tokens: 0,
            end_user: self.end_user,
            tags: self.tags.clone(),
            over: Vec::new(),
        }
    }

    /// The most tokens the call can have with so many units.
    #[must_use]
    pub const fn tokens_with(&self, units: u64) -> u64 {
        self.tokens
            .saturating_add(self.tokens_per_unit.saturating_mul(units))
    }
}

/// What to do where the worst case of a call does not fit (P2: wait, then fit, then refuse).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Refuse: the caller will come back with a tighter bound.
    Try,
    /// Wait where the money is only held by other calls; else fit; else refuse.
    Wait,
    /// The wait is over: fit, or refuse.
    Last,
}

//! What happened: the content of a journal's entries.
//!
//! The tags are part of every journal ever written. A variant is never changed, only joined by a new one.
//!
//! The fields of a fact are those of the thing it is about, documented there.

mod budget;
mod limit;

pub use budget::BudgetFact;
pub use limit::{Calls, LimitFact, LimitOrigin, LimitTerms, Mode, OnTrip, Tag};

pub(crate) use limit::names_model;

use ids::{BootId, HoldId, KeyHash, KeyId, LimitId, LotId, OrganizationId, ProjectId, Subject};
use money::{Nanos, Price};

use crate::Time;
use crate::codec::{canonical_enum, canonical_struct};

/// What a limit is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The whole organization.
    Organization,
    /// One of its projects.
    Project(ProjectId),
    /// One API key.
    Key(KeyId),
}
canonical_enum!(Scope { 1 => Organization, 2 => Project(id), 3 => Key(id) });

/// Where credit came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LotKind {
    /// Money paid.
    Purchase,
    /// Money given.
    Grant,
    /// Money given back.
    Refund,
}
canonical_enum!(LotKind { 1 => Purchase, 2 => Grant, 3 => Refund });

/// The run of a node that answers for a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The node's name, the same from run to run.
    pub node: Box<str>,
    /// The run.
    pub boot: BootId,
}
canonical_struct!(Holder { node, boot });

/// A part of an amount, and the lot that it is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The lot.
    pub lot: LotId,
    /// How much of it.
    pub amount: Nanos,
}
canonical_struct!(Draw { lot, amount });

/// A hold as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldTaken {
    /// Its id.
    pub hold: HoldId,
    /// The key the call came with.
    pub key: KeyId,
    /// The project of the key.
    pub project: ProjectId,
    /// The most the call can cost.
    pub amount: Nanos,
    /// The lots it is held in; their amounts add up to `amount`.
    pub draws: Vec<Draw>,
    /// The limits that count it.
    pub limits: Vec<LimitId>,
    /// Who answers for it.
    pub holder: Holder,
    /// When anyone may presume it.
    pub deadline: Time,
    /// The route, such as `/v1/chat/completions`.
    pub route: Box<str>,
    /// The model as the client named it.
    pub model: Box<str>,
    /// The upstream account the call goes to.
    pub upstream: Box<str>,
    /// What `units` were granted of a cost that grows with them (output tokens), and what were asked for.
    pub granted_units: u64,
    /// More than `granted_units` where the call was fitted.
    pub asked_units: u64,
}
canonical_struct!(HoldTaken {
    hold,
    key,
    project,
    amount,
    draws,
    limits,
    holder,
    deadline,
    route,
    model,
    upstream,
    granted_units,
    asked_units,
});

/// What limits look at in a call, besides its price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoldTraits {
    /// The most tokens it can have, of input and output.
    pub tokens: u64,
    /// The end user it is made for.
    pub end_user: Option<Subject>,
    /// Its tags, in ascending order.
    pub tags: Vec<Subject>,
    /// The limits in shadow mode that would have stopped it.
    pub over: Vec<LimitId>,
}
canonical_struct!(HoldTraits {
    tokens,
    end_user,
    tags,
    over
});

/// One line of a bill: so many units at such a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fee {
    /// The kind of unit, by the catalogue's code. The ledger only keeps it.
    pub unit: u16,
    /// How many.
    pub quantity: u64,
    /// At what price.
    pub price: Price,
}
canonical_struct!(Fee {
    unit,
    quantity,
    price
});

/// What a call cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The amount.
    pub amount: Nanos,
    /// How it comes about.
    pub fees: Vec<Fee>,
    /// The version of the catalogue the prices are from.
    pub catalog: Box<str>,
}
canonical_struct!(Charge {
    amount,
    fees,
    catalog
});

/// Why a hold was given back whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseReason {
    /// The call never left.
    NotSent,
    /// The provider refused it, and does not bill for that.
    ProviderRefused,
}
canonical_enum!(ReleaseReason { 1 => NotSent, 2 => ProviderRefused });

/// Why a hold was charged in full without knowing better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresumeReason {
    /// The run that took it is over.
    HolderGone,
    /// Its deadline passed.
    DeadlinePassed,
    /// The provider failed in a way it may bill for.
    ProviderFailed,
    /// The connection ended before the provider's usage arrived.
    CutOff,
    /// The answer was complete and named no usage that could be priced.
    NoUsage,
    /// The time allowed for the call was over.
    TimedOut,
}
canonical_enum!(PresumeReason {
    1 => HolderGone, 2 => DeadlinePassed, 3 => ProviderFailed, 4 => CutOff, 5 => NoUsage, 6 => TimedOut,
});

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// To the organization, a project or a key.
    Directory(DirectoryFact),
    /// To the credit.
    Credit(CreditFact),
    /// To a limit.
    Limit(LimitFact),
    /// To a hold.
    Hold(HoldFact),
    /// To a budget.
    Budget(BudgetFact),
}
canonical_enum!(Fact {
    1 => Directory(fact), 2 => Credit(fact), 3 => Limit(fact), 4 => Hold(fact), 5 => Budget(fact),
});

/// What happened to the organization, a project or a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of the things they are about, documented there"
)]
pub enum DirectoryFact {
    /// The organization begins. Always a journal's first entry.
    OrganizationCreated {
        id: OrganizationId,
        name: Box<str>,
        time_zone: Box<str>,
    },
    /// It has these properties now.
    OrganizationChanged { name: Box<str>, time_zone: Box<str> },
    /// A project begins.
    ProjectCreated {
        id: ProjectId,
        name: Box<str>,
        default_max_output: Option<u64>,
    },
    /// A project has these properties now.
    ProjectChanged {
        id: ProjectId,
        name: Box<str>,
        default_max_output: Option<u64>,
    },
    /// A project is closed: no key of it takes another hold.
    ProjectArchived { id: ProjectId },
    /// The fewest output tokens that a project's calls are cut down to; `None`: what the server's configuration says.
    ProjectFitFloor {
        id: ProjectId,
        fit_floor: Option<u64>,
    },
    /// A key begins.
    KeyCreated(KeyCreated),
    /// A key has these properties now.
    KeyChanged(KeyChanged),
    /// A key takes no hold until it is unfrozen.
    KeyFrozen { id: KeyId, reason: Box<str> },
    /// A frozen key takes holds again.
    KeyUnfrozen { id: KeyId },
    /// A key takes no hold ever again.
    KeyRevoked { id: KeyId },
}
canonical_enum!(DirectoryFact {
    1 => OrganizationCreated { id, name, time_zone },
    2 => OrganizationChanged { name, time_zone },
    10 => ProjectCreated { id, name, default_max_output },
    11 => ProjectChanged { id, name, default_max_output },
    12 => ProjectArchived { id },
    13 => ProjectFitFloor { id, fit_floor },
    20 => KeyCreated(created),
    21 => KeyChanged(changed),
    22 => KeyFrozen { id, reason },
    23 => KeyUnfrozen { id },
    24 => KeyRevoked { id },
});

/// See [`DirectoryFact::KeyCreated`] and [`crate::Key`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a key, documented there"
)]
pub struct KeyCreated {
    pub id: KeyId,
    pub project: ProjectId,
    pub name: Box<str>,
    pub hash: KeyHash,
    pub hint: Box<str>,
    pub expires_at: Option<Time>,
    pub models: Option<Vec<Box<str>>>,
    pub ip_allow: Option<Vec<Box<str>>>,
}
canonical_struct!(KeyCreated {
    id,
    project,
    name,
    hash,
    hint,
    expires_at,
    models,
    ip_allow
});

/// See [`DirectoryFact::KeyChanged`] and [`crate::Key`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a key, documented there"
)]
pub struct KeyChanged {
    pub id: KeyId,
    pub name: Box<str>,
    pub expires_at: Option<Time>,
    pub models: Option<Vec<Box<str>>>,
    pub ip_allow: Option<Vec<Box<str>>>,
}
canonical_struct!(KeyChanged {
    id,
    name,
    expires_at,
    models,
    ip_allow
});

/// What happened to the credit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a lot, documented there"
)]
pub enum CreditFact {
    /// Credit was added.
    Added {
        lot: LotId,
        kind: LotKind,
        amount: Nanos,
        lapses_at: Option<Time>,
        priority: u32,
        note: Box<str>,
    },
    /// What was left of a lot ran out of time.
    Lapsed { lot: LotId, amount: Nanos },
    /// What was left of a lot was taken back.
    Voided { lot: LotId, amount: Nanos },
    /// New credit paid what an older lot owed.
    OwedRepaid {
        owing: LotId,
        by: LotId,
        amount: Nanos,
    },
    /// The payment behind a lot was taken back, or a part of it, whether or not it was spent by then. It counts as voided;
    /// what was spent of it is owed.
    ChargedBack {
        lot: LotId,
        amount: Nanos,
        note: Box<str>,
    },
}
canonical_enum!(CreditFact {
    1 => Added { lot, kind, amount, lapses_at, priority, note },
    2 => Lapsed { lot, amount },
    3 => Voided { lot, amount },
    4 => OwedRepaid { owing, by, amount },
    5 => ChargedBack { lot, amount, note },
});

/// What happened to a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a hold, documented there"
)]
pub enum HoldFact {
    /// Money was promised to a call.
    Taken(HoldTaken),
    /// Calls still live; their holds have this deadline now.
    Renewed { holds: Vec<HoldId>, deadline: Time },
    /// A call cost this; the rest of its hold is free again. More than was held: an overrun.
    Settled {
        hold: HoldId,
        draws: Vec<Draw>,
        charge: Charge,
    },
    /// A call cost nothing, and counts nowhere: also one that was presumed before.
    Released { hold: HoldId, reason: ReleaseReason },
    /// A call is charged its hold, because nobody knows better yet.
    Presumed { hold: HoldId, reason: PresumeReason },
    /// A presumed call really cost this.
    Corrected {
        hold: HoldId,
        draws: Vec<Draw>,
        charge: Charge,
    },
    /// What some limit looks at in the call whose hold is taken next, besides its price. Always followed by that hold.
    Described { hold: HoldId, traits: HoldTraits },
    /// How many tokens a call had that a limit on tokens counts. Always followed by the end of its hold, or its correction.
    Measured { hold: HoldId, tokens: u64 },
}
canonical_enum!(HoldFact {
    1 => Taken(taken),
    2 => Renewed { holds, deadline },
    3 => Settled { hold, draws, charge },
    4 => Released { hold, reason },
    5 => Presumed { hold, reason },
    6 => Corrected { hold, draws, charge },
    7 => Described { hold, traits },
    8 => Measured { hold, tokens },
});

impl Fact {
    /// The id of the thing a creating fact makes, for answering a repeated request.
    pub(crate) const fn creates(&self) -> Option<[u8; 16]> {
        match self {
            Self::Directory(DirectoryFact::OrganizationCreated { id, .. }) => Some(id.to_bytes()),
            Self::Directory(DirectoryFact::ProjectCreated { id, .. }) => Some(id.to_bytes()),
            Self::Directory(DirectoryFact::KeyCreated(created)) => Some(created.id.to_bytes()),
            // Not made, but not to be done twice either.
            Self::Credit(CreditFact::Added { lot, .. } | CreditFact::ChargedBack { lot, .. }) => {
                Some(lot.to_bytes())
            }
            Self::Limit(LimitFact::Created { id, .. } | LimitFact::CreatedFor { id, .. }) => {
                Some(id.to_bytes())
            }
            Self::Limit(LimitFact::Set { terms, .. }) => Some(terms.id.to_bytes()),
            Self::Budget(BudgetFact::Created { id, .. }) => Some(id.to_bytes()),
            Self::Directory(_)
            | Self::Credit(_)
            | Self::Limit(_)
            | Self::Hold(_)
            | Self::Budget(_) => None,
        }
    }
}

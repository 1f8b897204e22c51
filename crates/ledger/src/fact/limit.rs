//! Limits: what they are, and what happens to them.

use ids::{KeyId, LimitId, Subject};
use money::Nanos;

use super::{HoldTraits, Scope};
use crate::codec::{canonical_enum, canonical_struct};
use crate::{Measure, Quantity, Rolling, Span, Time, Window};

/// Which of the calls on its scope a limit counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Each of them.
    All,
    /// Those that name this model; a trailing `*` stands for anything. The name is the client's, as it is in a key's list
    /// of models.
    Model(Box<str>),
    /// Those made for this end user.
    EndUser(Subject),
    /// Those made for an end user, each end user apart.
    EachEndUser,
    /// Those with this tag.
    Tag(Box<Tag>),
    /// Those with a tag, each tag apart.
    EachTag,
    /// Each of them, each key apart.
    EachKey,
}
canonical_enum!(Calls {
    1 => All, 2 => Model(pattern), 3 => EndUser(subject), 4 => EachEndUser, 5 => Tag(tag), 6 => EachTag,
    7 => EachKey,
});

/// What an application writes on its calls, such as `team=red`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// What stands for it on a call.
    pub subject: Subject,
    /// The tag itself, for people.
    pub name: Box<str>,
}
canonical_struct!(Tag { subject, name });

impl Calls {
    /// Whether each subject has a counter of its own.
    #[must_use]
    pub const fn apart(&self) -> bool {
        match self {
            Self::EachEndUser | Self::EachTag | Self::EachKey => true,
            Self::All | Self::Model(_) | Self::EndUser(_) | Self::Tag(_) => false,
        }
    }

    /// Whom these calls are told apart by in a call of such traits with such a key; none where they are not.
    pub(crate) fn subjects<'a>(&self, traits: &'a HoldTraits, key: &'a Subject) -> &'a [Subject] {
        match self {
            Self::EachKey => std::slice::from_ref(key),
            Self::EachEndUser => traits.end_user.as_slice(),
            Self::EachTag => &traits.tags,
            Self::All | Self::Model(_) | Self::EndUser(_) | Self::Tag(_) => &[],
        }
    }

    /// Whether it takes more than the model to know which calls these are.
    #[must_use]
    pub const fn of_subjects(&self) -> bool {
        !matches!(self, Self::All | Self::Model(_) | Self::EachKey)
    }

    /// What stands for a key where each counts apart.
    pub(crate) const fn subject_of(key: KeyId) -> Subject {
        Subject::from_bytes(key.to_bytes())
    }
}

/// Whether a model is the one that is meant, or begins with what stands before a trailing `*`.
pub(crate) fn names_model(pattern: &str, model: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => model.starts_with(prefix),
        None => *pattern == *model,
    }
}

/// Who set a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitOrigin {
    /// The owner: a hard limit.
    Owner,
    /// The operator: the organization's approved usage limit.
    Operator,
    /// The organization's spend guard, which refuses nothing: a key whose charges pass the amount is frozen.
    Guard,
}
canonical_enum!(LimitOrigin { 1 => Owner, 2 => Operator, 3 => Guard });

impl LimitOrigin {
    /// What people and programs call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Operator => "operator",
            Self::Guard => "seawall",
        }
    }
}

/// Whether a limit stops calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It does.
    Enforce,
    /// It only counts, and counts what it would have stopped.
    Shadow,
}
canonical_enum!(Mode { 1 => Enforce, 2 => Shadow });

/// What a limit does besides refusing a call for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTrip {
    /// Nothing.
    Refuse,
    /// It freezes the key that the call came with.
    FreezeKey,
}
canonical_enum!(OnTrip { 1 => Refuse, 2 => FreezeKey });

/// What is decided about a limit when it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitTerms {
    /// Its id.
    pub id: LimitId,
    /// Who sets it.
    pub origin: LimitOrigin,
    /// What it is on.
    pub scope: Scope,
    /// Which calls on it count.
    pub calls: Calls,
    /// What of them counts.
    pub measure: Measure,
    /// Whether it stops calls.
    pub mode: Mode,
    /// What it does besides.
    pub on_trip: OnTrip,
    /// The most there may be in one window; nothing or more.
    pub amount: Quantity,
    /// How long it counts.
    pub window: Window,
    /// When it ends by itself; `None`: never.
    pub ends_at: Option<Time>,
}
canonical_struct!(LimitTerms {
    id,
    origin,
    scope,
    calls,
    measure,
    mode,
    on_trip,
    amount,
    window,
    ends_at
});

impl LimitTerms {
    /// An owner's hard limit in USD on all calls of a scope, which refuses and does not end.
    #[must_use]
    pub fn hard_limit(id: LimitId, scope: Scope, amount: Nanos, window: Window) -> Self {
        Self {
            id,
            origin: LimitOrigin::Owner,
            scope,
            calls: Calls::All,
            measure: Measure::Usd,
            mode: Mode::Enforce,
            on_trip: OnTrip::Refuse,
            amount: amount.into(),
            window,
            ends_at: None,
        }
    }

    /// The organization's spend guard: a key that spends more than this in the last so many seconds is frozen.
    #[must_use]
    pub fn spend_guard(id: LimitId, amount: Nanos, rolling: Rolling) -> Self {
        Self {
            origin: LimitOrigin::Guard,
            calls: Calls::EachKey,
            on_trip: OnTrip::FreezeKey,
            ..Self::hard_limit(id, Scope::Organization, amount, Window::Rolling(rolling))
        }
    }

    /// The same, for these calls only.
    #[must_use]
    pub fn of_calls(self, calls: Calls) -> Self {
        Self { calls, ..self }
    }

    /// The same, set by somebody else.
    #[must_use]
    pub fn set_by(self, origin: LimitOrigin) -> Self {
        Self { origin, ..self }
    }
}

/// What happened to a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a limit, documented there"
)]
pub enum LimitFact {
    /// A limit begins, its first window being `span`.
    Created {
        id: LimitId,
        origin: LimitOrigin,
        scope: Scope,
        amount: Nanos,
        window: Window,
        span: Span,
    },
    /// A limit has this amount now; where `reset`, nothing counts as spent in it any more.
    Changed {
        id: LimitId,
        amount: Nanos,
        reset: bool,
    },
    /// A limit ends.
    Deleted { id: LimitId },
    /// A limit begins to count anew.
    WindowOpened { limit: LimitId, span: Span },
    /// A limit that does not count all calls on its scope begins, its first window being `span`.
    CreatedFor {
        id: LimitId,
        origin: LimitOrigin,
        scope: Scope,
        calls: Calls,
        amount: Nanos,
        window: Window,
        span: Span,
    },
    /// A limit on these terms begins, its first window being `span`.
    Set { terms: LimitTerms, span: Span },
    /// A limit on something else than USD has this amount now; or one on anything has it until then, and the one from before
    /// afterwards. Where `reset`, nothing counts as spent in it any more.
    Amended {
        id: LimitId,
        measure: Measure,
        amount: Quantity,
        until: Option<Time>,
        reset: bool,
    },
    /// The time of a raise is over.
    RaiseEnded { id: LimitId },
    /// What was spent so long ago that it is not in a rolling window any more at `at` counts no longer.
    Rolled { limit: LimitId, at: Time },
}
canonical_enum!(LimitFact {
    1 => Created { id, origin, scope, amount, window, span },
    2 => Changed { id, amount, reset },
    3 => Deleted { id },
    4 => WindowOpened { limit, span },
    5 => CreatedFor { id, origin, scope, calls, amount, window, span },
    6 => Set { terms, span }, 7 => Amended { id, measure, amount, until, reset }, 8 => RaiseEnded { id }, 9 => Rolled { limit, at },
});

impl LimitFact {
    /// The terms of a limit that begins, and its first window, in whichever words the fact says them.
    #[must_use]
    pub fn created(&self) -> Option<(LimitTerms, Span)> {
        let plain = |id: &LimitId, scope: &Scope, amount: &Nanos, window: &Window| {
            LimitTerms::hard_limit(*id, *scope, *amount, window.clone())
        };
        match self {
            Self::Created {
                id,
                origin,
                scope,
                amount,
                window,
                span,
            } => Some((plain(id, scope, amount, window).set_by(*origin), *span)),
            Self::CreatedFor {
                id,
                origin,
                scope,
                calls,
                amount,
                window,
                span,
            } => {
                let terms = plain(id, scope, amount, window).set_by(*origin);
                Some((terms.of_calls(calls.clone()), *span))
            }
            Self::Set { terms, span } => Some((terms.clone(), *span)),
            Self::Changed { .. }
            | Self::Amended { .. }
            | Self::RaiseEnded { .. }
            | Self::Deleted { .. }
            | Self::WindowOpened { .. }
            | Self::Rolled { .. } => None,
        }
    }
}

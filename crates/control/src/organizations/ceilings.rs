//! What an organization has one of at most, and changes with it: the approved usage limit and the spend guard.

use ids::LimitId;
use ledger::{
    Book, ChangeLimit, Command, Limit, LimitOrigin, LimitTerms, Rolling, Scope, SpendGuard,
    UsedSoFar, Window,
};
use money::Nanos;
use serde::Serialize;
use utoipa::ToSchema;

use super::USUAL_ZONE;
use crate::scope::WindowView;
use crate::show::{LimitRef, Text, Usd};

/// What a spend guard looks at: the last minute.
const MINUTE: Rolling = Rolling { seconds: 60 };

/// A key that spends more than this in that time is frozen. It refuses no call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpendGuard)]
pub(super) struct GuardView {
    limit_id: LimitRef,
    amount_usd: Usd,
    window: WindowView,
}

impl GuardView {
    pub(super) fn of(book: &Book) -> Option<Self> {
        of(book, LimitOrigin::Guard).map(|limit| Self {
            limit_id: Text(limit.id),
            amount_usd: Usd(limit.amount.usd()),
            window: WindowView::of(&limit.window),
        })
    }
}

/// The guard of an organization that is made.
pub(super) const fn guard(id: LimitId, amount: Nanos) -> SpendGuard {
    SpendGuard {
        id,
        amount,
        rolling: MINUTE,
    }
}

/// The one of this origin. There is at most one: nothing here makes a second.
pub(super) fn of(book: &Book, origin: LimitOrigin) -> Option<&Limit> {
    book.limits().find(|limit| limit.origin == origin)
}

/// What makes the approved usage limit this amount, or ends it.
pub(super) fn approve(book: &Book, new: LimitId, amount: Option<Nanos>) -> Option<Command> {
    change(book, (LimitOrigin::Operator, amount), |amount| {
        let zone = book.organization();
        let time_zone = zone.map_or_else(|| USUAL_ZONE.into(), |found| found.time_zone.clone());
        LimitTerms::hard_limit(
            new,
            Scope::Organization,
            amount,
            Window::Month { time_zone },
        )
    })
}

/// What makes the spend guard this amount, or ends it.
pub(super) fn watch(book: &Book, new: LimitId, amount: Option<Nanos>) -> Option<Command> {
    change(book, (LimitOrigin::Guard, amount), |amount| {
        LimitTerms::spend_guard(new, amount, MINUTE)
    })
}

fn change(
    book: &Book,
    (origin, amount): (LimitOrigin, Option<Nanos>),
    new: impl FnOnce(Nanos) -> LimitTerms,
) -> Option<Command> {
    match (of(book, origin), amount) {
        (None, None) => None,
        (Some(limit), None) => Some(Command::DeleteLimit { id: limit.id }),
        (Some(limit), Some(amount)) => Some(Command::ChangeLimit(ChangeLimit {
            id: limit.id,
            amount: Some(amount.into()),
            used: UsedSoFar::Keep,
            until: None,
        })),
        (None, Some(amount)) => Some(Command::CreateLimit(new(amount).set_by(origin))),
    }
}

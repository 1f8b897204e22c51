//! Limits come, change and go.

use ids::LimitId;
use money::Nanos;

use super::{Decision, check_text};
use crate::book::MOST_EVER;
use crate::{
    Book, Calls, ChangeLimit, CreateLimit, Fact, LimitFact, LimitOrigin, Rejection, Scope, Span,
    Time, UsedSoFar, Window,
};

/// The most limits an organization can have.
const MOST_LIMITS: usize = 10_000;
/// The most limits on one scope, because every call on it makes all its checks.
const MOST_ON_ONE_SCOPE: usize = 64;

pub(super) fn create(
    book: &Book,
    (ask, calls): (&CreateLimit, &Calls),
    now: Time,
) -> Result<Decision, Rejection> {
    check_amount(ask.amount)?;
    check_calls(calls, ask.origin)?;
    check_scope(book, ask.scope)?;
    if book.limit(ask.id).is_some() {
        return Err(Rejection::Exists("limit"));
    }
    if book.limits.len() >= MOST_LIMITS {
        return Err(Rejection::TooMany {
            what: "limits",
            most: MOST_LIMITS,
        });
    }
    if book.limits.on(ask.scope).len() >= MOST_ON_ONE_SCOPE {
        return Err(Rejection::TooMany {
            what: "limits on one scope",
            most: MOST_ON_ONE_SCOPE,
        });
    }
    let span = span_now(&ask.window, now)?;
    let (id, origin, scope, amount) = (ask.id, ask.origin, ask.scope, ask.amount);
    let window = ask.window.clone();
    let created = match calls {
        Calls::All => LimitFact::Created {
            id,
            origin,
            scope,
            amount,
            window,
            span,
        },
        Calls::Model(_) => LimitFact::CreatedFor {
            id,
            origin,
            scope,
            calls: calls.clone(),
            amount,
            window,
            span,
        },
    };
    Ok(Decision::done(vec![Fact::Limit(created)]))
}

fn check_calls(calls: &Calls, origin: LimitOrigin) -> Result<(), Rejection> {
    let Calls::Model(pattern) = calls else {
        return Ok(());
    };
    check_text("model", pattern)?;
    let problem = if pattern.trim().is_empty() {
        "is empty"
    } else if origin == LimitOrigin::Operator {
        "cannot be said of the approved usage limit, which counts all calls"
    } else {
        return Ok(());
    };
    Err(Rejection::Invalid {
        field: "model",
        problem,
    })
}

pub(super) fn change(book: &Book, ask: &ChangeLimit) -> Result<Decision, Rejection> {
    let limit = book.limit(ask.id).ok_or(Rejection::NotFound("limit"))?;
    let amount = ask.amount.unwrap_or(limit.amount);
    check_amount(amount)?;
    let reset = match ask.used {
        UsedSoFar::Keep => false,
        UsedSoFar::Reset => true,
    };
    Ok(Decision::done(vec![Fact::Limit(LimitFact::Changed {
        id: ask.id,
        amount,
        reset,
    })]))
}

pub(super) fn delete(book: &Book, id: LimitId) -> Result<Decision, Rejection> {
    book.limit(id).ok_or(Rejection::NotFound("limit"))?;
    Ok(Decision::done(vec![Fact::Limit(LimitFact::Deleted { id })]))
}

pub(super) fn check_scope(book: &Book, scope: Scope) -> Result<(), Rejection> {
    match scope {
        Scope::Organization => Ok(()),
        Scope::Project(id) if book.project(id).is_some() => Ok(()),
        Scope::Key(id) if book.key(id).is_some() => Ok(()),
        Scope::Project(_) => Err(Rejection::NotFound("project")),
        Scope::Key(_) => Err(Rejection::NotFound("key")),
    }
}

/// The first window of what is made now.
pub(super) fn span_now(window: &Window, now: Time) -> Result<Span, Rejection> {
    window.span_at(now).map_err(|_zone| Rejection::Invalid {
        field: "time_zone",
        problem: "is not an IANA time zone",
    })
}

fn check_amount(amount: Nanos) -> Result<(), Rejection> {
    if amount.is_negative() {
        return Err(Rejection::Invalid {
            field: "amount_usd",
            problem: "must not be negative",
        });
    }
    if amount > MOST_EVER {
        return Err(Rejection::Invalid {
            field: "amount_usd",
            problem: "is more than an organization can ever spend",
        });
    }
    Ok(())
}

//! What passing time does to a Book, before anything is decided on it.

use crate::{Book, BudgetFact, CreditFact, Fact, Limit, LimitFact, Time};

/// The next fact that follows from time having come to `now`.
///
/// Credit lapsed, a window began anew or rolled on, a raise or a limit came to its end. Call until there is none, applying
/// each; only then are the Book's figures those of `now`.
///
/// An IANA zone that was known when its limit was made and is not any more leaves that limit in its last window: it
/// stops, and never counts less than it should. The other limits go on.
#[must_use]
pub fn due(book: &Book, now: Time) -> Option<Fact> {
    if let Some(lot) = book.credit.lapsed_by(now) {
        return Some(Fact::Credit(CreditFact::Lapsed {
            lot: lot.id,
            amount: lot.left(),
        }));
    }
    let mut ended = book.limits.ended_by(now);
    let limit = ended.find_map(|limit| limit_due(limit, now));
    let limit = limit.map(Fact::Limit);
    limit.or_else(|| budget_due(book, now))
}

fn limit_due(limit: &Limit, now: Time) -> Option<LimitFact> {
    let id = limit.id;
    if limit.ends_at.is_some_and(|end| end <= now) {
        return Some(LimitFact::Deleted { id });
    }
    if limit.raise().is_some_and(|raise| raise.until <= now) {
        return Some(LimitFact::RaiseEnded { id });
    }
    if limit.span.end > now {
        return None;
    }
    if limit.window.rolling().is_some() {
        return Some(LimitFact::Rolled { limit: id, at: now });
    }
    let span = limit.window.span_at(now).ok()?;
    // At the end of the calendar there is no next window, and the last one stays.
    (span.end > now).then_some(LimitFact::WindowOpened { limit: id, span })
}

fn budget_due(book: &Book, now: Time) -> Option<Fact> {
    book.budgets.ended_by(now).find_map(|budget| {
        let span = budget.window.span_at(now).ok()?;
        let opened = BudgetFact::WindowOpened {
            budget: budget.id,
            span,
        };
        (span.end > now).then_some(Fact::Budget(opened))
    })
}

//! What passing time does to a Book, before anything is decided on it.

use crate::{Book, BudgetFact, CreditFact, Fact, LimitFact, Time};

/// The next fact that follows from time having come to `now`: credit that lapsed, a window that began anew. Call until
/// there is none, applying each; only then are the Book's figures those of `now`.
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
    let limit = book.limits.ended_by(now).find_map(|limit| {
        let span = limit.window.span_at(now).ok()?;
        // At the end of the calendar there is no next window, and the last one stays.
        let opened = LimitFact::WindowOpened {
            limit: limit.id,
            span,
        };
        (span.end > now).then_some(Fact::Limit(opened))
    });
    limit.or_else(|| budget_due(book, now))
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

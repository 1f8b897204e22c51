//! Budgets come, change and go.

use ids::BudgetId;
use money::Nanos;

use super::limit::{check_scope, span_now};
use super::{Decision, crossing};
use crate::book::MOST_EVER;
use crate::{Book, BudgetFact, ChangeBudget, CreateBudget, Fact, Rejection, Time};

/// The most budgets an organization can have.
const MOST_BUDGETS: usize = 10_000;
/// The most budgets on one scope, because every charge on it counts in all of them.
const MOST_ON_ONE_SCOPE: usize = 64;
/// The most thresholds of a budget.
const MOST_THRESHOLDS: usize = 10;
/// The highest threshold, in percent.
const HIGHEST: u16 = 1_000;

pub(super) fn create(book: &Book, ask: &CreateBudget, now: Time) -> Result<Decision, Rejection> {
    check_amount(ask.amount)?;
    check_scope(book, ask.scope)?;
    let thresholds = in_order(&ask.thresholds)?;
    if book.budget(ask.id).is_some() {
        return Err(Rejection::Exists("budget"));
    }
    if book.budgets.len() >= MOST_BUDGETS {
        return Err(Rejection::TooMany {
            what: "budgets",
            most: MOST_BUDGETS,
        });
    }
    if book.budgets.on(ask.scope).len() >= MOST_ON_ONE_SCOPE {
        return Err(Rejection::TooMany {
            what: "budgets on one scope",
            most: MOST_ON_ONE_SCOPE,
        });
    }
    Ok(Decision::done(vec![Fact::Budget(BudgetFact::Created {
        id: ask.id,
        scope: ask.scope,
        amount: ask.amount,
        window: ask.window.clone(),
        span: span_now(&ask.window, now)?,
        thresholds,
    })]))
}

pub(super) fn change(book: &Book, ask: &ChangeBudget) -> Result<Decision, Rejection> {
    let budget = book.budget(ask.id).ok_or(Rejection::NotFound("budget"))?;
    let amount = ask.amount.unwrap_or(budget.amount);
    check_amount(amount)?;
    let thresholds = match &ask.thresholds {
        Some(thresholds) => in_order(thresholds)?,
        None => budget.thresholds.clone(),
    };
    let changed = BudgetFact::Changed {
        id: ask.id,
        amount,
        thresholds: thresholds.clone(),
    };
    let mut facts = vec![Fact::Budget(changed)];
    facts.extend(crossing::by_edit(budget, amount, &thresholds));
    Ok(Decision::done(facts))
}

pub(super) fn delete(book: &Book, id: BudgetId) -> Result<Decision, Rejection> {
    book.budget(id).ok_or(Rejection::NotFound("budget"))?;
    Ok(Decision::done(vec![Fact::Budget(BudgetFact::Deleted {
        id,
    })]))
}

/// A part of nothing is nothing: such a budget would have told everything before the first call.
fn check_amount(amount: Nanos) -> Result<(), Rejection> {
    if !amount.is_positive() {
        return Err(Rejection::Invalid {
            field: "amount_usd",
            problem: "must be more than 0",
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

fn in_order(thresholds: &[u16]) -> Result<Vec<u16>, Rejection> {
    let wrong = |problem| {
        Err(Rejection::Invalid {
            field: "thresholds",
            problem,
        })
    };
    if thresholds.is_empty() {
        return wrong("must have at least one percentage");
    }
    if thresholds.len() > MOST_THRESHOLDS {
        return Err(Rejection::TooMany {
            what: "thresholds on one budget",
            most: MOST_THRESHOLDS,
        });
    }
    if !thresholds
        .iter()
        .all(|percent| (1..=HIGHEST).contains(percent))
    {
        return wrong("must be whole percentages from 1 to 1000");
    }
    let mut sorted = thresholds.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() < thresholds.len() {
        return wrong("must not have the same percentage twice");
    }
    Ok(sorted)
}

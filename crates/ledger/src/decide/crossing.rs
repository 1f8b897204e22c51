//! Which thresholds of budgets a charge reaches. It is part of the charge's own decision, so that the figure that is told
//! is the Book's and each threshold is told once in a window.

use std::collections::BTreeMap;

use ids::BudgetId;
use money::Nanos;

use crate::book::Origin;
use crate::{Book, Budget, BudgetFact, Fact};

/// The charges of one decision, as the budgets will have counted them.
pub(super) struct Crossings<'a> {
    book: &'a Book,
    /// What each budget touched so far has come to.
    spent: BTreeMap<BudgetId, Nanos>,
}

impl<'a> Crossings<'a> {
    pub(super) const fn new(book: &'a Book) -> Self {
        Self {
            book,
            spent: BTreeMap::new(),
        }
    }

    /// The thresholds that this charge (or the difference that a correction makes) reaches.
    pub(super) fn charge(&mut self, origin: Origin, amount: Nanos) -> Vec<Fact> {
        let mut facts = Vec::new();
        if !amount.is_positive() {
            return facts;
        }
        for budget in self.book.budgets.counting(origin) {
            let sum = self.spent.entry(budget.id).or_insert(budget.spent);
            let before = *sum;
            *sum = before.saturating_add(amount);
            let newly = |percent: &u16| {
                !budget.crossed.contains(percent)
                    && !Budget::reaches(budget.amount, *percent, before)
                    && Budget::reaches(budget.amount, *percent, *sum)
            };
            let reached = budget.thresholds.iter().copied().filter(newly);
            facts.extend(reached.map(|percent| crossed(budget.id, percent, *sum)));
        }
        facts
    }
}

/// The thresholds that spending has reached already under what an edit makes of a budget.
pub(super) fn by_edit(budget: &Budget, amount: Nanos, thresholds: &[u16]) -> Vec<Fact> {
    let newly = |percent: &u16| {
        !budget.crossed.contains(percent) && Budget::reaches(amount, *percent, budget.spent)
    };
    let reached = thresholds.iter().copied().filter(newly);
    reached
        .map(|percent| crossed(budget.id, percent, budget.spent))
        .collect()
}

const fn crossed(budget: BudgetId, percent: u16, spent: Nanos) -> Fact {
    Fact::Budget(BudgetFact::Crossed {
        budget,
        percent,
        spent,
    })
}

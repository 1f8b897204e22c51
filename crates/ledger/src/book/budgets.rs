//! Budgets: what they count, and what they have told. They never stop a call (P7), and no decision about one looks here.

use ids::{BudgetId, KeyId, ProjectId};
use money::Nanos;

use super::scoped::{ByScope, Scoped};
use crate::apply::Inconsistent;
use crate::codec::canonical_struct;
use crate::{Scope, Span, Time, Window};

/// A tripwire on spending, and its count in the current window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Its id.
    pub id: BudgetId,
    /// What it is on.
    pub scope: Scope,
    /// What the thresholds are parts of; more than nothing.
    pub amount: Nanos,
    /// How long it counts.
    pub window: Window,
    /// The current window.
    pub span: Span,
    /// How many windows there were before.
    pub epoch: u32,
    /// What ended calls cost whose holds were taken in the current window. What is held does not count.
    pub spent: Nanos,
    /// When to tell, in percent of the amount: ascending, each from 1 to 1,000.
    pub thresholds: Vec<u16>,
    /// Those that were reached in the current window, ascending.
    pub crossed: Vec<u16>,
    /// When it was set.
    pub created_at: Time,
    /// The entry that opened the current window: what was held before it does not count.
    pub(crate) opened: u64,
}
canonical_struct!(Budget {
    id,
    scope,
    amount,
    window,
    span,
    epoch,
    spent,
    thresholds,
    crossed,
    created_at,
    opened
});

impl Budget {
    /// Whether spending this much in the window reaches this part of the amount.
    pub(crate) fn reaches(amount: Nanos, percent: u16, spent: Nanos) -> bool {
        let part = i128::from(spent.get()).saturating_mul(100);
        part >= i128::from(amount.get()).saturating_mul(i128::from(percent))
    }
}

/// Where and when a hold was taken: all that says which budgets count it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) key: KeyId,
    pub(crate) project: ProjectId,
    /// The number of the entry that took the hold.
    pub(crate) taken: u64,
}

impl Scoped for Budget {
    type Id = BudgetId;
    const NAME: &'static str = "budget";
    fn id(&self) -> BudgetId {
        self.id
    }
    fn scope(&self) -> Scope {
        self.scope
    }
    fn end(&self) -> Time {
        self.span.end
    }
}

/// All budgets.
pub(crate) type Budgets = ByScope<Budget>;

impl Budgets {
    /// The budgets that count a hold, in the order key, project, organization.
    pub(crate) fn counting(&self, origin: Origin) -> impl Iterator<Item = &Budget> {
        self.along(Some(origin.project), Some(origin.key))
            .iter()
            .filter(move |budget| budget.opened < origin.taken)
    }

    /// Counts a charge, or the difference that a correction makes.
    pub(crate) fn count(&mut self, origin: Origin, amount: Nanos) -> Result<(), Inconsistent> {
        if self.len() == 0 {
            return Ok(());
        }
        let counting: Vec<BudgetId> = self.counting(origin).map(|budget| budget.id).collect();
        self.change_each(&counting, (origin.project, origin.key), |budget| {
            budget.spent = budget
                .spent
                .checked_add(amount)
                .ok_or(Inconsistent::Overflow)?;
            if budget.spent.is_negative() {
                return Err(Inconsistent::BelowNothing("budget"));
            }
            Ok(())
        })
    }
}

impl Budget {
    /// What was told stays told, unless the edit put it out of reach again.
    pub(crate) fn edit(&mut self, amount: Nanos, thresholds: &[u16]) {
        let (raised, spent) = (amount > self.amount, self.spent);
        self.amount = amount;
        self.thresholds = thresholds.to_vec();
        self.crossed.retain(|percent| {
            thresholds.contains(percent) && (!raised || Self::reaches(amount, *percent, spent))
        });
    }

    pub(crate) fn begin(&mut self, span: Span, seq: u64) -> Result<(), Inconsistent> {
        self.span = span;
        self.epoch = self.epoch.checked_add(1).ok_or(Inconsistent::Overflow)?;
        self.spent = Nanos::ZERO;
        self.crossed.clear();
        self.opened = seq;
        Ok(())
    }

    pub(crate) fn cross(&mut self, percent: u16) {
        if let Err(place) = self.crossed.binary_search(&percent) {
            self.crossed.insert(place, percent);
        }
    }
}

/// Reading budgets.
impl crate::Book {
    /// All budgets, oldest first.
    pub fn budgets(&self) -> impl Iterator<Item = &Budget> {
        self.budgets.all()
    }

    /// One budget.
    #[must_use]
    pub fn budget(&self, id: BudgetId) -> Option<&Budget> {
        self.budgets.get(id)
    }
}

//! Budgets: what they count, and what they have told. They never stop a call (P7), and no decision about one looks here.

use std::collections::{BTreeMap, BTreeSet};

use ids::{BudgetId, KeyId, ProjectId};
use money::Nanos;

use crate::apply::Inconsistent;
use crate::codec::{Canonical, DecodeError, Reader, canonical_struct};
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

/// All budgets, by what they are on and by when they begin anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Budgets {
    by_id: BTreeMap<BudgetId, Budget>,
    by_scope: BTreeMap<Scope, Vec<BudgetId>>,
    ends: BTreeSet<(Time, BudgetId)>,
}

impl Canonical for Budgets {
    fn write(&self, out: &mut Vec<u8>) {
        self.by_id.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let by_id = BTreeMap::<BudgetId, Budget>::read(reader)?;
        let mut budgets = Self::default();
        for budget in by_id.into_values() {
            budgets.enter(budget);
        }
        Ok(budgets)
    }
}

impl Budgets {
    pub(crate) const fn all(&self) -> &BTreeMap<BudgetId, Budget> {
        &self.by_id
    }

    /// How many are on exactly this scope.
    pub(crate) fn count_on(&self, scope: Scope) -> usize {
        self.by_scope.get(&scope).map_or(0, Vec::len)
    }

    /// The budgets that count a hold, in the order key, project, organization.
    pub(crate) fn counting(&self, origin: Origin) -> impl Iterator<Item = &Budget> {
        self.ids_on(origin)
            .filter_map(|id| self.by_id.get(&id))
            .filter(move |budget| budget.opened < origin.taken)
    }

    fn ids_on(&self, origin: Origin) -> impl Iterator<Item = BudgetId> {
        let scopes = [
            Scope::Key(origin.key),
            Scope::Project(origin.project),
            Scope::Organization,
        ];
        // Most organizations have none; then nothing is looked up.
        let scopes = scopes.into_iter().filter(|_| !self.by_id.is_empty());
        scopes
            .filter_map(|scope| self.by_scope.get(&scope))
            .flatten()
            .copied()
    }

    /// The budgets whose window is over, the one that ended first first.
    pub(crate) fn ended_by(&self, now: Time) -> impl Iterator<Item = &Budget> {
        self.ends
            .iter()
            .take_while(move |(end, _)| *end <= now)
            .filter_map(|(_, id)| self.by_id.get(id))
    }

    fn enter(&mut self, budget: Budget) {
        // Ids sort by age, and a snapshot is read in the order of ids.
        let on_scope = self.by_scope.entry(budget.scope).or_default();
        on_scope.push(budget.id);
        on_scope.sort_unstable();
        self.ends.insert((budget.span.end, budget.id));
        self.by_id.insert(budget.id, budget);
    }

    pub(crate) fn add(&mut self, budget: Budget) -> Result<(), Inconsistent> {
        if self.by_id.contains_key(&budget.id) {
            return Err(Inconsistent::Twice("budget"));
        }
        self.enter(budget);
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: BudgetId) -> Result<(), Inconsistent> {
        let budget = self
            .by_id
            .remove(&id)
            .ok_or(Inconsistent::Unknown("budget"))?;
        self.ends.remove(&(budget.span.end, id));
        if let Some(on_scope) = self.by_scope.get_mut(&budget.scope) {
            on_scope.retain(|other| *other != id);
            if on_scope.is_empty() {
                self.by_scope.remove(&budget.scope);
            }
        }
        Ok(())
    }

    fn budget_mut(&mut self, id: BudgetId) -> Result<&mut Budget, Inconsistent> {
        self.by_id
            .get_mut(&id)
            .ok_or(Inconsistent::Unknown("budget"))
    }

    /// What was told stays told, unless the edit put it out of reach again.
    pub(crate) fn edit(
        &mut self,
        id: BudgetId,
        amount: Nanos,
        thresholds: &[u16],
    ) -> Result<(), Inconsistent> {
        let budget = self.budget_mut(id)?;
        let (raised, spent) = (amount > budget.amount, budget.spent);
        budget.amount = amount;
        budget.thresholds = thresholds.to_vec();
        budget.crossed.retain(|percent| {
            thresholds.contains(percent) && (!raised || Budget::reaches(amount, *percent, spent))
        });
        Ok(())
    }

    pub(crate) fn open_window(
        &mut self,
        id: BudgetId,
        span: Span,
        seq: u64,
    ) -> Result<(), Inconsistent> {
        let budget = self.budget_mut(id)?;
        let ended = budget.span.end;
        budget.span = span;
        budget.epoch = budget.epoch.checked_add(1).ok_or(Inconsistent::Overflow)?;
        budget.spent = Nanos::ZERO;
        budget.crossed.clear();
        budget.opened = seq;
        self.ends.remove(&(ended, id));
        self.ends.insert((span.end, id));
        Ok(())
    }

    pub(crate) fn cross(&mut self, id: BudgetId, percent: u16) -> Result<(), Inconsistent> {
        let crossed = &mut self.budget_mut(id)?.crossed;
        if let Err(place) = crossed.binary_search(&percent) {
            crossed.insert(place, percent);
        }
        Ok(())
    }

    /// Counts a charge, or the difference that a correction makes.
    pub(crate) fn count(&mut self, origin: Origin, amount: Nanos) -> Result<(), Inconsistent> {
        let counting: Vec<BudgetId> = self.counting(origin).map(|budget| budget.id).collect();
        for id in counting {
            let budget = self.budget_mut(id)?;
            budget.spent = budget
                .spent
                .checked_add(amount)
                .ok_or(Inconsistent::Overflow)?;
            if budget.spent.is_negative() {
                return Err(Inconsistent::BelowNothing("budget"));
            }
        }
        Ok(())
    }
}

/// Reading budgets.
impl crate::Book {
    /// All budgets, oldest first.
    pub fn budgets(&self) -> impl Iterator<Item = &Budget> {
        self.budgets.all().values()
    }

    /// One budget.
    #[must_use]
    pub fn budget(&self, id: BudgetId) -> Option<&Budget> {
        self.budgets.all().get(&id)
    }
}

//! Budgets as the journal tells of them. No rule of a hold asks here: whatever is granted or refused is judged as if there
//! were none. What must hold of them is that each counts what its calls came to cost, and that every part of it that is
//! reached is told, in the entries of the very append that reached it, and once in a window.

use std::collections::BTreeSet;

use ids::{BudgetId, KeyId, ProjectId};
use ledger::{BudgetFact, Scope, Span};

use super::lots::of;
use super::{Context, Figures, Reference, Wrong};

#[derive(Clone, Debug)]
pub(super) struct Budget {
    pub(super) id: BudgetId,
    scope: Scope,
    pub(super) amount: i128,
    span: Span,
    /// How many windows there were before.
    window: u32,
    thresholds: Vec<u16>,
    /// The parts of it that were told in this window, unless an edit put them out of reach since.
    pub(super) told: BTreeSet<u16>,
    pub(super) deleted: bool,
}

/// A budget, by place, and which of its windows a hold was taken in.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountedBudget {
    budget: usize,
    window: u32,
}

fn reached(amount: i128, percent: u16, spent: i128) -> bool {
    spent * 100 >= amount * i128::from(percent)
}

impl Reference {
    pub(super) fn budget(
        &mut self,
        fact: &BudgetFact,
        (before, context): (&Figures, Context<'_>),
    ) -> Result<(), Wrong> {
        match fact {
            BudgetFact::Created {
                id,
                scope,
                amount,
                span,
                thresholds,
                ..
            } => {
                if self.live_budget(*id).is_ok() {
                    return Err("there is such a budget".to_owned());
                }
                self.begins_now(*span, context)?;
                self.budgets.push(Budget {
                    id: *id,
                    scope: *scope,
                    amount: of(*amount),
                    span: *span,
                    window: 0,
                    thresholds: thresholds.clone(),
                    told: BTreeSet::new(),
                    deleted: false,
                });
            }
            BudgetFact::Changed {
                id,
                amount,
                thresholds,
            } => {
                let place = self.live_budget(*id)?;
                let spent = before.spent_of_budget(place);
                let budget = self.budget_at(place)?;
                let raised = of(*amount) > budget.amount;
                budget.amount = of(*amount);
                budget.thresholds.clone_from(thresholds);
                let amount = budget.amount;
                budget.told.retain(|percent| {
                    thresholds.contains(percent) && (!raised || reached(amount, *percent, spent))
                });
            }
            BudgetFact::Deleted { id } => {
                let place = self.live_budget(*id)?;
                self.budget_at(place)?.deleted = true;
            }
            BudgetFact::WindowOpened { budget, span } => {
                self.begins_now(*span, context)?;
                let at = self.at;
                let place = self.live_budget(*budget)?;
                let budget = self.budget_at(place)?;
                if at < budget.span.end.micros() || span.start < budget.span.end {
                    return Err("a window began before the last one's end".to_owned());
                }
                budget.span = *span;
                budget.window += 1;
                budget.told.clear();
            }
            BudgetFact::Crossed {
                budget,
                percent,
                spent,
            } => self.crossed((*budget, *percent, of(*spent)), before, context)?,
        }
        Ok(())
    }

    fn crossed(
        &mut self,
        (id, percent, said): (BudgetId, u16, i128),
        before: &Figures,
        context: Context<'_>,
    ) -> Result<(), Wrong> {
        let place = self.live_budget(id)?;
        let counted = before.spent_of_budget(place);
        let budget = self.budget_at(place)?;
        let first = budget.told.insert(percent);
        let so = budget.thresholds.contains(&percent) && reached(budget.amount, percent, counted);
        if context.restored {
            Ok(())
        } else if said != counted {
            Err(format!("P7: {said} was told, {counted} was spent"))
        } else if !so {
            Err("P7: a part was told that is not reached".to_owned())
        } else if !first {
            Err("P7: a part was told a second time".to_owned())
        } else {
            Ok(())
        }
    }

    fn live_budget(&self, id: BudgetId) -> Result<usize, Wrong> {
        let place = self
            .budgets
            .iter()
            .position(|budget| budget.id == id && !budget.deleted);
        place.ok_or_else(|| "there is no such budget".to_owned())
    }

    fn budget_at(&mut self, place: usize) -> Result<&mut Budget, Wrong> {
        let budget = self.budgets.get_mut(place);
        budget.ok_or_else(|| "a budget is lost".to_owned())
    }

    /// The budgets that a call of this key counts in from now on.
    pub(super) fn budgets_of(&self, key: KeyId, project: ProjectId) -> Vec<CountedBudget> {
        let counts = |budget: &Budget| match budget.scope {
            Scope::Organization => true,
            Scope::Project(id) => id == project,
            Scope::Key(id) => id == key,
        };
        let all = self.budgets.iter().enumerate();
        all.filter(|(_, budget)| !budget.deleted && counts(budget))
            .map(|(place, budget)| CountedBudget {
                budget: place,
                window: budget.window,
            })
            .collect()
    }

    /// No charge is counted while a budget is in a window that is over.
    pub(super) fn budgets_are_of_now(&self) -> Result<(), Wrong> {
        let over = |budget: &Budget| !budget.deleted && budget.span.end.micros() <= self.at;
        if self.budgets.iter().any(over) {
            return Err("a budget counts in a window that is over".to_owned());
        }
        Ok(())
    }

    /// What each budget counts in its current window.
    pub(super) fn spent_of_budgets(&self) -> Vec<i128> {
        let mut spent = vec![0; self.budgets.len()];
        for hold in self.holds.values() {
            let super::End::Charged(charge) = &hold.end else {
                continue;
            };
            for counted in &hold.budgets {
                let budget = self.budgets.get(counted.budget);
                if budget.is_some_and(|budget| budget.window == counted.window)
                    && let Some(sum) = spent.get_mut(counted.budget)
                {
                    *sum += charge.amount;
                }
            }
        }
        spent
    }

    /// Where an append ends, whatever is reached is told. (What was lost and is said again tells nobody anything.)
    pub(crate) fn all_is_told(&self, figures: &Figures) -> Result<(), Wrong> {
        if self.restored {
            return Ok(());
        }
        for (place, budget) in self.budgets.iter().enumerate() {
            let spent = figures.spent_of_budget(place);
            let missing = |percent: &&u16| {
                !budget.told.contains(percent) && reached(budget.amount, **percent, spent)
            };
            if !budget.deleted && budget.thresholds.iter().any(|percent| missing(&percent)) {
                return Err(format!(
                    "P7: {spent} of {} was not told: {budget:?}",
                    budget.amount
                ));
            }
        }
        Ok(())
    }
}

//! Taking up what happened to budgets.

use money::Nanos;

use super::Inconsistent;
use crate::{Book, Budget, BudgetFact, Time};

impl Book {
    pub(super) fn take_up_budget(
        &mut self,
        fact: &BudgetFact,
        (seq, at): (u64, Time),
    ) -> Result<(), Inconsistent> {
        match fact {
            BudgetFact::Created {
                id,
                scope,
                amount,
                window,
                span,
                thresholds,
            } => self.budgets.add(Budget {
                id: *id,
                scope: *scope,
                amount: *amount,
                window: window.clone(),
                span: *span,
                epoch: 0,
                spent: Nanos::ZERO,
                thresholds: thresholds.clone(),
                crossed: Vec::new(),
                created_at: at,
                opened: seq,
            }),
            BudgetFact::Changed {
                id,
                amount,
                thresholds,
            } => {
                self.budgets.get_mut(*id)?.edit(*amount, thresholds);
                Ok(())
            }
            BudgetFact::Deleted { id } => self.budgets.remove(*id),
            BudgetFact::WindowOpened { budget, span } => self
                .budgets
                .change_one(*budget, |budget| budget.begin(*span, seq)),
            BudgetFact::Crossed {
                budget,
                percent,
                spent: _,
            } => {
                self.budgets.get_mut(*budget)?.cross(*percent);
                Ok(())
            }
        }
    }
}

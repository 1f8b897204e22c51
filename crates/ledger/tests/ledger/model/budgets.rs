//! Budgets in the model: what each counts, and what it has told.

use super::{Answer, Model, Op, Scope, Window, number_at};

#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) number: u8,
    /// Tells it from an earlier budget of the same number.
    made: usize,
    scope: Scope,
    pub(crate) amount: i64,
    window: Window,
    now_in: i64,
    pub(crate) spent: i64,
    at: u8,
    pub(crate) told: Vec<u16>,
}

/// The thresholds that a number's bits stand for.
pub(crate) fn percents(bits: u8) -> Vec<u16> {
    let all = [1, 10, 50, 80, 90, 100, 150, 1_000];
    let set = |place: &usize| bits & (1 << place) != 0;
    (0..8).filter(set).map(|place| all[place]).collect()
}

impl Budget {
    pub(super) fn pass(&mut self, now: i64) {
        let number = number_at(self.window, now);
        if number != self.now_in {
            (self.now_in, self.spent) = (number, 0);
            self.told.clear();
        }
    }

    fn reaches(&self, percent: u16) -> bool {
        self.spent * 100 >= self.amount * i64::from(percent)
    }
}

impl Model {
    pub(super) fn budget(&mut self, op: &Op) -> Answer {
        match *op {
            Op::CreateBudget {
                budget,
                scope,
                amount,
                window,
                at,
            } => {
                let there = match scope {
                    Scope::Organization => true,
                    Scope::Project(number) => self.projects.iter().any(|(p, _)| *p == number),
                    Scope::Key(number) => self.keys.iter().any(|key| key.number == number),
                };
                let known = self.budgets.iter().any(|other| other.number == budget);
                if !there || amount <= 0 || at == 0 || known {
                    return Answer::Rejected;
                }
                self.limits_made += 1;
                self.budgets.push(Budget {
                    number: budget,
                    made: self.limits_made,
                    scope,
                    amount,
                    window,
                    now_in: number_at(window, self.now),
                    spent: 0,
                    at,
                    told: Vec::new(),
                });
                Answer::Done
            }
            Op::ChangeBudget { budget, amount, at } => {
                let found = self.budgets.iter_mut().find(|other| other.number == budget);
                let wrong = amount.is_some_and(|amount| amount <= 0) || at == Some(0);
                let Some(budget) = found.filter(|_| !wrong) else {
                    return Answer::Rejected;
                };
                let raised = amount.is_some_and(|amount| amount > budget.amount);
                budget.amount = amount.unwrap_or(budget.amount);
                budget.at = at.unwrap_or(budget.at);
                let still: Vec<u16> = budget.told.clone();
                budget.told = still
                    .into_iter()
                    .filter(|percent| percents(budget.at).contains(percent))
                    .filter(|percent| !raised || budget.reaches(*percent))
                    .collect();
                Answer::Done
            }
            Op::DeleteBudget { budget } => {
                let before = self.budgets.len();
                self.budgets.retain(|other| other.number != budget);
                if self.budgets.len() < before {
                    Answer::Done
                } else {
                    Answer::Rejected
                }
            }
            _ => unreachable!(),
        }
    }

    /// The budgets that a call of this key counts in from now on.
    pub(super) fn budgets_on(&self, key: u8) -> Vec<(usize, i64)> {
        let project = self.key(key).unwrap().project;
        let on = |scope| match scope {
            Scope::Organization => true,
            Scope::Project(number) => number == project,
            Scope::Key(number) => number == key,
        };
        let budgets = self.budgets.iter().filter(|budget| on(budget.scope));
        budgets.map(|budget| (budget.made, budget.now_in)).collect()
    }

    pub(super) fn count(&mut self, in_budgets: &[(usize, i64)], amount: i64) {
        for budget in &mut self.budgets {
            if in_budgets.contains(&(budget.made, budget.now_in)) {
                budget.spent += amount;
            }
        }
    }

    /// Everything reached that was not told yet in this window.
    pub(super) fn tell(&mut self) {
        for budget in &mut self.budgets {
            for percent in percents(budget.at) {
                if budget.reaches(percent) && !budget.told.contains(&percent) {
                    budget.told.push(percent);
                }
            }
            budget.told.sort_unstable();
        }
    }

    pub(crate) fn budgets(&self) -> &[Budget] {
        &self.budgets
    }
}

//! Every figure after some entry, added up from all holds.

use std::collections::BTreeMap;

use ids::{BudgetId, KeyId, LimitId, LotId, ProjectId};
use ledger::Book;
use money::Nanos;

use super::holds::End;
use super::lots::of;
use super::{KeyIs, Reference, Wrong};
use crate::asked::MODELS;

/// What a lot or limit counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) spent: i128,
    pub(crate) held: i128,
    /// What can still be promised; of a lot, below nothing where it owes.
    pub(crate) left: i128,
}

/// A key as a decision sees it.
#[derive(Clone, Debug)]
pub(crate) struct KeyFigures {
    pub(crate) state: KeyIs,
    pub(crate) archived: bool,
    pub(crate) expires_at: Option<i64>,
    /// Of each model.
    ways: Vec<Way>,
}

/// What is in the way of a key's calls of one model.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) limits: Vec<LimitId>,
    /// The least that is left in them and of the credit balance.
    pub(crate) room: i128,
}

impl KeyFigures {
    /// `None` for a model that nobody asks for here.
    pub(crate) fn way(&self, model: &str) -> Option<&Way> {
        let place = MODELS.iter().position(|other| *other == model)?;
        self.ways.get(place)
    }
}

/// All figures after one entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    lots: Vec<Sum>,
    pub(crate) limits: BTreeMap<LimitId, (Nanos, Sum)>,
    pub(crate) credit: Sum,
    pub(crate) keys: BTreeMap<KeyId, KeyFigures>,
    /// All projects, and whether they take keys.
    pub(crate) projects: BTreeMap<ProjectId, bool>,
    lot_ids: Vec<LotId>,
    /// What each lot was at first, less what lapsed or was taken back.
    was: Vec<i128>,
    by_place: Vec<Sum>,
    /// Of the budgets that there are: the amount, what is spent and what is told.
    pub(crate) budgets: BTreeMap<BudgetId, (i128, i128, Vec<u16>)>,
    budgets_by_place: Vec<i128>,
}

impl Figures {
    pub(crate) fn left_of(&self, lot: usize) -> i128 {
        self.lots.get(lot).map_or(0, |sum| sum.left)
    }

    pub(crate) fn left_in(&self, limit: usize) -> i128 {
        self.by_place.get(limit).map_or(0, |sum| sum.left)
    }

    /// What is left of a lot; `None` where there is none by this id.
    pub(crate) fn lot(&self, id: LotId) -> Option<i128> {
        let place = self.lot_ids.iter().position(|lot| *lot == id)?;
        self.lots.get(place).map(|sum| sum.left)
    }

    /// What a lot was at first, less what lapsed or was taken back.
    pub(crate) fn was_of(&self, lot: usize) -> i128 {
        self.was.get(lot).copied().unwrap_or(0)
    }

    /// The same by id; `None` where there is none.
    pub(crate) fn was(&self, id: LotId) -> Option<i128> {
        let place = self.lot_ids.iter().position(|lot| *lot == id)?;
        self.was.get(place).copied()
    }

    pub(crate) fn spent_of_budget(&self, budget: usize) -> i128 {
        self.budgets_by_place.get(budget).copied().unwrap_or(0)
    }

    /// The lots, oldest first.
    pub(crate) fn lots(&self) -> &[LotId] {
        &self.lot_ids
    }

    /// What lots owe.
    pub(crate) fn owed(&self) -> i128 {
        self.lots.iter().map(|sum| (-sum.left).max(0)).sum()
    }

    /// What lots have left.
    pub(crate) fn has_left(&self) -> i128 {
        self.lots.iter().map(|sum| sum.left.max(0)).sum()
    }

    /// Whether a Book that was read from the same entries says the same.
    pub(crate) fn agree(&self, book: &Book) -> Result<(), Wrong> {
        for (id, sum) in self.lot_ids.iter().zip(&self.lots) {
            let lot = book.lot(*id).ok_or("the Book has lost a lot")?;
            // P3: what the parts leave over is what is left, less what is owed.
            let (left, owed) = (of(lot.left()), of(lot.owed()));
            if (of(lot.spent), of(lot.held), left - owed) != (sum.spent, sum.held, sum.left) {
                return Err(format!("the Book says {lot:?}, the reference {sum:?}"));
            }
        }
        if book.lots().count() != self.lots.len() || book.limits().count() != self.limits.len() {
            return Err("the Book has lots or limits that never were".to_owned());
        }
        for limit in book.limits() {
            let (amount, sum) = self.limits.get(&limit.id).ok_or("an unknown limit")?;
            if (
                limit.amount.usd(),
                of(limit.count.spent.usd()),
                of(limit.count.held.usd()),
            ) != (*amount, sum.spent, sum.held)
            {
                return Err(format!("the Book says {limit:?}, the reference {sum:?}"));
            }
        }
        if book.budgets().count() != self.budgets.len() {
            return Err("the Book has budgets that never were".to_owned());
        }
        for budget in book.budgets() {
            let known = self.budgets.get(&budget.id).ok_or("an unknown budget")?;
            if (of(budget.amount), of(budget.spent), budget.crossed.clone()) != *known {
                return Err(format!("the Book says {budget:?}, the reference {known:?}"));
            }
        }
        let balance = book.balance();
        let said = (of(balance.spent), of(balance.held), of(balance.available()));
        if said != (self.credit.spent, self.credit.held, self.credit.left) {
            return Err(format!(
                "the Book says {balance:?}, the reference {:?}",
                self.credit
            ));
        }
        Ok(())
    }
}

impl Reference {
    /// Adds everything up.
    pub(crate) fn figures(&self) -> Figures {
        let mut lots: Vec<Sum> = vec![Sum::default(); self.lots.len()];
        let mut limits: Vec<Sum> = vec![Sum::default(); self.limits.len()];
        for hold in self.holds.values() {
            let (held, spent) = match &hold.end {
                End::Open => (Some((&hold.draws, hold.amount)), None),
                End::Released => (None, None),
                End::Charged(charge) => (None, Some((&charge.draws, charge.amount))),
            };
            for (place, part) in held.iter().flat_map(|(draws, _)| draws.iter()) {
                lots.get_mut(*place)
                    .into_iter()
                    .for_each(|sum| sum.held += part);
            }
            for (place, part) in spent.iter().flat_map(|(draws, _)| draws.iter()) {
                lots.get_mut(*place)
                    .into_iter()
                    .for_each(|sum| sum.spent += part);
            }
            for counted in &hold.counted {
                let Some((limit, sum)) = self
                    .limits
                    .get(counted.limit)
                    .zip(limits.get_mut(counted.limit))
                else {
                    continue;
                };
                if limit.window != counted.window {
                    continue;
                }
                sum.held += held.map_or(0, |(_, amount)| amount);
                if limit.resets == counted.resets {
                    sum.spent += spent.map_or(0, |(_, amount)| amount);
                }
            }
        }
        self.finish(lots, limits)
    }

    fn finish(&self, mut lots: Vec<Sum>, mut limits: Vec<Sum>) -> Figures {
        let mut credit = Sum::default();
        for (lot, sum) in self.lots.iter().zip(&mut lots) {
            sum.spent += lot.repaid;
            sum.left = lot.added - sum.spent - sum.held - lot.lapsed - lot.voided;
            credit.spent += sum.spent;
            credit.held += sum.held;
            credit.left += sum.left;
        }
        for (limit, sum) in self.limits.iter().zip(&mut limits) {
            sum.left = of(limit.amount) - sum.spent - sum.held;
        }
        let keys = self.keys.iter().map(|(id, key)| {
            let ways = self.ways(*id, key.project).map(|in_the_way| {
                let least = in_the_way.iter().filter_map(|place| limits.get(*place));
                let ids = in_the_way
                    .iter()
                    .filter_map(|place| self.limits.get(*place));
                Way {
                    room: least.map(|sum| sum.left).fold(credit.left, i128::min),
                    limits: ids.map(|limit| limit.id).collect(),
                }
            });
            let figures = KeyFigures {
                state: key.state,
                archived: self.projects.get(&key.project) != Some(&true),
                expires_at: key.expires_at,
                ways: ways.into(),
            };
            (*id, figures)
        });
        let spent_of_budgets = self.spent_of_budgets();
        let budgets = self.budgets.iter().zip(&spent_of_budgets);
        Figures {
            budgets: budgets
                .filter(|(budget, _)| !budget.deleted)
                .map(|(budget, spent)| {
                    let told = budget.told.iter().copied().collect();
                    (budget.id, (budget.amount, *spent, told))
                })
                .collect(),
            was: self
                .lots
                .iter()
                .map(|lot| lot.added - lot.lapsed - lot.voided)
                .collect(),
            keys: keys.collect(),
            projects: self.projects.clone(),
            limits: self
                .limits
                .iter()
                .zip(&limits)
                .filter(|(limit, _)| !limit.deleted)
                .map(|(limit, sum)| (limit.id, (limit.amount, *sum)))
                .collect(),
            lot_ids: self.lots.iter().map(|lot| lot.id).collect(),
            lots,
            credit,
            by_place: limits,
            budgets_by_place: spent_of_budgets,
        }
    }
}

//! Every figure after some entry, added up from all holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use ids::{BudgetId, KeyId, LimitId, LotId, ProjectId, Subject};
use ledger::{Book, Limit, LimitTerms};

use super::holds::{Counted, End, Hold, Spent};
use super::later::Leaving;
use super::limits::{self, apart_in};
use super::lots::of;
use super::{KeyIs, Reference, Wrong};

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
    pub(crate) project: ProjectId,
    pub(crate) archived: bool,
    pub(crate) expires_at: Option<i64>,
}

/// A limit that there is.
#[derive(Clone, Debug)]
pub(crate) struct LimitFigures {
    /// As it was set.
    pub(crate) terms: Arc<LimitTerms>,
    /// What it is of at present.
    pub(crate) amount: i128,
    /// Where that is for a time, the end of it, and the amount from then on.
    pub(super) raise: Option<(i64, i128)>,
    /// When its window of the calendar is over, and what leaves one that rolls.
    pub(super) span_end: i64,
    pub(super) leaving: Vec<Leaving>,
    /// All subjects together.
    pub(crate) whole: Sum,
    /// What counts of each, where it counts them apart; who is not named has nothing there.
    pub(super) apart: BTreeMap<Subject, Sum>,
    /// When this is true no longer, because a window, a raise or the limit is over, or something leaves what rolls.
    pub(crate) until: i64,
    would_have_stopped: u64,
}

/// All figures after one entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    lots: Vec<Sum>,
    pub(crate) limits: BTreeMap<LimitId, LimitFigures>,
    pub(crate) credit: Sum,
    pub(crate) keys: BTreeMap<KeyId, KeyFigures>,
    /// All projects, and whether they take keys.
    pub(crate) projects: BTreeMap<ProjectId, bool>,
    lot_ids: Vec<LotId>,
    /// What each lot was at first, less what lapsed or was taken back.
    was: Vec<i128>,
    /// Of the budgets that there are: the amount, what is spent and what is told.
    pub(crate) budgets: BTreeMap<BudgetId, (i128, i128, Vec<u16>)>,
    budgets_by_place: Vec<i128>,
}

impl Figures {
    pub(crate) fn left_of(&self, lot: usize) -> i128 {
        self.lots.get(lot).map_or(0, |sum| sum.left)
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
            let known = self.limits.get(&limit.id).ok_or("an unknown limit")?;
            known.agrees(limit)?;
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

impl LimitFigures {
    /// A Book keeps the counter of whoever has a running call, also where nothing counts in it.
    fn agrees(&self, limit: &Limit) -> Result<(), Wrong> {
        let said = |count: &ledger::Count| (of(count.spent.usd()), of(count.held.usd()));
        let counted = |sum: &Sum| (sum.spent, sum.held);
        let raise = limit.raise().map(|raise| {
            let back_to = of(raise.back_to.usd());
            (raise.until.micros(), back_to)
        });
        let told = (of(limit.amount.usd()), raise, limit.would_have_stopped());
        let mut so = told == (self.amount, self.raise, self.would_have_stopped)
            && said(&limit.count) == counted(&self.whole);
        let mut apart = BTreeMap::new();
        for (subject, count) in limit.subjects() {
            so &= said(count) == counted(&self.of(Some(subject)));
            apart.insert(subject, count);
        }
        let mut known = self.apart.iter();
        so &= known.all(|(subject, sum)| counted(sum) == (0, 0) || apart.contains_key(subject));
        if so {
            Ok(())
        } else {
            Err(format!("the Book says {limit:?}, the reference {self:?}"))
        }
    }
}

impl Reference {
    /// Adds everything up.
    pub(crate) fn figures(&self) -> Figures {
        let mut lots: Vec<Sum> = vec![Sum::default(); self.lots.len()];
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
        }
        self.finish(lots)
    }

    /// What counts in each limit that there is.
    fn limit_figures(&self) -> BTreeMap<LimitId, LimitFigures> {
        let mut figures: Vec<LimitFigures> = self.limits.iter().map(empty).collect();
        for hold in self.holds.values() {
            for counted in &hold.counted {
                let limit = self.limits.get(counted.limit);
                let in_it =
                    |limit: &&limits::Limit| !limit.deleted && limit.window == counted.window;
                let Some((limit, figures)) =
                    limit.filter(in_it).zip(figures.get_mut(counted.limit))
                else {
                    continue;
                };
                figures.count(hold, (limit, counted));
            }
        }
        let live = self.limits.iter().zip(figures);
        live.filter(|(limit, _)| !limit.deleted)
            .map(|(limit, mut figures)| {
                let (id, amount) = (limit.terms.id, limit.amount);
                let sums = figures.apart.values_mut().chain([&mut figures.whole]);
                sums.for_each(|sum| sum.left = amount - sum.spent - sum.held);
                (id, figures)
            })
            .collect()
    }

    fn finish(&self, mut lots: Vec<Sum>) -> Figures {
        let mut credit = Sum::default();
        for (lot, sum) in self.lots.iter().zip(&mut lots) {
            sum.spent += lot.repaid;
            sum.left = lot.added - sum.spent - sum.held - lot.lapsed - lot.voided;
            credit.spent += sum.spent;
            credit.held += sum.held;
            credit.left += sum.left;
        }
        let keys = self.keys.iter().map(|(id, key)| {
            let figures = KeyFigures {
                state: key.state,
                project: key.project,
                archived: self.projects.get(&key.project) != Some(&true),
                expires_at: key.expires_at,
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
            limits: self.limit_figures(),
            lot_ids: self.lots.iter().map(|lot| lot.id).collect(),
            lots,
            credit,
            budgets_by_place: spent_of_budgets,
        }
    }
}

fn empty(limit: &limits::Limit) -> LimitFigures {
    LimitFigures {
        terms: Arc::clone(&limit.terms),
        amount: limit.amount,
        raise: limit.raise,
        span_end: limit.span.end.micros(),
        leaving: Vec::new(),
        whole: Sum::default(),
        apart: BTreeMap::new(),
        until: limit.until(),
        would_have_stopped: limit.would_have_stopped,
    }
}

impl LimitFigures {
    /// Adds what a hold counts in a limit.
    fn count(&mut self, hold: &Hold, (limit, counted): (&limits::Limit, &Counted)) {
        let terms = &limit.terms;
        let held = match hold.end {
            End::Open => hold.takes(terms.measure),
            End::Released | End::Charged(_) => 0,
        };
        let stands = |spent: &Spent| limit.resets == counted.resets && limit.has(spent.at);
        let spent = counted.spent.filter(stands);
        let subjects = apart_in(&terms.calls, hold.key, &hold.traits);
        let some = spent.filter(|spent| spent.amount != 0);
        if let Some((at, spent)) = some.and_then(|spent| Some((limit.leaves(spent.at)?, spent))) {
            self.until = at.min(self.until);
            self.leaving.push(Leaving {
                at,
                amount: spent.amount,
                subjects: subjects.clone(),
            });
        }
        let spent = spent.map_or(0, |spent| spent.amount);
        let add = |sum: &mut Sum| {
            sum.held += held;
            sum.spent += spent;
        };
        add(&mut self.whole);
        for subject in subjects {
            add(self.apart.entry(subject).or_default());
        }
    }
}

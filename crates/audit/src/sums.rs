//! The sums of an organization, made from its entries alone.
//!
//! The Book keeps counts and changes them with every entry. Here the same figures are made another way, so that a mistake
//! in one is not made in the other: what is held is added up at the end from the holds that are still open, which window
//! a hold belongs to is told by the numbers of entries, and everything is summed in a type that cannot overflow.

use std::collections::BTreeMap;

use ids::{BudgetId, HoldId, KeyId, LimitId, LotId, ProjectId};
use ledger::{
    Book, BudgetFact, CreditFact, Draw, Fact, HoldFact, HoldTaken, LimitFact, LimitTerms, Lot,
    Measure, Scope, Time,
};
use money::Nanos;

use crate::Part;

/// As many presumed charges as a Book remembers: an older one is never corrected.
const MOST_PRESUMED: usize = 100_000;

#[derive(Default)]
struct LotSums {
    added: i128,
    spent: i128,
    lapsed: i128,
    voided: i128,
}

struct LimitSums {
    /// The entry that opened the current window: a hold taken before it does not count.
    opened: u64,
    /// The entry that last forgot what was spent: a charge presumed before it is not corrected here.
    forgot: u64,
    measure: Measure,
    /// The length of a window that rolls.
    rolling: Option<u32>,
    /// What was spent, and when; a window that does not roll needs only the sum.
    spent: Vec<(Time, i128)>,
}

impl LimitSums {
    fn new(seq: u64, terms: &LimitTerms) -> Self {
        Self {
            opened: seq,
            forgot: 0,
            measure: terms.measure,
            rolling: terms.window.rolling().map(|rolling| rolling.seconds),
            spent: Vec::new(),
        }
    }

    fn sum(&self) -> i128 {
        sum(self.spent.iter().map(|(_, spent)| *spent))
    }

    /// Counts what was spent at a time, or what is corrected of it; in a window that rolls only if it still is in there,
    /// and never below nothing.
    fn count(&mut self, at: Time, amount: i128, corrects: bool) {
        let dated = self.rolling.is_some();
        let of = |(other, _): &&mut (Time, i128)| !dated || *other == at;
        let found = if corrects {
            self.spent.iter_mut().find(of)
        } else {
            self.spent.last_mut().filter(of)
        };
        match found {
            Some((_, spent)) if dated && corrects => *spent = spent.saturating_add(amount).max(0),
            Some((_, spent)) => *spent = spent.saturating_add(amount),
            None if dated && corrects => {}
            None => self.spent.push((at, amount)),
        }
    }

    /// What leaves a rolling window leaves it with a whole 64th of it, and never early.
    fn roll(&mut self, now: Time) {
        let Some(seconds) = self.rolling else { return };
        let length = i64::from(seconds).saturating_mul(1_000_000);
        let slot = length.saturating_add(63).div_euclid(64).max(1);
        self.spent.retain(|(at, _)| {
            let ends = at
                .micros()
                .div_euclid(slot)
                .saturating_add(1)
                .saturating_mul(slot);
            ends.saturating_add(length) > now.micros()
        });
    }
}

struct BudgetSums {
    scope: Scope,
    /// As for a limit.
    opened: u64,
    spent: i128,
}

struct Hold {
    key: KeyId,
    project: ProjectId,
    taken: u64,
    presumed: u64,
    presumed_at: Time,
    amount: Nanos,
    draws: Vec<Draw>,
    limits: Vec<LimitId>,
    /// The most tokens it can have, and how many it had, where some limit counts them.
    tokens: u64,
    measured: Option<u64>,
}

impl Hold {
    /// What it holds of a measure.
    fn holds(&self, measure: Measure) -> i128 {
        match measure {
            Measure::Usd => i128::from(self.amount.get()),
            Measure::Requests => 1,
            Measure::Tokens => i128::from(self.tokens),
        }
    }

    /// What it took of a measure, being charged so much.
    fn took(&self, measure: Measure, charge: i128) -> i128 {
        match measure {
            Measure::Usd => charge,
            Measure::Requests => 1,
            Measure::Tokens => i128::from(self.measured.unwrap_or(self.tokens)),
        }
    }
}

/// The sums over the entries taken so far.
#[derive(Default)]
pub(crate) struct Sums {
    lots: BTreeMap<LotId, LotSums>,
    limits: BTreeMap<LimitId, LimitSums>,
    budgets: BTreeMap<BudgetId, BudgetSums>,
    open: BTreeMap<HoldId, Hold>,
    presumed: BTreeMap<HoldId, Hold>,
    /// The tokens of the hold that is taken next.
    described: Option<u64>,
    charged: i128,
}

impl Sums {
    /// Takes the next entry's fact. An error says what is wrong with it.
    pub(crate) fn take(&mut self, (seq, at): (u64, Time), fact: &Fact) -> Result<(), &'static str> {
        match fact {
            Fact::Credit(fact) => self.credit(fact),
            Fact::Limit(fact) => self.limit(seq, fact),
            Fact::Hold(fact) => self.hold((seq, at), fact),
            Fact::Budget(fact) => self.budget(seq, fact),
            Fact::Directory(_) => Ok(()),
        }
    }

    fn lot(&mut self, id: LotId) -> &mut LotSums {
        self.lots.entry(id).or_default()
    }

    fn credit(&mut self, fact: &CreditFact) -> Result<(), &'static str> {
        match fact {
            CreditFact::Added { lot, amount, .. } => add(&mut self.lot(*lot).added, *amount),
            CreditFact::Lapsed { lot, amount } => add(&mut self.lot(*lot).lapsed, *amount),
            CreditFact::Voided { lot, amount } | CreditFact::ChargedBack { lot, amount, .. } => {
                add(&mut self.lot(*lot).voided, *amount);
            }
            CreditFact::OwedRepaid { owing, by, amount } => {
                take_away(&mut self.lot(*owing).spent, *amount);
                add(&mut self.lot(*by).spent, *amount);
            }
        }
        Ok(())
    }

    fn limit(&mut self, seq: u64, fact: &LimitFact) -> Result<(), &'static str> {
        match fact {
            LimitFact::Created { .. } | LimitFact::CreatedFor { .. } | LimitFact::Set { .. } => {
                if let Some((terms, _span)) = fact.created() {
                    self.limits.insert(terms.id, LimitSums::new(seq, &terms));
                }
            }
            LimitFact::WindowOpened { limit, .. } => {
                let sums = self.limits.get_mut(limit);
                let sums = sums.ok_or("opens a window of an unknown limit")?;
                (sums.opened, sums.spent) = (seq, Vec::new());
            }
            LimitFact::Rolled { limit, at } => {
                let sums = self.limits.get_mut(limit);
                sums.ok_or("rolls an unknown limit")?.roll(*at);
            }
            LimitFact::RaiseEnded { id } => {
                self.limits
                    .get(id)
                    .ok_or("ends a raise of an unknown limit")?;
            }
            LimitFact::Changed { id, reset, .. } | LimitFact::Amended { id, reset, .. } => {
                let sums = self.limits.get_mut(id).ok_or("changes an unknown limit")?;
                if *reset {
                    (sums.forgot, sums.spent) = (seq, Vec::new());
                }
            }
            LimitFact::Deleted { id } => {
                self.limits.remove(id).ok_or("deletes an unknown limit")?;
            }
        }
        Ok(())
    }

    fn budget(&mut self, seq: u64, fact: &BudgetFact) -> Result<(), &'static str> {
        match fact {
            BudgetFact::Created { id, scope, .. } => {
                let sums = BudgetSums {
                    scope: *scope,
                    opened: seq,
                    spent: 0,
                };
                self.budgets.insert(*id, sums);
            }
            BudgetFact::WindowOpened { budget, .. } => {
                let sums = self.budgets.get_mut(budget);
                let sums = sums.ok_or("opens a window of an unknown budget")?;
                (sums.opened, sums.spent) = (seq, 0);
            }
            BudgetFact::Deleted { id } => {
                self.budgets.remove(id).ok_or("deletes an unknown budget")?;
            }
            BudgetFact::Changed { id: budget, .. } | BudgetFact::Crossed { budget, .. } => {
                self.budgets.get(budget).ok_or("is about no budget")?;
            }
        }
        Ok(())
    }

    fn hold(&mut self, (seq, at): (u64, Time), fact: &HoldFact) -> Result<(), &'static str> {
        match fact {
            HoldFact::Described { traits, .. } => self.described = Some(traits.tokens),
            HoldFact::Taken(taken) => {
                let tokens = self.described.take().unwrap_or(0);
                self.open.insert(taken.hold, Hold::new(seq, taken, tokens));
            }
            HoldFact::Measured { hold, tokens } => {
                let open = self.open.get_mut(hold);
                let hold = open.or_else(|| self.presumed.get_mut(hold));
                hold.ok_or("measures no hold")?.measured = Some(*tokens);
            }
            HoldFact::Renewed { .. } => {}
            HoldFact::Settled {
                hold,
                draws,
                charge,
            } => {
                let hold = self.open.remove(hold).ok_or("settles no open hold")?;
                self.spend(draws);
                let charge = i128::from(charge.amount.get());
                self.count(&hold, at, |measure| hold.took(measure, charge));
            }
            HoldFact::Released { hold: id, .. } => {
                if self.open.remove(id).is_none() {
                    let hold = self.presumed.remove(id).ok_or("releases no hold")?;
                    self.undo(&hold, at);
                }
            }
            HoldFact::Presumed { hold: id, .. } => {
                let mut hold = self.open.remove(id).ok_or("presumes no open hold")?;
                self.spend(&hold.draws);
                let charge = i128::from(hold.amount.get());
                self.count(&hold, at, |measure| hold.took(measure, charge));
                (hold.presumed, hold.presumed_at) = (seq, at);
                self.presumed.insert(*id, hold);
                if self.presumed.len() > MOST_PRESUMED {
                    self.presumed.pop_first();
                }
            }
            HoldFact::Corrected {
                hold,
                draws,
                charge,
            } => {
                let hold = self.presumed.remove(hold).ok_or("corrects no charge")?;
                self.give_back(&hold.draws);
                self.spend(draws);
                let charge = i128::from(charge.amount.get());
                let took = |measure| hold.took(measure, charge);
                self.count(&hold, at, |measure| {
                    took(measure).saturating_sub(hold.holds(measure))
                });
            }
        }
        Ok(())
    }

    fn spend(&mut self, draws: &[Draw]) {
        for draw in draws {
            add(&mut self.lot(draw.lot).spent, draw.amount);
        }
    }

    fn give_back(&mut self, draws: &[Draw]) {
        for draw in draws {
            take_away(&mut self.lot(draw.lot).spent, draw.amount);
        }
    }

    /// Takes back all that a call was presumed to have been: its request, too.
    fn undo(&mut self, hold: &Hold, at: Time) {
        self.give_back(&hold.draws);
        self.count(hold, at, |measure| hold.holds(measure).saturating_neg());
    }

    /// Counts what a charge takes of each measure, or the difference that a correction makes, in all and in the limits and
    /// budgets whose window it falls into. A request that was made is one whatever it cost, so a correction changes none.
    fn count(&mut self, hold: &Hold, at: Time, more: impl Fn(Measure) -> i128) {
        let charge = more(Measure::Usd);
        let corrects = hold.presumed != 0;
        self.charged = self.charged.saturating_add(charge);
        for id in &hold.limits {
            if let Some(limit) = self.limits.get_mut(id)
                && hold.taken > limit.opened
                && (!corrects || hold.presumed > limit.forgot)
            {
                let dated = if corrects { hold.presumed_at } else { at };
                limit.count(dated, more(limit.measure), corrects);
            }
        }
        for budget in self.budgets.values_mut() {
            let within = match budget.scope {
                Scope::Organization => true,
                Scope::Project(id) => id == hold.project,
                Scope::Key(id) => id == hold.key,
            };
            if within && hold.taken > budget.opened {
                budget.spent = budget.spent.saturating_add(charge);
            }
        }
    }

    /// What the Book says otherwise.
    pub(crate) fn differences(&self, book: &Book) -> Vec<(Part, String)> {
        let mut found = Vec::new();
        let held = self.held_in_lots();
        for lot in book.lots() {
            let own = self.lots.get(&lot.id);
            let held = held.get(&lot.id).copied().unwrap_or(0);
            found.extend(own.map_or_else(unknown, |own| of_lot(lot, own, held)));
        }
        if book.lots().count() != self.lots.len() {
            found.push((Part::Credit, "not every lot that was added is there".into()));
        }
        let spent = sum(self.lots.values().map(|lot| lot.spent));
        if spent != self.charged || i128::from(book.balance().spent.get()) != spent {
            let (lots, calls) = (dollars(spent), dollars(self.charged));
            let problem = format!("the lots have spent {lots}, the calls were charged {calls}");
            found.push((Part::Credit, problem));
        }
        for limit in book.limits() {
            let Some(own) = self.limits.get(&limit.id) else {
                found.push((Part::Limit, format!("{} was never set", limit.id)));
                continue;
            };
            let counts = |hold: &&Hold| hold.taken > own.opened && hold.limits.contains(&limit.id);
            let open = self.open.values().filter(counts);
            let held = sum(open.map(|hold| hold.holds(own.measure)));
            let figures = [
                ("spent", own.sum(), limit.count.spent.usd()),
                ("held", held, limit.count.held.usd()),
            ];
            found.extend(
                of_figures(&limit.id.to_string(), &figures).map(|what| (Part::Limit, what)),
            );
        }
        for budget in book.budgets() {
            let Some(own) = self.budgets.get(&budget.id) else {
                found.push((Part::Budget, format!("{} was never set", budget.id)));
                continue;
            };
            let figures = [("spent", own.spent, budget.spent)];
            found.extend(
                of_figures(&budget.id.to_string(), &figures).map(|what| (Part::Budget, what)),
            );
        }
        found
    }

    fn held_in_lots(&self) -> BTreeMap<LotId, i128> {
        let mut held = BTreeMap::new();
        for draw in self.open.values().flat_map(|hold| &hold.draws) {
            add(held.entry(draw.lot).or_default(), draw.amount);
        }
        held
    }
}

impl Hold {
    fn new(seq: u64, taken: &HoldTaken, tokens: u64) -> Self {
        Self {
            key: taken.key,
            project: taken.project,
            taken: seq,
            presumed: 0,
            presumed_at: Time::EARLIEST,
            amount: taken.amount,
            draws: taken.draws.clone(),
            limits: taken.limits.clone(),
            tokens,
            measured: None,
        }
    }
}

fn unknown() -> Option<(Part, String)> {
    Some((Part::Credit, "a lot is there that was never added".into()))
}

/// P3: added = spent + held + lapsed + voided + left − owed, every figure but the last two from the sums here.
fn of_lot(lot: &Lot, own: &LotSums, held: i128) -> Option<(Part, String)> {
    let used = sum([own.spent, held, own.lapsed, own.voided].into_iter());
    let free = own.added.saturating_sub(used);
    let figures = [
        ("added", own.added, lot.added),
        ("spent", own.spent, lot.spent),
        ("held", held, lot.held),
        ("lapsed", own.lapsed, lot.lapsed),
        ("voided", own.voided, lot.voided),
        ("left", free.max(0), lot.left()),
        ("owed", free.saturating_neg().max(0), lot.owed()),
    ];
    of_figures(&lot.id.to_string(), &figures).map(|what| (Part::Credit, what))
}

fn of_figures(of: &str, figures: &[(&str, i128, Nanos)]) -> Option<String> {
    let wrong = |(_, own, book): &&(&str, i128, Nanos)| *own != i128::from(book.get());
    let (name, own, book) = figures.iter().find(wrong)?;
    let own = dollars(*own);
    Some(format!(
        "{of}: {name} is {own} by the entries, but ${book} in the Book"
    ))
}

fn sum(parts: impl Iterator<Item = i128>) -> i128 {
    parts.fold(0, i128::saturating_add)
}

fn add(sum: &mut i128, amount: Nanos) {
    *sum = sum.saturating_add(i128::from(amount.get()));
}

fn take_away(sum: &mut i128, amount: Nanos) {
    *sum = sum.saturating_sub(i128::from(amount.get()));
}

/// A sum as people read it; one that no amount can be, in nano-dollars.
fn dollars(sum: i128) -> String {
    i64::try_from(sum).map_or_else(
        |_beyond| format!("{sum} nano-dollars"),
        |nanos| format!("${}", Nanos::new(nanos)),
    )
}

#[cfg(test)]
mod tests {
    use ledger::Entry;

    use super::*;

    /// Whether sums over all entries but one contradict the Book, or one of the entries.
    fn noticed(entries: &[Entry], left_out: Option<u64>, book: &Book) -> bool {
        let mut sums = Sums::default();
        let wrong = entries
            .iter()
            .filter(|entry| Some(entry.seq) != left_out)
            .any(|entry| sums.take((entry.seq, entry.at), &entry.fact).is_err());
        wrong || !sums.differences(book).is_empty()
    }

    #[test]
    fn a_book_that_missed_any_amount_contradicts_the_sums() {
        let mut honest = crate::honest::Honest::new(1);
        (0..400).for_each(|_| honest.round());
        let decoded = honest.entries();
        let entries: Vec<Entry> = decoded
            .iter()
            .map(|bytes| Entry::decode(bytes).unwrap())
            .collect();
        assert!(!noticed(&entries, None, &honest.book));
        for entry in &entries {
            let amount = match &entry.fact {
                Fact::Credit(_) => true,
                Fact::Hold(fact) => !matches!(fact, HoldFact::Renewed { .. }),
                Fact::Budget(fact) => matches!(fact, BudgetFact::Created { .. }),
                Fact::Directory(_) | Fact::Limit(_) => false,
            };
            assert!(
                !amount || noticed(&entries, Some(entry.seq), &honest.book),
                "{entry:?}"
            );
        }
    }
}

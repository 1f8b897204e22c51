//! A day and model with all that both sides say of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use money::{Femtos, Nanos};

use crate::{Billed, Cause, Ours, Payer, Presumed, Row, Side, Spent, Terms, Used};

/// Both sides of a day, or of two that were joined, and a model.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) model: String,
    pub(super) spent: Vec<Spent>,
    pub(super) presumed: Vec<Presumed>,
    pub(super) theirs: Femtos,
    /// `None`: the provider does not say.
    pub(super) used: Option<Counted>,
}

/// What was used, in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) input: u64,
    pub(super) output: u64,
    pub(super) requests: u64,
}

impl Counted {
    fn add(&mut self, other: Self) {
        self.input = self.input.saturating_add(other.input);
        self.output = self.output.saturating_add(other.output);
        self.requests = self.requests.saturating_add(other.requests);
    }
}

impl Cell {
    fn new(day: Date, model: String) -> Self {
        Self {
            first: day,
            last: day,
            model,
            spent: Vec::new(),
            presumed: Vec::new(),
            theirs: Femtos::ZERO,
            used: None,
        }
    }

    /// What is charged for good.
    pub(super) fn settled(&self) -> Nanos {
        sum(self.spent.iter().map(|spent| spent.amount))
    }

    /// What is presumed.
    pub(super) fn presumed(&self) -> Nanos {
        sum(self.presumed.iter().map(|presumed| presumed.amount))
    }

    /// What went through us, presumed calls apart.
    pub(super) fn counted(&self) -> Counted {
        let mut all = Counted::default();
        for spent in &self.spent {
            all.add(Counted {
                input: spent.input,
                output: spent.output,
                requests: spent.calls,
            });
        }
        all
    }

    /// How many attempts of ours there were that the provider may have counted.
    pub(super) fn attempts(&self) -> u64 {
        let presumed = u64::try_from(self.presumed.len()).unwrap_or(u64::MAX);
        self.counted().requests.saturating_add(presumed)
    }

    /// Everybody who paid for any of it.
    pub(super) fn payers(&self) -> BTreeSet<Payer> {
        let spent = self.spent.iter().map(|spent| spent.payer);
        spent
            .chain(self.presumed.iter().map(|presumed| presumed.payer))
            .collect()
    }

    /// What the provider billed, rounded up once.
    pub(super) fn billed(&self) -> Nanos {
        self.theirs.ceil_to_nanos().unwrap_or(Nanos::MAX)
    }

    /// The row without a verdict.
    pub(super) fn row(&self) -> Row {
        let presumed = self.presumed();
        Row {
            first: self.first,
            last: self.last,
            side: Side::Account,
            model: Some(self.model.clone()),
            ours: self.settled().saturating_add(presumed),
            presumed,
            theirs: self.billed(),
            cause: Cause::Agrees,
            postings: Vec::new(),
            not_posted: None,
        }
    }

    /// How many more requests the provider counted than we made; `None`: it does not say.
    fn more_requests(&self) -> Option<i128> {
        let theirs = self.used?.requests;
        i128::from(theirs).checked_sub(i128::from(self.attempts()))
    }

    /// Whether calls around midnight fell on this day on one side, and on the next on the other: what one day has too many
    /// is what the other has too few.
    fn straddles(&self, next: &Self, terms: &Terms) -> bool {
        let (Some(here), Some(there)) = (self.more_requests(), next.more_requests()) else {
            return false;
        };
        let adjacent = self.last.tomorrow().is_ok_and(|day| day == next.first);
        let alike = (next.last < terms.complete_before) == (self.last < terms.complete_before);
        adjacent && alike && here != 0 && here.checked_add(there) == Some(0)
    }

    fn join(&mut self, next: Self) {
        self.last = next.last;
        self.spent.extend(next.spent);
        self.presumed.extend(next.presumed);
        self.theirs = plus(self.theirs, next.theirs);
        if let (Some(used), Some(more)) = (&mut self.used, next.used) {
            used.add(more);
        }
    }
}

fn sum(amounts: impl Iterator<Item = Nanos>) -> Nanos {
    amounts.fold(Nanos::ZERO, Nanos::saturating_add)
}

/// Beyond the range there is no bill; the sum then stays where it is, far above everything of ours.
pub(super) fn plus(one: Femtos, other: Femtos) -> Femtos {
    one.checked_add(other).unwrap_or(one)
}

/// The cells of the account's own lines, by model and day.
pub(super) fn gather(
    ours: &Ours,
    (billed, used): (&[Billed], &[Used]),
    terms: &Terms,
) -> Vec<Cell> {
    let mut cells: BTreeMap<(String, Date), Cell> = BTreeMap::new();
    let mut at = |day: Date, model: &str, put: &mut dyn FnMut(&mut Cell)| {
        let cell = cells.entry((model.to_owned(), day));
        put(cell.or_insert_with(|| Cell::new(day, model.to_owned())));
    };
    for spent in &ours.spent {
        at(spent.day, &spent.model, &mut |cell| {
            cell.spent.push(spent.clone());
        });
    }
    for presumed in &ours.presumed {
        at(presumed.day, &presumed.model, &mut |cell| {
            cell.presumed.push(presumed.clone());
        });
    }
    for line in billed {
        let own = terms.whose.is_ours(line.key.as_deref()) && line.amount >= Femtos::ZERO;
        if let (true, Some(model)) = (own && line.amount != Femtos::ZERO, &line.model) {
            at(line.day, model, &mut |cell| {
                cell.theirs = plus(cell.theirs, line.amount);
            });
        }
    }
    for line in used {
        if !terms.whose.is_ours(line.key.as_deref()) {
            continue;
        }
        // Usage without any cost on either side is no difference.
        if let Some(cell) = cells.get_mut(&(line.model.clone(), line.day)) {
            let counted = Counted {
                input: line.input,
                output: line.output,
                requests: line.requests,
            };
            cell.used.get_or_insert_default().add(counted);
        }
    }
    joined(silent(cells, used), terms)
}

/// Where the provider says what a model used on some day, it used nothing on the others.
fn silent(cells: BTreeMap<(String, Date), Cell>, used: &[Used]) -> Vec<Cell> {
    let told: BTreeSet<&str> = used.iter().map(|line| line.model.as_str()).collect();
    let heard = |mut cell: Cell| {
        if told.contains(cell.model.as_str()) {
            cell.used.get_or_insert_default();
        }
        cell
    };
    cells.into_values().map(heard).collect()
}

fn joined(cells: Vec<Cell>, terms: &Terms) -> Vec<Cell> {
    let mut all: Vec<Cell> = Vec::with_capacity(cells.len());
    for cell in cells {
        match all.last_mut() {
            Some(last) if last.model == cell.model && last.straddles(&cell, terms) => {
                last.join(cell);
            }
            _ => all.push(cell),
        }
    }
    all
}

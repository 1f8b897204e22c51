//! What the difference of one day and model means, and what would put it right.
//!
//! The order matters: first whether the provider's figures are complete, then what its counts say, which no price can
//! disguise, and the amounts last.

use money::Nanos;

use super::cell::{Cell, Counted};
use super::{resolve, split};
use crate::{Cause, Payer, Posting, Presumed, Row, Terms};

const SEVERAL: &str = "Several keys of Seawall share this day and model, and the provider's bill does not tell them apart.";

/// The row of a cell.
pub(super) fn judge(cell: Cell, terms: &Terms) -> Row {
    let (cell, known) = apart(cell);
    let mut row = row_of(&cell, &known);
    if cell.last >= terms.complete_before {
        row.cause = Cause::FiguresIncomplete;
        return row;
    }
    let rest = Rest::of(&cell, &known);
    let (cause, postings) = if cell.presumed.is_empty() {
        of_settled(&cell, rest)
    } else {
        of_presumed(&cell, rest)
    };
    let quiet = matches!(cause, Cause::Agrees | Cause::Rounding);
    row.cause = if quiet && row.difference() != Nanos::ZERO && !known.is_empty() {
        Cause::PresumedCharges
    } else {
        cause
    };
    match postings {
        Some(postings) => {
            row.postings = known
                .iter()
                .map(|(one, billed)| resolve(one, *billed))
                .collect();
            row.postings.extend(postings);
        }
        None => row.not_posted = Some(SEVERAL),
    }
    row
}

/// Presumed calls whose own cost is known, and the rest.
fn apart(mut cell: Cell) -> (Cell, Vec<(Presumed, Nanos)>) {
    let (known, open): (Vec<Presumed>, Vec<Presumed>) = cell
        .presumed
        .into_iter()
        .partition(|one| one.billed.is_some());
    cell.presumed = open;
    let known = known.into_iter().filter_map(|one| {
        let billed = one.billed?;
        Some((one, billed))
    });
    (cell, known.collect())
}

fn row_of(cell: &Cell, known: &[(Presumed, Nanos)]) -> Row {
    let mut row = cell.row();
    for (one, _billed) in known {
        row.ours = row.ours.saturating_add(one.amount);
        row.presumed = row.presumed.saturating_add(one.amount);
    }
    row
}

/// What is billed beyond the calls that are charged for good.
#[derive(Clone, Copy)]
struct Rest {
    amount: Nanos,
    /// By how much the roundings of all calls may differ from that of the sum.
    slack: Nanos,
}

impl Rest {
    fn of(cell: &Cell, known: &[(Presumed, Nanos)]) -> Self {
        let known = known
            .iter()
            .fold(Nanos::ZERO, |sum, (_, billed)| sum.saturating_add(*billed));
        let charged = cell.settled().saturating_add(known);
        let slack = i64::try_from(cell.attempts()).unwrap_or(i64::MAX);
        Self {
            amount: cell.billed().saturating_sub(charged),
            slack: Nanos::new(slack),
        }
    }

    /// Whether it is no more than roundings.
    fn is_rounding(self) -> bool {
        self.amount <= self.slack && Nanos::ZERO.saturating_sub(self.slack) <= self.amount
    }
}

/// What to post; `None`: the difference cannot be laid on anybody.
type Verdict = (Cause, Option<Vec<Posting>>);

fn of_settled(cell: &Cell, rest: Rest) -> Verdict {
    let nothing = Some(Vec::new());
    if rest.amount == Nanos::ZERO {
        return (Cause::Agrees, nothing);
    }
    if rest.is_rounding() {
        return (Cause::Rounding, nothing);
    }
    let ours = cell.counted();
    match cell.used {
        Some(used) if same_tokens(used, ours) => (Cause::PriceChanged, adjusted(cell, rest)),
        Some(used) if used.requests > ours.requests || more_tokens(used, ours) => {
            (Cause::PastSeawallSameKey, nothing)
        }
        Some(_fewer) => (Cause::NotBilled, nothing),
        None if cell.billed() == Nanos::ZERO => (Cause::NotBilled, nothing),
        None => (Cause::Unexplained, nothing),
    }
}

fn of_presumed(cell: &Cell, rest: Rest) -> Verdict {
    let presumed = cell.presumed();
    let ours = cell.counted();
    if cell
        .used
        .is_some_and(|used| used.requests > cell.attempts())
    {
        return (Cause::PastSeawallSameKey, Some(Vec::new()));
    }
    // None of them is on the bill, so what differs is the price of the others.
    if cell.used.is_some_and(|used| same_tokens(used, ours)) && !rest.is_rounding() {
        let released = split::among(&cell.presumed, Nanos::ZERO);
        let adjusted = adjusted(cell, rest);
        let both = released.zip(adjusted).map(|(mut all, more)| {
            all.extend(more);
            all
        });
        return (Cause::PriceChanged, both);
    }
    if rest.amount == presumed {
        return (Cause::Agrees, split::among(&cell.presumed, presumed));
    }
    let within = presumed.saturating_add(rest.slack);
    if rest.amount > within {
        return (Cause::Unexplained, Some(Vec::new()));
    }
    if rest.amount.is_negative() && !rest.is_rounding() {
        return (Cause::NotBilled, Some(Vec::new()));
    }
    let billed = rest.amount.at_least_zero().min(presumed);
    let one_payer = cell
        .presumed
        .iter()
        .all(|one| Some(one.payer) == cell.presumed.first().map(|one| one.payer));
    // Of what several keys were billed together only all or nothing says what each was.
    let sure = one_payer || billed == Nanos::ZERO || billed == presumed;
    let postings = sure.then(|| split::among(&cell.presumed, billed)).flatten();
    (Cause::PresumedCharges, postings)
}

fn same_tokens(used: Counted, ours: Counted) -> bool {
    (used.input, used.output) == (ours.input, ours.output)
}

fn more_tokens(used: Counted, ours: Counted) -> bool {
    used.input > ours.input || used.output > ours.output
}

/// The whole rest for the one key that all of it was charged to.
fn adjusted(cell: &Cell, rest: Rest) -> Option<Vec<Posting>> {
    let payers = cell.payers();
    let mut payers = payers.into_iter();
    let one: Payer = payers.next()?;
    match payers.next() {
        Some(_another) => None,
        None => Some(vec![Posting::Adjust {
            payer: one,
            amount: rest.amount,
        }]),
    }
}

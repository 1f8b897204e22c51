//! The comparison: cells of a day and model on both sides, joined, judged one by one.

mod cell;
mod elsewhere;
mod judge;
mod split;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use money::Nanos;

use crate::{Cause, Ours, Posting, Presumed, Row, Side, Terms, Theirs};
use cell::Cell;

/// Holds theirs against ours. Rows come by day, the account's own before others', then by model; a day and model on which
/// nothing was charged or billed has none.
#[must_use]
pub fn compare(ours: &Ours, theirs: &Theirs, terms: &Terms) -> Vec<Row> {
    let Some(billed) = &theirs.billed else {
        return single(&ours.presumed, terms);
    };
    let mut rows: Vec<Row> = cell::gather(ours, (billed, &theirs.used), terms)
        .into_iter()
        .map(|cell| judge::judge(cell, terms))
        .collect();
    rows.extend(elsewhere::rows(billed, terms));
    rows.sort_by(|one, next| order(one).cmp(&order(next)));
    rows
}

fn order(row: &Row) -> (Date, u8, Option<&str>, Option<&str>) {
    let (rank, key) = match &row.side {
        Side::Account => (0, None),
        Side::Elsewhere { key, .. } => (1, key.as_deref()),
    };
    (row.first, rank, key, row.model.as_deref())
}

/// Where only single calls can be asked for: a row for each day and model with presumed charges that were.
fn single(presumed: &[Presumed], terms: &Terms) -> Vec<Row> {
    let ours = Ours {
        spent: Vec::new(),
        presumed: presumed
            .iter()
            .filter(|one| one.billed.is_some())
            .cloned()
            .collect(),
    };
    let cells = cell::gather(&ours, (&[], &[]), terms);
    cells.into_iter().map(of_single).collect()
}

fn of_single(cell: Cell) -> Row {
    let mut row = cell.row();
    let known = cell.presumed.iter();
    let known: Vec<(&Presumed, Nanos)> = known.filter_map(|one| Some((one, one.billed?))).collect();
    row.theirs = known
        .iter()
        .fold(Nanos::ZERO, |sum, (_, billed)| sum.saturating_add(*billed));
    row.postings = known
        .into_iter()
        .map(|(one, billed)| resolve(one, billed))
        .collect();
    row.cause = if row.difference() == Nanos::ZERO {
        Cause::Agrees
    } else {
        Cause::PresumedCharges
    };
    row
}

/// The entry by which a presumed charge becomes what was billed.
fn resolve(presumed: &Presumed, billed: Nanos) -> Posting {
    Posting::Resolve {
        payer: presumed.payer,
        hold: presumed.hold,
        presumed: presumed.amount,
        billed,
    }
}

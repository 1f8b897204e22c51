//! Credit comes and goes.

use ids::LotId;
use money::Nanos;

use super::{Decision, check_text};
use crate::book::MOST_EVER;
use crate::{AddCredit, Book, ChargeBack, CreditFact, Fact, Lot, Rejection, Time};

/// The most lots an organization can have.
const MOST_LOTS: usize = 100_000;

pub(super) fn add(book: &Book, ask: &AddCredit, now: Time) -> Result<Decision, Rejection> {
    check_text("note", &ask.note)?;
    if !ask.amount.is_positive() {
        return Err(Rejection::Invalid {
            field: "amount_usd",
            problem: "must be more than 0",
        });
    }
    let added = book.credit.balance().added.checked_add(ask.amount);
    if added.is_none_or(|added| added > MOST_EVER) {
        return Err(Rejection::Invalid {
            field: "amount_usd",
            problem: "is more than an organization can ever have",
        });
    }
    if ask.lapses_at.is_some_and(|at| at <= now) {
        return Err(Rejection::Invalid {
            field: "lapses_at",
            problem: "is in the past",
        });
    }
    if book.credit.lot(ask.lot).is_some() {
        return Err(Rejection::Exists("lot"));
    }
    if book.credit.lots().count() >= MOST_LOTS {
        return Err(Rejection::TooMany {
            what: "lots of credit",
            most: MOST_LOTS,
        });
    }
    let mut facts = vec![Fact::Credit(CreditFact::Added {
        lot: ask.lot,
        kind: ask.kind,
        amount: ask.amount,
        lapses_at: ask.lapses_at,
        priority: ask.priority,
        note: ask.note.clone(),
    })];
    facts.extend(repay(book, ask.lot, ask.amount));
    Ok(Decision::done(facts))
}

/// What older lots owe is paid by the new one first.
fn repay(book: &Book, by: LotId, amount: Nanos) -> Vec<Fact> {
    let mut rest = amount;
    let mut facts = Vec::new();
    for owing in book.credit.owing() {
        let part = owing.owed().min(payable(book, owing)).min(rest);
        if part.is_positive() {
            rest = rest.saturating_sub(part);
            facts.push(Fact::Credit(CreditFact::OwedRepaid {
                owing: owing.id,
                by,
                amount: part,
            }));
        }
    }
    facts
}

pub(super) fn void(book: &Book, id: LotId) -> Result<Decision, Rejection> {
    let lot = book
        .credit
        .lot(id)
        .ok_or(Rejection::NotFound("lot of credit"))?;
    if !lot.left().is_positive() {
        return Err(Rejection::Ended("lot of credit", "empty"));
    }
    Ok(Decision::done(vec![Fact::Credit(CreditFact::Voided {
        lot: id,
        amount: lot.left(),
    })]))
}

/// Takes back what is left of the lot, and what it then owes from what other lots have left, so that no credit is shown as
/// left, or lapses, that is owed already.
pub(super) fn charge_back(book: &Book, ask: &ChargeBack) -> Result<Decision, Rejection> {
    check_text("note", &ask.note)?;
    let invalid = |problem| Rejection::Invalid {
        field: "amount_usd",
        problem,
    };
    if !ask.amount.is_positive() {
        return Err(invalid("must be more than 0"));
    }
    let lot = book
        .credit
        .lot(ask.lot)
        .ok_or(Rejection::NotFound("lot of credit"))?;
    if ask.amount > there_was(lot) {
        return Err(invalid(
            "is more than the lot was, less what lapsed or was taken back before",
        ));
    }
    let mut facts = vec![Fact::Credit(CreditFact::ChargedBack {
        lot: ask.lot,
        amount: ask.amount,
        note: ask.note.clone(),
    })];
    let owes = ask.amount.saturating_sub(lot.left()).at_least_zero();
    let others = book
        .credit
        .plan_without(ask.lot, owes.min(payable(book, lot)));
    facts.extend(others.into_iter().map(|draw| {
        Fact::Credit(CreditFact::OwedRepaid {
            owing: ask.lot,
            by: draw.lot,
            amount: draw.amount,
        })
    }));
    Ok(Decision::done(facts))
}

/// How much of what was spent of a lot can be moved to another one: not what a correction may still give back to it, and
/// not what running calls only hold.
fn payable(book: &Book, lot: &Lot) -> Nanos {
    lot.spent
        .saturating_sub(book.holds.presumed_in(lot.id))
        .at_least_zero()
}

fn there_was(lot: &Lot) -> Nanos {
    lot.added
        .saturating_sub(lot.lapsed)
        .saturating_sub(lot.voided)
}

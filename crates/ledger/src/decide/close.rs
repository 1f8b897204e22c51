//! The end of a hold: settled, released, presumed, corrected.

use ids::HoldId;
use money::Nanos;

use super::crossing::Crossings;
use super::hold::freeze;
use super::{Decision, LONGEST_TEXT};
use crate::book::{MOST_EVER, Origin};
use crate::{
    Book, Calls, Charge, Draw, Fact, Hold, HoldFact, Holder, Limit, LimitOrigin, Measure, Outcome,
    PresumeReason, Quantity, Receipt, ReleaseReason, Settlement, Time,
};

/// At most this many fees make up a charge.
const MOST_FEES: usize = 64;
/// At most this many holds are renewed by one entry.
const MOST_RENEWED: usize = 1_000;

/// Ends a hold, or corrects one that was presumed. On a hold that was settled or released, or never taken, nothing
/// changes and the receipt says so.
pub(super) fn settle(book: &Book, id: HoldId, settlement: &Settlement) -> Decision {
    let (settlement, tokens) = match settlement {
        Settlement::Metered { charge, tokens } => (Ended::Charge(charge), Some(*tokens)),
        Settlement::Charge(charge) => (Ended::Charge(charge), None),
        Settlement::Release(reason) => (Ended::Release(*reason), Some(0)),
        Settlement::Presume(reason) => (Ended::Presume(*reason), None),
    };
    let mut decision = close(book, id, settlement);
    // A release gives back all tokens by itself; all else says how many there were where a limit counts them.
    let told = match decision.facts.first() {
        Some(Fact::Hold(HoldFact::Settled { .. } | HoldFact::Corrected { .. })) => {
            tokens.filter(|_| counts_tokens(book, id))
        }
        _ => None,
    };
    if let Some(tokens) = told {
        let measured = Fact::Hold(HoldFact::Measured { hold: id, tokens });
        decision.facts.insert(0, measured);
    }
    decision
}

/// How a call ended, without its tokens.
#[derive(Clone, Copy)]
enum Ended<'a> {
    Charge(&'a Charge),
    Release(ReleaseReason),
    Presume(PresumeReason),
}

fn close(book: &Book, id: HoldId, ended: Ended<'_>) -> Decision {
    if book.holds.open().contains_key(&id) {
        return match ended {
            Ended::Charge(charge) if !chargeable(book, charge) => {
                presume(book, id, PresumeReason::NoUsage)
            }
            Ended::Charge(charge) => charge_open(book, id, charge),
            Ended::Release(reason) => release(id, reason),
            Ended::Presume(reason) => presume(book, id, reason),
        };
    }
    match (book.holds.presumed().get(&id), ended) {
        (Some(_), Ended::Charge(charge)) if chargeable(book, charge) => {
            correct(book, id, charge.clone())
        }
        (Some(_), Ended::Release(_)) => {
            let nothing = Charge {
                amount: Nanos::ZERO,
                fees: Vec::new(),
                catalog: "".into(),
            };
            correct(book, id, nothing)
        }
        _ => unchanged(book, id),
    }
}

/// Whether a limit that counts a hold counts tokens.
fn counts_tokens(book: &Book, id: HoldId) -> bool {
    let open = book.holds.open().get(&id);
    let open = open.map(|hold| (hold.project, hold.key, &hold.limits));
    let found = open.or_else(|| {
        let charge = book.holds.presumed().get(&id)?;
        Some((charge.project, charge.key, &charge.limits))
    });
    found.is_some_and(|(project, key, counting)| {
        let mut limits = book.limits.along(Some(project), Some(key)).iter();
        limits.any(|limit| limit.measure == Measure::Tokens && counting.contains(&limit.id))
    })
}

/// Whether a Book can hold the sum with this charge, every open hold included, so that each of them can still be
/// presumed. A charge that no Book can hold is a provider's absurd figure; one without any lot to charge waits, presumed,
/// for its correction.
fn chargeable(book: &Book, charge: &Charge) -> bool {
    let balance = book.balance();
    let sum = balance
        .spent
        .checked_add(balance.held)
        .and_then(|sum| sum.checked_add(charge.amount));
    !charge.amount.is_negative()
        && (charge.amount == Nanos::ZERO || book.lots().next().is_some())
        && charge.fees.len() <= MOST_FEES
        && charge.catalog.len() <= LONGEST_TEXT
        && sum.is_some_and(|sum| sum <= MOST_EVER)
}

fn unchanged(book: &Book, id: HoldId) -> Decision {
    let charged = book
        .holds
        .presumed()
        .get(&id)
        .map_or(Nanos::ZERO, |presumed| presumed.amount);
    let receipt = Receipt {
        hold: id,
        charged,
        overrun: Nanos::ZERO,
        changed: false,
        headroom: None,
    };
    Decision::nothing(Outcome::Closed(receipt))
}

fn charge_open(book: &Book, id: HoldId, charge: &Charge) -> Decision {
    let Some(hold) = book.holds.open().get(&id) else {
        return unchanged(book, id);
    };
    let draws = draw(book, &hold.draws, charge.amount);
    let overrun = charge.amount.saturating_sub(hold.amount).at_least_zero();
    let fact = Fact::Hold(HoldFact::Settled {
        hold: id,
        draws,
        charge: charge.clone(),
    });
    let receipt = Receipt {
        hold: id,
        charged: charge.amount,
        overrun,
        changed: true,
        headroom: None,
    };
    let mut decision = charged(book, (hold.origin(), charge.amount), fact, receipt);
    decision.facts.extend(guarded(book, hold, charge.amount));
    decision
}

/// A key that takes the organization's spend guard past its amount is frozen with the charge that does it. Where the guard
/// counts each key apart, as it usually does, nobody is frozen for what another key spent.
fn guarded(book: &Book, hold: &Hold, charge: Nanos) -> Option<Fact> {
    let subject = Calls::subject_of(hold.key);
    let spent = |limit: &Limit| {
        let count = limit.counter(Some(subject));
        count.map_or(Quantity::ZERO, |count| count.spent)
    };
    let trips = |limit: &&Limit| {
        limit.origin == LimitOrigin::Guard
            && hold.limits.contains(&limit.id)
            && limit.opened <= hold.taken
            && spent(limit).saturating_add(charge.into()) > limit.amount
    };
    let mut limits = book.limits.along(Some(hold.project), Some(hold.key)).iter();
    freeze(book.key(hold.key)?, limits.find(trips)?.id)
}

fn release(id: HoldId, reason: ReleaseReason) -> Decision {
    let receipt = Receipt {
        hold: id,
        charged: Nanos::ZERO,
        overrun: Nanos::ZERO,
        changed: true,
        headroom: None,
    };
    Decision {
        facts: vec![Fact::Hold(HoldFact::Released { hold: id, reason })],
        outcome: Outcome::Closed(receipt),
    }
}

fn presume(book: &Book, id: HoldId, reason: PresumeReason) -> Decision {
    let Some(hold) = book.holds.open().get(&id) else {
        return unchanged(book, id);
    };
    let receipt = Receipt {
        hold: id,
        charged: hold.amount,
        overrun: Nanos::ZERO,
        changed: true,
        headroom: None,
    };
    let fact = Fact::Hold(HoldFact::Presumed { hold: id, reason });
    let mut decision = charged(book, (hold.origin(), hold.amount), fact, receipt);
    decision.facts.extend(guarded(book, hold, hold.amount));
    decision
}

fn correct(book: &Book, id: HoldId, charge: Charge) -> Decision {
    let Some(presumed) = book.holds.presumed().get(&id) else {
        return unchanged(book, id);
    };
    let draws = draw(book, &presumed.draws, charge.amount);
    let overrun = charge
        .amount
        .saturating_sub(presumed.amount)
        .at_least_zero();
    let receipt = Receipt {
        hold: id,
        charged: charge.amount,
        overrun,
        changed: true,
        headroom: None,
    };
    let difference = charge.amount.saturating_sub(presumed.amount);
    let fact = Fact::Hold(HoldFact::Corrected {
        hold: id,
        draws,
        charge,
    });
    charged(book, (presumed.origin(), difference), fact, receipt)
}

/// A charge's fact, and what it makes budgets tell. Headroom is filled in by the one who has taken up the facts: see
/// [`crate::Book::headroom`].
fn charged(
    book: &Book,
    (origin, amount): (Origin, Nanos),
    fact: Fact,
    receipt: Receipt,
) -> Decision {
    let mut facts = vec![fact];
    facts.extend(Crossings::new(book).charge(origin, amount));
    Decision {
        facts,
        outcome: Outcome::Closed(receipt),
    }
}

/// Takes `amount` first from what was `reserved`, then from what is left of any lot, and where even that does not
/// suffice from the lot that was reserved last, which then owes it.
fn draw(book: &Book, reserved: &[Draw], amount: Nanos) -> Vec<Draw> {
    let mut missing = amount;
    let mut draws: Vec<Draw> = Vec::with_capacity(reserved.len());
    for part in reserved {
        let taken = missing.min(part.amount);
        if taken.is_positive() {
            draws.push(Draw {
                lot: part.lot,
                amount: taken,
            });
        }
        missing = missing.saturating_sub(taken);
    }
    if missing.is_positive() {
        for part in book.credit.plan(missing) {
            missing = missing.saturating_sub(part.amount);
            join(&mut draws, part);
        }
    }
    if missing.is_positive() {
        let last = reserved
            .last()
            .map(|part| part.lot)
            .or_else(|| book.credit.lots().last().map(|lot| lot.id));
        if let Some(lot) = last {
            join(
                &mut draws,
                Draw {
                    lot,
                    amount: missing,
                },
            );
        }
    }
    draws
}

fn join(draws: &mut Vec<Draw>, part: Draw) {
    match draws.iter_mut().find(|draw| draw.lot == part.lot) {
        Some(draw) => draw.amount = draw.amount.saturating_add(part.amount),
        None => draws.push(part),
    }
}

/// A deadline is only ever put off: a renewal that comes late or twice changes nothing.
pub(super) fn renew(book: &Book, holds: &[HoldId], deadline: Time) -> Decision {
    let earlier = |id: &&HoldId| {
        let hold = book.holds.open().get(*id);
        hold.is_some_and(|hold| hold.deadline < deadline)
    };
    let renewed: Vec<HoldId> = holds.iter().filter(earlier).copied().collect();
    let facts = renewed.chunks(MOST_RENEWED).map(|holds| {
        Fact::Hold(HoldFact::Renewed {
            holds: holds.to_vec(),
            deadline,
        })
    });
    Decision {
        facts: facts.collect(),
        outcome: Outcome::Done { object: None },
    }
}

pub(super) fn presume_earlier_boots(book: &Book, holder: &Holder, most: usize) -> Decision {
    let earlier = book.holds.open().iter().filter(|(_, hold)| {
        let by = &hold.holder;
        by.node == holder.node && by.boot != holder.boot
    });
    presume_all(
        book,
        earlier.map(|(id, _)| *id),
        PresumeReason::HolderGone,
        most,
    )
}

pub(super) fn presume_overdue(book: &Book, now: Time, most: usize) -> Decision {
    presume_all(
        book,
        book.holds.overdue(now),
        PresumeReason::DeadlinePassed,
        most,
    )
}

fn presume_all(
    book: &Book,
    holds: impl Iterator<Item = HoldId>,
    reason: PresumeReason,
    most: usize,
) -> Decision {
    let mut holds = holds.peekable();
    let mut facts = Vec::new();
    let mut crossings = Crossings::new(book);
    let (mut presumed, mut amount) = (0_usize, Nanos::ZERO);
    while let Some(id) = holds.next_if(|_| presumed < most) {
        presumed = presumed.saturating_add(1);
        facts.push(Fact::Hold(HoldFact::Presumed { hold: id, reason }));
        if let Some(hold) = book.holds.open().get(&id) {
            amount = amount.saturating_add(hold.amount);
            facts.extend(crossings.charge(hold.origin(), hold.amount));
        }
    }
    let outcome = Outcome::Presumed {
        holds: presumed,
        amount,
        more: holds.peek().is_some(),
    };
    Decision { facts, outcome }
}

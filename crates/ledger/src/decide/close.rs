//! The end of a hold: settled, released, presumed, corrected.

use ids::HoldId;
use money::Nanos;

use super::crossing::Crossings;
use super::trip::{Charging, Trips};
use super::{Decision, LONGEST_TEXT};
use crate::book::{MOST_EVER, Origin};
use crate::quantity::Amounts;
use crate::{
    Book, Charge, Draw, Fact, Hold, HoldFact, Holder, Measure, Outcome, PresumeReason,
    PresumedCharge, Receipt, ReleaseReason, Settlement, Time,
};

/// At most this many fees make up a charge.
const MOST_FEES: usize = 64;
/// At most this many holds are renewed by one entry.
const MOST_RENEWED: usize = 1_000;

/// Ends a hold, or corrects one that was presumed. On a hold that was settled or released, or never taken, nothing
/// changes and the receipt says so.
pub(super) fn settle(book: &Book, id: HoldId, settlement: &Settlement, now: Time) -> Decision {
    let (ended, tokens) = match settlement {
        Settlement::Metered { charge, tokens } => (Ended::Charge(charge), Some(*tokens)),
        Settlement::Charge(charge) => (Ended::Charge(charge), None),
        Settlement::Release(reason) => (Ended::Release(*reason), Some(0)),
        Settlement::Presume(reason) => (Ended::Presume(*reason), None),
    };
    let mut decision = close(book, id, ended, (tokens, now));
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

/// How many tokens a call had, where somebody said so; and the time now.
type Measured = (Option<u64>, Time);

fn close(book: &Book, id: HoldId, ended: Ended<'_>, measured: Measured) -> Decision {
    if let Some(hold) = book.holds.open().get(&id) {
        return match ended {
            Ended::Charge(charge) if !chargeable(book, charge) => {
                presume(book, (id, hold), PresumeReason::NoUsage)
            }
            Ended::Charge(charge) => charge_open(book, (id, hold), charge, measured.0),
            Ended::Release(reason) => release(id, reason),
            Ended::Presume(reason) => presume(book, (id, hold), reason),
        };
    }
    match (book.holds.presumed().get(&id), ended) {
        (Some(presumed), Ended::Charge(charge)) if chargeable(book, charge) => {
            correct(book, (id, presumed), charge, measured)
        }
        // It was charged in full, and never was made: all of that comes back, the request as well.
        (Some(_), Ended::Release(reason)) => release(id, reason),
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

fn charge_open(
    book: &Book,
    (id, hold): (HoldId, &Hold),
    charge: &Charge,
    tokens: Option<u64>,
) -> Decision {
    let overrun = charge.amount.saturating_sub(hold.amount).at_least_zero();
    let fact = Fact::Hold(HoldFact::Settled {
        hold: id,
        draws: draw(book, &hold.draws, charge.amount),
        charge: charge.clone(),
    });
    let amounts = Amounts::one(charge.amount, tokens.unwrap_or(hold.traits().tokens));
    let charging = Charging::open(book, id, amounts);
    charged(
        book,
        (hold.origin(), charging),
        fact,
        receipt(id, charge.amount, overrun),
    )
}

/// What a call that ends now, or whose end is corrected now, is told.
const fn receipt(hold: HoldId, charged: Nanos, overrun: Nanos) -> Receipt {
    Receipt {
        hold,
        charged,
        overrun,
        changed: true,
        headroom: None,
    }
}

fn release(id: HoldId, reason: ReleaseReason) -> Decision {
    Decision {
        facts: vec![Fact::Hold(HoldFact::Released { hold: id, reason })],
        outcome: Outcome::Closed(receipt(id, Nanos::ZERO, Nanos::ZERO)),
    }
}

fn presume(book: &Book, (id, hold): (HoldId, &Hold), reason: PresumeReason) -> Decision {
    let fact = Fact::Hold(HoldFact::Presumed { hold: id, reason });
    let charging = Charging::open(book, id, held(hold));
    charged(
        book,
        (hold.origin(), charging),
        fact,
        receipt(id, hold.amount, Nanos::ZERO),
    )
}

/// What a hold takes of each measure.
fn held(hold: &Hold) -> Amounts {
    Amounts::one(hold.amount, hold.traits().tokens)
}

fn correct(
    book: &Book,
    (id, presumed): (HoldId, &PresumedCharge),
    charge: &Charge,
    (tokens, now): Measured,
) -> Decision {
    let difference = charge.amount.saturating_sub(presumed.amount);
    let fact = Fact::Hold(HoldFact::Corrected {
        hold: id,
        draws: draw(book, &presumed.draws, charge.amount),
        charge: charge.clone(),
    });
    let amounts = presumed.corrected_by(difference, tokens);
    let charging = Charging::presumed(book, (id, now), amounts);
    charged(
        book,
        (presumed.origin(), charging),
        fact,
        receipt(id, charge.amount, difference.at_least_zero()),
    )
}

/// A charge's fact, what it makes budgets tell, and whom it freezes. Headroom is filled in by the one who has taken up the
/// facts: see [`crate::Book::headroom`].
fn charged(
    book: &Book,
    (origin, charging): (Origin, Option<Charging<'_>>),
    fact: Fact,
    receipt: Receipt,
) -> Decision {
    let mut facts = vec![fact];
    if let Some(charging) = charging {
        let amount = charging.usd();
        facts.extend(Crossings::new(book).charge(origin, amount));
        facts.extend(Trips::of_one(book).charge(&charging));
    }
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
    let (mut crossings, mut trips) = (Crossings::new(book), Trips::of_several(book));
    let (mut presumed, mut amount) = (0_usize, Nanos::ZERO);
    while let Some(id) = holds.next_if(|_| presumed < most) {
        presumed = presumed.saturating_add(1);
        facts.push(Fact::Hold(HoldFact::Presumed { hold: id, reason }));
        if let Some(hold) = book.holds.open().get(&id) {
            amount = amount.saturating_add(hold.amount);
            facts.extend(crossings.charge(hold.origin(), hold.amount));
            let charging = Charging::open(book, id, held(hold));
            facts.extend(charging.and_then(|charging| trips.charge(&charging)));
        }
    }
    let outcome = Outcome::Presumed {
        holds: presumed,
        amount,
        more: holds.peek().is_some(),
    };
    Decision { facts, outcome }
}

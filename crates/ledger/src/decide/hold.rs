//! May this call go? (P1, P2)

use money::Nanos;

use super::{Decision, check_length};
use crate::check::{Asked, Narrow, least_left};
use crate::{
    Book, Fact, Grant, HoldFact, HoldTaken, Key, KeyProblem, Outcome, Patience, Project, Refusal,
    Rejection, Shortfall, TakeHold, Time,
};

/// The most holds of an organization that can be open at once: what a snapshot can hold.
const MOST_OPEN: usize = 1_000_000;

/// Grants the hold if its worst case fits everywhere; else waits, fits or refuses, in that order.
pub(super) fn take(book: &Book, ask: &TakeHold, now: Time) -> Decision {
    let (key, project) = match usable(book, ask, now) {
        Ok(found) => found,
        Err(problem) => return refuse(Refusal::Key(problem)),
    };
    if let Err(rejection) = sensible(book, ask) {
        return rejection.into();
    }
    let asked = book.asked((Some(project.id), Some(key.id)), Narrow::Model(&ask.model));
    let least = asked
        .iter()
        .map(crate::Limit::left)
        .fold(book.credit.balance().available(), Nanos::min);
    let worst = ask.bound.worst();
    if worst <= least || worst == Nanos::ZERO {
        return grant(book, ask, (key, &asked), (worst, ask.bound.units()));
    }
    without_room(book, ask, (key, &asked), least, now)
}

fn usable<'a>(
    book: &'a Book,
    ask: &TakeHold,
    now: Time,
) -> Result<(&'a Key, &'a Project), KeyProblem> {
    let (key, project) = book.directory.usable(ask.key, now)?;
    if key.allows_model(&ask.model) {
        Ok((key, project))
    } else {
        Err(KeyProblem::ModelNotAllowed(ask.model.clone()))
    }
}

/// Whether the command can be taken up at all, whatever is left.
fn sensible(book: &Book, ask: &TakeHold) -> Result<(), Rejection> {
    // A hold is asked for once; a repetition after a lost answer is the caller's mistake and must not pay twice.
    if book.holds.open().contains_key(&ask.hold) || book.holds.presumed().contains_key(&ask.hold) {
        return Err(Rejection::Exists("hold"));
    }
    if book.holds.open().len() >= MOST_OPEN {
        return Err(Rejection::TooMany {
            what: "open holds",
            most: MOST_OPEN,
        });
    }
    if ask.bound.worst().is_negative() {
        return Err(Rejection::Invalid {
            field: "bound",
            problem: "is negative",
        });
    }
    // A model's name is the client's own text; a journal must be able to read it back.
    [
        ("node", &ask.holder.node),
        ("route", &ask.route),
        ("model", &ask.model),
        ("upstream", &ask.upstream),
    ]
    .into_iter()
    .try_for_each(|(field, text)| check_length(field, text))
}

/// The worst case does not fit: P2's order of waiting, fitting and refusing.
fn without_room(
    book: &Book,
    ask: &TakeHold,
    from: (&Key, &Asked<'_>),
    least: Nanos,
    now: Time,
) -> Decision {
    let checks = book.checks_asked(from.1);
    let worst = ask.bound.worst();
    let ever = checks
        .iter()
        .map(crate::Check::left_without_holds)
        .min()
        .unwrap_or(least);
    if ask.patience == Patience::Wait && worst <= ever {
        return Decision::nothing(Outcome::Wait);
    }
    if ask.patience != Patience::Try {
        if let Some((units, amount)) = ask
            .bound
            .units_within(least)
            .and_then(|u| Some((u, ask.bound.cost_of(u)?)))
        {
            return grant(book, ask, from, (amount, units));
        }
        let least_needed = ask.bound.least();
        if ask.patience == Patience::Wait && least_needed <= ever {
            return Decision::nothing(Outcome::Wait);
        }
    }
    let least_needed = ask.bound.least();
    // Who only tries is not fitted, so it is the worst case that was stopped.
    let stopped = match ask.patience {
        Patience::Try => worst,
        Patience::Wait | Patience::Last => least_needed,
    };
    let transient = stopped <= ever;
    // What no running call can give back stops the call for good; only where there is no such check do held amounts.
    let stops = |left: Nanos| stopped > left;
    let definitive = checks
        .iter()
        .enumerate()
        .filter(|(_, check)| stops(check.left_without_holds()));
    let held = checks
        .iter()
        .enumerate()
        .filter(|(_, check)| stops(check.left));
    let binding = if transient {
        least_left(held)
    } else {
        least_left(definitive)
    }
    .unwrap_or(0);
    refuse(Refusal::Money(Shortfall {
        at: now,
        seq: book.head().seq,
        needed: worst,
        least_needed,
        checks,
        binding,
        transient,
    }))
}

fn refuse(refusal: Refusal) -> Decision {
    Decision::nothing(Outcome::Refused(Box::new(refusal)))
}

fn grant(
    book: &Book,
    ask: &TakeHold,
    (key, asked): (&Key, &Asked<'_>),
    (amount, units): (Nanos, u64),
) -> Decision {
    // Every check counts the whole amount, so the binding one stays the same.
    let mut headroom = book.headroom_asked(asked);
    headroom.amount = headroom.amount.saturating_sub(amount).at_least_zero();
    let grant = Grant {
        amount,
        units,
        fitted: units < ask.bound.units(),
        headroom,
    };
    let taken = HoldTaken {
        hold: ask.hold,
        key: key.id,
        project: key.project,
        amount: grant.amount,
        draws: book.credit.plan(grant.amount),
        limits: asked.iter().map(|limit| limit.id).collect(),
        holder: ask.holder.clone(),
        deadline: ask.deadline,
        route: ask.route.clone(),
        model: ask.model.clone(),
        upstream: ask.upstream.clone(),
        granted_units: grant.units,
        asked_units: ask.bound.units(),
    };
    Decision {
        facts: vec![Fact::Hold(HoldFact::Taken(taken))],
        outcome: Outcome::Granted(grant),
    }
}

//! May this call go? (P1, P2)

mod room;

use ids::LimitId;
use money::Nanos;

use super::{Decision, check_length};
use crate::check::{Asked, Least, Narrow, least_left};
use crate::{
    Book, DirectoryFact, Fact, Grant, HoldFact, HoldTaken, HoldTraits, Key, KeyProblem, KeyState,
    Outcome, Patience, Project, Refusal, Rejection, Shortfall, TakeHold, Time,
};
use room::{Need, Room};

/// The most holds of an organization that can be open at once: what a snapshot can hold.
const MOST_OPEN: usize = 1_000_000;
/// The most tags of a call; as many as OpenAI's `metadata` can have.
const MOST_TAGS: usize = 16;
/// While others wait, no hold that can be cut down takes more than one part in so many of what is left.
const SHARE: i64 = 4;

/// Grants the hold if its worst case fits everywhere; else waits, fits or refuses, in that order.
pub(super) fn take(book: &Book, ask: &TakeHold, now: Time) -> Decision {
    let (key, project) = match usable(book, ask, now) {
        Ok(found) => found,
        Err(problem) => return refuse(Refusal::Key(problem), Vec::new()),
    };
    if let Err(rejection) = sensible(book, ask) {
        return rejection.into();
    }
    let traits = ask.traits.looked_at();
    let narrow = Narrow::Call {
        model: &ask.model,
        traits: &traits,
    };
    let asked = book.asked((Some(project.id), Some(key.id)), narrow);
    let from = From {
        key,
        asked: &asked,
        least: book.least_left(&asked),
        traits: &traits,
    };
    let room = Room::left(&from.least);
    let worst = Need::with(ask, ask.bound.units());
    if worst.fits(&room) {
        let units = share_of(ask, &room).unwrap_or(ask.bound.units());
        return grant(book, ask, &from, Need::with(ask, units));
    }
    without_room(book, ask, &from, room, now)
}

/// Down to how many units a call that would fit is cut, because others wait for what it would hold.
fn share_of(ask: &TakeHold, room: &Room) -> Option<u64> {
    if !ask.others_wait || ask.patience == Patience::Try {
        return None;
    }
    let share = Nanos::new(room.usd.get().checked_div(SHARE)?);
    ask.bound.units_within(share.max(ask.bound.least()))
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
    let tags = &ask.traits.tags;
    if tags.len() > MOST_TAGS || !tags.is_sorted_by(|one, next| one < next) {
        return Err(Rejection::Invalid {
            field: "tags",
            problem: "are more than 16, or not in order",
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

/// Where a call comes from.
struct From<'a> {
    key: &'a Key,
    /// What is asked along the key's way.
    asked: &'a Asked<'a>,
    /// The least that is left there.
    least: Least,
    /// What is looked at in the call.
    traits: &'a HoldTraits,
}

/// The worst case does not fit: P2's order of waiting, fitting and refusing.
fn without_room(book: &Book, ask: &TakeHold, from: &From<'_>, room: Room, now: Time) -> Decision {
    let checks = book.checks_asked(from.asked);
    let worst = Need::with(ask, ask.bound.units());
    let least = Need::with(ask, ask.bound.floor());
    let ever = Room::without_holds(&checks);
    if ask.patience == Patience::Wait && worst.fits(&ever) {
        return Decision::nothing(Outcome::Wait);
    }
    if ask.patience != Patience::Try {
        if let Some(units) = room.units_within(ask) {
            let units = share_of(ask, &room).map_or(units, |share| share.min(units));
            return grant(book, ask, from, Need::with(ask, units));
        }
        if ask.patience == Patience::Wait && least.fits(&ever) {
            return Decision::nothing(Outcome::Wait);
        }
    }
    // Who only tries is not fitted, so it is the worst case that was stopped.
    let stopped = match ask.patience {
        Patience::Try => worst,
        Patience::Wait | Patience::Last => least,
    };
    let transient = stopped.fits(&ever);
    // What no running call can give back stops the call for good; only where there is no such check do held amounts.
    let definitive = checks.iter().enumerate();
    let definitive = definitive
        .filter(|(_, check)| !stopped.fits_into(check.measure, check.left_without_holds()));
    let held = checks.iter().enumerate();
    let held = held.filter(|(_, check)| !stopped.fits_into(check.measure, check.left));
    let binding = if transient {
        least_left(held)
    } else {
        least_left(definitive)
    }
    .unwrap_or(0);
    let bound = checks.get(binding);
    let fits_at = bound.and_then(|check| room::fits_at(book, check, stopped));
    let freezes = !transient && ask.patience != Patience::Try;
    let freezing = bound.filter(|check| freezes && check.freezes);
    let frozen = freezing.and_then(|check| freeze(from.key, check.kind.limit()?));
    let shortfall = Shortfall {
        at: now,
        seq: book.head().seq,
        needed: worst.usd,
        least_needed: least.usd,
        needed_tokens: worst.tokens,
        least_needed_tokens: least.tokens,
        checks,
        binding,
        transient,
        fits_at,
        froze_key: frozen.is_some(),
    };
    refuse(Refusal::Money(shortfall), frozen.into_iter().collect())
}

/// A key that is stopped by a limit which freezes; `None` where it is frozen already.
pub(super) fn freeze(key: &Key, limit: LimitId) -> Option<Fact> {
    (key.state == KeyState::Active).then(|| {
        Fact::Directory(DirectoryFact::KeyFrozen {
            id: key.id,
            reason: format!("the limit {limit} was reached, which freezes the key").into(),
        })
    })
}

fn refuse(refusal: Refusal, facts: Vec<Fact>) -> Decision {
    Decision {
        facts,
        outcome: Outcome::Refused(Box::new(refusal)),
    }
}

fn grant(book: &Book, ask: &TakeHold, from: &From<'_>, need: Need) -> Decision {
    // Every check counts the whole amount, so the binding one stays the same.
    let mut headroom = from.least.headroom;
    headroom.amount = headroom.amount.saturating_sub(need.usd).at_least_zero();
    let grant = Grant {
        amount: need.usd,
        units: need.units,
        fitted: need.units < ask.bound.units(),
        headroom,
    };
    let (key, counting) = (from.key, from.asked.limits());
    let taken = HoldTaken {
        hold: ask.hold,
        key: key.id,
        project: key.project,
        amount: grant.amount,
        draws: book.credit.plan(grant.amount),
        limits: counting.iter().map(|limit| limit.id).collect(),
        holder: ask.holder.clone(),
        deadline: ask.deadline,
        route: ask.route.clone(),
        model: ask.model.clone(),
        upstream: ask.upstream.clone(),
        granted_units: grant.units,
        asked_units: ask.bound.units(),
    };
    let mut facts = Vec::with_capacity(2);
    if counting.iter().any(|limit| limit.looks_at_traits()) {
        facts.push(describe(ask, from, need));
    }
    facts.push(Fact::Hold(HoldFact::Taken(taken)));
    Decision {
        facts,
        outcome: Outcome::Granted(grant),
    }
}

/// What some of the limits that count the call look at besides its price.
fn describe(ask: &TakeHold, from: &From<'_>, need: Need) -> Fact {
    let shadows = from.asked.limits().iter().filter(|limit| limit.shadows());
    let shadows = shadows.flat_map(|shadow| from.asked.of(shadow));
    // What it would have cut down it would not have stopped.
    let least = Need::with(ask, ask.bound.floor());
    let over = shadows.filter(|shadow| !least.fits_into(shadow.limit.measure, shadow.left()));
    let mut over: Vec<LimitId> = over.map(|shadow| shadow.limit.id).collect();
    over.dedup();
    Fact::Hold(HoldFact::Described {
        hold: ask.hold,
        traits: HoldTraits {
            tokens: need.tokens,
            over,
            ..from.traits.clone()
        },
    })
}

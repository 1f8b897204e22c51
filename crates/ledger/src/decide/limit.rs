//! Limits come, change and go.

mod covers;

use ids::LimitId;

use super::{Decision, check_text};
use crate::book::MOST_EVER;
use crate::{
    Book, Calls, ChangeLimit, Fact, LimitFact, LimitOrigin, LimitTerms, Measure, Quantity,
    Rejection, Rolling, Scope, Span, Time, UsedSoFar, Window,
};

/// The most limits an organization can have.
const MOST_LIMITS: usize = 10_000;
/// The most limits on one scope, because every call on it makes all its checks.
const MOST_ON_ONE_SCOPE: usize = 64;
/// The most requests or tokens that a limit can be of.
const MOST_COUNTED: Quantity = Quantity::new(1_000_000_000_000_000);

pub(super) fn create(book: &Book, terms: &LimitTerms, now: Time) -> Result<Decision, Rejection> {
    check_terms(terms, now)?;
    check_scope(book, terms.scope)?;
    if book.limit(terms.id).is_some() {
        return Err(Rejection::Exists("limit"));
    }
    if book.limits.len() >= MOST_LIMITS {
        return Err(Rejection::TooMany {
            what: "limits",
            most: MOST_LIMITS,
        });
    }
    if book.limits.on(terms.scope).len() >= MOST_ON_ONE_SCOPE {
        return Err(Rejection::TooMany {
            what: "limits on one scope",
            most: MOST_ON_ONE_SCOPE,
        });
    }
    Ok(Decision::done(vec![created(
        terms,
        span_now(&terms.window, now)?,
    )]))
}

/// The fact in the words that say no more than they must: so the entries of plain limits are what they always were.
pub(super) fn created(terms: &LimitTerms, span: Span) -> Fact {
    let plain = LimitTerms::hard_limit(
        terms.id,
        terms.scope,
        terms.amount.usd(),
        terms.window.clone(),
    )
    .set_by(terms.origin)
    .of_calls(terms.calls.clone());
    let (id, origin, scope) = (terms.id, terms.origin, terms.scope);
    let (amount, window) = (terms.amount.usd(), terms.window.clone());
    Fact::Limit(match &terms.calls {
        _ if plain != *terms => LimitFact::Set {
            terms: terms.clone(),
            span,
        },
        Calls::All => LimitFact::Created {
            id,
            origin,
            scope,
            amount,
            window,
            span,
        },
        calls @ (Calls::Model(_)
        | Calls::EndUser(_)
        | Calls::EachEndUser
        | Calls::Tag(_)
        | Calls::EachTag
        | Calls::EachKey) => LimitFact::CreatedFor {
            id,
            origin,
            scope,
            calls: calls.clone(),
            amount,
            window,
            span,
        },
    })
}

fn check_terms(terms: &LimitTerms, now: Time) -> Result<(), Rejection> {
    let invalid = |field, problem| Err(Rejection::Invalid { field, problem });
    check_amount(terms.measure, terms.amount)?;
    check_calls(&terms.calls)?;
    let usd = terms.measure == Measure::Usd;
    let sound = match (terms.origin, &terms.calls) {
        (LimitOrigin::Owner, calls) => *calls != Calls::EachKey,
        (LimitOrigin::Operator, calls) => usd && *calls == Calls::All,
        (LimitOrigin::Guard, calls) => usd && matches!(calls, Calls::All | Calls::EachKey),
    };
    if !sound {
        return invalid(
            "scope",
            "must be all calls and US dollars where the operator sets it",
        );
    }
    let seconds = terms.window.rolling().map(|rolling| rolling.seconds);
    if seconds.is_some_and(|seconds| !(1..=Rolling::LONGEST).contains(&seconds)) {
        return invalid("window.seconds", "must be from 1 to 31622400 (366 days)");
    }
    check_end("until_at", terms.ends_at, now)
}

/// A time that is over already would end what it is about before it began.
fn check_end(field: &'static str, end: Option<Time>, now: Time) -> Result<(), Rejection> {
    match end {
        Some(end) if end <= now => Err(Rejection::Invalid {
            field,
            problem: "is over already",
        }),
        Some(_) | None => Ok(()),
    }
}

fn check_calls(calls: &Calls) -> Result<(), Rejection> {
    let (field, text) = match calls {
        Calls::Model(pattern) => ("model", pattern),
        Calls::Tag(tag) => ("value", &tag.name),
        Calls::All | Calls::EndUser(_) | Calls::EachEndUser | Calls::EachTag | Calls::EachKey => {
            return Ok(());
        }
    };
    check_text(field, text)?;
    if text.trim().is_empty() {
        return Err(Rejection::Invalid {
            field,
            problem: "is empty",
        });
    }
    Ok(())
}

pub(super) fn change(book: &Book, ask: &ChangeLimit, now: Time) -> Result<Decision, Rejection> {
    let limit = book.limit(ask.id).ok_or(Rejection::NotFound("limit"))?;
    let amount = ask.amount.unwrap_or(limit.amount);
    check_amount(limit.measure, amount)?;
    check_end("until_at", ask.until, now)?;
    let id = ask.id;
    // Who does not name an amount does not end a raise either.
    let raised = limit.raise().filter(|_| ask.amount.is_none());
    let until = ask.until.or(raised.map(|raise| raise.until));
    let reset = match ask.used {
        UsedSoFar::Keep => false,
        UsedSoFar::Reset => true,
    };
    Ok(Decision::done(vec![Fact::Limit(
        match (limit.measure, until) {
            (Measure::Usd, None) => LimitFact::Changed {
                id,
                amount: amount.usd(),
                reset,
            },
            (measure, until) => LimitFact::Amended {
                id,
                measure,
                amount,
                until,
                reset,
            },
        },
    )]))
}

pub(super) fn delete(book: &Book, id: LimitId) -> Result<Decision, Rejection> {
    book.limit(id).ok_or(Rejection::NotFound("limit"))?;
    Ok(Decision::done(vec![Fact::Limit(LimitFact::Deleted { id })]))
}

pub(super) fn check_scope(book: &Book, scope: Scope) -> Result<(), Rejection> {
    match scope {
        Scope::Organization => Ok(()),
        Scope::Project(id) if book.project(id).is_some() => Ok(()),
        Scope::Key(id) if book.key(id).is_some() => Ok(()),
        Scope::Project(_) => Err(Rejection::NotFound("project")),
        Scope::Key(_) => Err(Rejection::NotFound("key")),
    }
}

/// The first window of what is made now.
pub(super) fn span_now(window: &Window, now: Time) -> Result<Span, Rejection> {
    window.span_at(now).map_err(|_zone| Rejection::Invalid {
        field: "time_zone",
        problem: "is not an IANA time zone",
    })
}

fn check_amount(measure: Measure, amount: Quantity) -> Result<(), Rejection> {
    let (field, most) = match measure {
        Measure::Usd => ("amount_usd", Quantity::from(MOST_EVER)),
        // So many that sums of them stay in range.
        Measure::Requests | Measure::Tokens => ("amount", MOST_COUNTED),
    };
    if amount.is_negative() {
        return Err(Rejection::Invalid {
            field,
            problem: "must not be negative",
        });
    }
    if amount > most {
        return Err(Rejection::Invalid {
            field,
            problem: "is more than an organization can ever spend",
        });
    }
    Ok(())
}

//! Entries about limits on everything but dollars of all calls, and what they look at in a call.

use ledger::{
    Calls, Fact, HoldFact, HoldTraits, LimitFact, LimitOrigin, LimitTerms, Measure, Mode, OnTrip,
    Quantity, Rolling, Scope, Span, Tag, Time, Window,
};
use money::Nanos;

use super::{AT, Named, wrap};
use crate::world::{hold, key, limit, subject};

const SPAN: Span = Span {
    start: Time::EARLIEST,
    end: Time::LATEST,
};

pub(super) fn all() -> Named {
    let limits = [set(), for_subjects(), changes()].concat();
    [wrap(limits, Fact::Limit), wrap(calls(), Fact::Hold)].concat()
}

fn terms(calls: Calls) -> LimitTerms {
    let window = Window::Rolling(Rolling { seconds: 60 });
    let nothing = Nanos::ZERO;
    LimitTerms {
        measure: Measure::Requests,
        amount: Quantity::new(20),
        ..LimitTerms::hard_limit(limit("l"), Scope::Organization, nothing, window).of_calls(calls)
    }
}

fn set() -> Vec<(&'static str, LimitFact)> {
    let requests = terms(Calls::All);
    let tokens = LimitTerms {
        measure: Measure::Tokens,
        mode: Mode::Shadow,
        on_trip: OnTrip::FreezeKey,
        amount: Quantity::new(9_000),
        ends_at: Some(AT),
        ..terms(Calls::EachEndUser)
    };
    let guard = LimitTerms {
        measure: Measure::Usd,
        origin: LimitOrigin::Guard,
        on_trip: OnTrip::FreezeKey,
        ..terms(Calls::All)
    };
    let set = |terms| LimitFact::Set { terms, span: SPAN };
    vec![
        ("limit set on requests of a rolling minute", set(requests)),
        ("limit set on tokens in shadow mode", set(tokens)),
        ("limit set as a guard", set(guard)),
        (
            "limit set as a guard of each key",
            set(LimitTerms::spend_guard(
                limit("g"),
                Nanos::DOLLAR,
                Rolling { seconds: 60 },
            )),
        ),
    ]
}

fn for_subjects() -> Vec<(&'static str, LimitFact)> {
    let created = |calls| LimitFact::CreatedFor {
        id: limit("l"),
        origin: LimitOrigin::Owner,
        scope: Scope::Key(key("k")),
        calls,
        amount: Nanos::new(5_000_000_000),
        window: Window::Total,
        span: SPAN,
    };
    let tag = Tag {
        subject: subject("red"),
        name: "team=red".into(),
    };
    vec![
        (
            "limit created for an end user",
            created(Calls::EndUser(subject("alice"))),
        ),
        (
            "limit created for each end user",
            created(Calls::EachEndUser),
        ),
        (
            "limit created for a tag",
            created(Calls::Tag(Box::new(tag))),
        ),
        ("limit created for each tag", created(Calls::EachTag)),
    ]
}

fn changes() -> Vec<(&'static str, LimitFact)> {
    let amended = |until, reset| LimitFact::Amended {
        id: limit("l"),
        measure: Measure::Tokens,
        amount: Quantity::new(7),
        until,
        reset,
    };
    vec![
        ("limit amended", amended(None, true)),
        ("limit amended for a time", amended(Some(AT), false)),
        (
            "limit is raised no more",
            LimitFact::RaiseEnded { id: limit("l") },
        ),
        (
            "limit rolled",
            LimitFact::Rolled {
                limit: limit("l"),
                at: AT,
            },
        ),
    ]
}

fn calls() -> Vec<(&'static str, HoldFact)> {
    let bare = HoldTraits {
        tokens: 4_196,
        ..HoldTraits::default()
    };
    let full = HoldTraits {
        end_user: Some(subject("alice")),
        tags: vec![subject("blue"), subject("red")],
        over: vec![limit("l"), limit("m")],
        ..bare.clone()
    };
    let described = |traits| HoldFact::Described {
        hold: hold("h"),
        traits,
    };
    vec![
        ("hold described by its tokens", described(bare)),
        ("hold described in full", described(full)),
        (
            "hold measured",
            HoldFact::Measured {
                hold: hold("h"),
                tokens: 1_234,
            },
        ),
    ]
}

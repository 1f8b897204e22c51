//! Entries about holds.

use ids::{HoldId, RequestId};
use ledger::{Charge, Draw, Fact, Fee, HoldFact, HoldTaken, PresumeReason, ReleaseReason};
use money::{Nanos, Price};

use super::{AT, Named, wrap};
use crate::world::{hold, holder, key, limit, lot, named, project};

fn second_attempt() -> HoldId {
    HoldId {
        request: RequestId::from_bytes(named("h")),
        attempt: 2,
    }
}

pub(super) fn running() -> Named {
    let taken = HoldTaken {
        hold: hold("h"),
        key: key("k"),
        project: project("p"),
        amount: Nanos::new(3),
        draws: vec![
            Draw {
                lot: lot("a"),
                amount: Nanos::new(1),
            },
            Draw {
                lot: lot("b"),
                amount: Nanos::new(2),
            },
        ],
        limits: vec![limit("l"), limit("m")],
        holder: holder("node", "boot"),
        deadline: AT,
        route: "/v1/chat/completions".into(),
        model: "gpt-5".into(),
        upstream: "openai".into(),
        granted_units: 10,
        asked_units: 4096,
    };
    let free = HoldTaken {
        hold: second_attempt(),
        amount: Nanos::ZERO,
        draws: Vec::new(),
        limits: Vec::new(),
        ..taken.clone()
    };
    let facts = vec![
        ("hold taken", HoldFact::Taken(taken)),
        ("hold taken of nothing", HoldFact::Taken(free)),
        (
            "holds renewed",
            HoldFact::Renewed {
                holds: vec![hold("h"), second_attempt()],
                deadline: AT,
            },
        ),
    ];
    wrap(facts, Fact::Hold)
}

/// Holds that were settled, released, presumed and corrected.
pub(super) fn ended() -> Named {
    let draws = vec![Draw {
        lot: lot("a"),
        amount: Nanos::new(2),
    }];
    let nothing = Charge {
        amount: Nanos::ZERO,
        fees: Vec::new(),
        catalog: "".into(),
    };
    let released = |reason| HoldFact::Released {
        hold: hold("h"),
        reason,
    };
    let mut facts = vec![
        (
            "hold settled",
            HoldFact::Settled {
                hold: hold("h"),
                draws: draws.clone(),
                charge: charge(),
            },
        ),
        ("hold released, not sent", released(ReleaseReason::NotSent)),
        (
            "hold released, refused",
            released(ReleaseReason::ProviderRefused),
        ),
    ];
    facts.extend(presumed());
    facts.push((
        "hold corrected",
        HoldFact::Corrected {
            hold: hold("h"),
            draws,
            charge: charge(),
        },
    ));
    facts.push((
        "hold corrected to nothing",
        HoldFact::Corrected {
            hold: hold("h"),
            draws: Vec::new(),
            charge: nothing,
        },
    ));
    wrap(facts, Fact::Hold)
}

fn charge() -> Charge {
    let fees = vec![
        Fee {
            unit: 1,
            quantity: 1200,
            price: Price::new(1_250_000_000).unwrap(),
        },
        Fee {
            unit: 0x0203,
            quantity: u64::MAX,
            price: Price::FREE,
        },
    ];
    Charge {
        amount: Nanos::new(2),
        fees,
        catalog: "2026-11-01".into(),
    }
}

fn presumed() -> [(&'static str, HoldFact); 6] {
    let presumed = |reason| HoldFact::Presumed {
        hold: hold("h"),
        reason,
    };
    [
        (
            "hold presumed, holder gone",
            presumed(PresumeReason::HolderGone),
        ),
        (
            "hold presumed, deadline passed",
            presumed(PresumeReason::DeadlinePassed),
        ),
        (
            "hold presumed, provider failed",
            presumed(PresumeReason::ProviderFailed),
        ),
        ("hold presumed, cut off", presumed(PresumeReason::CutOff)),
        ("hold presumed, no usage", presumed(PresumeReason::NoUsage)),
        (
            "hold presumed, timed out",
            presumed(PresumeReason::TimedOut),
        ),
    ]
}

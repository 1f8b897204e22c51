//! Absurd amounts and times: the ledger refuses them or takes them up, and neither panics nor contradicts itself.

use ledger::{
    AddCredit, Book, Calls, ChangeBudget, ChangeLimit, ChargeBack, Command, CreateBudget, Draw,
    Fact, HoldFact, LimitOrigin, LimitTerms, LotKind, Measure, Mode, Outcome, Patience,
    PresumeReason, Rolling, Scope, Settlement, TakeHold, Time, Traits, UsedSoFar, Window,
};
use money::{Bound, Femtos, Nanos};
use proptest::prelude::*;

use super::config;
use crate::tables::script;
use crate::world::{self, World};

/// Half of what an amount can be: no sum of a Book passes it.
const MOST_EVER: i64 = i64::MAX / 2;

fn amount() -> impl Strategy<Value = Nanos> {
    let near = |to: i64| (to.saturating_sub(3)..=to.saturating_add(3)).prop_map(Nanos::new);
    prop_oneof![
        near(0),
        near(MOST_EVER),
        near(MOST_EVER / 2),
        near(i64::MAX),
        near(i64::MIN),
        any::<i64>().prop_map(Nanos::new),
        (0..1_000_i64).prop_map(Nanos::new),
    ]
}

fn moment() -> impl Strategy<Value = Time> {
    prop_oneof![
        8 => (0..100_000_000_000_000_i64).prop_map(Time::from_micros),
        1 => any::<i64>().prop_map(Time::from_micros),
        1 => Just(Time::LATEST),
        1 => Just(Time::EARLIEST),
    ]
}

fn name(prefix: &'static str) -> impl Strategy<Value = String> {
    (0..6_u8).prop_map(move |number| format!("{prefix}{number}"))
}

fn settlement() -> impl Strategy<Value = Settlement> {
    prop_oneof![
        amount().prop_map(|amount| Settlement::Charge(world::charge(amount))),
        (amount(), tokens()).prop_map(|(amount, tokens)| Settlement::Metered {
            charge: world::charge(amount),
            tokens,
        }),
        Just(Settlement::Presume(PresumeReason::NoUsage)),
        Just(Settlement::Release(ledger::ReleaseReason::NotSent)),
    ]
}

fn tokens() -> impl Strategy<Value = u64> {
    prop_oneof![0..1_000_u64, Just(u64::MAX), any::<u64>(), Just(1 << 43)]
}

/// A limit on anything, in a window that rolls.
fn odd_limit() -> impl Strategy<Value = LimitTerms> {
    let shape = (any::<bool>(), any::<bool>(), 0..3_u8, any::<u32>());
    let of = (amount(), moment(), any::<bool>());
    (shape, of).prop_map(|((shadow, each, measure, seconds), (amount, end, ends))| {
        let window = Window::Rolling(Rolling { seconds });
        let scope = Scope::Organization;
        LimitTerms {
            measure: [Measure::Usd, Measure::Requests, Measure::Tokens][usize::from(measure)],
            mode: if shadow { Mode::Shadow } else { Mode::Enforce },
            calls: if each { Calls::EachEndUser } else { Calls::All },
            ends_at: ends.then_some(end),
            ..LimitTerms::hard_limit(world::limit("l"), scope, amount, window)
        }
    })
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => (name("a"), amount(), proptest::option::of(moment())).prop_map(
            |(lot, amount, lapses_at)| Command::AddCredit(AddCredit {
                lot: world::lot(&lot),
                kind: LotKind::Grant,
                amount,
                lapses_at,
                priority: 0,
                note: "".into(),
            })
        ),
        1 => name("a").prop_map(|lot| Command::VoidCredit { lot: world::lot(&lot) }),
        1 => (name("a"), amount()).prop_map(|(lot, amount)| Command::ChargeBack(ChargeBack {
            lot: world::lot(&lot),
            amount,
            note: "".into(),
        })),
        2 => (name("l"), amount(), any::<bool>()).prop_map(|(id, amount, key)| {
            Command::CreateLimit(LimitTerms::hard_limit(world::limit(&id), if key { Scope::Key(world::key("k")) } else { Scope::Organization }, amount, Window::Month { time_zone: "Pacific/Apia".into() }).set_by(LimitOrigin::Operator))
        }),
        3 => (name("l"), odd_limit()).prop_map(|(id, terms)| Command::CreateLimit(LimitTerms {
            id: world::limit(&id),
            ..terms
        })),
        1 => (name("l"), amount()).prop_map(|(id, amount)| Command::ChangeLimit(ChangeLimit {
            id: world::limit(&id),
            amount: Some(amount.into()),
            used: UsedSoFar::Reset, until: None,})),
        1 => (name("b"), amount(), any::<bool>()).prop_map(|(id, amount, total)| {
            Command::CreateBudget(CreateBudget {
                id: world::budget(&id),
                scope: Scope::Organization,
                amount,
                window: if total {
                    Window::Total
                } else {
                    Window::Day { time_zone: "Pacific/Apia".into() }
                },
                thresholds: vec![1_000, 1, 100],
            })
        }),
        1 => (name("b"), amount()).prop_map(|(id, amount)| Command::ChangeBudget(ChangeBudget {
            id: world::budget(&id),
            amount: Some(amount),
            thresholds: None,
        })),
        5 => (name("h"), amount(), moment(), tokens()).prop_map(|(hold, amount, deadline, tokens)| {
            let Command::TakeHold(take) = take(&hold, amount, deadline) else {
                unreachable!()
            };
            Command::TakeHold(TakeHold {
                traits: Traits {
                    tokens,
                    end_user: Some(world::subject("u")),
                    ..Traits::default()
                },
                ..take
            })
        }),
        5 => (name("h"), settlement()).prop_map(|(hold, settlement)| Command::Settle {
            hold: world::hold(&hold),
            settlement,
        }),
        1 => (name("h"), moment()).prop_map(|(hold, deadline)| Command::RenewHolds {
            holds: vec![world::hold(&hold); 3],
            deadline,
        }),
        1 => Just(Command::PresumeOverdue { most: usize::MAX }),
        1 => Just(Command::PresumeEarlierBoots { holder: world::holder("n", "c"), most: 2 }),
    ]
}

fn take(hold: &str, amount: Nanos, deadline: Time) -> Command {
    Command::TakeHold(TakeHold {
        hold: world::hold(hold),
        key: world::key("k"),
        bound: Bound::fixed(Femtos::from(amount)),
        patience: Patience::Last,
        holder: world::holder("n", "b"),
        deadline,
        route: "".into(),
        model: "".into(),
        upstream: "".into(),
        traits: Traits::default(),
        others_wait: false,
    })
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn no_amount_and_no_time_makes_the_ledger_contradict_itself(
        history in proptest::collection::vec((moment(), command()), 1..60),
        sane_clock in any::<bool>(),
    ) {
        let mut world = World::new();
        script::run(&mut world, "project p -> done p\nkey k p -> done k");
        let start = world.clock;
        for (place, (clock, command)) in history.iter().enumerate() {
            world.clock = if sane_clock {
                start.plus_seconds(i64::try_from(place).unwrap() * 86_400)
            } else {
                *clock
            };
            world.run(command);
            let balance = world.book.balance();
            prop_assert!(balance.spent.get() + balance.held.get() <= MOST_EVER, "{balance:?}");
        }
        world.replay();
    }
}

/// An entry that no `decide` makes is refused by a Book, and not by a panic.
#[test]
fn entries_that_cannot_follow_are_refused() {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        project p                                                         -> done p
        key k p                                                           -> done k
        credit a 1.00                                                     -> done a
        take h k 1.00                                                     -> granted 1.00
        ",
    );
    let release = |hold: &str| {
        let reason = ledger::ReleaseReason::NotSent;
        Fact::Hold(HoldFact::Released {
            hold: world::hold(hold),
            reason,
        })
    };
    let settled = |lot: &str, drawn: i64, charged: i64| {
        let draws = vec![Draw {
            lot: world::lot(lot),
            amount: Nanos::new(drawn),
        }];
        let charge = world::charge(Nanos::new(charged));
        Fact::Hold(HoldFact::Settled {
            hold: world::hold("h"),
            draws,
            charge,
        })
    };
    let cases = [
        (release("h"), "fine"),
        (release("none"), "is about a hold that does not exist"),
        (settled("a", 5, 5), "fine"),
        (
            settled("a", 5, 6),
            "says an amount whose parts do not add up to it",
        ),
        (
            settled("a", -5, -5),
            "says an amount whose parts do not add up to it",
        ),
        (settled("b", 5, 5), "is about a lot that does not exist"),
        (
            settled("a", i64::MAX, i64::MAX),
            "takes a sum beyond what a Book can hold",
        ),
    ];
    for (fact, expected) in cases {
        assert_eq!(applied(&world.book, fact.clone()), expected, "{fact:?}");
    }
}

fn applied(book: &Book, fact: Fact) -> String {
    let head = book.head();
    let entry = ledger::Entry {
        seq: head.seq + 1,
        previous: head.hash,
        id: ids::EntryId::from_bytes([9; 16]),
        at: book.now(),
        cause: None,
        fact,
    };
    let hash = ledger::Entry::hash(&entry.encode());
    let out_of_order = [
        ledger::Entry {
            seq: head.seq + 2,
            ..entry.clone()
        },
        ledger::Entry {
            previous: [1; 32],
            ..entry.clone()
        },
        ledger::Entry {
            at: Time::EARLIEST,
            ..entry.clone()
        },
    ];
    for entry in out_of_order {
        assert!(book.clone().apply(&entry, hash).is_err(), "{entry:?}");
    }
    match book.clone().apply(&entry, hash) {
        Ok(()) => "fine".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_call_that_costs_nothing_passes_where_everything_is_overdrawn() {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        project p                                                         -> done p
        key k p                                                           -> done k
        credit a 1.00                                                     -> done a
        take h k 1.00                                                     -> granted 1.00
        settle h 9.00                                                     -> charged 9.00, overrun 8.00; headroom 0.00 by credit
        ",
    );
    let outcome = world.answer(&take("z", Nanos::ZERO, Time::LATEST));
    assert!(matches!(outcome, Outcome::Granted(_)), "{outcome:?}");
}

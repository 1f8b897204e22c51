//! What a preview says a limit would have stopped is what that limit stops.

use std::collections::BTreeMap;
use std::time::Duration;

use ids::{KeyId, LimitId, RequestId, Subject};
use ledger::{
    Calls, Charge, Command, DirectoryCommand, LimitTerms, Measure, Mode, Quantity, Rolling, Scope,
    Settlement, TakeHold, Time, Traits, Window,
};
use money::Nanos;
use teller::{HoldAnswer, LiveHold, Preview, ReplayError};

use crate::calls::{fixed, id, settles};
use crate::storm::Dice;
use crate::world::{KEY, Node, ORGANIZATION, PROJECT, answered, dollars, key, passes};

const OTHER_KEY: KeyId = KeyId::from_bytes([4; 16]);

const PROPOSED: LimitId = LimitId::from_bytes([60; 16]);

fn hard_limit(scope: Scope, amount: Nanos, window: Window) -> LimitTerms {
    LimitTerms::hard_limit(PROPOSED, scope, amount, window)
}

/// What counts something else than the money of all calls.
fn kinds() -> Vec<LimitTerms> {
    let of = |measure, amount, seconds| LimitTerms {
        measure,
        amount: Quantity::new(amount),
        ..hard_limit(
            Scope::Organization,
            Nanos::ZERO,
            Window::Rolling(Rolling { seconds }),
        )
    };
    let shadow = of(Measure::Requests, 5, 7_200);
    vec![
        of(Measure::Requests, 5, 7_200),
        of(Measure::Tokens, 2_500, 10_800),
        of(Measure::Usd, 15 * Nanos::DOLLAR.get(), 86_400).of_calls(Calls::EachEndUser),
        of(Measure::Requests, 12, 86_400).of_calls(Calls::EachTag),
        of(Measure::Tokens, 4_000, 86_400).of_calls(Calls::EndUser(subject(1))),
        of(Measure::Requests, 9, 86_400).of_calls(Calls::Model("gpt-*".into())),
        LimitTerms {
            mode: Mode::Shadow,
            ..shadow
        },
    ]
}

const fn subject(number: u8) -> Subject {
    Subject::from_bytes([number; 16])
}

/// What limits look at in a call besides its price.
fn traits(call: u32) -> Traits {
    let of = |n: u32| u8::try_from(n).unwrap();
    Traits {
        tokens: 100 + u64::from(call % 7) * 100,
        tokens_per_unit: 0,
        end_user: Some(subject(of(call % 4))),
        tags: vec![subject(of(100 + call % 3))],
    }
}

/// A limit that stops nothing and has everything written down.
fn onlooker() -> Command {
    Command::CreateLimit(LimitTerms {
        id: LimitId::from_bytes([61; 16]),
        measure: Measure::Tokens,
        mode: Mode::Shadow,
        amount: Quantity::new(1_000_000_000_000),
        ..hard_limit(Scope::Organization, Nanos::ZERO, Window::Total)
    })
}

fn ends(cost: Nanos, call: u32) -> Settlement {
    Settlement::Metered {
        charge: Charge {
            amount: cost,
            fees: Vec::new(),
            catalog: "2026-11".into(),
        },
        tokens: traits(call).tokens - 50,
    }
}

fn proposals() -> Vec<LimitTerms> {
    let zone = || "Europe/Berlin".into();
    let windows = [
        (Window::Day { time_zone: zone() }, 60),
        (Window::Week { time_zone: zone() }, 200),
        (Window::Total, 250),
    ];
    let scopes = [
        Scope::Organization,
        Scope::Project(PROJECT),
        Scope::Key(KEY),
    ];
    let pairs = scopes
        .into_iter()
        .flat_map(|scope| windows.clone().map(|window| (scope, window)));
    pairs
        .map(|(scope, (window, amount))| hard_limit(scope, dollars(amount), window))
        .collect()
}

/// What became of a script of calls: what those cost that were granted, and which were refused and when.
struct Played {
    node: Node,
    began: Time,
    costs: BTreeMap<u32, Nanos>,
    refused: Vec<(Time, RequestId)>,
    numbers: Vec<u32>,
}

/// The same calls at the same moments for the same seed, under a limit or without.
async fn play((seed, looked_at): (u64, bool), limit: Option<&LimitTerms>) -> Played {
    // Calls run for hours here; that their holds are renewed is another test's matter.
    let node = Node::with(dollars(1_000_000), |settings| {
        settings.hold_for = Duration::from_secs(86_400);
    })
    .await;
    node.does(DirectoryCommand::CreateKey(key(4))).await;
    if looked_at {
        node.does(onlooker()).await;
    }
    if let Some(limit) = limit.cloned() {
        node.does(Command::CreateLimit(limit)).await;
    }
    let began = node.now();
    let mut played = Played {
        node,
        began,
        costs: BTreeMap::new(),
        refused: Vec::new(),
        numbers: Vec::new(),
    };
    let mut dice = Dice::new(seed);
    let mut open: Vec<(Option<LiveHold>, u32, Nanos)> = Vec::new();
    for call in 1..=300 {
        let worst = dollars(1 + i64::from(dice.below(9)));
        let cost = Nanos::new(worst.get() / i64::from(1 + dice.below(8)));
        let key = [KEY, OTHER_KEY][usize::from(dice.below(3) == 0)];
        let hold = calls(&mut played, (call, key), worst).await;
        open.push((hold, call, cost));
        while open.len() > 6 {
            let one = usize::try_from(dice.below(7)).unwrap();
            let (hold, call, cost) = open.swap_remove(one);
            if let Some(hold) = hold {
                settles(hold, ends(cost, call)).await;
                played.costs.insert(call, cost);
            }
        }
        passes(Duration::from_secs(60 + u64::from(dice.below(2_700)))).await;
    }
    for (hold, call, cost) in open {
        if let Some(hold) = hold {
            settles(hold, ends(cost, call)).await;
            played.costs.insert(call, cost);
        }
    }
    played
}

async fn calls(played: &mut Played, (call, key): (u32, KeyId), worst: Nanos) -> Option<LiveHold> {
    let ask = TakeHold {
        key,
        patience: ledger::Patience::Last,
        traits: traits(call),
        ..played.node.ask(call, fixed(worst))
    };
    match answered(played.node.will_ask(ask)).await.unwrap() {
        HoldAnswer::Granted(hold, _) => Some(hold),
        HoldAnswer::Refused(..) => {
            let which = (played.node.now(), id(call).request);
            played.refused.push(which);
            played.numbers.push(call);
            None
        }
        HoldAnswer::Rejected(rejection) => panic!("{rejection}"),
    }
}

async fn previewed(played: &Played, proposed: &LimitTerms) -> Preview {
    let preview = played
        .node
        .tellers
        .preview(ORGANIZATION, proposed, played.began);
    answered(preview).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_preview_stops_the_very_calls_that_the_limit_stops() {
    for seed in 1..=3 {
        let free = play((seed, false), None).await;
        assert_eq!(free.costs.len(), 300);
        for proposed in proposals() {
            let limited = play((seed, false), Some(&proposed)).await;
            let preview = previewed(&free, &proposed).await;
            let why = format!("seed {seed}, {proposed:?}");
            assert!(limited.refused.len() > 5, "{why}");
            assert_eq!(preview.stopped, limited.refused.len() as u64, "{why}");
            assert_eq!(preview.first, limited.refused.first().copied(), "{why}");
            assert_eq!(preview.last, limited.refused.last().copied(), "{why}");
            let cost: i64 = limited
                .numbers
                .iter()
                .map(|call| free.costs[call].get())
                .sum();
            assert_eq!(preview.stopped_cost.get(), cost, "{why}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_least_amount_that_stops_none_is_the_least() {
    let free = play((9, false), None).await;
    for proposed in proposals() {
        let least = previewed(&free, &proposed).await.stops_none;
        let at_least = LimitTerms {
            amount: least,
            ..proposed.clone()
        };
        assert_eq!(previewed(&free, &at_least).await.stopped, 0, "{proposed:?}");
        let less = LimitTerms {
            amount: Quantity::new(least.get() - 1),
            ..proposed
        };
        assert!(previewed(&free, &less).await.stopped > 0, "{less:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_spent_in_the_window_before_the_report_begins_counts_and_is_not_reported() {
    let free = play((5, false), None).await;
    let total = hard_limit(Scope::Organization, dollars(200), Window::Total);
    let all = previewed(&free, &total).await;
    let late = free.began.plus_seconds(2 * 86_400);
    let preview = free.node.tellers.preview(ORGANIZATION, &total, late);
    let preview = answered(preview).await.unwrap();
    assert!(preview.calls < all.calls && preview.calls > 0);
    assert!(preview.counted_from < late);
    // After two days the $200 are gone, so the late ones are stopped as they were in the whole.
    assert_eq!(preview.last, all.last);
    assert!(preview.stopped > preview.calls / 2, "{preview:?}");
    assert!(preview.first.unwrap().0 >= late);
}

#[tokio::test(start_paused = true)]
async fn a_preview_of_an_organization_without_calls_stops_none() {
    let node = Node::with_credit(dollars(1)).await;
    let total = hard_limit(Scope::Project(PROJECT), Nanos::ZERO, Window::Total);
    let preview: Result<Preview, ReplayError> =
        answered(node.tellers.preview(ORGANIZATION, &total, node.now())).await;
    let preview = preview.unwrap();
    assert_eq!((preview.calls, preview.stopped), (0, 0));
    assert_eq!(preview.stops_none, Quantity::ZERO);
    assert_eq!((preview.first, preview.last), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_preview_of_every_kind_of_limit_stops_the_very_calls_that_the_limit_stops() {
    let free = play((4, true), None).await;
    assert_eq!(free.costs.len(), 300);
    for proposed in kinds() {
        let preview = previewed(&free, &proposed).await;
        let why = format!("{proposed:?}");
        assert_eq!((preview.undescribed, preview.unmeasured), (0, 0), "{why}");
        let limited = play((4, true), Some(&proposed)).await;
        if proposed.mode == Mode::Shadow {
            let book = limited.node.book().await;
            let counted = book.limit(PROPOSED).unwrap().would_have_stopped();
            assert_eq!(
                (limited.refused.len(), preview.stopped),
                (0, counted),
                "{why}"
            );
            continue;
        }
        assert!(limited.refused.len() > 5, "{why}");
        assert_eq!(preview.stopped, limited.refused.len() as u64, "{why}");
        assert_eq!(preview.first, limited.refused.first().copied(), "{why}");
        assert_eq!(preview.last, limited.refused.last().copied(), "{why}");
        let least = LimitTerms {
            amount: preview.stops_none,
            ..proposed.clone()
        };
        assert_eq!(previewed(&free, &least).await.stopped, 0, "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_preview_says_of_how_many_calls_it_knows_nothing() {
    let free = play((4, false), None).await;
    for proposed in kinds() {
        let looks = proposed.measure == Measure::Tokens || proposed.calls.of_subjects();
        let preview = previewed(&free, &proposed).await;
        let (calls, unknown) = if looks { (0, 300) } else { (300, 0) };
        assert_eq!(
            (preview.calls, preview.undescribed),
            (calls, unknown),
            "{proposed:?}"
        );
    }
    // Somebody who looks at end users only has nobody's tokens measured.
    let node = Node::with_credit(dollars(10)).await;
    let each = kinds().swap_remove(2);
    node.does(Command::CreateLimit(each)).await;
    let ask = TakeHold {
        traits: traits(1),
        ..node.ask(1, fixed(dollars(1)))
    };
    let began = node.now();
    let (hold, _) = crate::calls::granted(node.asks(ask)).await;
    settles(hold, ends(dollars(1), 1)).await;
    let tokens = kinds().swap_remove(1);
    let preview = answered(node.tellers.preview(ORGANIZATION, &tokens, began)).await;
    let preview = preview.unwrap();
    assert_eq!((preview.calls, preview.unmeasured), (1, 1));
    assert_eq!(preview.stops_none, Quantity::count(traits(1).tokens));
}

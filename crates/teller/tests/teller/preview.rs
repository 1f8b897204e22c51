//! What a preview says a limit would have stopped is what that limit stops.

use std::collections::BTreeMap;
use std::time::Duration;

use ids::{KeyId, LimitId, RequestId};
use ledger::{Command, DirectoryCommand, LimitTerms, Scope, TakeHold, Time, Window};
use money::Nanos;
use teller::{HoldAnswer, LiveHold, Preview, Proposed, ReplayError};

use crate::calls::{costs, fixed, id, settles};
use crate::storm::Dice;
use crate::world::{KEY, Node, ORGANIZATION, PROJECT, answered, dollars, key, passes};

const OTHER_KEY: KeyId = KeyId::from_bytes([4; 16]);

fn proposals() -> Vec<Proposed> {
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
        .map(|(scope, (window, amount))| Proposed {
            scope,
            amount: dollars(amount),
            window,
        })
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
async fn play(seed: u64, limit: Option<&Proposed>) -> Played {
    // Calls run for hours here; that their holds are renewed is another test's matter.
    let node = Node::with(dollars(1_000_000), |settings| {
        settings.hold_for = Duration::from_secs(86_400);
    })
    .await;
    node.does(DirectoryCommand::CreateKey(key(4))).await;
    if let Some(limit) = limit.cloned() {
        node.does(Command::CreateLimit(LimitTerms::hard_limit(
            LimitId::from_bytes([60; 16]),
            limit.scope,
            limit.amount,
            limit.window,
        )))
        .await;
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
                settles(hold, costs(cost)).await;
                played.costs.insert(call, cost);
            }
        }
        passes(Duration::from_secs(60 + u64::from(dice.below(2_700)))).await;
    }
    for (hold, call, cost) in open {
        if let Some(hold) = hold {
            settles(hold, costs(cost)).await;
            played.costs.insert(call, cost);
        }
    }
    played
}

async fn calls(played: &mut Played, (call, key): (u32, KeyId), worst: Nanos) -> Option<LiveHold> {
    let ask = TakeHold {
        key,
        patience: ledger::Patience::Last,
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

async fn previewed(played: &Played, proposed: &Proposed) -> Preview {
    let preview = played
        .node
        .tellers
        .preview(ORGANIZATION, proposed, played.began);
    answered(preview).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_preview_stops_the_very_calls_that_the_limit_stops() {
    for seed in 1..=3 {
        let free = play(seed, None).await;
        assert_eq!(free.costs.len(), 300);
        for proposed in proposals() {
            let limited = play(seed, Some(&proposed)).await;
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
    let free = play(9, None).await;
    for proposed in proposals() {
        let least = previewed(&free, &proposed).await.stops_none;
        let at_least = Proposed {
            amount: least,
            ..proposed.clone()
        };
        assert_eq!(previewed(&free, &at_least).await.stopped, 0, "{proposed:?}");
        let less = Proposed {
            amount: Nanos::new(least.get() - 1),
            ..proposed
        };
        assert!(previewed(&free, &less).await.stopped > 0, "{less:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_spent_in_the_window_before_the_report_begins_counts_and_is_not_reported() {
    let free = play(5, None).await;
    let total = Proposed {
        scope: Scope::Organization,
        amount: dollars(200),
        window: Window::Total,
    };
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
    let total = Proposed {
        scope: Scope::Project(PROJECT),
        amount: Nanos::ZERO,
        window: Window::Total,
    };
    let preview: Result<Preview, ReplayError> =
        answered(node.tellers.preview(ORGANIZATION, &total, node.now())).await;
    let preview = preview.unwrap();
    assert_eq!((preview.calls, preview.stopped), (0, 0));
    assert_eq!(preview.stops_none, Nanos::ZERO);
    assert_eq!((preview.first, preview.last), (None, None));
}

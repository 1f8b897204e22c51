//! What users of other gateways complained of, one claim each: the thread it answers stands above it. What is claimed
//! elsewhere is listed in docs/claims.md, with the name of its test.

use std::time::Duration;

use futures_util::future::join_all;
use ids::LimitId;
use ledger::{
    ChangeLimit, CheckKind, Command, LimitTerms, Patience, Scope, TakeHold, UsedSoFar, Window,
};
use money::Nanos;
use teller::HoldAnswer;

use crate::calls::{NOTHING, costs, fixed, settles, short};
use crate::storm::Dice;
use crate::world::{
    HOLD, KEY, LIMIT, Node, PROJECT, answered, change_limit, dollars, nothing_is_lost, passes,
    set_limit,
};

const ON_KEY: LimitId = LimitId::from_bytes([71; 16]);
const ON_PROJECT: LimitId = LimitId::from_bytes([72; 16]);

async fn limited(node: &Node, id: LimitId, scope: Scope, amount: Nanos, window: Window) {
    let limit = LimitTerms::hard_limit(id, scope, amount, window);
    node.does(Command::CreateLimit(limit)).await;
}

fn by_day() -> Window {
    Window::Day {
        time_zone: "Europe/Berlin".into(),
    }
}

/// BerriAI/litellm#26672, #23714, #33325: with N replicas N times the budget was spent.
#[tokio::test(start_paused = true)]
async fn four_nodes_do_not_make_four_limits() {
    let node = Node::with_credit(dollars(1_000)).await;
    node.does(set_limit(dollars(30))).await;
    let nodes = [
        node.other("b", 1),
        node.other("c", 1),
        node.other("d", 1),
        node,
    ];
    let asked = (0..200_u32).map(|call| {
        let node = &nodes[usize::try_from(call % 4).unwrap()];
        node.asks_at_once(call + 1, dollars(1))
    });
    let answers = answered(join_all(asked.collect::<Vec<_>>())).await;
    let granted = answers
        .into_iter()
        .filter(|answer| matches!(answer, Ok(HoldAnswer::Granted(..))));
    assert_eq!(granted.count(), 30);
}

/// BerriAI/litellm#11962, PR#12906: with several budgets on a call's way it was unclear which one counted.
#[tokio::test(start_paused = true)]
async fn every_hard_limit_on_a_calls_way_counts_it_and_the_tightest_stops_it() {
    let node = Node::with_credit(dollars(1_000)).await;
    limited(&node, ON_KEY, Scope::Key(KEY), dollars(9), Window::Total).await;
    limited(
        &node,
        ON_PROJECT,
        Scope::Project(PROJECT),
        dollars(5),
        by_day(),
    )
    .await;
    node.does(set_limit(dollars(7))).await;
    let hold = node.holds(1, dollars(4)).await;
    settles(hold, costs(dollars(3))).await;
    let book = node.book().await;
    for limit in [ON_KEY, ON_PROJECT, LIMIT] {
        assert_eq!(
            book.limit(limit).unwrap().count.spent.usd(),
            dollars(3),
            "{limit}"
        );
    }
    let refused = short(node.asks_at_once(2, dollars(3))).await;
    assert_eq!(
        refused.binding().unwrap().kind,
        CheckKind::HardLimit(ON_PROJECT)
    );
}

/// QuantumNous/new-api#5690, songquanpeng/one-api#505, Wei-Shaw/sub2api#3384: a balance above nothing let any number of calls
/// through at once.
#[tokio::test(start_paused = true)]
async fn a_balance_is_not_overdrawn_by_calls_at_once() {
    let node = Node::with_credit(dollars(3)).await;
    let asked: Vec<_> = (1..=500)
        .map(|call| node.asks_at_once(call, dollars(2)))
        .collect();
    let mut live = Vec::new();
    for answer in answered(join_all(asked)).await {
        if let HoldAnswer::Granted(hold, _) = answer.unwrap() {
            live.push(hold);
        }
    }
    assert_eq!(live.len(), 1);
    for hold in live {
        settles(hold, costs(dollars(2))).await;
    }
    let balance = node.book().await.balance();
    assert_eq!((balance.left, balance.owed), (dollars(1), Nanos::ZERO));
}

/// BerriAI/litellm#27639, #35569, QuantumNous/new-api#4424: reservations of calls that had ended stayed, and blocked others
/// with nothing spent.
#[tokio::test(start_paused = true)]
async fn no_ending_of_a_call_leaves_anything_held() {
    let node = Node::with_credit(dollars(100_000)).await;
    node.does(set_limit(dollars(100_000))).await;
    let (mut dice, mut spent) = (Dice::new(12), 0);
    for call in 1..=600 {
        let hold = node.holds(call, dollars(4)).await;
        match dice.below(4) {
            0 => {
                settles(hold, NOTHING).await;
            }
            1 => {
                settles(hold, costs(dollars(1))).await;
                spent += 1;
            }
            2 => {
                // More than was held.
                settles(hold, costs(dollars(5))).await;
                spent += 5;
            }
            // Its task came to nothing, as after a panic: charged in full at its deadline, visibly.
            _ => {
                drop(hold);
                spent += 4;
            }
        }
    }
    passes(3 * HOLD).await;
    let book = node.book().await;
    nothing_is_lost(&book);
    let limit = book.limit(LIMIT).unwrap();
    assert_eq!(
        (limit.count.held.usd(), limit.count.spent.usd()),
        (Nanos::ZERO, dollars(spent))
    );
    assert_eq!(
        (book.balance().held, book.holds().count()),
        (Nanos::ZERO, 0)
    );
}

/// BerriAI/litellm#36926, #31866: under load alone calls were refused, or their cost was dropped.
#[tokio::test(start_paused = true)]
async fn load_alone_refuses_nobody_and_loses_no_cost() {
    let node = Node::with_credit(dollars(3_000)).await;
    let asked: Vec<_> = (1..=3_000)
        .map(|call| node.asks_at_once(call, dollars(1)))
        .collect();
    let answers = answered(join_all(asked)).await;
    let settled = answers.into_iter().map(|answer| match answer.unwrap() {
        HoldAnswer::Granted(hold, _) => settles(hold, costs(Nanos::new(333_333_333))),
        other @ (HoldAnswer::Refused(..) | HoldAnswer::Rejected(_)) => panic!("{other:?}"),
    });
    join_all(settled).await;
    let balance = node.book().await.balance();
    assert_eq!(balance.spent, Nanos::new(3_000 * 333_333_333));
}

/// BerriAI/litellm#40050, #30460, #27735: what was enforced was not what was shown.
#[tokio::test(start_paused = true)]
async fn a_refusal_rests_on_the_figures_that_every_node_shows() {
    let node = Node::with_credit(dollars(60)).await;
    node.does(set_limit(dollars(40))).await;
    let other = node.other("b", 1);
    for call in 1..=10 {
        let hold = [&node, &other][usize::try_from(call % 2).unwrap()]
            .holds(call, dollars(3))
            .await;
        settles(hold, costs(dollars(2))).await;
    }
    let _running = other.holds(11, dollars(5)).await;
    let refused = short(node.asks_at_once(12, dollars(50))).await;
    for shown in [node.book().await, other.book().await] {
        assert_eq!(refused.checks, shown.checks(Some(PROJECT), Some(KEY)));
    }
}

/// BerriAI/litellm PR#38647, #29493: worst cases of running calls filled a budget of which nothing was spent, and the next
/// call failed for good.
#[tokio::test(start_paused = true)]
async fn what_running_calls_hold_delays_a_call_and_does_not_fail_it_for_good() {
    let node = Node::with_credit(dollars(1_000)).await;
    node.does(set_limit(dollars(25))).await;
    let first = node.holds(1, dollars(25)).await;
    let next = node.asks_for(2, dollars(20));
    settles(first, costs(dollars(1))).await;
    let hold = answered(next).await.unwrap();
    assert!(matches!(hold, HoldAnswer::Granted(..)), "{hold:?}");
    // And who waits in vain is told that it will pass.
    let refused = short(node.asks_for(3, dollars(20))).await;
    assert!(refused.transient);
}

/// BerriAI/litellm#22726, #20615: "budget exceeded" where no budget was set.
#[tokio::test(start_paused = true)]
async fn without_a_hard_limit_only_the_credit_can_be_in_the_way() {
    let node = Node::with_credit(dollars(1)).await;
    let refused = short(node.asks_at_once(1, dollars(2))).await;
    let kinds: Vec<_> = refused.checks.iter().map(|check| check.kind).collect();
    assert_eq!(kinds, [CheckKind::CreditBalance]);
}

/// BerriAI/litellm#8364, #5651, #16057, PR#40940: after a reset some nodes went on refusing, or spending stayed.
#[tokio::test(start_paused = true)]
async fn a_new_window_begins_on_every_node_at_its_first_moment() {
    let node = Node::with_credit(dollars(1_000)).await;
    limited(&node, ON_KEY, Scope::Key(KEY), dollars(10), by_day()).await;
    let other = node.other("b", 1);
    let hold = node.holds(1, dollars(10)).await;
    settles(hold, costs(dollars(10))).await;
    assert!(!short(other.asks_at_once(2, dollars(1))).await.transient);
    let resets = node.book().await.limit(ON_KEY).unwrap().span.end;
    let last = resets.micros() - node.now().micros() - 1_000;
    passes(Duration::from_micros(last.cast_unsigned())).await;
    assert!(!short(other.asks_at_once(3, dollars(1))).await.transient);
    passes(Duration::from_millis(1)).await;
    for (node, call) in [(&other, 4), (&node, 5)] {
        let hold = node.holds(call, dollars(5)).await;
        settles(hold, costs(dollars(5))).await;
    }
    assert!(!short(node.asks_at_once(6, dollars(1))).await.transient);
}

/// BerriAI/litellm#34270: a change of a budget carried spending along, or lost it.
#[tokio::test(start_paused = true)]
async fn an_edit_keeps_what_was_spent_or_resets_it_as_it_was_told() {
    let node = Node::with_credit(dollars(1_000)).await;
    node.does(set_limit(dollars(10))).await;
    let hold = node.holds(1, dollars(8)).await;
    settles(hold, costs(dollars(8))).await;
    let _running = node.holds(2, dollars(1)).await;
    node.does(change_limit(dollars(20))).await;
    let kept = node.book().await.limit(LIMIT).unwrap().clone();
    assert_eq!(
        (kept.count.spent.usd(), kept.count.held.usd()),
        (dollars(8), dollars(1))
    );
    node.does(Command::ChangeLimit(ChangeLimit {
        id: LIMIT,
        amount: None,
        used: UsedSoFar::Reset,
        until: None,
    }))
    .await;
    let reset = node.book().await.limit(LIMIT).unwrap().clone();
    assert_eq!(
        (
            reset.amount.usd(),
            reset.count.spent.usd(),
            reset.count.held.usd()
        ),
        (dollars(20), Nanos::ZERO, dollars(1))
    );
}

/// QuantumNous/new-api#4424: one call was charged twice, or paid for twice, when its end was told again.
#[tokio::test(start_paused = true)]
async fn the_same_call_is_held_once_and_charged_once() {
    let node = Node::with_credit(dollars(100)).await;
    let hold = node.holds(1, dollars(4)).await;
    let again = TakeHold {
        patience: Patience::Last,
        ..node.ask(1, fixed(dollars(4)))
    };
    let twice = answered(node.will_ask(again)).await.unwrap();
    assert!(matches!(twice, HoldAnswer::Rejected(_)), "{twice:?}");
    let id = crate::calls::id(1);
    settles(hold, costs(dollars(3))).await;
    let settlement = costs(dollars(3));
    let late = node
        .command(Command::Settle {
            hold: id,
            settlement,
        })
        .await
        .unwrap();
    assert!(
        matches!(&late, ledger::Outcome::Closed(receipt) if !receipt.changed),
        "{late:?}"
    );
    assert_eq!(node.book().await.balance().spent, dollars(3));
}

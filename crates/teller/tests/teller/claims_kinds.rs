//! What users of other gateways complained of about budgets of end users and teams, and about rates with several workers, one
//! claim each: the thread it answers stands above it.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use ids::Subject;
use ledger::{Calls, Command, LimitTerms, Measure, Tag, TakeHold, Window};
use money::Nanos;
use teller::HoldAnswer;

use crate::calls::{costs, fixed, granted, is_granted, settles, short};
use crate::kinds::{ANNA, by, last, terms};
use crate::world::{Node, answered, dollars, passes};

/// A thousandth of a dollar: what each of these calls holds.
const EACH: i64 = 1_000_000;

async fn four_nodes() -> [Node; 4] {
    let node = Node::with_credit(dollars(1_000)).await;
    let others = ["b", "c", "d"].map(|name| node.other(name, 1));
    let [second, third, fourth] = others;
    [node, second, third, fourth]
}

/// Asks for so many calls at once, in turn at each node, for these end users; says how many each was granted.
async fn at_once(nodes: &[Node; 4], calls: u32, users: &[Subject]) -> BTreeMap<Subject, u32> {
    let asked = (0..calls).map(|call| {
        let place = usize::try_from(call).unwrap();
        let user = users[place / 4 % users.len()];
        let node = &nodes[place % 4];
        let asked = node.asks(last(node, call + 1, by(user, 10)));
        async move { (user, answered(asked).await.unwrap()) }
    });
    let mut granted = BTreeMap::new();
    for (user, answer) in join_all(asked.collect::<Vec<_>>()).await {
        if matches!(answer, HoldAnswer::Granted(..)) {
            *granted.entry(user).or_default() += 1;
        }
    }
    granted
}

/// BerriAI/litellm#40095, #11083: the first calls of an end user whom nobody knew yet went past the default budget.
#[tokio::test(start_paused = true)]
async fn the_first_calls_of_an_unknown_end_user_do_not_pass_the_limit_of_each() {
    let nodes = four_nodes().await;
    let each = LimitTerms {
        window: Window::Total,
        ..terms(61, Measure::Usd, 5 * EACH)
    };
    let each = each.of_calls(Calls::EachEndUser);
    nodes[0].does(Command::CreateLimit(each)).await;
    let users: Vec<Subject> = (1..=5).map(|n| Subject::from_bytes([n; 16])).collect();
    let granted = at_once(&nodes, 200, &users).await;
    assert!(users.iter().all(|user| granted[user] == 5), "{granted:?}");
}

/// BerriAI/litellm#34238: an end user's spending was out of date on some workers, who let the user go on.
#[tokio::test(start_paused = true)]
async fn what_an_end_user_spent_on_one_node_counts_on_every_other_at_once() {
    let nodes = four_nodes().await;
    let each = terms(61, Measure::Usd, 2 * EACH).of_calls(Calls::EachEndUser);
    nodes[0].does(Command::CreateLimit(each)).await;
    for (call, node) in (1..).zip(&nodes[..2]) {
        let (hold, _) = granted(node.asks(last(node, call, by(ANNA, 10)))).await;
        settles(hold, costs(Nanos::new(EACH))).await;
        node.book().await;
    }
    let shortfall = short(nodes[3].asks(last(&nodes[3], 9, by(ANNA, 10)))).await;
    let binding = shortfall.binding().unwrap();
    assert_eq!(
        (binding.name(), binding.subject),
        ("end_user_hard_limit", Some(ANNA))
    );
    assert_eq!(binding.spent.get(), 2 * EACH);
}

/// BerriAI/litellm#23714, #33325: what N workers each counted by themselves came to N times what was set. So with rates.
#[tokio::test(start_paused = true)]
async fn requests_and_tokens_per_minute_are_not_counted_anew_by_every_node() {
    let nodes = four_nodes().await;
    for (number, measure) in [(61, Measure::Requests), (62, Measure::Tokens)] {
        let unit = nodes[0].ask(1, fixed(dollars(1))).bound.units();
        let each = if measure == Measure::Tokens {
            10 + unit
        } else {
            1
        };
        let amount = i64::try_from(12 * each).unwrap();
        let rate = terms(number, measure, amount);
        let id = rate.id;
        nodes[0].does(Command::CreateLimit(rate)).await;
        let first = u32::from(number) * 1_000;
        let asked = (0..80_u32).map(|call| {
            let node = &nodes[usize::try_from(call % 4).unwrap()];
            node.asks(last(node, first + call, by(ANNA, 10)))
        });
        let answers = answered(join_all(asked.collect::<Vec<_>>())).await;
        let holds = answers.into_iter().filter_map(|answer| match answer {
            Ok(HoldAnswer::Granted(hold, _)) => Some(hold),
            _ => None,
        });
        let holds: Vec<_> = holds.collect();
        assert_eq!(holds.len(), 12, "{measure}");
        for hold in holds {
            settles(hold, costs(Nanos::new(1))).await;
        }
        // And a minute later there is room again, on every node.
        passes(Duration::from_secs(62)).await;
        is_granted(nodes[3].asks(last(&nodes[3], first + 99, by(ANNA, 10)))).await;
        nodes[0].does(Command::DeleteLimit { id }).await;
    }
}

/// BerriAI/litellm#5651, #7129, #16057: after the budget's duration the end user, or the member, stayed blocked.
#[tokio::test(start_paused = true)]
async fn an_end_user_begins_anew_with_the_window_on_every_node() {
    let nodes = four_nodes().await;
    let day = LimitTerms {
        window: Window::Day {
            time_zone: "Europe/Berlin".into(),
        },
        ..terms(61, Measure::Usd, EACH)
    };
    let day = day.of_calls(Calls::EachEndUser);
    nodes[0].does(Command::CreateLimit(day)).await;
    let (hold, _) = granted(nodes[0].asks(last(&nodes[0], 1, by(ANNA, 10)))).await;
    settles(hold, costs(Nanos::new(EACH))).await;
    let fits_at = short(nodes[1].asks(last(&nodes[1], 2, by(ANNA, 10))))
        .await
        .fits_at;
    let micros = fits_at.unwrap().micros() - nodes[1].now().micros();
    passes(Duration::from_micros(u64::try_from(micros).unwrap())).await;
    is_granted(nodes[2].asks(last(&nodes[2], 3, by(ANNA, 10)))).await;
}

/// BerriAI/litellm#11962, #14097: a user's own budget was not looked at where the key had a team.
#[tokio::test(start_paused = true)]
async fn a_limit_of_the_team_does_not_hide_that_of_the_end_user_nor_the_other_way_round() {
    let node = Node::with_credit(dollars(1_000)).await;
    let red = Tag {
        subject: Subject::from_bytes([9; 16]),
        name: "team=red".into(),
    };
    let team = terms(61, Measure::Usd, 3 * EACH).of_calls(Calls::Tag(Box::new(red)));
    let user = terms(62, Measure::Usd, 2 * EACH).of_calls(Calls::EachEndUser);
    for limit in [team, user] {
        node.does(Command::CreateLimit(limit)).await;
    }
    let ask =
        |call, user| -> TakeHold { last(&node, call, by(Subject::from_bytes([user; 16]), 10)) };
    let _two = [
        granted(node.asks(ask(1, 1))).await,
        granted(node.asks(ask(2, 1))).await,
    ];
    let name = |shortfall: ledger::Shortfall| shortfall.binding().unwrap().name();
    assert_eq!(
        name(short(node.asks(ask(3, 1))).await),
        "end_user_hard_limit"
    );
    let _third = granted(node.asks(ask(4, 2))).await;
    assert_eq!(name(short(node.asks(ask(5, 2))).await), "tag_hard_limit");
}

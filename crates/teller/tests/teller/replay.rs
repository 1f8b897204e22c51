//! A decision made again from the journal is the decision that was made, whatever was changed since (P6).

use std::time::Duration;

use ids::{LimitId, LotId};
use ledger::{
    AddCredit, Command, CreateLimit, Fact, HoldFact, LimitOrigin, LotKind, Patience, Refusal,
    Scope, TakeHold, Window,
};
use money::{Bound, Femtos, Nanos};
use teller::{HoldAnswer, Recorded};

use crate::calls::{NOTHING, costs, fixed, id, settles, short};
use crate::storm::Dice;
use crate::world::{
    KEY, Node, ORGANIZATION, PROJECT, add_credit, answered, change_limit, dollars, passes,
    set_limit,
};

/// A limit of calendar days on the project, and one of months on the key.
async fn has_windows(node: &Node) {
    let limits = [
        (60, Scope::Project(PROJECT), 300, "day"),
        (61, Scope::Key(KEY), 3_000, "month"),
    ];
    for (number, scope, amount, window) in limits {
        let time_zone = "Europe/Berlin".into();
        let window = match window {
            "day" => Window::Day { time_zone },
            _ => Window::Month { time_zone },
        };
        let limit = CreateLimit {
            id: LimitId::from_bytes([number; 16]),
            origin: LimitOrigin::Owner,
            scope,
            amount: dollars(amount),
            window,
        };
        node.does(Command::CreateLimit(limit)).await;
    }
}

fn any_bound(dice: &mut Dice) -> Bound {
    let base = Femtos::from(dollars(i64::from(dice.below(4))));
    if dice.below(3) == 0 {
        return fixed(Nanos::new(i64::from(dice.below(2_000_000_000)) * 4));
    }
    let per_unit = Femtos::new(i128::from(1 + dice.below(9_999_999)) * 1_000_000);
    Bound::linear(
        base,
        per_unit,
        u64::from(dice.below(1_000)),
        u64::from(dice.below(50)),
    )
    .unwrap()
}

/// Makes one decision and says what is to be on record of it, if it was told.
async fn decides(node: &Node, call: u32, dice: &mut Dice) -> Option<Recorded> {
    let patience = [Patience::Wait, Patience::Last][usize::from(dice.below(2) == 0)];
    let ask = TakeHold {
        patience,
        ..node.ask(call, any_bound(dice))
    };
    match answered(node.will_ask(ask.clone())).await.unwrap() {
        HoldAnswer::Granted(hold, grant) => {
            let whole = Nanos::new(grant.amount.get() / 2);
            match dice.below(4) {
                // A call that is forgotten is presumed at its deadline.
                0 => drop(hold),
                1 => {
                    settles(hold, NOTHING).await;
                }
                _ => {
                    settles(hold, costs(whole)).await;
                }
            }
            None
        }
        HoldAnswer::Refused(refusal) => match *refusal {
            Refusal::Money(shortfall) => {
                Some(Recorded::Refused(Box::new(ask), Box::new(shortfall)))
            }
            Refusal::Key(problem) => panic!("{problem:?}"),
        },
        HoldAnswer::Rejected(rejection) => panic!("{rejection}"),
    }
}

/// Somebody changes something.
async fn is_changed(node: &Node, number: u32, dice: &mut Dice) {
    let amount = dollars(i64::from(dice.below(400)) + 300 * i64::from(number) / 130);
    match dice.below(3) {
        0 => node.does(change_limit(amount)).await,
        1 => node.does(add_credit(1_000 + number, dollars(90))).await,
        _ => {
            let mut lot = [9; 16];
            lot[12..].copy_from_slice(&number.to_be_bytes());
            let lapsing = AddCredit {
                lot: LotId::from_bytes(lot),
                kind: LotKind::Grant,
                amount: dollars(60),
                lapses_at: Some(node.now().plus_seconds(3_600)),
                priority: 0,
                note: "".into(),
            };
            node.does(Command::AddCredit(lapsing)).await;
        }
    }
}

async fn is_the_same(node: &Node, recorded: &Recorded) {
    let replayed = answered(node.tellers.replay(ORGANIZATION, recorded)).await;
    let replayed = replayed.unwrap();
    assert!(
        replayed.differences.is_empty(),
        "{recorded:?}\n{:?}",
        replayed.differences
    );
    if let Recorded::Refused(_, shortfall) = recorded {
        assert_eq!(replayed.checks, shortfall.checks);
    }
}

/// The grants after some entry, as the journal has them.
async fn grants_after(node: &Node, seq: u64) -> Vec<Recorded> {
    let journal = node.journal().await;
    let late = journal.iter().filter(|entry| entry.seq > seq);
    late.filter(|entry| matches!(entry.fact, Fact::Hold(HoldFact::Taken(_))))
        .map(|entry| Recorded::Granted { seq: entry.seq })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn every_decision_made_again_is_the_one_on_record() {
    let mut node = Node::with(dollars(50), crate::world::as_usual).await;
    node.does(set_limit(dollars(100))).await;
    has_windows(&node).await;
    let mut dice = Dice::new(3);
    let (mut all, mut call, mut refusals) = (Vec::new(), 0, 0);
    for epoch in 0..25 {
        let began = node.book().await.head().seq;
        let mut recorded = Vec::new();
        for _ in 0..130 {
            call += 1;
            recorded.extend(decides(&node, call, &mut dice).await);
            if dice.below(6) == 0 {
                is_changed(&node, call, &mut dice).await;
            }
            passes(Duration::from_secs(dice.below(900).into())).await;
        }
        refusals += recorded.len();
        recorded.extend(grants_after(&node, began).await);
        for one in &recorded {
            is_the_same(&node, one).await;
        }
        all.extend(recorded);
        // The snapshot that is kept at the end is where the next run's decisions are made again from.
        node.tellers.stop().await;
        node = node.other("a", epoch + 2);
    }
    assert!(all.len() > 3_000, "{}", all.len());
    assert!(
        refusals > 500 && all.len() - refusals > 500,
        "{refusals} of {}",
        all.len()
    );
    // Much later, and from the journal's beginning.
    for one in all.iter().step_by(97) {
        is_the_same(&node, one).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_tampered_with_is_told_from_the_decision() {
    let node = Node::with_credit(dollars(1)).await;
    let ask = node.ask(1, fixed(dollars(2)));
    let shortfall = short(node.asks(ask.clone())).await;
    let honest = Recorded::Refused(Box::new(ask.clone()), Box::new(shortfall.clone()));
    is_the_same(&node, &honest).await;
    let mut lie = shortfall.clone();
    lie.checks[0].left = dollars(3);
    lie.transient = true;
    let lie = Recorded::Refused(Box::new(ask), Box::new(lie));
    let replayed = node.tellers.replay(ORGANIZATION, &lie).await.unwrap();
    let what: Vec<_> = replayed.differences.iter().map(|one| one.what).collect();
    assert_eq!(what, ["checks", "transient"]);
    let affordable = Recorded::Refused(
        Box::new(node.ask(1, fixed(dollars(1)))),
        Box::new(shortfall),
    );
    let replayed = node.tellers.replay(ORGANIZATION, &affordable).await;
    assert_eq!(replayed.unwrap().differences[0].what, "outcome");
}

#[tokio::test(start_paused = true)]
async fn who_set_a_limit_last_is_found_with_the_decision_and_not_who_set_it_later() {
    let node = Node::with_credit(dollars(10)).await;
    node.does(set_limit(dollars(5))).await;
    node.does(change_limit(dollars(1))).await;
    let changed = node.book().await.head().seq;
    let ask = node.ask(1, fixed(dollars(2)));
    let shortfall = short(node.asks(ask.clone())).await;
    node.does(change_limit(dollars(9))).await;
    let recorded = Recorded::Refused(Box::new(ask), Box::new(shortfall));
    let replayed = node.tellers.replay(ORGANIZATION, &recorded).await.unwrap();
    let seqs: Vec<u64> = replayed.changes.values().map(|change| change.seq).collect();
    assert_eq!(seqs, [changed]);
}

#[tokio::test(start_paused = true)]
async fn the_entries_of_a_call_are_found_and_no_others() {
    let node = Node::with_credit(dollars(10)).await;
    let first = node.holds(1, dollars(1)).await;
    let second = node.holds(2, dollars(1)).await;
    settles(second, costs(dollars(1))).await;
    settles(first, costs(dollars(1))).await;
    let head = node.book().await.head().seq;
    let of = (ORGANIZATION, id(1).request);
    let entries = node.tellers.entries_of(of, 1, None).await.unwrap();
    let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [head - 3, head]);
}

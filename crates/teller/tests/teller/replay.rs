//! A decision made again from the journal is the decision that was made, whatever was changed since (P6).

use ledger::{DirectoryCommand, KeyProblem};
use teller::{Bar, Barred, HoldAnswer, Recorded};

use crate::calls::{costs, fixed, id, settles, short};
use crate::world::{KEY, Node, ORGANIZATION, answered, change_limit, dollars, set_limit};

pub(crate) async fn is_the_same(node: &Node, recorded: &Recorded) {
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

#[tokio::test(start_paused = true)]
async fn a_record_that_was_tampered_with_is_told_from_the_decision() {
    let node = Node::with_credit(dollars(1)).await;
    let ask = node.ask(1, fixed(dollars(2)));
    let shortfall = short(node.asks(ask.clone())).await;
    let honest = Recorded::Refused(Box::new(ask.clone()), Box::new(shortfall.clone()));
    is_the_same(&node, &honest).await;
    let mut lie = shortfall.clone();
    lie.checks[0].left = dollars(3).into();
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

#[tokio::test(start_paused = true)]
async fn the_refusal_of_a_key_is_made_again_and_a_lie_about_it_is_told() {
    let node = Node::with_credit(dollars(10)).await;
    let freeze = DirectoryCommand::FreezeKey {
        id: KEY,
        reason: "leaked".into(),
    };
    node.does(freeze).await;
    let answer = answered(node.asks(node.ask(1, fixed(dollars(1))))).await;
    let HoldAnswer::Refused(_, standing) = answer.unwrap() else {
        panic!("granted");
    };
    node.does(DirectoryCommand::UnfreezeKey { id: KEY }).await;
    let barred = |why| {
        Recorded::Barred(Box::new(Barred {
            key: KEY,
            model: Some("gpt-5".into()),
            why,
            standing,
        }))
    };
    let frozen = |reason: &str| barred(Bar::Key(KeyProblem::Frozen(reason.into())));
    is_the_same(&node, &frozen("leaked")).await;
    for lie in [frozen("late"), barred(Bar::Key(KeyProblem::Revoked))] {
        let replayed = node.tellers.replay(ORGANIZATION, &lie).await.unwrap();
        assert_eq!(replayed.differences.len(), 1, "{replayed:?}");
    }
}

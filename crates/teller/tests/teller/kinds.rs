//! Limits on requests and tokens, of end users and tags, and those that freeze keys: asked at tellers.

use ids::{LimitId, Subject};
use ledger::{
    Calls, Charge, Command, DirectoryCommand, KeyProblem, KeyState, LimitTerms, Measure, OnTrip,
    Patience, Quantity, Refusal, Rolling, Scope, Settlement, TakeHold, Traits, Window,
};
use money::Nanos;
use teller::{HoldAnswer, Recorded};
use tempfile::TempDir;

use crate::calls::{
    Asked, by_units, costs, fixed, granted, is_granted, refused, settles, short, taken,
};
use crate::replay::is_the_same;
use crate::world::{KEY, Node, PROJECT, answered, dollars, nothing_is_lost};

pub(crate) const ANNA: Subject = Subject::from_bytes([1; 16]);
const BERT: Subject = Subject::from_bytes([2; 16]);
const RED: Subject = Subject::from_bytes([9; 16]);

pub(crate) fn terms(number: u8, measure: Measure, amount: i64) -> LimitTerms {
    let id = LimitId::from_bytes([number; 16]);
    let window = Window::Rolling(Rolling { seconds: 60 });
    LimitTerms {
        measure,
        amount: Quantity::new(amount),
        ..LimitTerms::hard_limit(id, Scope::Project(PROJECT), Nanos::ZERO, window)
    }
}

pub(crate) fn by(end_user: Subject, tokens: u64) -> Traits {
    Traits {
        tokens,
        tokens_per_unit: 1,
        end_user: Some(end_user),
        tags: vec![RED],
    }
}

pub(crate) fn last(node: &Node, call: u32, traits: Traits) -> TakeHold {
    TakeHold {
        traits,
        patience: Patience::Last,
        ..node.ask(call, fixed(Nanos::new(1_000_000)))
    }
}

fn metered(amount: Nanos, tokens: u64) -> Settlement {
    let charge = Charge {
        amount,
        fees: Vec::new(),
        catalog: "2026-11".into(),
    };
    Settlement::Metered { charge, tokens }
}

#[tokio::test(start_paused = true)]
async fn decisions_on_tokens_end_users_and_tags_are_made_again_as_they_were() {
    let node = Node::with_credit(dollars(100)).await;
    for limit in [
        terms(61, Measure::Tokens, 5_000),
        terms(62, Measure::Usd, 2_500_000).of_calls(Calls::EachEndUser),
        terms(63, Measure::Requests, 6).of_calls(Calls::EachTag),
    ] {
        node.does(Command::CreateLimit(limit)).await;
    }
    let mut refusals = Vec::new();
    let plan = [ANNA, ANNA, ANNA, BERT, BERT, BERT, ANNA, BERT];
    for (call, user) in (1..).zip(plan) {
        let ask = last(&node, call, by(user, 700 + u64::from(call)));
        match answered(node.asks(ask.clone())).await.unwrap() {
            HoldAnswer::Granted(hold, _) => {
                settles(hold, metered(Nanos::new(1_000_000), 400)).await;
            }
            HoldAnswer::Refused(refusal, _) => {
                let Refusal::Money(shortfall) = *refusal else {
                    panic!("{refusal:?}")
                };
                refusals.push(Recorded::Refused(Box::new(ask), Box::new(shortfall)));
            }
            HoldAnswer::Rejected(rejection) => panic!("{rejection}"),
        }
        node.book().await;
    }
    assert!(refusals.len() >= 3, "{refusals:?}");
    for refusal in &refusals {
        is_the_same(&node, refusal).await;
    }
    let journal = node.journal().await;
    assert!(taken(&journal).len() >= 4);
    for entry in &journal {
        if let ledger::Fact::Hold(ledger::HoldFact::Taken(_)) = &entry.fact {
            is_the_same(&node, &Recorded::Granted { seq: entry.seq }).await;
        }
    }
    // A record that says another end user, or other tokens, is another question.
    let Recorded::Refused(ask, shortfall) = &refusals[0] else {
        panic!("{refusals:?}")
    };
    let lie = TakeHold {
        traits: by(BERT, 1),
        ..TakeHold::clone(ask)
    };
    let lie = Recorded::Refused(Box::new(lie), shortfall.clone());
    let replayed = node.tellers.replay(crate::world::ORGANIZATION, &lie).await;
    assert!(!replayed.unwrap().differences.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_hold_says_what_is_left_of_requests_and_tokens() {
    let node = Node::with_credit(dollars(100)).await;
    let (plain, _) = granted(node.asks(last(&node, 1, by(ANNA, 100)))).await;
    assert_eq!(plain.rates(), []);
    node.does(Command::CreateLimit(terms(61, Measure::Tokens, 5_000)))
        .await;
    let each = terms(62, Measure::Requests, 3).of_calls(Calls::EachEndUser);
    node.does(Command::CreateLimit(each)).await;
    let (_other, _) = granted(node.asks(last(&node, 2, by(BERT, 1_000)))).await;
    let (hold, _) = granted(node.asks(last(&node, 3, by(ANNA, 500)))).await;
    let left: Vec<_> = hold
        .rates()
        .iter()
        .map(|check| (check.measure, check.left.get()))
        .collect();
    let units = 3_500 - i64::try_from(2 * node.ask(9, fixed(dollars(1))).bound.units()).unwrap();
    assert_eq!(left, [(Measure::Tokens, units), (Measure::Requests, 2)]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_freezes_the_key_is_told_only_when_the_freeze_is_durable() {
    let node = Node::with_credit(dollars(100)).await;
    let freezing = LimitTerms {
        on_trip: OnTrip::FreezeKey,
        ..terms(61, Measure::Requests, 1)
    };
    node.does(Command::CreateLimit(freezing)).await;
    let _running = granted(node.asks(last(&node, 1, by(ANNA, 1)))).await;
    let before = node.journal().await.len();
    let stall = node.store.stall_appends();
    let mut call = node.asks(last(&node, 2, by(ANNA, 1)));
    assert!(crate::world::stays_open(&mut call).await);
    assert_eq!(node.journal().await.len(), before);
    stall.release();
    let shortfall = short(call).await;
    assert!(shortfall.froze_key);
    let state = node.book().await.key(KEY).unwrap().state.clone();
    assert!(matches!(state, KeyState::Frozen { .. }), "{state:?}");
    assert!(node.journal().await.len() > before);
    let next = refused(node.asks(last(&node, 3, by(ANNA, 1)))).await;
    assert!(matches!(next, Refusal::Key(KeyProblem::Frozen(_))));
    // And made again it freezes it again.
    let ask = Box::new(last(&node, 2, by(ANNA, 1)));
    is_the_same(&node, &Recorded::Refused(ask, Box::new(shortfall))).await;
    node.does(DirectoryCommand::UnfreezeKey { id: KEY }).await;
}

/// One call after the other without max tokens, each asking for all there is.
fn greedy(node: &Node, call: u32) -> Asked {
    node.asks(node.ask(call, by_units()))
}

#[tokio::test(start_paused = true)]
async fn one_agent_without_max_tokens_does_not_starve_the_others() {
    let node = Node::with_credit(dollars(1_000)).await;
    let hour = LimitTerms {
        amount: dollars(10).into(),
        ..terms(61, Measure::Usd, 0)
    };
    node.does(Command::CreateLimit(hour)).await;
    let mut stubborn = Some(granted(greedy(&node, 1)).await.0);
    let (mut served, mut call) = (0, 10);
    for _round in 0..20 {
        // Four others come while the agent holds everything, and the agent asks again the moment it is done.
        let others: Vec<Asked> = (1..=4)
            .map(|other| node.asks_for(call + other, dollars(1)))
            .collect();
        node.book().await;
        if let Some(hold) = stubborn.take() {
            settles(hold, costs(Nanos::new(1_000))).await;
        }
        let again = greedy(&node, call + 5);
        let mut holds = Vec::new();
        for other in others {
            match answered(other).await.unwrap() {
                HoldAnswer::Granted(hold, _) => holds.push(hold),
                other => panic!("{other:?}"),
            }
        }
        served += holds.len();
        for hold in holds {
            settles(hold, costs(Nanos::new(1_000))).await;
        }
        stubborn = Some(granted(again).await.0);
        call += 10;
    }
    assert_eq!(served, 80);
}

#[tokio::test(start_paused = true)]
async fn while_others_wait_a_call_that_can_be_cut_takes_a_share_of_what_is_left() {
    let node = Node::with_credit(dollars(20)).await;
    let hold = node.holds(1, dollars(8)).await;
    // $12 are left: a call for $13 waits, and one that would take $10 of it gets a quarter.
    let waiting = node.asks_for(2, dollars(13));
    node.book().await;
    let (cut, grant) = granted(greedy(&node, 3)).await;
    assert!(grant.fitted);
    assert_eq!(grant.amount, dollars(3));
    settles(cut, costs(dollars(1))).await;
    settles(hold, costs(dollars(1))).await;
    is_granted(waiting).await;
    let (_all, grant) = granted(node.asks(node.ask(4, fixed(dollars(5))))).await;
    assert!(!grant.fitted, "nobody waits any more");
}

#[tokio::test]
async fn what_a_backup_lacks_of_new_kinds_of_entries_is_taken_up_again() {
    let folder = TempDir::new().unwrap();
    let node = Node::remembering(folder.path(), dollars(10)).await;
    node.does(Command::CreateLimit(terms(61, Measure::Tokens, 5_000)))
        .await;
    let backup = node.store.save();
    let each = LimitTerms {
        on_trip: OnTrip::FreezeKey,
        ..terms(62, Measure::Requests, 2).of_calls(Calls::EachEndUser)
    };
    node.does(Command::CreateLimit(each)).await;
    node.does(DirectoryCommand::SetFitFloor {
        id: PROJECT,
        fit_floor: Some(64),
    })
    .await;
    let (first, _) = granted(node.asks(last(&node, 1, by(ANNA, 1_000)))).await;
    first.settle(metered(dollars(1), 700)).await.unwrap();
    let (_second, _) = granted(node.asks(last(&node, 2, by(ANNA, 300)))).await;
    assert!(
        short(node.asks(last(&node, 3, by(ANNA, 1))))
            .await
            .froze_key
    );
    // The journal goes on by itself, so nothing is mended without a person.
    node.store.restore(backup);
    let other = node.other("b", 1);
    other.does(crate::world::add_credit(7, dollars(1))).await;

    let next = node.next_run(folder.path(), 2);
    let why = next.ask_book().await.unwrap_err();
    let teller::Unavailable::RolledBack(why) = why else {
        panic!("{why}")
    };
    let accepted = next
        .tellers
        .accept_rollback(crate::world::ORGANIZATION, why.acknowledged);
    accepted.await.unwrap();
    let book = next.book().await;
    nothing_is_lost(&book);
    let tokens = book.limit(LimitId::from_bytes([61; 16])).unwrap();
    let units = i64::try_from(node.ask(9, fixed(dollars(1))).bound.units()).unwrap();
    // What ran is presumed, with the most tokens it could have had.
    assert_eq!(tokens.count.spent.get(), 700 + 300 + units);
    let each = book.limit(LimitId::from_bytes([62; 16])).unwrap();
    let of_anna = each.subjects().find(|(subject, _)| *subject == ANNA);
    assert_eq!(of_anna.unwrap().1.spent.get(), 2);
    assert_eq!(book.project(PROJECT).unwrap().fit_floor, Some(64));
    let state = &book.key(KEY).unwrap().state;
    assert!(matches!(state, KeyState::Frozen { .. }), "{state:?}");
}

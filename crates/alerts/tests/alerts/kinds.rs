//! What is told, and that its figures are the Book's.

use alerts::Wishes;
use ids::LimitId;
use ledger::{
    BudgetFact, ChangeLimit, Command, Fact, LimitTerms, PresumeReason, Scope, Settlement,
    UsedSoFar, Window,
};
use projections::{Decided, Decision, Refused};
use teller::HoldAnswer;

use crate::world::{KEY, ORGANIZATION, PROJECT, World, cents};

const LIMIT: LimitId = LimitId::from_bytes([9; 16]);

fn limit(amount: money::Nanos) -> Command {
    Command::CreateLimit(LimitTerms::hard_limit(
        LIMIT,
        Scope::Project(PROJECT),
        amount,
        Window::Total,
    ))
}

#[tokio::test(start_paused = true)]
async fn a_crossed_threshold_is_told_with_the_figures_of_its_entry() {
    let mut world = World::new().await;
    world.budget(cents(1000), &[50, 80]).await;
    world.call(cents(400), cents(399)).await;
    world.call(cents(500), cents(421)).await;
    let journal = world.journal().await;
    let crossed: Vec<_> = journal
        .iter()
        .filter_map(|entry| match &entry.fact {
            Fact::Budget(BudgetFact::Crossed { percent, spent, .. }) => {
                Some((entry.seq, *percent, spent.to_string()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(crossed.len(), 2);
    for (seq, percent, spent) in crossed {
        let told = world.next().await;
        assert_eq!(told.kind(), "budget.threshold_crossed");
        let data = told.data();
        assert_eq!(data["as_of_entry"], seq);
        assert_eq!(data["threshold_percent"], percent);
        assert_eq!(data["spent_usd"], spent);
        assert_eq!(data["budget_usd"], "10.00");
        assert_eq!(data["effect"], "alerts_only");
        let text = &told.letter.alert.text;
        let sentence = format!(
            "The budget of project \"web\" reached {percent} %: $8.20 of $10.00 were spent since 1 November 2026 (UTC). It \
             only tells; nothing is stopped. A hard limit would."
        );
        assert!(text.starts_with(&sentence), "{text}");
    }
    world.nothing_more().await;
}

#[tokio::test(start_paused = true)]
async fn a_hard_limit_is_told_of_once_in_a_window_and_again_when_it_was_raised() {
    let mut world = World::new().await;
    world.does(limit(cents(100))).await;
    world.call(cents(100), cents(100)).await;
    let told = world.next().await;
    assert_eq!(told.kind(), "hard_limit.reached");
    let data = told.data();
    assert_eq!(
        (&data["spent_usd"], &data["left_usd"]),
        (&"1.00".into(), &"0.00".into())
    );
    // A refusal for the same limit is the same news.
    let HoldAnswer::Refused(refusal, _) = world.ask(cents(1)).await else {
        panic!("it is granted");
    };
    world.alerts.refused(&refused(*refusal, &world));
    world.nothing_more().await;
    let raised = ChangeLimit {
        id: LIMIT,
        amount: Some(cents(150).into()),
        used: UsedSoFar::Keep,
        until: None,
    };
    world.does(Command::ChangeLimit(raised)).await;
    world.call(cents(50), cents(50)).await;
    assert_eq!(world.next().await.data()["limit_usd"], "1.50");
    world.nothing_more().await;
}

fn refused(refusal: ledger::Refusal, world: &World) -> Refused {
    let ledger::Refusal::Money(shortfall) = refusal else {
        panic!("{refusal:?}");
    };
    Refused {
        organization: ORGANIZATION,
        project: Some(PROJECT),
        key: Some(KEY),
        request: ids::RequestId::from_bytes([200; 16]),
        at: world.now(),
        route: "/v1/chat/completions".into(),
        model: None,
        code: "project_spend_limit_exceeded".into(),
        http_status: 429,
        needed: None,
        details_json: None,
        decision_seq: None,
        decided: Some(Decision::Money(Box::new(Decided {
            bound: money::Bound::fixed(cents(1).into()),
            pictures: None,
            traits: ledger::Traits::default(),
            upstream: "openai".into(),
            catalog: "test".into(),
            shortfall,
        }))),
        left: None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_with_the_figures_of_its_decision() {
    let mut world = World::new().await;
    world.does(limit(cents(100))).await;
    world.call(cents(62), cents(62)).await;
    let HoldAnswer::Refused(refusal, _) = world.ask(cents(41)).await else {
        panic!("it is granted");
    };
    let refused = refused(*refusal, &world);
    world.alerts.refused(&refused);
    world.alerts.refused(&refused);
    let data = world.next().await.data();
    let Some(Decision::Money(decided)) = refused.decided else {
        panic!("{refused:?}");
    };
    let seq = decided.shortfall.seq;
    assert_eq!(data["as_of_entry"], seq);
    assert_eq!(
        [&data["spent_usd"], &data["left_usd"], &data["needed_usd"]],
        ["0.62", "0.38", "0.41"]
    );
    world.nothing_more().await;
}

#[tokio::test(start_paused = true)]
async fn a_low_balance_is_told_of_once_until_it_was_not_low() {
    let mut world = World::new().await;
    world.call(cents(9600), cents(9600)).await;
    let told = world.next().await;
    assert_eq!(told.kind(), "credit.balance_low");
    assert_eq!(told.data()["left_usd"], "4.00");
    world.call(cents(1), cents(1)).await;
    world.nothing_more().await;
    world.credit(2, cents(1000), None).await;
    world.nothing_more().await;
    world.call(cents(1000), cents(1000)).await;
    assert_eq!(world.next().await.data()["left_usd"], "3.99");
    let never = Wishes {
        balance_low: None,
        lapse_notice_days: 0,
    };
    world.alerts.put_wishes(ORGANIZATION, never).await.unwrap();
    world.credit(3, cents(1000), None).await;
    world.call(cents(1000), cents(1000)).await;
    world.nothing_more().await;
}

#[tokio::test(start_paused = true)]
async fn credit_that_is_about_to_lapse_is_told_of_a_week_before_and_once() {
    let mut world = World::new().await;
    let in_eight_days = world.now().plus_seconds(8 * 86_400);
    world.credit(2, cents(500), Some(in_eight_days)).await;
    let told = world.next().await;
    assert_eq!(told.kind(), "credit.lot_lapsing");
    assert_eq!(told.data()["left_usd"], "5.00");
    let before = (in_eight_days.micros() - told.letter.now.micros()) / 1_000_000;
    let week = 7 * 86_400;
    assert!((week - 3700..=week).contains(&before), "{before} s before");
    world.nothing_more().await;
}

#[tokio::test(start_paused = true)]
async fn many_presumed_charges_are_one_alert_that_counts_them() {
    let mut world = World::new().await;
    world.run_presumed(1).await;
    let first = world.next().await;
    assert_eq!(first.kind(), "call.charge_presumed");
    assert_eq!(first.data()["count"], 1);
    let text = &first.letter.alert.text;
    assert!(
        text.starts_with("A call was charged the $0.02 it held"),
        "{text}"
    );
    world.run_presumed(50).await;
    let all = world.next().await;
    assert_eq!(all.data()["count"], 50);
    assert_eq!(all.data()["calls"].as_array().unwrap().len(), 10);
    assert!(all.at.duration_since(first.at) >= std::time::Duration::from_secs(600));
    world.nothing_more().await;
}

impl World {
    async fn run_presumed(&mut self, calls: usize) {
        for _ in 0..calls {
            let hold = self.hold(cents(2)).await;
            let presume = Settlement::Presume(PresumeReason::CutOff);
            hold.settle(presume).await.unwrap();
        }
        self.teller.ask(|_book, _now| ()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_cost_more_than_it_held_is_told_of() {
    let mut world = World::new().await;
    world.call(cents(2), cents(3)).await;
    let told = world.next().await;
    assert_eq!(told.kind(), "call.overrun");
    let call = &told.data()["calls"][0];
    assert_eq!(
        (&call["held_usd"], &call["charged_usd"]),
        (&"0.02".into(), &"0.03".into())
    );
    world.nothing_more().await;
}

#[tokio::test(start_paused = true)]
async fn an_organization_whose_store_rolled_back_is_told_of() {
    let mut world = World::new().await;
    world.call(cents(2), cents(2)).await;
    world.store.roll_back(ORGANIZATION, 1);
    // Whatever is asked next finds out.
    let answer = world.teller.ask(|_book, _now| ()).await;
    assert!(answer.is_err(), "{answer:?}");
    let told = world.next().await;
    assert_eq!(told.kind(), "organization.halted");
    world.nothing_more().await;
}

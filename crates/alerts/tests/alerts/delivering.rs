//! That what is to be told arrives: at least once, under one id, however long the receiver or the server is away.

use std::collections::HashSet;
use std::time::Duration;

use alerts::{DeliveryState, Options, Owner, Sent, Whose};

use crate::courier::down;
use crate::warnings::Warnings;
use crate::world::{BUDGET, HOOK, ORGANIZATION, World, cents};

const OTHER: &str = "https://example.org/other";

fn acme() -> Whose {
    Whose {
        id: ORGANIZATION,
        name: "Acme".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn what_happened_before_anybody_was_to_be_told_is_not_told() {
    let mut world = World::silent(Options::default()).await;
    world.budget(cents(1000), &[50, 80]).await;
    world.call(cents(600), cents(600)).await;
    world.nothing_more().await;
    world.tell(&[HOOK]).await;
    world.nothing_more().await;
    world.call(cents(300), cents(300)).await;
    assert_eq!(world.next().await.data()["threshold_percent"], 80);
    world.nothing_more().await;
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_is_down_is_tried_again_under_the_same_id_after_growing_pauses() {
    let mut world = World::new().await;
    world.courier.plan(HOOK, [down(), down(), down(), down()]);
    let id = world.alerts.test(acme()).await.unwrap();
    let mut last = world.next().await;
    for seconds in [1, 4, 16, 64] {
        let next = world.next().await;
        assert_eq!(next.letter.alert, last.letter.alert);
        assert_eq!(next.letter.alert.id, id);
        let pause = next.at.duration_since(last.at);
        let least = Duration::from_secs(seconds);
        assert!(pause >= least && pause < least * 2, "{pause:?}");
        last = next;
    }
    world.nothing_more().await;
    let recent = world.alerts.recent(ORGANIZATION, None, 10).await.unwrap();
    let delivery = &recent[0].deliveries[0];
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert_eq!((delivery.attempts, &delivery.error), (5, &None));
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_says_how_long_to_wait_is_not_tried_before() {
    let mut world = World::new().await;
    let later = Sent::Later {
        error: "the receiver answered 429".to_owned(),
        after: Some(Duration::from_secs(300)),
    };
    world.courier.plan(HOOK, [Some(later)]);
    world.alerts.test(acme()).await.unwrap();
    let first = world.next().await;
    let second = world.next().await;
    assert!(second.at.duration_since(first.at) >= Duration::from_secs(300));
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_and_not_delivered_is_sent_by_the_next_run_under_the_same_id() {
    let mut world = World::new().await;
    world.courier.plan(HOOK, [down()]);
    world.budget(cents(1000), &[50]).await;
    world.call(cents(600), cents(600)).await;
    let before = world.next().await;
    // The run ends before the next attempt.
    let mut world = world.again().await;
    // This is seen by nobody before the run.
    world.call(cents(500), cents(500)).await;
    world.run();
    let after = world.next().await;
    assert_eq!(after.letter.alert, before.letter.alert);
    world.nothing_more().await;
}

#[tokio::test(start_paused = true)]
async fn what_nobody_read_while_no_server_ran_is_read_at_the_next_start() {
    let mut world = World::new().await;
    world.budget(cents(1000), &[50]).await;
    world.end().await;
    world.call(cents(600), cents(600)).await;
    let mut world = world.again().await;
    world.run();
    assert_eq!(world.next().await.kind(), "budget.threshold_crossed");
    world.nothing_more().await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_more_to_be_gathered() {
    let gather = Duration::from_secs(3600);
    let mut world = World::silent(Options {
        gather,
        ..Options::default()
    })
    .await;
    world.tell(&[HOOK]).await;
    world.budget(cents(1000), &[50]).await;
    world.call(cents(600), cents(600)).await;
    world.nothing_for(gather / 2).await;
    let stopped = tokio::time::Instant::now();
    world.end().await;
    assert!(stopped.elapsed() < gather / 4, "{:?}", stopped.elapsed());
    // What was to be gathered with more is read nevertheless.
    let recent = world.alerts.recent(ORGANIZATION, None, 10).await.unwrap();
    assert_eq!(recent[0].alert.kind, "budget.threshold_crossed");
}

#[tokio::test(start_paused = true)]
async fn a_state_that_cannot_be_read_is_forgotten_with_one_warning() {
    let warnings = Warnings::hear();
    let mut world = World::new().await;
    world.budget(cents(1000), &[50, 80]).await;
    world.call(cents(600), cents(600)).await;
    world.next().await;
    let mut world = world.again().await;
    assert_eq!(warnings.so_far(), [""; 0], "a new file is no reason");
    world.spoil_state();
    world.run();
    world.call(cents(300), cents(300)).await;
    assert_eq!(world.next().await.data()["threshold_percent"], 80);
    // Reading goes on, of which there is nothing more to say.
    world.call(cents(100), cents(100)).await;
    world.nothing_more().await;
    let said = warnings.so_far();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("cannot be read and is forgotten"),
        "{said:?}"
    );
    assert!(said[0].contains(&ORGANIZATION.to_string()), "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_wants_no_more_is_disabled_and_said_so() {
    let mut world = World::new().await;
    let gone = Sent::Gone {
        error: "the receiver answered 410: it wants no more".to_owned(),
    };
    world.courier.plan(HOOK, [Some(gone)]);
    world.alerts.test(acme()).await.unwrap();
    world.next().await;
    world.nothing_more().await;
    let owner = Owner {
        organization: ORGANIZATION,
        budget: None,
    };
    let targets = world.alerts.targets(owner).await.unwrap();
    let why = targets[0].disabled.as_deref().unwrap();
    assert!(why.contains("410"), "{why}");
    // A later alert is kept as failed; named anew, the target is told again.
    world.alerts.test(acme()).await.unwrap();
    world.nothing_more().await;
    let recent = world.alerts.recent(ORGANIZATION, None, 1).await.unwrap();
    assert_eq!(recent[0].deliveries[0].state, DeliveryState::Failed);
    world.tell(&[HOOK]).await;
    world.alerts.test(acme()).await.unwrap();
    world.next().await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_receiver_keeps_nobody_else_waiting() {
    let mut world = World::new().await;
    world.tell(&[HOOK, OTHER]).await;
    // The first attempts at one address are never answered.
    world.courier.plan(HOOK, [None, None]);
    let mut ids = HashSet::new();
    for _ in 0..5 {
        ids.insert(world.alerts.test(acme()).await.unwrap());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut told = HashSet::new();
    let mut slow = 0;
    let began = tokio::time::Instant::now();
    while told.len() < ids.len() {
        let attempt = world.next().await;
        if attempt.letter.target.shown() == OTHER {
            told.insert(attempt.letter.alert.id);
        } else {
            slow += 1;
        }
    }
    assert_eq!(told, ids);
    assert_eq!(slow, 1, "one attempt at a time");
    assert!(began.elapsed() < Options::default().attempt_timeout);
    // The slow one gets all of them in the end.
    let mut told = HashSet::new();
    while told.len() < ids.len() {
        told.insert(world.next().await.letter.alert.id);
    }
}

#[tokio::test(start_paused = true)]
async fn a_delivery_is_given_up_in_the_end_and_shown_as_failed() {
    let mut world = World::silent(Options {
        give_up_after: Duration::from_secs(60),
        ..Options::default()
    })
    .await;
    world.tell(&[HOOK]).await;
    world
        .courier
        .plan(HOOK, std::iter::repeat_with(down).take(100));
    world.alerts.test(acme()).await.unwrap();
    // After 1, 4 and 16 seconds; the next pause would end after the minute.
    for _ in 0..4 {
        world.next().await;
    }
    world.nothing_more().await;
    let recent = world.alerts.recent(ORGANIZATION, None, 1).await.unwrap();
    let delivery = &recent[0].deliveries[0];
    assert_eq!(delivery.state, DeliveryState::Failed);
    let error = delivery.error.as_deref().unwrap();
    assert!(
        error.contains("given up after 4 attempts") && error.contains("503"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_comes_when_the_outbox_is_full_is_kept_as_failed() {
    let mut world = World::silent(Options {
        most_waiting: 1,
        ..Options::default()
    })
    .await;
    world.tell(&[HOOK]).await;
    world.courier.plan(HOOK, [None]);
    let first = world.alerts.test(acme()).await.unwrap();
    world.next().await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    let second = world.alerts.test(acme()).await.unwrap();
    let recent = world.alerts.recent(ORGANIZATION, None, 10).await.unwrap();
    let state = |id| {
        let one = recent.iter().find(|recent| recent.alert.id == id).unwrap();
        one.deliveries[0].clone()
    };
    assert_eq!(state(first).state, DeliveryState::Waiting);
    assert_eq!(state(second).state, DeliveryState::Failed);
    assert!(state(second).error.unwrap().contains("the outbox was full"));
}

#[tokio::test(start_paused = true)]
async fn a_budget_with_targets_of_its_own_tells_those_and_another_the_organizations() {
    let mut world = World::new().await;
    world.budget(cents(1000), &[50, 80]).await;
    world.call(cents(600), cents(600)).await;
    assert_eq!(world.next().await.letter.target.shown(), HOOK);
    world.tell_of(Some(BUDGET), &[OTHER]).await;
    world.call(cents(300), cents(300)).await;
    assert_eq!(world.next().await.letter.target.shown(), OTHER);
    world.nothing_more().await;
}

#[tokio::test(start_paused = true)]
async fn a_target_that_stays_keeps_its_id() {
    let world = World::new().await;
    let before = world.tell(&[HOOK]).await;
    let after = world.tell(&[OTHER, HOOK]).await;
    let id = |targets: &[alerts::Target]| {
        let one = targets.iter().find(|target| target.shown() == HOOK);
        one.unwrap().id
    };
    assert_eq!(id(&before), id(&after));
    assert_eq!(after.len(), 2);
}

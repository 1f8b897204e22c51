//! Refusals: listed with all they said, or counted where there are too many.

use ids::{KeyId, LimitId, ProjectId, Subject};
use ledger::{
    Check, CheckKind, KeyProblem, Measure, Quantity, ReleaseReason, Scope, Shortfall, Time, Traits,
    Window,
};
use money::{Bound, Femtos, Nanos};
use projections::{
    Bar, Barred, Decided, Decision, Left, Options, Outcome, Refused, Remark, Waiting,
};

use crate::world::{Call, World, key, organization, refused, remark, second};

#[tokio::test]
async fn a_refusal_is_kept_as_the_client_was_told_it() {
    let world = World::new(Options::default());
    world.log.refused(refused(1, second(1)));
    let row = world.get(1).await.unwrap();
    assert_eq!(
        (row.outcome, row.http_status),
        (Some(Outcome::Refused), Some(429))
    );
    assert_eq!(row.error_code.as_deref(), Some("credit_balance_exhausted"));
    assert_eq!(
        (row.started_at, row.finished_at),
        (second(1), Some(second(1)))
    );
    assert_eq!((row.decision_seq(), row.charged()), (Some(4), Nanos::ZERO));
    let refusal = row.refusal.unwrap();
    assert_eq!(refusal.needed, Some(Nanos::new(5)));
    assert_eq!(
        refusal.details_json.as_deref(),
        Some(r#"{"refused_by":"seawall"}"#)
    );
}

/// A check of every kind, on every scope, in every window.
fn checks() -> Vec<Check> {
    let limit = LimitId::from_bytes([3; 16]);
    let time_zone: Box<str> = "Europe/Berlin".into();
    let check = |kind, scope, window| Check {
        kind,
        scope,
        measure: Measure::Tokens,
        subject: Some(Subject::from_bytes([5; 16])),
        ceiling: Some(Quantity::MAX),
        window,
        spent: Quantity::new(1),
        held: Quantity::new(2),
        left: Quantity::new(-3),
        resets_at: Some(second(9)),
        freezes: true,
    };
    let (hard, zone) = (CheckKind::HardLimit(limit), || time_zone.clone());
    let key = Scope::Key(KeyId::from_bytes([2; 16]));
    let project = Scope::Project(ProjectId::from_bytes([1; 16]));
    let approved = CheckKind::ApprovedUsageLimit(limit);
    vec![
        check(hard, key, Some(Window::Day { time_zone: zone() })),
        check(hard, project, Some(Window::Week { time_zone: zone() })),
        check(
            approved,
            Scope::Organization,
            Some(Window::Month { time_zone: zone() }),
        ),
        check(hard, Scope::Organization, Some(Window::Total)),
        Check {
            ceiling: None,
            resets_at: None,
            ..check(CheckKind::CreditBalance, Scope::Organization, None)
        },
    ]
}

#[tokio::test]
async fn a_refusal_is_kept_with_all_it_takes_to_decide_it_again() {
    let world = World::new(Options::default());
    let bounds = [
        Bound::linear(
            Femtos::new(i128::from(i64::MAX) * 9),
            Femtos::new(7),
            1_000,
            16,
        )
        .unwrap(),
        Bound::fixed(Femtos::new(i128::MAX)),
    ];
    for (number, bound) in (1..).zip(bounds) {
        let decided = Decision::Money(Box::new(Decided {
            bound,
            pictures: Some(2),
            traits: Traits {
                tokens: 7,
                tokens_per_unit: 2,
                end_user: Some(Subject::from_bytes([0; 16])),
                tags: vec![Subject::from_bytes([255; 16])],
            },
            upstream: "openai".into(),
            catalog: "2026-11-01.2".into(),
            shortfall: Shortfall {
                at: Time::LATEST,
                seq: u64::MAX,
                needed: Nanos::MAX,
                least_needed: Nanos::new(5),
                needed_tokens: u64::MAX,
                least_needed_tokens: 1,
                checks: checks(),
                binding: 4,
                transient: true,
                fits_at: Some(second(8)),
                froze_key: true,
            },
        }));
        world.log.refused(Refused {
            decided: Some(decided.clone()),
            ..refused(number, second(1))
        });
        let kept = world.get(number).await.unwrap().refusal.unwrap();
        assert_eq!(kept.decided, Some(decided));
    }
}

#[tokio::test]
async fn the_refusal_of_a_key_is_kept_with_all_it_takes_to_decide_it_again() {
    let world = World::new(Options::default());
    let bars = [
        Bar::Key(KeyProblem::Unknown),
        Bar::Key(KeyProblem::Revoked),
        Bar::Key(KeyProblem::Expired(Time::LATEST)),
        Bar::Key(KeyProblem::Frozen("".into())),
        Bar::Key(KeyProblem::Frozen("leaked \"7\"".into())),
        Bar::Key(KeyProblem::ProjectArchived),
        Bar::Key(KeyProblem::ModelNotAllowed("gpt-é".into())),
        Bar::Address(None),
        Bar::Address(Some("2001:db8::7".parse().unwrap())),
    ];
    for (number, why) in (1..).zip(bars) {
        let decided = Decision::Key(Box::new(Barred {
            at: Time::EARLIEST,
            seq: 7,
            why,
        }));
        world.log.refused(Refused {
            decided: Some(decided.clone()),
            ..refused(number, second(1))
        });
        let kept = world.get(number).await.unwrap().refusal.unwrap();
        assert_eq!(kept.decided, Some(decided));
    }
}

#[tokio::test]
async fn what_a_client_was_told_of_a_call_that_seawall_let_go_is_kept() {
    let mut world = World::new(Options::default());
    let told: Box<str> = r#"{"error":{"message":"no"}}"#.into();
    let left = Left {
        amount: Nanos::new(7),
        binding: "credit_balance".into(),
    };
    world.log.remark(Remark {
        error_json: Some(told.clone()),
        error_code: Some("billing_hard_limit_reached".into()),
        left: Some(left.clone()),
        ..remark(1, 1)
    });
    let released = ReleaseReason::ProviderRefused;
    world
        .tell(1, [Call(1, 1).taken(), Call(1, 1).released(released)])
        .await;
    let world = world.reopen().await;
    let row = world.get(1).await.unwrap();
    assert_eq!((row.error_json, row.left), (Some(told), Some(left)));
    assert_eq!(row.refusal, None);
}

#[tokio::test]
async fn details_that_are_too_long_are_left_out_whole() {
    let world = World::new(Options::default());
    for (number, length) in [(1, 16 * 1024), (2, 16 * 1024 + 1)] {
        let details = Some("7".repeat(length).into());
        world.log.refused(Refused {
            details_json: details,
            ..refused(number, second(1))
        });
    }
    let kept = world
        .get(1)
        .await
        .unwrap()
        .refusal
        .unwrap()
        .details_json
        .unwrap();
    assert_eq!(kept.len(), 16 * 1024);
    assert_eq!(
        world.get(2).await.unwrap().refusal.unwrap().details_json,
        None
    );
}

#[tokio::test]
async fn a_call_refused_on_its_second_attempt_is_one_row() {
    let mut world = World::new(Options::default());
    world
        .tell(
            1,
            [
                Call(1, 1).taken(),
                Call(1, 1).released(ReleaseReason::ProviderRefused),
            ],
        )
        .await;
    world.log.refused(refused(1, second(3)));
    let row = world.get(1).await.unwrap();
    assert_eq!(
        (row.outcome, row.attempts.len()),
        (Some(Outcome::Refused), 1)
    );
    assert_eq!((row.started_at, row.decision_seq()), (second(1), Some(4)));
    assert_eq!(world.everything().await.len(), 1);
}

#[tokio::test]
async fn above_its_rate_a_key_s_refusals_are_counted() {
    let world = World::new(Options {
        most_refusals_per_second: 3,
        ..Options::default()
    });
    for number in 0..10 {
        world.log.refused(refused(number, second(1)));
    }
    // Another key, another code, another second: each has a rate of its own.
    world.log.refused(Refused {
        key: Some(key(2)),
        ..refused(20, second(1))
    });
    world.log.refused(Refused {
        code: "api_key_frozen".into(),
        ..refused(21, second(1))
    });
    world.log.refused(refused(22, second(2)));
    assert_eq!(world.everything().await.len(), 6);
    let counts = world.log.suppressed(None).await.unwrap();
    let [count] = &counts[..] else {
        panic!("{counts:?}")
    };
    assert_eq!(
        (count.organization, count.key),
        (organization(1), Some(key(1)))
    );
    assert_eq!((&*count.code, count.count), ("credit_balance_exhausted", 7));
    assert_eq!((count.first_at, count.last_at), (second(1), second(1)));
}

#[tokio::test]
async fn counts_add_up_within_an_hour_and_survive_a_restart() {
    let mut world = World::new(Options {
        most_refusals_per_second: 0,
        ..Options::default()
    });
    for at in [0, 5, 10, 4_000] {
        world.log.refused(Refused {
            key: None,
            ..refused(1, second(at))
        });
        world = world.reopen().await;
    }
    let counts = world.log.suppressed(Some(organization(1))).await.unwrap();
    let told: Vec<_> = counts
        .iter()
        .map(|c| (c.key, c.count, c.first_at, c.last_at))
        .collect();
    assert_eq!(
        told,
        [
            (None, 1, second(4_000), second(4_000)),
            (None, 3, second(0), second(10))
        ]
    );
    assert_eq!(
        world.log.suppressed(Some(organization(2))).await.unwrap(),
        []
    );
}

#[tokio::test]
async fn refusals_without_room_are_counted_and_none_is_lost() {
    let waiting = Waiting {
        refusals: 0,
        ..Waiting::default()
    };
    let world = World::new(Options {
        waiting,
        ..Options::default()
    });
    for number in 0..7 {
        world.log.refused(refused(number, second(1)));
    }
    assert_eq!(world.everything().await, []);
    assert_eq!(world.log.suppressed(None).await.unwrap()[0].count, 7);
    assert_eq!(world.log.lost().refusals, 0);
}

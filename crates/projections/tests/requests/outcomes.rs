//! What is shown of a call, from whichever side and in whichever order it became known.

use ledger::{PresumeReason, ReleaseReason};
use money::Nanos;
use projections::{AttemptState, Filter, Options, Outcome, Remark, Tried};

use crate::world::{Call, World, charge, key, project, remark, request, second};

#[tokio::test]
async fn a_call_runs_until_its_hold_is_settled() {
    let mut world = World::new(Options::default());
    world.tell(1, [Call(1, 1).taken()]).await;
    let running = world.get(1).await.unwrap();
    assert_eq!(
        (running.outcome, running.finished_at, running.charged()),
        (None, None, Nanos::ZERO)
    );
    assert_eq!(running.held(), Some(Nanos::new(1_000)));

    world.tell(2, [Call(1, 1).settled(700)]).await;
    let row = world.get(1).await.unwrap();
    assert_eq!(row.outcome, Some(Outcome::Served));
    assert_eq!(
        (row.started_at, row.finished_at),
        (second(1), Some(second(2)))
    );
    assert_eq!((row.project, row.key), (Some(project(1)), Some(key(1))));
    assert_eq!(
        (&*row.route, row.model.as_deref()),
        ("/v1/chat/completions", Some("m"))
    );
    assert_eq!(
        (row.upstream(), row.charged()),
        (Some("upstream-1"), Nanos::new(700))
    );
    assert_eq!(row.fees().copied().collect::<Vec<_>>(), charge(0).fees);
    assert_eq!(
        (row.catalog(), row.fitted()),
        (Some("2026-01-01"), Some((60, 100)))
    );
    assert_eq!(
        (row.decision_seq(), row.presumed(), row.corrected()),
        (Some(0), false, false)
    );
}

#[tokio::test]
async fn the_end_of_a_hold_says_how_its_call_ended() {
    let mut world = World::new(Options::default());
    let cases = [
        (Call(1, 1).settled(1), Outcome::Served, 1),
        (
            Call(2, 1).released(ReleaseReason::NotSent),
            Outcome::Failed,
            0,
        ),
        (
            Call(3, 1).released(ReleaseReason::ProviderRefused),
            Outcome::ProviderRefused,
            0,
        ),
        (
            Call(4, 1).presumed(PresumeReason::HolderGone),
            Outcome::Failed,
            1_000,
        ),
        (
            Call(5, 1).presumed(PresumeReason::CutOff),
            Outcome::Failed,
            1_000,
        ),
        (
            Call(6, 1).presumed(PresumeReason::NoUsage),
            Outcome::Served,
            1_000,
        ),
    ];
    for (number, (end, ..)) in (1..).zip(&cases) {
        world.tell(1, [Call(number, 1).taken(), end.clone()]).await;
    }
    for (number, (_, outcome, charged)) in (1..).zip(cases) {
        let row = world.get(number).await.unwrap();
        assert_eq!(
            (row.outcome, row.charged()),
            (Some(outcome), Nanos::new(charged)),
            "{number}"
        );
        assert_eq!(row.presumed(), charged == 1_000, "{number}");
    }
}

#[tokio::test]
async fn a_correction_replaces_what_was_presumed_of_its_attempt_alone() {
    let mut world = World::new(Options::default());
    let presumed = Call(1, 1).presumed(PresumeReason::ProviderFailed);
    world.tell(1, [Call(1, 1).taken(), presumed]).await;
    world
        .tell(3, [Call(1, 2).taken(), Call(1, 2).settled(300)])
        .await;
    let row = world.get(1).await.unwrap();
    assert_eq!((row.charged(), row.presumed()), (Nanos::new(1_300), true));
    assert_eq!(
        (row.outcome, row.upstream()),
        (Some(Outcome::Served), Some("upstream-2"))
    );

    world.tell(9, [Call(1, 1).corrected(20)]).await;
    let row = world.get(1).await.unwrap();
    assert_eq!(row.charged(), Nanos::new(320));
    assert_eq!((row.presumed(), row.corrected()), (false, true));
    assert_eq!(
        (row.started_at, row.finished_at),
        (second(1), Some(second(4)))
    );
    let states: Vec<_> = row.attempts.iter().map(|attempt| attempt.state).collect();
    assert_eq!(
        states,
        [
            AttemptState::Corrected(PresumeReason::ProviderFailed),
            AttemptState::Settled
        ]
    );
}

#[tokio::test]
async fn a_remark_says_what_the_journal_cannot_whichever_comes_first() {
    let told = Remark {
        outcome: Some(Outcome::Cancelled),
        http_status: Some(499),
        error_code: Some("client_closed".into()),
        provider_request_id: Some("chatcmpl-1".into()),
        duration_ms: Some(42),
        tried: vec![Tried {
            number: 1,
            status: Some(429),
            code: Some("insufficient_quota".into()),
            cause: Some("billing_unspecified".into()),
        }],
        ..remark(1, 2)
    };
    let mut rows = Vec::new();
    // The place of the remark among the two entries, and whether all is one transaction.
    for (place, together) in [
        (0, true),
        (0, false),
        (1, true),
        (1, false),
        (2, true),
        (2, false),
    ] {
        let mut world = World::new(Options::default());
        for (step, fact) in [Some(Call(1, 1).taken()), Some(Call(1, 1).settled(7)), None]
            .into_iter()
            .enumerate()
        {
            if step == place {
                world.log.remark(told.clone());
                if !together {
                    world.log.flush().await.unwrap();
                }
            }
            if let Some(fact) = fact {
                world.tell(1 + i64::from(step == 1), [fact]).await;
                if !together {
                    world.log.flush().await.unwrap();
                }
            }
        }
        rows.push(world.get(1).await.unwrap());
    }
    for row in &rows {
        assert_eq!(row, &rows[0]);
    }
    let row = &rows[0];
    assert_eq!(
        (row.outcome, row.http_status),
        (Some(Outcome::Cancelled), Some(499))
    );
    assert_eq!(row.error_code.as_deref(), Some("client_closed"));
    assert_eq!(row.provider_request_id.as_deref(), Some("chatcmpl-1"));
    assert_eq!((row.duration_ms, row.charged()), (Some(42), Nanos::new(7)));
    assert_eq!(row.tried, told.tried);
    assert_eq!(
        (row.started_at, row.finished_at),
        (second(1), Some(second(2)))
    );
}

#[tokio::test]
async fn a_call_runs_until_its_entries_tell_what_it_cost_whatever_was_remarked() {
    let mut world = World::new(Options::default());
    world.log.remark(Remark {
        outcome: Some(Outcome::Served),
        ..remark(1, 2)
    });
    world.tell(1, [Call(1, 1).taken()]).await;
    assert_eq!(world.get(1).await.unwrap().outcome, None);
    world.tell(2, [Call(1, 1).settled(7)]).await;
    assert_eq!(world.get(1).await.unwrap().outcome, Some(Outcome::Served));
}

#[tokio::test]
async fn a_call_of_which_only_remarks_are_known_is_not_shown() {
    let world = World::new(Options::default());
    world.log.remark(Remark {
        outcome: Some(Outcome::Served),
        ..remark(1, 1)
    });
    assert_eq!(world.get(1).await, None);
    assert_eq!(world.everything().await, []);
}

#[tokio::test]
async fn a_call_is_found_where_its_hold_puts_it_however_much_was_remarked_before() {
    let mut world = World::new(Options::default());
    world.log.remark(remark(1, 50));
    world.log.flush().await.unwrap();
    world.log.remark(remark(1, 51));
    world.tell(1, [Call(1, 1).taken()]).await;
    let filter = Filter {
        key: Some(key(1)),
        to: Some(second(2)),
        ..Filter::default()
    };
    assert_eq!(world.requests(filter).await, [request(1)]);
}

#[tokio::test]
async fn a_later_remark_adds_to_an_earlier_one() {
    let mut world = World::new(Options::default());
    world
        .tell(1, [Call(1, 1).taken(), Call(1, 1).settled(7)])
        .await;
    world.log.remark(Remark {
        http_status: Some(200),
        duration_ms: Some(1),
        ..remark(1, 3)
    });
    world.log.flush().await.unwrap();
    world.log.remark(Remark {
        duration_ms: Some(2),
        ..remark(1, 4)
    });
    let row = world.get(1).await.unwrap();
    assert_eq!((row.http_status, row.duration_ms), (Some(200), Some(2)));
    assert_eq!(world.outcome(1).await, Some(Outcome::Served));
}

#[tokio::test]
async fn what_a_provider_calls_things_is_kept_in_bounds() {
    let mut world = World::new(Options::default());
    world.tell(1, [Call(1, 1).taken()]).await;
    let long = "é".repeat(1_000).into_boxed_str();
    world.log.remark(Remark {
        error_code: Some(long),
        ..remark(1, 1)
    });
    let row = world.get(1).await.unwrap();
    assert_eq!(row.error_code.unwrap().len(), 256);
}

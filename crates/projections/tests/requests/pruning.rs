//! What is too old or too much goes, oldest first.

use projections::{Filter, Options, Outcome, Refused};

use crate::world::{Call, World, refused, remark, request, second};

const DAY: i64 = 86_400;

#[tokio::test]
async fn beyond_the_most_rows_the_oldest_go() {
    let mut world = World::new(Options {
        most_rows: 5,
        ..Options::default()
    });
    for number in 0..20 {
        world
            .tell(
                i64::from(number),
                [Call(number, 1).taken(), Call(number, 1).settled(1)],
            )
            .await;
        if number % 3 == 0 {
            world.log.flush().await.unwrap();
        }
    }
    let newest: Vec<_> = (15..20).rev().map(request).collect();
    assert_eq!(world.requests(Filter::default()).await, newest);
    let mut world = world.reopen().await;
    world.tell(20, [Call(20, 1).taken()]).await;
    assert_eq!(
        world.requests(Filter::default()).await.len(),
        5,
        "rows are counted after a restart"
    );
}

#[tokio::test]
async fn what_is_older_than_it_may_be_goes() {
    let mut world = World::new(Options {
        keep_days: 2,
        most_refusals_per_second: 1,
        ..Options::default()
    });
    world
        .tell(0, [Call(1, 1).taken(), Call(1, 1).settled(1)])
        .await;
    world.log.refused(refused(2, second(1)));
    world.log.refused(refused(3, second(1)));
    world.tell(DAY, [Call(4, 1).taken()]).await;
    assert_eq!(world.everything().await.len(), 3);
    assert_eq!(world.log.suppressed(None).await.unwrap().len(), 1);
    world.tell(2 * DAY + 3_700, [Call(5, 1).taken()]).await;
    assert_eq!(
        world.requests(Filter::default()).await,
        [request(5), request(4)]
    );
    assert_eq!(world.log.suppressed(None).await.unwrap(), []);
}

#[tokio::test]
async fn the_details_of_a_refusal_go_with_it() {
    let world = World::new(Options {
        most_rows: 1,
        ..Options::default()
    });
    for number in 0..4 {
        world
            .log
            .refused(refused(number, second(i64::from(number))));
        world.log.flush().await.unwrap();
    }
    let file = rusqlite::Connection::open(world.path()).unwrap();
    let details: i64 = file
        .query_row("SELECT count(*) FROM refusal", [], |row| row.get(0))
        .unwrap();
    assert_eq!(details, 1);
}

#[tokio::test]
async fn the_end_of_a_call_that_went_brings_nothing_back() {
    let mut world = World::new(Options {
        most_rows: 2,
        ..Options::default()
    });
    for number in 1..=4 {
        world
            .tell(i64::from(number), [Call(number, 1).taken()])
            .await;
        world.log.flush().await.unwrap();
    }
    world
        .tell(9, [Call(1, 1).settled(1), Call(3, 1).settled(1)])
        .await;
    assert_eq!(world.get(1).await, None);
    assert_eq!(world.outcome(3).await, Some(Outcome::Served));
    assert_eq!(world.outcome(4).await, None);
    world.log.remark(remark(1, 9));
    assert_eq!(world.get(1).await, None);
}

#[tokio::test]
async fn a_rebuilt_log_keeps_the_same_calls() {
    let mut world = World::new(Options {
        most_rows: 6,
        ..Options::default()
    });
    for number in 0..15 {
        world
            .tell(
                i64::from(number),
                [Call(number, 1).taken(), Call(number, 1).settled(1)],
            )
            .await;
    }
    world.log.refused(Refused {
        details_json: None,
        ..refused(90, second(12))
    });
    let rows = world.everything().await;
    assert_eq!(rows.len(), 6);
    world.log.rebuild(world.store()).await.unwrap();
    assert_eq!(world.everything().await, rows);
}

//! The sums by the hour are those of the rows, whatever happened to the rows.

use std::collections::BTreeMap;

use ledger::{HoldFact, PresumeReason, ReleaseReason};
use projections::{
    Bucket, Dimension, Filter, Options, Outcome, Refused, Remark, UsageFilter, UsageRow,
};

use crate::world::{Call, World, organization, refused, remark, second};

const HOUR: i64 = 3_600;

pub(crate) fn by_all(bucket: Bucket) -> UsageFilter {
    UsageFilter {
        organization: None,
        project: None,
        key: None,
        model: None,
        from: None,
        to: None,
        bucket,
        group_by: Dimension::ALL.to_vec(),
        cursor: None,
        limit: 0,
    }
}

impl World {
    /// The sums over all pages.
    async fn usage(&self, mut filter: UsageFilter) -> Vec<UsageRow> {
        let mut rows = Vec::new();
        loop {
            let page = self.log.usage(filter.clone()).await.unwrap();
            rows.extend(page.rows);
            filter.cursor = page.next_cursor;
            if filter.cursor.is_none() {
                return rows;
            }
        }
    }

    /// What the sums must be, added up from the rows without any SQL.
    async fn added_up(&self, length: i64) -> Vec<UsageRow> {
        let mut sums: BTreeMap<String, UsageRow> = BTreeMap::new();
        for row in self.everything().await {
            let Some(outcome) = row.outcome else { continue };
            let seconds = row.started_at.micros().div_euclid(1_000_000);
            let starts_at =
                ledger::Time::from_micros((seconds - seconds.rem_euclid(length)) * 1_000_000);
            let (model, upstream) = (row.model.clone(), row.upstream().map(Box::from));
            let place = (
                starts_at.micros(),
                row.organization,
                row.project,
                row.key,
                &model,
                &upstream,
            );
            let sum = sums
                .entry(format!("{place:?}"))
                .or_insert_with(|| UsageRow {
                    starts_at,
                    organization: Some(row.organization),
                    project: row.project,
                    key: row.key,
                    model: model.clone(),
                    upstream: upstream.clone(),
                    calls: [0; 5],
                    cost: money::Nanos::ZERO,
                    units: BTreeMap::new(),
                });
            let index = Outcome::ALL.iter().position(|one| *one == outcome).unwrap();
            sum.calls[index] += 1;
            sum.cost = sum.cost.saturating_add(row.charged());
            for fee in row.fees() {
                *sum.units.entry(fee.unit).or_insert(0) += fee.quantity;
            }
        }
        sums.into_values().collect()
    }

    #[track_caller]
    fn assert_same(mut left: Vec<UsageRow>, mut right: Vec<UsageRow>) {
        let order = |row: &UsageRow| format!("{row:?}");
        left.sort_by_key(order);
        right.sort_by_key(order);
        assert_eq!(left, right);
    }

    async fn assert_sums_are_the_rows(&self) {
        for (bucket, length) in [(Bucket::Hour, HOUR), (Bucket::Day, 24 * HOUR)] {
            Self::assert_same(
                self.usage(by_all(bucket)).await,
                self.added_up(length).await,
            );
        }
    }
}

/// Calls of two keys and models that end in every way, over some hours.
fn story(first: u32) -> Vec<(i64, HoldFact)> {
    let call = |number, attempt| Call(first + number, attempt);
    vec![
        (0, call(1, 1).taken()),
        (9, call(2, 1).taken_with(2, "other")),
        (10, call(1, 1).settled(700)),
        (11, call(3, 1).taken()),
        (12, call(2, 1).presumed(PresumeReason::CutOff)),
        (13, call(3, 1).released(ReleaseReason::ProviderRefused)),
        (14, call(3, 2).taken()),
        (HOUR, call(4, 1).taken()),
        (HOUR + 1, call(3, 2).settled(9)),
        (2 * HOUR, call(2, 1).corrected(5)),
        (30 * HOUR, call(5, 1).taken()),
        (30 * HOUR + 1, call(5, 1).released(ReleaseReason::NotSent)),
        (30 * HOUR + 2, call(6, 1).taken()),
        (30 * HOUR + 3, call(6, 1).settled(1_234)),
    ]
}

async fn told() -> World {
    let mut world = World::new(Options::default());
    world.log.remark(Remark {
        outcome: Some(Outcome::Cancelled),
        ..remark(6, 30 * HOUR)
    });
    for (at, fact) in story(0) {
        world.tell(at, [fact]).await;
    }
    for number in 100..103 {
        world.log.refused(refused(number, second(HOUR)));
    }
    world
}

#[tokio::test]
async fn the_sums_are_those_of_the_rows_at_every_moment() {
    let mut world = World::new(Options::default());
    for (at, fact) in story(0) {
        world.tell(at, [fact]).await;
        world.assert_sums_are_the_rows().await;
    }
    world.log.remark(Remark {
        outcome: Some(Outcome::Cancelled),
        ..remark(6, 30 * HOUR)
    });
    world.log.refused(refused(7, second(HOUR)));
    world.assert_sums_are_the_rows().await;
    let sums = world.usage(by_all(Bucket::Hour)).await;
    let of = |outcome: usize| sums.iter().map(|sum| sum.calls[outcome]).sum::<u64>();
    assert_eq!([of(0), of(1), of(2), of(3), of(4)], [2, 1, 0, 2, 1]);
    let world = world.reopen().await;
    world.assert_sums_are_the_rows().await;
}

#[tokio::test]
async fn a_rebuild_makes_the_same_sums() {
    let world = told().await;
    let before = world.usage(by_all(Bucket::Hour)).await;
    assert!(before.len() > 3, "{before:?}");
    world.log.rebuild(world.store()).await.unwrap();
    World::assert_same(world.usage(by_all(Bucket::Hour)).await, before);
    world.assert_sums_are_the_rows().await;
}

#[tokio::test]
async fn sums_stay_when_their_rows_go() {
    let mut world = World::new(Options {
        most_rows: 2,
        ..Options::default()
    });
    for (at, fact) in story(0) {
        world.tell(at, [fact]).await;
    }
    let sums = world.usage(by_all(Bucket::Hour)).await;
    assert!(world.requests(Filter::default()).await.len() <= 2);
    World::assert_same(sums.clone(), told_without_bound().await);
    world.log.rebuild(world.store()).await.unwrap();
    World::assert_same(world.usage(by_all(Bucket::Hour)).await, sums);
}

async fn told_without_bound() -> Vec<UsageRow> {
    let mut world = World::new(Options::default());
    for (at, fact) in story(0) {
        world.tell(at, [fact]).await;
    }
    world.usage(by_all(Bucket::Hour)).await
}

#[tokio::test]
async fn sums_go_when_they_are_too_old() {
    let mut world = World::new(Options {
        keep_days: 1,
        keep_usage_days: 3,
        ..Options::default()
    });
    world
        .tell(0, [Call(1, 1).taken(), Call(1, 1).settled(7)])
        .await;
    let later = 36 * HOUR;
    world
        .tell(later, [Call(2, 1).taken(), Call(2, 1).settled(7)])
        .await;
    assert_eq!(world.usage(by_all(Bucket::Hour)).await.len(), 2);
    let later = 5 * 24 * HOUR;
    world
        .tell(later, [Call(3, 1).taken(), Call(3, 1).settled(7)])
        .await;
    assert_eq!(world.usage(by_all(Bucket::Hour)).await.len(), 1);
}

#[tokio::test]
async fn refusals_that_are_only_counted_are_in_the_sums_also_after_a_rebuild() {
    let world = World::new(Options {
        most_refusals_per_second: 2,
        ..Options::default()
    });
    for number in 0..50 {
        world.log.refused(refused(number, second(5)));
    }
    world.journal_exists().await;
    let count = |rows: Vec<UsageRow>| rows.iter().map(|row| row.calls[1]).sum::<u64>();
    assert_eq!(count(world.usage(by_all(Bucket::Day)).await), 50);
    world.log.rebuild(world.store()).await.unwrap();
    assert_eq!(count(world.usage(by_all(Bucket::Day)).await), 50);
}

impl World {
    /// Only organizations with a journal are rebuilt.
    async fn journal_exists(&self) {
        let mut journal = crate::world::Journal::new(1, 1);
        journal
            .add(&self.store, second(0), Call(900, 1).taken())
            .await;
    }
}

#[tokio::test]
async fn a_model_that_does_not_exist_makes_no_sum_of_its_own() {
    let world = World::new(Options::default());
    for number in 0..5 {
        world.log.refused(Refused {
            model: Some(format!("made-up-{number}").into()),
            code: "model_not_found".into(),
            ..refused(number, second(0))
        });
    }
    let sums = world.usage(by_all(Bucket::Hour)).await;
    assert_eq!(sums.len(), 1, "{sums:?}");
    assert_eq!((sums[0].calls[1], sums[0].model.as_deref()), (5, None));
}

#[tokio::test]
async fn sums_are_filtered_told_apart_and_paged_as_asked() {
    let world = told().await;
    let all = world.usage(by_all(Bucket::Hour)).await;
    for limit in 1..4 {
        let paged = UsageFilter {
            limit,
            ..by_all(Bucket::Hour)
        };
        assert_eq!(world.usage(paged).await, all, "{limit}");
    }
    let together = UsageFilter {
        group_by: Vec::new(),
        ..by_all(Bucket::Day)
    };
    let days = world.usage(together.clone()).await;
    assert_eq!(days.len(), 2, "{days:?}");
    let cost = |rows: &[UsageRow]| rows.iter().map(|row| row.cost.get()).sum::<i64>();
    assert_eq!(cost(&days), cost(&all));
    assert_eq!(days[0].organization, None);
    let units = |rows: &[UsageRow]| rows.iter().flat_map(|row| row.units.values()).sum::<u64>();
    assert_eq!(units(&days), units(&all));
    assert!(units(&days) > 0);
    let one = UsageFilter {
        model: Some("other".into()),
        ..together.clone()
    };
    assert_eq!(cost(&world.usage(one).await), 5);
    let nobody = UsageFilter {
        organization: Some(organization(9)),
        ..together.clone()
    };
    assert_eq!(world.usage(nobody).await, []);
    let first_hours = UsageFilter {
        to: Some(second(2 * HOUR)),
        ..together
    };
    assert_eq!(world.usage(first_hours).await.len(), 1);
}

#[tokio::test]
async fn a_file_of_the_first_version_gets_its_sums() {
    let world = told().await;
    world.log.catch_up(world.store()).await.unwrap();
    let before = world.usage(by_all(Bucket::Hour)).await;
    let world = world.reopen_as_first_version().await;
    world.log.catch_up(world.store()).await.unwrap();
    World::assert_same(world.usage(by_all(Bucket::Hour)).await, before);
    world.assert_sums_are_the_rows().await;
}

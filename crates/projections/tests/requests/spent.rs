//! What attempts at one account were charged, as a provider's bill is held against.

use jiff::civil::{Date, date};
use ledger::{HoldFact, PresumeReason};
use money::Nanos;
use projections::{ADJUSTS, Options, Spent, SpentFilter};

use crate::world::{Call, World, remark, request};

/// The day of second 0: 08:00 by UTC.
const DAY: Date = date(2027, 1, 15);
const A_DAY: i64 = 86_400;

async fn spent(world: &World, upstream: &str, from: Date, to: Date) -> Spent {
    let filter = SpentFilter {
        upstream: upstream.into(),
        from,
        to,
    };
    world.log.spent(filter, 100).await.unwrap()
}

fn adjusts(call: Call, day: Date) -> HoldFact {
    match call.taken() {
        HoldFact::Taken(mut taken) => {
            taken.route = format!("{ADJUSTS}{day}").into();
            HoldFact::Taken(taken)
        }
        other => other,
    }
}

#[tokio::test]
async fn each_attempt_counts_at_its_own_account_on_its_own_day_and_presumed_ones_apart() {
    let mut world = World::new(Options::default());
    let store = std::sync::Arc::clone(&world.store);
    // The first attempt went to upstream-1 and is presumed, the second to upstream-2.
    let two = [
        Call(1, 1).taken(),
        Call(1, 1).presumed(PresumeReason::ProviderFailed),
        Call(1, 2).taken(),
        Call(1, 2).settled(40),
    ];
    let corrected = [
        Call(2, 1).taken(),
        Call(2, 1).presumed(PresumeReason::CutOff),
        Call(2, 1).corrected(70),
    ];
    let running = [Call(3, 1).taken()];
    for (from, facts) in [
        (0, two.to_vec()),
        (10, corrected.to_vec()),
        (20, running.to_vec()),
    ] {
        let entries = world.journal.add_all(&store, from, facts).await;
        world.log.appended(world.journal.organization, entries);
    }
    let later = [Call(4, 1).taken(), Call(4, 1).settled(5)];
    let entries = world.journal.add_all(&store, A_DAY, later).await;
    world.log.appended(world.journal.organization, entries);
    world.log.remark(remark(1, 30));

    let next = DAY.tomorrow().unwrap();
    let first = spent(&world, "upstream-1", DAY, next).await;
    let [sum] = &first.sums[..] else {
        unreachable!("{first:?}");
    };
    assert_eq!((sum.day, sum.amount, sum.calls), (DAY, Nanos::new(70), 1));
    assert_eq!(sum.units, [(3, 7)].into());
    let [presumed] = &first.presumed[..] else {
        unreachable!("{first:?}");
    };
    assert_eq!(presumed.hold.request, request(1));
    assert_eq!(presumed.amount, Nanos::new(1_000));
    assert_eq!(
        presumed.provider_request_id, None,
        "the name is of the last attempt"
    );
    let second = spent(&world, "upstream-2", DAY, next).await;
    assert_eq!(
        second.sums.iter().map(|sum| sum.amount).collect::<Vec<_>>(),
        [Nanos::new(40)]
    );
    let both = spent(&world, "upstream-1", DAY, next.tomorrow().unwrap()).await;
    assert_eq!(both.sums.len(), 2);
}

#[tokio::test]
async fn an_adjustment_counts_on_the_day_that_it_is_for_however_late_it_was_made() {
    let mut world = World::new(Options::default());
    let store = std::sync::Arc::clone(&world.store);
    let facts = [
        Call(1, 1).taken(),
        Call(1, 1).settled(40),
        adjusts(Call(2, 1), DAY),
        Call(2, 1).settled(2),
    ];
    for (at, fact) in [0, 1, 9 * A_DAY, 9 * A_DAY + 1].into_iter().zip(facts) {
        let entry = world
            .journal
            .add(&store, crate::world::second(at), fact)
            .await;
        world.log.appended(world.journal.organization, vec![entry]);
    }
    let next = DAY.tomorrow().unwrap();
    let day = spent(&world, "upstream-1", DAY, next).await;
    let sums: Vec<_> = day.sums.iter().map(|sum| (sum.amount, sum.calls)).collect();
    assert_eq!(sums, [(Nanos::new(42), 1)]);
    let later = spent(&world, "upstream-1", next, date(2027, 2, 1)).await;
    assert_eq!(later.sums, []);
}

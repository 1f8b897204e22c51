//! Asking for calls.

use ids::RequestId;
use ledger::ReleaseReason;
use projections::{Filter, Options, Outcome, Refused};

use crate::world::{Call, Journal, World, key, organization, project, refused, request, second};

/// Call n starts at second n: 1 to 4 by key 1 for `m`, 5 and 6 by key 2 for `other`, 7 is refused, 8 is another
/// organization's, 9 runs.
async fn world() -> World {
    let mut world = World::new(Options::default());
    for number in 1..=6 {
        let call = Call(number, 1);
        let taken = if number > 4 {
            call.taken_with(2, "other")
        } else {
            call.taken()
        };
        let end = match number {
            4 | 6 => call.released(ReleaseReason::ProviderRefused),
            _ => call.settled(5),
        };
        let at = i64::from(number);
        let mut entries = world.happen(at, [taken]).await;
        entries.extend(world.happen(at, [end]).await);
        world.log.appended(world.journal.organization, entries);
    }
    world.log.refused(Refused {
        key: Some(key(2)),
        ..refused(7, second(7))
    });
    let mut other = Journal::new(2, 1);
    let entries = other
        .add_all(
            &world.store,
            8,
            [Call(8, 1).taken_with(3, "m"), Call(8, 1).settled(1)],
        )
        .await;
    world.log.appended(other.organization, entries);
    world.tell(9, [Call(9, 1).taken()]).await;
    world
}

fn calls(numbers: impl IntoIterator<Item = u32>) -> Vec<RequestId> {
    numbers.into_iter().map(request).collect()
}

fn only(say: impl FnOnce(&mut Filter)) -> Filter {
    let mut filter = Filter::default();
    say(&mut filter);
    filter
}

fn with(key_number: u8, say: impl FnOnce(&mut Filter)) -> Filter {
    let mut filter = only(say);
    filter.key = Some(key(key_number));
    filter
}

#[tokio::test]
async fn a_filter_leaves_what_all_of_it_applies_to() {
    let world = world().await;
    let narrow = only(|f| {
        f.outcome = Some(Outcome::ProviderRefused);
        f.project = Some(project(1));
        f.to = Some(second(9));
    });
    let cases = [
        (Filter::default(), vec![9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (only(|f| f.organization = Some(organization(2))), vec![8]),
        (only(|f| f.project = Some(project(2))), vec![6, 5]),
        (with(2, |_| {}), vec![7, 6, 5]),
        (with(2, |f| f.outcome = Some(Outcome::Refused)), vec![7]),
        (with(2, |f| f.organization = Some(organization(2))), vec![]),
        (only(|f| f.model = Some("other".into())), vec![6, 5]),
        (
            only(|f| f.outcome = Some(Outcome::Served)),
            vec![8, 5, 3, 2, 1],
        ),
        (
            only(|f| f.outcome = Some(Outcome::ProviderRefused)),
            vec![6, 4],
        ),
        (only(|f| f.outcome = Some(Outcome::Cancelled)), vec![]),
        (
            only(|f| (f.from, f.to) = (Some(second(3)), Some(second(6)))),
            vec![5, 4, 3],
        ),
        (narrow, vec![4]),
    ];
    for (filter, numbers) in cases {
        assert_eq!(
            world.requests(filter.clone()).await,
            calls(numbers.clone()),
            "{filter:?}"
        );
        let by_one = Filter { limit: 1, ..filter };
        assert_eq!(
            world.requests(by_one.clone()).await,
            calls(numbers),
            "{by_one:?}"
        );
    }
}

#[tokio::test]
async fn a_list_shows_what_a_single_row_shows_but_for_the_details() {
    let world = world().await;
    for row in world.log.list(Filter::default()).await.unwrap().rows {
        let mut whole = world.log.get(row.request).await.unwrap().unwrap();
        whole.error_json = None;
        if let Some(refusal) = &mut whole.refusal {
            assert!(refusal.details_json.take().is_some());
        }
        assert_eq!(row, whole);
    }
}

#[tokio::test]
async fn a_page_is_bounded_and_the_last_one_has_no_cursor() {
    let mut world = World::new(Options::default());
    for number in 0..210 {
        world.tell(1, [Call(number, 1).taken()]).await;
    }
    for (limit, rows) in [(0, 50), (1, 1), (200, 200), (9_999, 200)] {
        let page = world
            .log
            .list(Filter {
                limit,
                ..Filter::default()
            })
            .await
            .unwrap();
        assert_eq!(
            (page.rows.len(), page.next_cursor.is_some()),
            (rows, true),
            "{limit}"
        );
    }
    // All began in the same microsecond: the order is that of the ids.
    assert_eq!(
        world.requests(Filter::default()).await,
        calls((0..210).rev())
    );
    let exact = Filter {
        limit: 105,
        ..Filter::default()
    };
    let first = world.log.list(exact.clone()).await.unwrap();
    let second = world
        .log
        .list(Filter {
            cursor: first.next_cursor,
            ..exact
        })
        .await
        .unwrap();
    assert_eq!((second.rows.len(), second.next_cursor), (105, None));
}

#[tokio::test]
async fn a_cursor_neither_repeats_nor_misses_while_calls_come_and_end() {
    let mut world = World::new(Options::default());
    for number in 0..40 {
        world
            .tell(i64::from(number), [Call(number, 1).taken()])
            .await;
    }
    let mut seen = Vec::new();
    let mut filter = Filter {
        limit: 7,
        ..Filter::default()
    };
    let mut later = 100;
    loop {
        let page = world.log.list(filter.clone()).await.unwrap();
        seen.extend(page.rows.iter().map(|row| row.request));
        // Between two pages: new calls, and the end of one already seen and of one still to be seen.
        world
            .tell(
                i64::from(later),
                [Call(later, 1).taken(), Call(later, 1).settled(1)],
            )
            .await;
        let (seen_one, unseen) = (later - 100, 39 - (later - 100));
        world.tell(500, [Call(seen_one, 1).settled(2)]).await;
        world
            .tell(500, [Call(unseen, 1).released(ReleaseReason::NotSent)])
            .await;
        later += 1;
        let Some(cursor) = page.next_cursor else {
            break;
        };
        filter.cursor = Some(cursor.to_string().parse().unwrap());
    }
    assert_eq!(seen, calls((0..40).rev()));
}

//! Counters of their own, and those that come beyond: regressions, and the bound itself.

use ledger::{Command, Outcome, Traits};

use super::script::{self, check, command_of};
use crate::world::{self, World};

#[test]
fn a_running_call_that_holds_nothing_keeps_its_counter() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit e org 1.00 rolling/60 each=user                             -> done e
        take h1 k 0.00 user=alice                                         -> granted 0.00
        take h2 k 0.50 user=bob                                           -> granted 0.50
        settle h2 0.50                                                    -> charged 0.50; headroom 0.50 by e
        now 2026-11-22T14:05:00Z                                          -> e rolls
        settle h1 0.25                                                    -> charged 0.25, overrun 0.25; headroom 0.75 by e
        lim e user=alice                                                  -> spent 0.25 held 0.00 left 0.75
        lim e user=bob                                                    -> nothing
        ",
    );
}

#[test]
fn a_correction_upwards_of_a_call_presumed_for_nothing_counts_where_it_would_have() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit r org 5.00 rolling/60                                       -> done r
        limit e org 5.00 rolling/60 each=user                             -> done e
        limit d org 5.00 day each=user                                    -> done d
        take h1 k 0.00 user=alice                                         -> granted 0.00
        presume h1                                                        -> charged 0.00; headroom 5.00 by d
        lim e user=alice                                                  -> nothing
        now 2026-11-22T14:00:30Z                                          -> nothing
        settle h1 2.00                                                    -> charged 2.00, overrun 2.00; headroom 3.00 by d
        lim r                                                             -> spent 2.00 held 0.00 left 3.00
        lim e user=alice                                                  -> spent 2.00 held 0.00 left 3.00
        lim d user=alice                                                  -> spent 2.00 held 0.00 left 3.00
        # It counts from when it was presumed.
        now 2026-11-22T14:01:00.9375Z                                     -> e rolls, r rolls
        lim r                                                             -> spent 0.00 held 0.00 left 5.00
        lim e user=alice                                                  -> nothing
        ",
    );
}

#[test]
fn a_counter_with_nothing_in_it_goes_with_its_last_call() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit e org 1.00 day each=user                                    -> done e
        take h1 k 0.50 user=alice                                         -> granted 0.50
        lim e user=alice                                                  -> spent 0.00 held 0.50 left 0.50
        release h1                                                        -> charged 0.00; headroom 1.00 by e
        lim e user=alice                                                  -> nothing
        ",
    );
}

fn take(hold: &str, cost: &str, more: &str) -> Command {
    command_of(&format!("take {hold} k {cost} {more}"))
}

/// What comes beyond a hundred thousand shares a counter: it stops too early rather than too late, and ends where it began.
#[test]
fn beyond_a_hundred_thousand_end_users_all_share_one_counter_until_it_is_over() {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        project p                                                         -> done p
        key k p                                                           -> done k
        credit a 1000000.00                                               -> done a
        limit e org 1.00 day each=user                                    -> done e
        limit t org 1.00 day each=tag                                     -> done t
        ",
    );
    let mut sealer = ledger::Sealer::new([3; 8]);
    let mut run = |book: &mut ledger::Book, command: &Command| {
        ledger::step(book, command, None, world.clock, &mut sealer)
            .unwrap()
            .outcome
    };
    let mut book = world.book.clone();
    for number in 0..99_999 {
        let command = take(&format!("h{number}"), "0.50", &format!("user=u{number}"));
        assert!(
            matches!(run(&mut book, &command), Outcome::Granted(_)),
            "{number}"
        );
    }
    // The last counter there is goes to somebody with two tags, who needs two: one beyond is made.
    assert!(granted(&run(
        &mut book,
        &take("t1", "0.50", "tags=red,blue")
    )));
    // Two users that come later share, and so do two tags of one call, which counts there once.
    assert!(granted(&run(&mut book, &take("x1", "0.60", "user=late"))));
    assert!(!granted(&run(&mut book, &take("x2", "0.60", "user=later"))));
    assert!(granted(&run(
        &mut book,
        &take("t2", "0.60", "tags=green,yellow")
    )));
    assert!(!granted(&run(&mut book, &take("t3", "0.60", "tags=white"))));
    // Who has a counter goes on having it.
    assert!(granted(&run(&mut book, &take("x3", "0.50", "user=u7"))));
    // Room comes back, but while the shared counter counts anything nobody leaves it.
    for number in 0..10 {
        run(&mut book, &command_of(&format!("release h{number}")));
    }
    assert!(!granted(&run(&mut book, &take("x4", "0.60", "user=later"))));
    run(&mut book, &command_of("release x1"));
    assert!(granted(&run(&mut book, &take("x4", "0.60", "user=later"))));
    assert!(granted(&run(&mut book, &take("x5", "0.60", "user=last"))));
    run(&mut book, &command_of("settle t2 0.30"));
    assert!(granted(&run(&mut book, &take("t3", "0.60", "tags=white"))));
    let limit = book.limit(world::limit("e")).unwrap();
    // Ten were released, of whom one has gone on with another call; two came.
    assert_eq!(limit.subjects().count(), 99_999 - 9 + 2);
    let copy = ledger::Snapshot::decode(&ledger::Snapshot::encode(&book)).unwrap();
    assert_eq!(copy, book);
}

fn granted(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Granted(_))
}

/// A provider's absurd figure, or a client's, is counted as the most there can be, and no sum leaves its range.
#[test]
fn absurd_numbers_of_tokens_make_no_journal_that_cannot_be_read() {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        project p                                                         -> done p
        key k p                                                           -> done k
        limit s org 5tokens total shadow                                  -> done s
        limit e org 5tokens total shadow each=user                        -> done e
        limit t org 1000000000000000tokens total                          -> done t
        # More than a call can have fits under no limit that stops.
        take h k 0.00 tokens=8796093022209                                -> refused by t for good, needs 8796093022209 of 1000000000000000
        delete t                                                          -> done
        ",
    );
    let command = |number: u32| {
        let Command::TakeHold(ask) = take(&format!("h{number}"), "0.00", "user=u") else {
            unreachable!()
        };
        Command::TakeHold(ledger::TakeHold {
            traits: Traits {
                tokens: u64::MAX,
                ..ask.traits
            },
            ..ask
        })
    };
    for number in 0..8 {
        assert!(granted(&world.answer(&command(number))), "{number}");
    }
    for number in 0..8 {
        let row = format!("settle h{number} 0.00 tokens={}", u64::MAX);
        world.run(&command_of(&row));
    }
    let limit = world.book.limit(world::limit("s")).unwrap();
    assert_eq!(limit.count.spent.get(), 8 * (1 << 43));
    world.replay();
}

#[test]
fn a_check_of_one_end_user_says_when_that_ones_counter_rolls() {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        project p                                                         -> done p
        key k p                                                           -> done k
        credit a 100.00                                                   -> done a
        limit e org 1requests rolling/60 each=user                        -> done e
        take h1 k 1.00 user=alice                                         -> granted 1.00
        settle h1 1.00                                                    -> charged 1.00; headroom 99.00 by credit
        now 2026-11-22T14:00:30Z                                          -> nothing
        take h2 k 1.00 user=bob                                           -> granted 1.00
        settle h2 1.00                                                    -> charged 1.00; headroom 98.00 by credit
        ",
    );
    let resets = [
        ("alice", Some("2026-11-22T14:01:00.9375Z")),
        ("bob", Some("2026-11-22T14:01:30.9375Z")),
        ("carol", None),
    ];
    for (user, at) in resets {
        let traits = Traits {
            end_user: Some(world::subject(user)),
            ..Traits::default()
        };
        let checks = world.book.checks_of_call(None, None, ("gpt-5", &traits));
        assert_eq!(checks[0].resets_at, at.map(world::time), "{user}");
    }
}

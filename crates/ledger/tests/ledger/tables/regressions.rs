//! What once went wrong, or would have.

use ledger::{
    ChangeOrganization, Command, CreateOrganization, DirectoryCommand, Entry, Fact, LimitFact,
    LimitOrigin, Outcome, Rejection, Scope, Span, Time, UnknownTimeZone, Window, due,
};
use money::{Bound, Femtos, Nanos};

use super::script::{self, check};
use super::speak;
use crate::world::{self, World};

#[test]
fn a_limit_made_again_under_its_old_id_does_not_inherit_holds() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit l key:k 10.00 total                                         -> done l
        take h1 k 4.00                                                    -> granted 4.00
        take h2 k 3.00                                                    -> granted 3.00
        presume h2                                                        -> charged 3.00; headroom 3.00 by l
        delete l                                                          -> done
        limit l key:k 10.00 total                                         -> done l
        settle h1 4.00                                                    -> charged 4.00; headroom 10.00 by l
        settle h2 1.00                                                    -> charged 1.00; headroom 10.00 by l
        lim l                                                             -> spent 0.00 held 0.00 left 10.00
        ",
    );
}

#[test]
fn a_correction_does_not_forgive_what_was_spent_after_an_edit_forgot_the_charge() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit l key:k 10.00 total                                         -> done l
        take h1 k 8.00                                                    -> granted 8.00
        presume h1                                                        -> charged 8.00; headroom 2.00 by l
        change l - reset                                                  -> done
        take h2 k 9.00                                                    -> granted 9.00
        settle h2 9.00                                                    -> charged 9.00; headroom 1.00 by l
        settle h1 0.00                                                    -> charged 0.00; headroom 1.00 by l
        lim l                                                             -> spent 9.00 held 0.00 left 1.00
        ",
    );
}

#[test]
fn a_charge_no_book_can_hold_leaves_room_to_presume_every_open_hold() {
    check(
        "
        credit a 10.00                                                    -> done a
        take h1 k 3.00                                                    -> granted 3.00
        take h2 k 4.00                                                    -> granted 4.00
        # All that fits beside the seven dollars held.
        settle h1 4611686011.427387903                                    -> charged 4611686011.427387903, overrun 4611686008.427387903; headroom 0.00 by credit
        settle h2 9.00                                                    -> charged 4.00; headroom 0.00 by credit
        settle h2 9223372036.854775807                                    -> unchanged 4.00; headroom 0.00 by credit
        credit b 4000000000.00                                            -> done b
        ",
    );
    check(
        "
        credit a 10.00                                                    -> done a
        take h1 k 3.00                                                    -> granted 3.00
        take h2 k 4.00                                                    -> granted 4.00
        settle h1 4611686011.427387904                                    -> charged 3.00; headroom 3.00 by credit
        settle h2 -0.01                                                   -> charged 4.00; headroom 3.00 by credit
        settle h2 1.00                                                    -> charged 1.00; headroom 6.00 by credit
        ",
    );
}

#[test]
fn a_call_that_costs_although_there_was_never_credit_waits_for_its_correction() {
    check(
        "
        take h1 k 0.00                                                    -> granted 0.00
        settle h1 0.50                                                    -> charged 0.00; headroom 0.00 by credit
        settle h1 0.50                                                    -> unchanged 0.00; headroom 0.00 by credit
        credit a 2.00                                                     -> done a
        settle h1 0.50                                                    -> charged 0.50, overrun 0.50; headroom 1.50 by credit
        ",
    );
}

#[test]
fn a_renewal_that_comes_late_does_not_bring_a_deadline_forward() {
    check(
        "
        credit a 2.00                                                     -> done a
        take h1 k 1.00 deadline=2026-11-22T15:00:00Z                      -> granted 1.00
        renew h1 2026-11-22T17:00:00Z                                     -> done
        renew h1 2026-11-22T16:00:00Z                                     -> unchanged
        renew h1,none 2026-11-22T17:00:00Z                                -> unchanged
        now 2026-11-22T16:59:59Z                                          -> nothing
        presume-overdue 10                                                -> presumed 0 of 0.00
        now 2026-11-22T17:00:00Z                                          -> nothing
        presume-overdue 10                                                -> presumed 1 of 1.00
        ",
    );
}

#[test]
fn presuming_stops_at_its_most_and_says_that_there_is_more() {
    check(
        "
        credit a 9.00                                                     -> done a
        take h1 k 1.00 node=n boot=1                                      -> granted 1.00
        take h2 k 2.00 node=n boot=2                                      -> granted 2.00
        take h3 k 3.00 node=n boot=1                                      -> granted 3.00
        take h4 k 1.00 node=m boot=1                                      -> granted 1.00
        presume-boots n 2 0                                               -> presumed 0 of 0.00, more
        presume-boots n 2 1                                               -> presumed 1 of 1.00, more
        presume-boots n 2 1                                               -> presumed 1 of 3.00
        presume-boots n 2 1                                               -> presumed 0 of 0.00
        sums                                                              -> spent 4.00 held 3.00 left 2.00
        ",
    );
}

#[test]
fn a_repeated_creation_of_an_organization_is_answered_with_the_organization() {
    let mut world = World::empty();
    let ask = CreateOrganization {
        approved_usage_limit: Some((world::limit("u"), Nanos::DOLLAR)),
        ..world::create_organization("UTC")
    };
    let command: Command = DirectoryCommand::CreateOrganization(ask).into();
    let cause = script::cause("x/one");
    let first = world.run_for(&command, Some(&cause));
    assert_eq!(speak::answer(&first), "done acme");
    let again = world.run_for(&command, Some(&cause));
    assert_eq!(speak::answer(&again), "unchanged acme");
    script::run(&mut world, "lim u -> spent 0.00 held 0.00 left 1.00");
}

#[test]
fn nothing_can_be_asked_of_a_book_without_an_organization() {
    let mut world = World::empty();
    let rename = ChangeOrganization {
        name: None,
        time_zone: None,
    };
    for command in [
        DirectoryCommand::ChangeOrganization(rename).into(),
        world::create_project("p"),
        script::command_of("take h k 1.00"),
        script::command_of("credit a 1.00"),
        script::command_of("settle h 1.00"),
        script::command_of("presume-overdue 5"),
    ] {
        let outcome = world.answer(&command);
        assert!(
            matches!(outcome, Outcome::Rejected(Rejection::NoOrganization)),
            "{command:?}: {outcome:?}"
        );
    }
    assert_eq!(world.book.head().seq, 0);
}

#[test]
fn a_text_no_journal_could_be_read_back_with_is_not_written() {
    let mut world = World::new();
    script::run(
        &mut world,
        "project p -> done p\nkey k p -> done k\ncredit a 1.00 -> done a",
    );
    let long: Box<str> = "x".repeat(1_001).into();
    let Command::TakeHold(ask) = script::command_of("take h k 1.00") else {
        unreachable!()
    };
    let mut asks = vec![ask; 4];
    asks[0].model = long.clone();
    asks[1].route = long.clone();
    asks[2].upstream = long.clone();
    asks[3].holder.node = long.clone();
    for ask in asks {
        let stepped = world.run(&Command::TakeHold(ask));
        assert!(speak::answer(&stepped).ends_with("is longer than 1,000 bytes"));
    }
    let hint = DirectoryCommand::CreateKey(ledger::CreateKey {
        hint: long.clone(),
        ..world::create_key("k2", "p")
    });
    let stepped = world.run(&hint.into());
    assert_eq!(
        speak::answer(&stepped),
        "rejected: hint: is longer than 1,000 bytes"
    );
    let cause = ledger::Cause {
        actor: long.clone(),
        idempotency: None,
    };
    let stepped = world.run_for(&script::command_of("credit b 1.00"), Some(&cause));
    assert_eq!(
        speak::answer(&stepped),
        "rejected: actor: is longer than 1,000 bytes"
    );
    script::run(&mut world, "take h k 1.00 -> granted 1.00");
    let mut bill = world::charge(Nanos::new(1));
    bill.catalog = long;
    let settlement = ledger::Settlement::Charge(bill);
    let stepped = world.run(&Command::Settle {
        hold: world::hold("h"),
        settlement,
    });
    assert_eq!(
        speak::answer(&stepped),
        "charged 1.00; headroom 0.00 by credit"
    );
}

#[test]
fn many_holds_are_renewed_by_entries_that_can_be_read_back() {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        project p                                                         -> done p
        key k p                                                           -> done k
        credit a 1.00                                                     -> done a
        take h k 1.00 deadline=2026-11-22T15:00:00Z                       -> granted 1.00
        ",
    );
    let holds = vec![world::hold("h"); (1 << 20) + 1];
    let deadline = world::time("2026-11-22T16:00:00Z");
    // Each entry is decoded and taken up by a second Book on the way.
    let stepped = world.run(&Command::RenewHolds { holds, deadline });
    assert_eq!(stepped.entries.len(), (1 << 20) / 1_000 + 1);
}

#[test]
fn a_hold_of_less_than_nothing_is_rejected() {
    let mut world = World::new();
    script::run(
        &mut world,
        "project p -> done p\nkey k p -> done k\ncredit a 1.00 -> done a",
    );
    let Command::TakeHold(mut ask) = script::command_of("take h k 1.00") else {
        unreachable!()
    };
    ask.bound = Bound::fixed(Femtos::new(-1_000_000));
    let stepped = world.run(&Command::TakeHold(ask));
    assert_eq!(speak::answer(&stepped), "rejected: bound: is negative");
}

#[test]
fn a_limit_whose_zone_is_gone_keeps_its_window_and_holds_no_other_up() {
    let mut world = World::new();
    script::run(&mut world, "limit b org 1.00 day -> done b");
    // Only a journal of a program that knew the zone can have such a limit; it ends before b does.
    let window = Window::Day {
        time_zone: "Mars/Olympus".into(),
    };
    assert_eq!(
        window.span_at(world.clock),
        Err(UnknownTimeZone("Mars/Olympus".into()))
    );
    let span = Span {
        start: world.clock,
        end: world.clock.plus_seconds(60),
    };
    let created = LimitFact::Created {
        id: world::limit("a"),
        origin: LimitOrigin::Owner,
        scope: Scope::Organization,
        amount: Nanos::DOLLAR,
        window,
        span,
    };
    let head = world.book.head();
    let entry = Entry {
        seq: head.seq + 1,
        previous: head.hash,
        id: ids::EntryId::from_bytes([1; 16]),
        at: world.clock,
        cause: None,
        fact: Fact::Limit(created),
    };
    let mut book = world.book.clone();
    book.apply(&entry, Entry::hash(&entry.encode())).unwrap();
    let tomorrow = world.clock.plus_seconds(24 * 60 * 60);
    let Some(Fact::Limit(LimitFact::WindowOpened { limit, .. })) = due(&book, tomorrow) else {
        panic!("b's window is over")
    };
    assert_eq!(limit, world::limit("b"));
}

#[test]
fn at_the_end_of_the_calendar_the_last_window_stays() {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        limit t org 1.00 total                                            -> done t
        limit d org 1.00 day/Asia/Tokyo                                   -> done d
        limit m org 1.00 month                                            -> done m
        ",
    );
    for now in [world::time("9999-12-30T21:00:00Z"), Time::LATEST] {
        let mut book = world.book.clone();
        let mut sealer = ledger::Sealer::new([1; 8]);
        let nothing = Command::PresumeOverdue { most: 1 };
        let stepped = ledger::step(&mut book, &nothing, None, now, &mut sealer).unwrap();
        assert!(stepped.entries.len() <= 2, "{stepped:?}");
        assert_eq!(due(&book, now), None);
    }
}

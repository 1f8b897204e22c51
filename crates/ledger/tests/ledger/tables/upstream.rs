//! The Book of an upstream account's caps.

use ids::{KeyHash, OrganizationId};
use ledger::{Command, CreateUpstream, DirectoryCommand, Outcome, Rejection};

use super::script::{command_of, run};
use super::speak;
use crate::world::World;

fn begin(name: &str) -> Command {
    let hash = KeyHash::from_bytes([7; 32]);
    let name = name.into();
    DirectoryCommand::CreateUpstream(CreateUpstream { name, hash }).into()
}

/// What a row answers that is asked under the Book's one key.
fn through(world: &mut World, row: &str) -> String {
    let mut command = command_of(row);
    if let Command::TakeHold(ask) = &mut command {
        ask.key = OrganizationId::of_upstream("openai").upstream_key();
    }
    speak::answer(&world.run(&command))
}

#[test]
fn a_cap_stops_what_it_does_not_let_pass_and_credit_stops_nothing() {
    let mut world = World::empty();
    world.run(&begin("openai"));
    for (row, answer) in [
        ("take h0 k 1000000000.00", "granted 1000000000.00"),
        (
            "release h0",
            "charged 0.00; headroom 4611686018.427387903 by credit",
        ),
        ("limit month org 5.00 month", "done month"),
        ("limit rate org 3requests day", "done rate"),
        ("take h1 k 3.00", "granted 3.00"),
        (
            "take h2 k 3.00",
            "refused by cap month for now, needs 3.00 of 2.00",
        ),
        ("settle h1 2.50", "charged 2.50; headroom 2.50 by cap month"),
        (
            "take h2 k 3.00",
            "refused by cap month for good, needs 3.00 of 2.50",
        ),
        ("take h2 k 0.50+0.50x10..1 last", "fitted 2.50 for 4 units"),
        // A refusal for the moment is not one for good: nobody's key is frozen, and another call passes.
        ("settle h2 0.00", "charged 0.00; headroom 2.50 by cap month"),
        ("take h3 k 0.10", "granted 0.10"),
        (
            "take h4 k 0.10",
            "refused by cap rate for good, needs 1 of 0",
        ),
    ] {
        let said = through(&mut world, row);
        assert_eq!(said, answer, "{row}");
    }
    run(
        &mut world,
        "sums -> spent 2.50 held 0.10 left 4611686015.827387903",
    );
}

#[test]
fn the_book_of_an_upstream_begins_once_and_in_no_other_journal() {
    let mut world = World::empty();
    let first = world.run(&begin("openai"));
    assert_eq!(first.entries.len(), 4, "all of it in one append");
    let id = OrganizationId::of_upstream("openai");
    assert_eq!(world.book.organization().unwrap().id, id);
    assert!(world.book.is_of_upstream());
    assert!(world.run(&begin("openai")).entries.is_empty());
    for (mut world, name) in [(world, "groq"), (World::new(), "openai")] {
        assert!(matches!(
            world.answer(&begin(name)),
            Outcome::Rejected(Rejection::Exists("organization"))
        ));
    }
    assert!(matches!(
        World::empty().answer(&begin(" ")),
        Outcome::Rejected(Rejection::Invalid { field: "name", .. })
    ));
}

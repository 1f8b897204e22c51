//! The table of docs/holds.md, run row by row: each state a hold can be in, each command it can meet.

use std::collections::BTreeSet;

use ledger::{Fact, HoldFact, Stepped};
use money::Nanos;

use super::script;
use super::speak;
use crate::world::{self, World};

const PAGE: &str = include_str!("../../../../../docs/holds.md");

const STATES: [&str; 6] = [
    "none",
    "open",
    "settled",
    "released",
    "presumed",
    "corrected",
];

/// Each command of the table, and the rows that give it. The deadline is at three o'clock; a world starts at two.
const COMMANDS: [(&str, &str, &str); 12] = [
    ("take", NO_WAIT, TAKE),
    ("renew", NO_WAIT, "renew h 2026-11-22T16:00:00Z"),
    ("settle below", NO_WAIT, "settle h 4.00"),
    ("settle equal", NO_WAIT, "settle h 10.00"),
    ("settle above", NO_WAIT, "settle h 12.00"),
    ("release", NO_WAIT, "release h"),
    ("presume", NO_WAIT, "presume h"),
    ("presume boots, same boot", NO_WAIT, "presume-boots a 1 9"),
    ("presume boots, later boot", NO_WAIT, "presume-boots a 2 9"),
    ("presume boots, other node", NO_WAIT, "presume-boots b 2 9"),
    (
        "presume overdue, in time",
        "2026-11-22T14:59:59.999999Z",
        "presume-overdue 9",
    ),
    (
        "presume overdue, too late",
        "2026-11-22T15:00:00Z",
        "presume-overdue 9",
    ),
];
const NO_WAIT: &str = "2026-11-22T14:00:00Z";
const TAKE: &str = "take h k 10.00 node=a boot=1 deadline=2026-11-22T15:00:00Z";

/// A row of the table under "Every state, every command".
#[derive(Debug)]
struct Row<'a> {
    states: Vec<&'a str>,
    command: &'a str,
    next: &'a str,
    entry: &'a str,
    changes: Vec<i64>,
}

fn rows() -> Vec<Row<'static>> {
    let (_, after) = PAGE
        .split_once("## Every state, every command")
        .expect("the heading");
    let (table, _) = after.split_once("\n## ").expect("the next heading");
    let cells = |line: &'static str| -> Vec<&'static str> {
        line.trim_matches('|').split('|').map(str::trim).collect()
    };
    table
        .lines()
        .filter(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| {
            let cells = cells(line);
            let [states, command, next, entry, ref changes @ ..] = cells[..] else {
                panic!("{line}")
            };
            assert_eq!(changes.len(), 4, "{line}");
            Row {
                states: states.split(", ").collect(),
                command,
                next,
                entry,
                changes: changes
                    .iter()
                    .map(|text| text.parse().expect(line))
                    .collect(),
            }
        })
        .collect()
}

fn in_state(state: &str) -> World {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        project p                                                         -> done p
        key k p                                                           -> done k
        credit a 100.00                                                   -> done a
        limit l key:k 100.00 total                                        -> done l
        ",
    );
    let rows: &[&str] = match state {
        "none" => &[],
        "open" => &[TAKE],
        "settled" => &[TAKE, "settle h 10.00"],
        "released" => &[TAKE, "release h"],
        "presumed" => &[TAKE, "presume h"],
        "corrected" => &[TAKE, "presume h", "settle h 10.00"],
        other => panic!("no such state: {other}"),
    };
    for row in rows {
        world.run(&script::command_of(row));
    }
    world
}

/// What the lot and the limit count, in nano-dollars: held and spent of the one, held and spent of the other.
fn figures(world: &World) -> [Nanos; 4] {
    let lot = world.book.lot(world::lot("a")).unwrap();
    let limit = world.book.limit(world::limit("l")).unwrap();
    [
        lot.held,
        lot.spent,
        limit.count.held.usd(),
        limit.count.spent.usd(),
    ]
}

fn hold_facts(stepped: &Stepped) -> Vec<&HoldFact> {
    let facts = stepped.entries.iter().map(|(entry, _)| &entry.fact);
    facts
        .filter_map(|fact| match fact {
            Fact::Hold(fact) => Some(fact),
            Fact::Directory(_) | Fact::Credit(_) | Fact::Limit(_) | Fact::Budget(_) => None,
        })
        .collect()
}

/// The Book knows open and presumed holds; how any other one ended, its last fact says.
fn next_state(world: &World, fact: Option<&HoldFact>) -> &'static str {
    let id = world::hold("h");
    let open = world.book.holds().any(|(other, _)| *other == id);
    let presumed = world.book.presumed().any(|(other, _)| *other == id);
    match (open, presumed, fact) {
        (true, true, _) => "open and presumed",
        (true, false, _) => "open",
        (false, true, _) => "presumed",
        (false, false, Some(HoldFact::Settled { .. })) => "settled",
        (false, false, Some(HoldFact::Released { .. })) => "released",
        (false, false, Some(HoldFact::Corrected { .. })) => "corrected",
        (false, false, _) => "same",
    }
}

fn run(row: &Row<'_>, state: &str) {
    let (_, at, command) = COMMANDS
        .iter()
        .find(|(name, ..)| *name == row.command)
        .expect("a known command");
    let mut world = in_state(state);
    world.clock = world::time(at);
    let before = figures(&world);
    let stepped = world.run(&script::command_of(command));
    let facts = hold_facts(&stepped);
    assert_eq!(facts.len(), stepped.entries.len(), "{row:?}");
    assert!(facts.len() <= 1, "{row:?}");
    let fact = facts.first().copied();
    assert_eq!(
        fact.map_or("-", speak::hold_fact),
        row.entry,
        "{state}: {row:?}"
    );
    assert_eq!(next_state(&world, fact), row.next, "{state}: {row:?}");
    let changes: Vec<i64> = figures(&world)
        .into_iter()
        .zip(before)
        .map(|(after, before)| after.get() - before.get())
        .collect();
    let expected: Vec<i64> = row
        .changes
        .iter()
        .map(|dollars| dollars * Nanos::DOLLAR.get())
        .collect();
    assert_eq!(changes, expected, "{state}: {row:?}");
}

#[test]
fn every_row_of_the_page_is_what_the_ledger_does() {
    for row in rows() {
        for state in &row.states {
            run(&row, state);
        }
    }
}

#[test]
fn the_page_has_every_state_with_every_command_once() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        for state in row.states {
            assert!(
                seen.insert((state, row.command)),
                "twice: {state}, {}",
                row.command
            );
        }
    }
    let all: BTreeSet<_> = STATES
        .into_iter()
        .flat_map(|state| COMMANDS.map(|(command, ..)| (state, command)))
        .collect();
    assert_eq!(seen, all);
}

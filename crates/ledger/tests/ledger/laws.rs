//! Laws over random histories: thousands of commands in a row, and after each of them every promise.
//!
//! `World::run` holds the Book to what needs no memory (P3, sums, snapshot, another node's Book); here it is compared
//! with the model, figure by figure, and P1 is checked where a hold is granted.

mod compare;
mod events;
mod extremes;
mod rolling;
mod shrink;
mod translate;

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use ledger::{Command, Outcome, decide};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::model::{self, Answer, Event, Model, Op};
use crate::world::{World, create_organization};

/// The same cases on every run, unless `PROPTEST_RNG_SEED` says otherwise.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let config = ProptestConfig::with_cases(cases);
    ProptestConfig {
        rng_seed: match config.rng_seed {
            RngSeed::Random => RngSeed::Fixed(0x5ea_4a11),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        failure_persistence: None,
        max_shrink_iters: 500,
        ..config
    }
}

/// A new organization, early in 1970: the model counts months from there.
fn young_world() -> World {
    let mut world = World::empty();
    world.clock = ledger::Time::from_micros(40 * 86_400_000_000);
    world.run(&ledger::DirectoryCommand::CreateOrganization(create_organization("UTC")).into());
    world
}

/// Runs one event on both, and compares what they answer and what they then say.
fn run(world: &mut World, model: &mut Model, event: &Event) {
    let clock = world.clock.micros() + event.pause;
    world.clock = ledger::Time::from_micros(clock);
    let now = world.book.now().max(world.clock);
    let command = translate::command(&event.op, now);
    let outcome = world.answer(&command);
    let answer = model.run(now.micros(), &event.op);
    assert_eq!(translate::answer(&outcome), answer, "{event:?}");
    compare::figures(&world.book, model);
    if let Op::Take(ask) = &event.op {
        compare::granted_within_every_limit(&world.book, ask, answer);
    }
    nothing_happens_twice(world, &command, &outcome);
}

/// A call that was ended is not ended again: not by the same command, not by another.
fn nothing_happens_twice(world: &World, command: &Command, outcome: &Outcome) {
    if let (Command::Settle { .. }, Outcome::Closed(_)) = (command, outcome) {
        let again = decide(&world.book, command, None, world.book.now());
        assert!(
            again.facts.is_empty(),
            "{command:?} twice: {:?}",
            again.facts
        );
        let Outcome::Closed(receipt) = again.outcome else {
            panic!("{command:?}")
        };
        assert!(!receipt.changed, "{command:?}");
    }
}

/// Runs a history on a new organization; panics with what is wrong.
fn run_all(history: &[Event]) {
    let mut world = young_world();
    let mut model = Model::default();
    for event in events::beginning().iter().chain(history) {
        run(&mut world, &mut model, event);
    }
    world.replay();
}

/// How many commands, and the number of the first history: a million from nothing, unless asked for others.
#[expect(
    clippy::disallowed_methods,
    reason = "how long to look is said to this test from outside: docs/proof.md"
)]
fn asked_for() -> (u64, u64) {
    let number = |name, otherwise| match std::env::var(name) {
        Ok(text) => text.replace('_', "").parse().expect(name),
        Err(_) => otherwise,
    };
    let commands = number("SEAWALL_MODEL_COMMANDS", 1_000_000);
    (commands, number("SEAWALL_MODEL_FROM", 0))
}

/// Each command is followed by every check.
#[test]
fn the_ledger_does_what_the_model_does_and_keeps_its_promises() {
    let (commands, from) = asked_for();
    for number in from..from + commands.div_ceil(2_500) {
        let history = events::history(number, 2_500);
        if catch_unwind(|| run_all(&history)).is_err() {
            let least = shrink::least(history, |some| catch_unwind(|| run_all(some)).is_err());
            panic!(
                "history {number} (again: SEAWALL_MODEL_FROM={number} SEAWALL_MODEL_COMMANDS=1) fails; these of its events \
                 suffice: {least:#?}"
            );
        }
    }
}

/// A history that refuses everything, or nothing, would prove little.
#[test]
fn random_histories_reach_every_kind_of_answer() {
    let mut often: BTreeMap<&str, u32> = BTreeMap::new();
    for number in 0..8 {
        let mut model = Model::default();
        let mut now = 40 * 86_400_000_000;
        let history = events::history(number, 2_500);
        for event in events::beginning().iter().chain(&history) {
            now += event.pause.max(0);
            let before = model.frozen();
            let answer = model.run(now, &event.op);
            let refused = matches!(answer, Answer::MoneyRefused { .. } | Answer::Closed { .. });
            if refused && model.frozen() > before {
                *often.entry("freezes").or_default() += 1;
            }
            let limits = model.limits().iter();
            for kind in limits.flat_map(model::Limit::reached) {
                *often.entry(kind).or_default() += 1;
            }
            *often.entry(kind(answer)).or_default() += 1;
            if model.lots().iter().any(|lot| lot.free() < 0) {
                *often.entry("owed").or_default() += 1;
            }
            if model.budgets().iter().any(|budget| budget.told.len() > 1) {
                *often.entry("told").or_default() += 1;
            }
        }
    }
    for kind in KINDS {
        let times = often.get(kind).copied().unwrap_or(0);
        assert!(
            times >= if kind == "freezes" { 10 } else { 100 },
            "{kind} only {times} times of 20,000: {often:?}"
        );
    }
}

const KINDS: [&str; 20] = [
    "granted", "fitted", "wait", "key", "for now", "for good", "closed", "overrun", "presumed",
    "rejected", "owed", "told", "shadow", "raise", "rolling", "apart", "requests", "tokens",
    "guard", "freezes",
];

fn kind(answer: Answer) -> &'static str {
    match answer {
        Answer::Done => "done",
        Answer::Rejected => "rejected",
        Answer::Granted { fitted: false, .. } => "granted",
        Answer::Granted { fitted: true, .. } => "fitted",
        Answer::Wait => "wait",
        Answer::KeyRefused(_) => "key",
        Answer::MoneyRefused {
            transient: true, ..
        } => "for now",
        Answer::MoneyRefused {
            transient: false, ..
        } => "for good",
        Answer::Closed { overrun: 1.., .. } => "overrun",
        Answer::Closed { changed: true, .. } => "closed",
        Answer::Closed { changed: false, .. } => "unchanged",
        Answer::Presumed { holds: 0, .. } => "none to presume",
        Answer::Presumed { .. } => "presumed",
    }
}

//! One seed from its beginning to its end.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Once;

use crate::simulation::Simulation;
use crate::trace::KEPT;

/// What a seed came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Equal for equal traces.
    pub hash: u64,
    /// How many lines the trace has.
    pub lines: u64,
    /// How often each kind of thing happened.
    pub counts: BTreeMap<&'static str, u64>,
    /// What was wrong, if anything was.
    pub failure: Option<Failure>,
}

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What was wrong.
    pub wrong: String,
    /// The last lines of the trace.
    pub trace: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, wrong, trace } = self;
        write!(
            f,
            "{trace}seed {seed}: {wrong}\nagain: cargo run -p simtest -- --from {seed} --seeds 1 (--trace 100000 for all of it)"
        )
    }
}

thread_local! {
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

/// A task that panics is swallowed by its runtime; a simulation must not overlook it.
fn watch_panics() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.set(PANICS.get().saturating_add(1));
            before(panic);
        }));
    });
    PANICS.set(0);
}

/// Runs a seed.
#[must_use]
pub fn run(seed: u64) -> Ran {
    run_keeping(seed, KEPT)
}

/// The same; of a failure, the last so many lines of the trace are kept.
#[must_use]
pub fn run_keeping(seed: u64, lines: usize) -> Ran {
    watch_panics();
    let mut simulation = match Simulation::new(seed, lines) {
        Ok(simulation) => simulation,
        Err(wrong) => return begun_wrongly(seed, wrong),
    };
    let ended = simulation.storm().and_then(|()| {
        if simulation.world.look().failure.is_some() {
            return Ok(());
        }
        simulation.calm()
    });
    let shared = simulation.world.clone();
    // With the nodes gone nobody else looks at the world.
    drop(simulation);
    let mut world = shared.look();
    world.holds(ended);
    if PANICS.get() > 0 {
        world.holds(Err("something panicked".to_owned()));
    }
    world.count_entries();
    let failure = world.failure.clone().map(|wrong| Failure {
        seed,
        wrong,
        trace: world.trace.to_string(),
    });
    Ran {
        hash: world.trace.hash(),
        lines: world.trace.lines(),
        counts: world.counts.clone(),
        failure,
    }
}

fn begun_wrongly(seed: u64, wrong: String) -> Ran {
    Ran {
        hash: 0,
        lines: 0,
        counts: BTreeMap::new(),
        failure: Some(Failure {
            seed,
            wrong,
            trace: String::new(),
        }),
    }
}

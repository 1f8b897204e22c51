//! A node: a runtime of its own in which its tellers and callers live, one run after the other.
//!
//! A runtime polls one task at a time and only when told to, so that a crash (the runtime is dropped, with everything in
//! it) can come between any two polls: at every await of everything that runs. Its time stands still until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use ids::BootId;
use journal::Acknowledged;
use ledger::{Entry, Holder};
use teller::{Observer, Settings, Tellers};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{AbortHandle, yield_now};

use crate::caller::{NodeClock, Site};
use crate::line::Line;
use crate::operation::name;
use crate::plan::Plan;
use crate::rollback::accepts;
use crate::world::Shared;

/// One node.
#[derive(Debug)]
pub(crate) struct Node {
    name: Box<str>,
    boots: u8,
    pub(crate) skew: Arc<AtomicI64>,
    pub(crate) run: Option<Run>,
    /// What it remembers of the store, from run to run.
    folder: Option<TempDir>,
}

/// One run of it.
#[derive(Debug)]
pub(crate) struct Run {
    // Before what lives in it, so that it is dropped first.
    runtime: Runtime,
    pub(crate) site: Site,
    /// Where its runtime's time stands.
    time: i64,
    tasks: Vec<AbortHandle>,
    /// Turns of tasks since something came that may wake one.
    since: u64,
    /// Set once it was asked to end in good order; true when it has.
    stopped: Option<Arc<AtomicBool>>,
}

/// Hears of entries, each of which must be in the journal by then, and heard of once.
#[derive(Debug)]
struct Watcher {
    world: Shared,
    by: Holder,
}

impl Observer for Watcher {
    /// What it had decided and not appended is gone with its Book: those holds are presumed.
    fn halted(&self, _organization: ids::OrganizationId, _reason: &str) {
        self.world.look().forgets(&self.by);
    }

    fn appended(&self, _organization: ids::OrganizationId, entries: Vec<Entry>) {
        let mut world = self.world.look();
        if world.rollback.times > 0 {
            return;
        }
        for entry in entries {
            let seq = usize::try_from(entry.seq).unwrap_or(0);
            let stands = world.truth.between(seq.saturating_sub(1), seq).next() == Some(&entry);
            let first = world.observed.insert((entry.seq, entry.previous));
            if !(stands && first) {
                let wrong = format!("{} observed {entry:?}: {stands} {first}", name(&self.by));
                world.holds(Err(wrong));
            }
        }
    }
}

impl Node {
    pub(crate) fn new(number: usize) -> Self {
        Self {
            name: format!("n{number}").into(),
            boots: 0,
            skew: Arc::new(AtomicI64::new(0)),
            run: None,
            folder: None,
        }
    }

    /// What it remembers; its folder is made at its first beginning.
    fn memory(&mut self, plan: &Plan) -> Result<Option<Acknowledged>, String> {
        let Some(bounds) = plan.remembers else {
            return Ok(None);
        };
        let folder = match &mut self.folder {
            Some(folder) => folder,
            none => none.insert(TempDir::new().map_err(|error| error.to_string())?),
        };
        let memory = Acknowledged::open_without_thread(folder.path(), bounds);
        memory.map(Some).map_err(|error| error.to_string())
    }

    /// Begins another run.
    pub(crate) fn boot(&mut self, world: &Shared, plan: &Plan) -> Result<(), String> {
        self.boots += 1;
        let memory = self.memory(plan)?;
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .event_interval(1)
            .build()
            .map_err(|error| error.to_string())?;
        let holder = Holder {
            node: self.name.clone(),
            boot: BootId::from_bytes([self.boots; 16]),
        };
        let clock = NodeClock {
            world: world.clone(),
            skew: Arc::clone(&self.skew),
        };
        let store = Line {
            world: world.clone(),
            by: holder.clone(),
        };
        let mut run = [self.boots; 8];
        for (to, from) in run.iter_mut().zip(self.name.bytes()) {
            *to = from;
        }
        let settings = Settings {
            holder: holder.clone(),
            run,
            clock: Arc::new(clock.clone()),
            observer: Arc::new(Watcher {
                world: world.clone(),
                by: holder.clone(),
            }),
            wait_for_held: plan.wait_for_held,
            most_waiting: plan.most_waiting,
            hold_for: plan.hold_for,
            snapshot_every: plan.snapshot_every,
            idle_after: plan.idle_after,
        };
        let tellers = {
            let _inside = runtime.enter();
            match memory {
                None => Tellers::new(Arc::new(store), settings),
                Some(memory) => Tellers::remembering(Arc::new(store), memory, settings),
            }
        };
        let mut look = world.look();
        look.note(format!("{} begins", name(&holder)));
        self.run = Some(Run {
            runtime,
            site: Site {
                world: world.clone(),
                tellers,
                clock,
                holder,
                hold_for: plan.hold_for,
                wait_for_held: plan.wait_for_held,
                all_may_wait: plan.most_waiting > 100,
                remembers: plan.remembers.is_some(),
                dearest: plan.dearest,
            },
            time: look.now,
            tasks: Vec::new(),
            since: 0,
            stopped: None,
        });
        drop(look);
        self.presumes();
        Ok(())
    }

    /// Looks at its Book as a server does when it starts.
    pub(crate) fn presumes(&mut self) {
        if let Some(run) = &mut self.run {
            let tellers = run.site.tellers.clone();
            run.spawn(async move {
                // A store that is away at the start is asked again by the first caller.
                let _away = tellers.presume_earlier_boots().await.is_err();
            });
        }
    }

    /// Ends a run where it stands. What it asked of the store may still happen.
    pub(crate) fn crash(&mut self) {
        if let Some(run) = self.run.take() {
            run.site.world.look().crashes(&run.site.holder);
            drop(run);
        }
    }

    /// Ends a run that has stopped in good order; says whether there is none now.
    pub(crate) fn is_down(&mut self) -> bool {
        if self.run.as_ref().is_some_and(Run::has_stopped) {
            self.run = None;
        }
        self.run.is_none()
    }
}

impl Run {
    /// Begins a task.
    pub(crate) fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.retain(|task| !task.is_finished());
        self.tasks.push(self.runtime.spawn(task).abort_handle());
        self.since = 0;
    }

    /// The store has answered something.
    pub(crate) const fn stir(&mut self) {
        self.since = 0;
    }

    /// Lets time come to `now`, and then so many tasks have a turn. Says whether any may have had one: of a run in which
    /// nothing can have woken for a while it is known that none has, and that takes no time.
    pub(crate) fn turn(&mut self, now: i64, polls: u64) -> bool {
        let passed = u64::try_from(now - self.time).unwrap_or(0);
        self.time = now;
        if passed > 0 {
            self.since = 0;
        }
        let tasks = u64::try_from(self.tasks.len()).unwrap_or(0);
        if self.since > 16 + 4 * tasks {
            return false;
        }
        self.since += polls;
        self.runtime.block_on(async {
            if passed > 0 {
                tokio::time::advance(Duration::from_micros(passed)).await;
            }
            for _poll in 0..polls {
                yield_now().await;
            }
        });
        true
    }

    /// Asks it to end in good order.
    pub(crate) fn stop(&mut self) {
        if self.stopped.is_some() {
            return;
        }
        let stopped = Arc::new(AtomicBool::new(false));
        let (tellers, done) = (self.site.tellers.clone(), Arc::clone(&stopped));
        // Not among those who may go away.
        self.site
            .world
            .look()
            .note(format!("{} stops", name(&self.site.holder)));
        let _until_then = self.runtime.spawn(async move {
            tellers.stop().await;
            done.store(true, Ordering::Relaxed);
        });
        self.since = 0;
        self.stopped = Some(stopped);
    }

    /// Whether it was asked to end.
    pub(crate) const fn is_stopping(&self) -> bool {
        self.stopped.is_some()
    }

    fn has_stopped(&self) -> bool {
        let stopped = self.stopped.as_ref();
        stopped.is_some_and(|stopped| stopped.load(Ordering::Relaxed))
    }

    /// Someone who asked goes away, wherever he is.
    pub(crate) fn drop_one(&mut self, place: usize) {
        self.tasks.retain(|task| !task.is_finished());
        if let Some(task) = self.tasks.get(place) {
            task.abort();
            self.since = 0;
        }
    }

    /// A person looks at an organization that is stopped because its store rolled back, and accepts it as it is.
    pub(crate) fn accept(&mut self) {
        if self.site.remembers && !self.site.tellers.rolled_back().is_empty() {
            self.spawn(accepts(self.site.clone()));
        }
    }

    /// Whether it answers nothing until a person has looked.
    pub(crate) fn is_halted(&self) -> bool {
        !self.site.tellers.rolled_back().is_empty()
    }

    /// How many tasks are not over.
    pub(crate) fn tasks(&self) -> usize {
        self.tasks.iter().filter(|task| !task.is_finished()).count()
    }
}

//! Looking whether the store says the truth, while the server goes on: one run at a time, on a thread that rests as much
//! as it works.
//!
//! It reads the files through connections of its own, so neither appends nor the readings of Books wait for it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::sqlite::ReadOnly;
use projections::LogFile;
use serde_json::{Value, json};
use teller::Clock as _;
use tokio_util::task::TaskTracker;

use super::beside;
use crate::clock::{Stopwatch, SystemClock};
use crate::verify;

/// Looks at one store.
#[derive(Clone, Debug)]
pub(crate) struct Verification {
    store: PathBuf,
    tasks: TaskTracker,
    last: Arc<Mutex<Option<Run>>>,
}

/// One time it was looked.
#[derive(Clone, Debug)]
struct Run {
    number: u64,
    started_at: String,
    entries: u64,
    entries_total: u64,
    /// The report, or why there is none; nothing while it is under way.
    ended: Option<Result<Value, String>>,
}

impl Run {
    fn shown(&self) -> Value {
        let (state, report, problem) = match &self.ended {
            None => ("running", Value::Null, Value::Null),
            Some(Ok(report)) => ("finished", report.clone(), Value::Null),
            Some(Err(problem)) => ("failed", Value::Null, json!(problem)),
        };
        json!({
            "id": self.number.to_string(),
            "state": state,
            "started_at": self.started_at,
            "entries": self.entries,
            "entries_total": self.entries_total,
            "report": report,
            "problem": problem,
        })
    }
}

impl Verification {
    /// For the store in this file and the request log beside it.
    pub(crate) fn new(store: PathBuf) -> Self {
        Self {
            store,
            tasks: TaskTracker::new(),
            last: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Run>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, change: impl FnOnce(&mut Run)) {
        if let Some(run) = self.lock().as_mut() {
            change(run);
        }
    }

    /// Looks at everything. Blocks.
    fn look(&self) -> Result<Value, String> {
        let watch = Stopwatch::start();
        // The log first: what it has read is then in the store.
        let log = LogFile::open(&beside(&self.store)).map_err(|error| error.to_string())?;
        let store = ReadOnly::beside_a_server(&self.store).map_err(|error| error.to_string())?;
        let total = store.entries_by_heads().unwrap_or(0);
        self.note(|run| run.entries_total = total);
        let mut page = Stopwatch::start();
        let report = audit::verify(&store, log.as_ref(), |entries| {
            self.note(|run| run.entries = entries);
            // A core that calls may want is left to them half of the time.
            std::thread::sleep(page.elapsed());
            page = Stopwatch::start();
        });
        let report = report.map_err(|error| error.to_string())?;
        Ok(verify::to_json(&report, watch.elapsed().as_millis()))
    }
}

impl control::Verify for Verification {
    fn begin(&self) -> Value {
        let mut last = self.lock();
        if let Some(run) = last.as_ref().filter(|run| run.ended.is_none()) {
            return run.shown();
        }
        let run = Run {
            number: last.as_ref().map_or(1, |run| run.number.saturating_add(1)),
            started_at: SystemClock.now().to_string(),
            entries: 0,
            entries_total: 0,
            ended: None,
        };
        let shown = run.shown();
        *last = Some(run);
        drop(last);
        // Nobody waits for it when the server stops: it only reads.
        let verification = self.clone();
        drop(self.tasks.spawn_blocking(move || {
            let ended = Ended(&verification);
            let found = verification.look();
            verification.note(|run| run.ended = Some(found));
            drop(ended);
        }));
        shown
    }

    fn last(&self) -> Option<Value> {
        self.lock().as_ref().map(Run::shown)
    }
}

/// Says that a run is over, however it ended, so that another can begin.
struct Ended<'a>(&'a Verification);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.note(|run| {
            run.ended.get_or_insert_with(|| {
                Err("the verification broke off; the server's log says more".to_owned())
            });
        });
    }
}

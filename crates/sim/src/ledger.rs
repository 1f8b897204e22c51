//! The ledger: one line per call, so that a test can match its own call to the bill. Bounded: the newest 200,000.

mod file;
pub(crate) mod line;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use line::{Line, NewLine};

use crate::SimError;
use crate::json::Json;
use file::LineFile;

/// Lines are spread over so many locks, by their number, so that calls hardly ever meet.
const SHARDS: u64 = 16;
/// Lines kept in each.
const PER_SHARD: usize = 12_500;

/// All lines.
#[derive(Debug)]
pub(crate) struct Ledger {
    seed: u64,
    next: AtomicU64,
    shards: [Mutex<VecDeque<Arc<Line>>>; 16],
    file: Option<LineFile>,
}

/// Stands for a call that is not over. When the last one of a call goes, its line goes to the file: a small write to a
/// local file, done on the spot so that nothing is queued that a killed process would lose.
#[derive(Debug)]
pub(crate) struct Ticket {
    line: Arc<Line>,
    ledger: Arc<Ledger>,
}

impl Ticket {
    /// The line of the call.
    pub(crate) fn line(&self) -> &Line {
        &self.line
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(file) = &self.ledger.file {
            let mut json = Json::with_room(256);
            self.line.write(&mut json);
            file.append(json.raw("\n").buffer());
        }
    }
}

impl Ledger {
    /// An empty ledger; with a file, lines are appended to it as well.
    pub(crate) fn open(seed: u64, path: Option<&Path>) -> Result<Self, SimError> {
        let file = path.map(LineFile::open).transpose()?;
        Ok(Self {
            seed,
            next: AtomicU64::new(1),
            shards: Default::default(),
            file,
        })
    }

    /// The next request id. Refused requests that never reach the ledger have one, too.
    pub(crate) fn next_id(&self) -> (u64, String) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        (number, crate::draw::id("req_", self.seed, number))
    }

    /// Writes the line of a call.
    pub(crate) fn add(self: &Arc<Self>, line: NewLine) -> Ticket {
        let line = Arc::new(Line::new(line));
        let shard = usize::try_from(line.number() % SHARDS).unwrap_or(0);
        let mut lines = self.shards[shard]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if lines.len() == PER_SHARD {
            lines.pop_front();
        }
        lines.push_back(Arc::clone(&line));
        drop(lines);
        Ticket {
            line,
            ledger: Arc::clone(self),
        }
    }

    /// The lines that are kept, oldest first.
    pub(crate) fn lines(&self) -> Vec<Arc<Line>> {
        let mut all = Vec::new();
        for shard in &self.shards {
            all.extend(
                shard
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .iter()
                    .map(Arc::clone),
            );
        }
        all.sort_unstable_by_key(|line| line.number());
        all
    }

    /// Forgets the lines. Numbers and ids go on, and the file is left as it is.
    pub(crate) fn reset(&self) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }
}

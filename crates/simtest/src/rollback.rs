//! What is promised of a store that takes back what it acknowledged: the one place that says so.
//!
//! P1 to P5 are promised on a store that keeps what it acknowledged. Of another one it is promised today that every run
//! which knows of a lost entry notices before it answers anything again, and answers nothing from then on. A run that
//! begins later knows of nothing and goes on with the journal that is left; for that journal everything holds again. Unless
//! a run that has not noticed yet keeps a snapshot of what is lost: that is evidence for every later run, and none goes on.

use std::collections::BTreeMap;

use journal::StoredSnapshot;
use ledger::{Head, Holder, Snapshot};

use crate::reference::Wrong;
use crate::world::{ORGANIZATION, World};

/// A run, by name and boot.
type Run = (Box<str>, [u8; 16]);

/// What was taken back, and who must know.
#[derive(Debug, Default)]
pub(crate) struct Rollback {
    /// How often it happened.
    pub(crate) times: u32,
    /// The last head that each run told someone of.
    told: BTreeMap<Run, Head>,
    /// Whether the snapshot in the store is one of entries that are lost.
    pub(crate) evident: bool,
}

fn run(by: &Holder) -> Run {
    (by.node.clone(), by.boot.to_bytes())
}

impl World {
    /// Takes back the last appends, which are no more than there are, and cuts every line to the store, as a fail-over does.
    pub(crate) fn roll_back(&mut self, batches: usize) {
        for operation in std::mem::take(&mut self.operations) {
            drop(operation);
        }
        let head = self.store.roll_back(ORGANIZATION, batches);
        self.appends -= batches;
        self.note(format!("ROLLED BACK to {}", head.seq));
        let seq = usize::try_from(head.seq).unwrap_or(0);
        self.rollback.times += 1;
        self.receipts.clear();
        self.unanswered.clear();
        for errand in &mut self.errands {
            errand.first_asked = errand.first_asked.map(|first| first.min(seq));
        }
        self.count("rollbacks");
        match self.truth.up_to(seq, &self.asked) {
            Ok(earlier) => self.truth = earlier,
            Err(wrong) => self.holds(Err(wrong)),
        }
        let stands = self.truth.head() == head;
        self.holds(if stands {
            Ok(())
        } else {
            Err("the store rolled back to where it never was".to_owned())
        });
    }

    /// A snapshot was kept in the place of another.
    pub(crate) fn kept(&mut self, snapshot: &StoredSnapshot) -> Result<(), Wrong> {
        let book = Snapshot::decode(&snapshot.bytes).map_err(|error| error.to_string())?;
        self.rollback.evident = !self.truth.goes_through(book.head());
        if self.rollback.evident && self.rollback.times == 0 {
            return Err("a snapshot was kept of what is not in the journal".to_owned());
        }
        Ok(())
    }

    /// A run told someone something that rests on the journal of now. `asked` is how often the store had rolled back when
    /// it was asked: an answer that was under way when it did is judged by neither journal. The answer rests on entry
    /// `rests` or a later one, which the run knows of from then on.
    pub(crate) fn may_be_judged(
        &mut self,
        by: &Holder,
        (rests, asked): (usize, u32),
    ) -> Result<bool, Wrong> {
        if asked != self.rollback.times {
            return Ok(false);
        }
        let run = run(by);
        let told = self.rollback.told.get(&run).copied();
        // What is appended again by whoever never heard that it stood, to the byte, is not lost any more.
        if told.is_some_and(|told| !self.truth.goes_through(told)) {
            return Err("a run went on although it knew of entries that are lost".to_owned());
        }
        let rests = self.truth.head_at(rests);
        if told.is_none_or(|told| told.seq < rests.seq) {
            self.rollback.told.insert(run, rests);
        }
        Ok(true)
    }
}

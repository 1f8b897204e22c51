//! What all nodes share: true time, the store with its faults, and the one who watches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ids::{HoldId, OrganizationId};
use journal::memory::Memory;
use ledger::{Cause, Command, Holder};

use crate::asked::{Asked, Ending};
use crate::dice::Dice;
use crate::operation::{Operation, name};
use crate::plan::Faults;
use crate::reference::Wrong;
use crate::rollback::Rollback;
use crate::trace::Trace;
use crate::truth::Truth;

/// The organization whose journal it is about.
pub(crate) const ORGANIZATION: OrganizationId = OrganizationId::from_bytes([7; 16]);

/// One command of an administrator, who asks until he is answered.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    pub(crate) command: Command,
    pub(crate) cause: Cause,
    /// Where the journal stood when it was asked for the first time.
    pub(crate) first_asked: Option<usize>,
    pub(crate) state: ErrandIs,
    pub(crate) tries: u32,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ErrandIs {
    /// To be asked, again perhaps.
    Open,
    /// On its way.
    Asked,
    /// Answered, or given up.
    Over,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct World {
    /// True time, in microseconds.
    pub(crate) now: i64,
    /// The latest time that any node's clock ever showed.
    pub(crate) latest_clock: i64,
    pub(crate) store: Memory,
    /// What was asked of the store and has not been served.
    pub(crate) operations: Vec<Operation>,
    /// How many appends stand in it.
    pub(crate) appends: usize,
    pub(crate) faults: Faults,
    /// The store's dice.
    pub(crate) dice: Dice,
    pub(crate) truth: Truth,
    pub(crate) asked: Asked,
    pub(crate) errands: Vec<Errand>,
    /// Numbers of entries that observers were told of.
    pub(crate) observed: BTreeSet<(u64, [u8; 32])>,
    /// What receipts said, and of which run, unless that crashed: then it may be lost.
    pub(crate) receipts: BTreeMap<HoldId, (Holder, Ending)>,
    /// Holds whose callers were told that there is no answer, and by which run: they hold nothing in the end.
    pub(crate) unanswered: BTreeMap<HoldId, Holder>,
    pub(crate) rollback: Rollback,
    pub(crate) trace: Trace,
    /// How often each kind of thing happened.
    pub(crate) counts: BTreeMap<&'static str, u64>,
    pub(crate) failure: Option<Wrong>,
}

/// The world, in the hands of everyone in it. One thread runs it all, so nobody ever waits for it.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn new(now: i64, faults: Faults, dice: Dice) -> Self {
        Self(Arc::new(Mutex::new(World {
            now,
            latest_clock: now,
            store: Memory::new(),
            operations: Vec::new(),
            appends: 0,
            faults,
            dice,
            truth: Truth::new(),
            asked: Asked::default(),
            errands: Vec::new(),
            observed: BTreeSet::new(),
            receipts: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            rollback: Rollback::default(),
            trace: Trace::new(),
            counts: BTreeMap::new(),
            failure: None,
        })))
    }

    pub(crate) fn look(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World {
    pub(crate) fn note(&mut self, line: String) {
        self.trace.note(line);
    }

    pub(crate) fn count(&mut self, kind: &'static str) {
        *self.counts.entry(kind).or_default() += 1;
    }

    /// What is wrong first is what is told.
    pub(crate) fn holds(&mut self, claim: Result<(), Wrong>) {
        if let Err(wrong) = claim {
            self.note(format!("WRONG {wrong}"));
            self.failure.get_or_insert(wrong);
        }
    }

    /// A run is no more. Whatever it had asked of the store may still happen.
    pub(crate) fn crashes(&mut self, by: &Holder) {
        self.note(format!("{} crashes", name(by)));
        self.count("crashes");
        if self.operations.iter().any(|operation| operation.by == *by) {
            self.count("crashes with something on its way to the store");
        }
        self.forgets(by);
    }

    /// What a run said and had not appended may be lost.
    pub(crate) fn forgets(&mut self, by: &Holder) {
        self.receipts.retain(|_, (holder, _)| holder != by);
        self.unanswered.retain(|_, holder| holder != by);
    }
}

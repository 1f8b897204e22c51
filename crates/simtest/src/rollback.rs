//! What is promised of a store that takes back what it acknowledged: the one place that says so.
//!
//! P1 to P5 are promised on a store that keeps what it acknowledged. Of another one it is promised that every run which
//! knows of a lost entry notices before it answers anything again, and answers nothing until the entry stands again.
//!
//! Nodes that remember nothing know only what they have in memory: a run that begins later goes on with the journal that is
//! left, unless a run that had not noticed yet kept a snapshot of what is lost. That is evidence for every later run, and
//! none goes on.
//!
//! A node that remembers knows from run to run. What it remembers and what continues the journal it appends again: the
//! identical bytes in the identical places, whoever had written them. What it cannot mend stops it until a person accepts the
//! journal as it is; what is remembered then comes again as entries that say so, and count as what they say. In the end
//! none is stopped, and nothing that a node has told is lost but what a person accepted there.

use std::collections::BTreeMap;

use journal::StoredSnapshot;
use ledger::{Entry, Head, Holder, Snapshot};

use crate::caller::Site;
use crate::operation::name;
use crate::reference::Wrong;
use crate::world::{ORGANIZATION, World};

/// Who knows: a run, by name and boot; a node that remembers, by name alone.
type Knower = (Box<str>, Option<[u8; 16]>);

/// What was taken back, and who must know.
#[derive(Debug, Default)]
pub(crate) struct Rollback {
    /// How often it happened.
    pub(crate) times: u32,
    /// Whether nodes remember from run to run.
    pub(crate) remembered: bool,
    /// The last head that each told someone of.
    told: BTreeMap<Knower, Head>,
    /// The head of the snapshot in the store.
    snapshot: Option<Head>,
    /// What was taken back, by number: the bytes, and whose append it was.
    lost: BTreeMap<u64, (Vec<u8>, Holder)>,
}

impl Rollback {
    fn knower(&self, by: &Holder) -> Knower {
        let boot = (!self.remembered).then(|| by.boot.to_bytes());
        (by.node.clone(), boot)
    }
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
        let lost = self.truth.entries().iter().skip(seq);
        let lost = lost.map(|stood| {
            let bytes = (stood.bytes.clone(), stood.author.clone());
            (stood.entry.seq, bytes)
        });
        self.rollback.lost = lost.collect();
        // The store's own snapshot goes back with it.
        self.rollback.snapshot = self
            .rollback
            .snapshot
            .filter(|snapshot| snapshot.seq <= head.seq);
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

    /// Whose append it was, where an entry that the store had lost is appended again in its place.
    pub(crate) fn restores(&mut self, bytes: &[u8]) -> Option<Holder> {
        let next = self.truth.head().seq + 1;
        let (lost, author) = self.rollback.lost.get(&next)?;
        let author = (lost == bytes).then(|| author.clone())?;
        self.count("entries appended again bit for bit");
        Some(author)
    }

    /// A snapshot was kept in the place of another.
    pub(crate) fn kept(&mut self, snapshot: &StoredSnapshot) -> Result<(), Wrong> {
        let book = Snapshot::decode(&snapshot.bytes).map_err(|error| error.to_string())?;
        self.rollback.snapshot = Some(book.head());
        if self.is_evident() && self.rollback.times == 0 {
            return Err("a snapshot was kept of what is not in the journal".to_owned());
        }
        Ok(())
    }

    /// Whether the snapshot in the store is one of entries that are lost.
    pub(crate) fn is_evident(&self) -> bool {
        let snapshot = self.rollback.snapshot;
        snapshot.is_some_and(|head| !self.truth.goes_through(head))
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
        let knower = self.rollback.knower(by);
        let told = self.rollback.told.get(&knower).copied();
        // What is appended again, to the byte, is not lost any more: by whoever remembers it, or never heard that it stood.
        if let Some(told) = told.filter(|told| !self.truth.goes_through(*told)) {
            return Err(format!(
                "{} went on although it knew of entry {}, which is lost",
                name(by),
                told.seq
            ));
        }
        let rests = self.truth.head_at(rests);
        if told.is_none_or(|told| told.seq < rests.seq) {
            self.rollback.told.insert(knower, rests);
        }
        Ok(true)
    }

    /// What nodes that remember have told is there, unless a person accepted its loss.
    pub(crate) fn nothing_remembered_is_lost(&self) -> Result<(), Wrong> {
        let lost = |head: &&Head| !self.truth.goes_through(**head);
        match self.rollback.told.values().find(lost) {
            Some(head) if self.rollback.remembered => Err(format!(
                "entry {} was told of and remembered, is not there, and nobody accepted that",
                head.seq
            )),
            _ => Ok(()),
        }
    }
}

/// A person looks at what was lost, and accepts it.
pub(crate) async fn accepts(site: Site) {
    let Ok(Some(seen)) = site.tellers.rollback(ORGANIZATION).await else {
        return;
    };
    let last = seen.rolled_back.acknowledged;
    {
        // Whoever goes away now does not hear whether it was done.
        let mut world = site.world.look();
        let knower = world.rollback.knower(&site.holder);
        world.rollback.told.remove(&knower);
    }
    let accepted = site.tellers.accept_rollback(ORGANIZATION, last).await;
    let mut world = site.world.look();
    let by = name(&site.holder);
    match accepted {
        Ok(rollback) => {
            world.note(format!("{by} accepts {rollback:?}"));
            world.count("rollbacks accepted");
        }
        Err(why) => world.note(format!("{by} does not accept: {why}")),
    }
}

/// Whether an entry says again what a store had lost and a person accepted, in the words of whoever appends it.
pub(crate) fn says_again(entry: &Entry) -> bool {
    let cause = entry.cause.as_ref();
    cause.is_some_and(|cause| cause.actor.contains("restored from entry"))
}

//! What nodes ask of the store, on its way: it is served when the dice say so, in any order, or goes wrong.

use futures_util::FutureExt;
use journal::{AppendError, Batch, Store, StoreError, StoredSnapshot};
use ledger::{Head, Holder};
use tokio::sync::oneshot;

use crate::world::{ORGANIZATION, World};

type Reply<T, E = StoreError> = oneshot::Sender<Result<T, E>>;

/// Something asked of the store.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) by: Holder,
    pub(crate) what: What,
}

/// What.
#[derive(Debug)]
pub(crate) enum What {
    /// Without a reply where its asker has been told already that the answer is lost.
    Append(Batch, Option<Reply<(), AppendError>>),
    Head(Reply<Head>),
    Read(u64, usize, Reply<Vec<Vec<u8>>>),
    Snapshot(Reply<Option<StoredSnapshot>>),
    PutSnapshot(StoredSnapshot, Reply<()>),
}

impl World {
    /// Serves what was asked at this place, or lets it go wrong; answers who had asked.
    pub(crate) fn serve(&mut self, place: usize) -> Option<Holder> {
        if place >= self.operations.len() {
            return None;
        }
        let Operation { by, what } = self.operations.swap_remove(place);
        let unreadable = self.dice.chance(self.faults.unreadable);
        match what {
            What::Append(batch, reply) => self.serve_append(&by, batch, reply),
            What::Head(reply) => {
                let head = self.store.head(ORGANIZATION).now_or_never();
                self.note(format!(
                    "{} reads the head: {}",
                    name(&by),
                    seq_of(head.as_ref())
                ));
                answer(reply, if unreadable { None } else { head });
            }
            What::Read(after, most, reply) => {
                let entries = self.store.read(ORGANIZATION, after, most).now_or_never();
                self.note(format!("{} reads from {after}", name(&by)));
                answer(reply, if unreadable { None } else { entries });
            }
            What::Snapshot(reply) => {
                let snapshot = self.store.snapshot(ORGANIZATION).now_or_never();
                answer(reply, if unreadable { None } else { snapshot });
            }
            What::PutSnapshot(snapshot, reply) => {
                self.note(format!("{} snapshot {}", name(&by), snapshot.seq));
                self.count("snapshots kept");
                let kept = self.kept(&snapshot);
                self.holds(kept);
                let put = self.store.put_snapshot(ORGANIZATION, snapshot);
                answer(reply, put.now_or_never());
            }
        }
        Some(by)
    }

    fn serve_append(&mut self, by: &Holder, batch: Batch, reply: Option<Reply<(), AppendError>>) {
        let fate = self.dice.below(1000);
        let faults = self.faults;
        let lost = faults.answer_lost;
        let (append_lost, late) = (
            lost + faults.append_lost,
            lost + faults.append_lost + faults.late,
        );
        let Some(reply) = reply else {
            self.count("appends that landed after their answer was lost");
            let landed = self.append(by, &batch);
            return self.note(format!("{} lands late: {landed:?}", name(by)));
        };
        let ambiguous = Err(AppendError::Ambiguous("no answer".to_owned()));
        let told = if fate < lost {
            self.count("answers lost");
            let unheard = self.append(by, &batch);
            self.note(format!("{} unheard: {unheard:?}", name(by)));
            ambiguous
        } else if fate < append_lost {
            self.count("appends lost");
            ambiguous
        } else if fate < late {
            let what = What::Append(batch, None);
            self.operations.push(Operation {
                by: by.clone(),
                what,
            });
            ambiguous
        } else if fate < late + faults.unavailable {
            self.count("appends refused");
            Err(AppendError::Unavailable("the store is away".to_owned()))
        } else {
            self.append(by, &batch)
        };
        self.note(format!("{} append told {told:?}", name(by)));
        // Whoever asked may have crashed.
        let _gone = reply.send(told).is_err();
    }

    /// The append itself, and what the one who watches makes of it.
    fn append(&mut self, by: &Holder, batch: &Batch) -> Result<(), AppendError> {
        let (after, stood) = (batch.after, self.truth.head());
        let appended = self.store.append(batch.clone()).now_or_never();
        let stuck = || Err(AppendError::Unavailable("stuck".to_owned()));
        let result = appended.unwrap_or_else(stuck);
        if matches!(result, Err(AppendError::Conflict(_))) {
            self.count("conflicts");
        }
        result?;
        self.appends += 1;
        self.note(format!(
            "{} appends {} after {} -> {:02x?}",
            name(by),
            batch.entries.len(),
            after.seq,
            batch.head.hash.first_chunk::<4>()
        ));
        if after != stood {
            self.holds(Err("the store appended after another head".to_owned()));
        }
        for bytes in batch.entries.iter() {
            let author = self.restores(bytes).unwrap_or_else(|| by.clone());
            let taken = self.truth.take(bytes, &author, &self.asked);
            let failed = taken.is_err();
            if let Some(stands) = self.truth.entries().last() {
                let fact = format!("{:>8} {:?}", stands.entry.seq, stands.entry.fact);
                self.note(fact);
            }
            self.holds(taken);
            if failed {
                return Ok(());
            }
        }
        let ended = self.truth.append_ends();
        self.holds(ended);
        if self.truth.head() != batch.head {
            self.holds(Err(
                "a batch does not lead to the head that it names".to_owned()
            ));
        }
        Ok(())
    }
}

fn answer<T>(reply: Reply<T>, what: Option<Result<T, StoreError>>) {
    let away = || Err(StoreError::Unavailable("the store is away".to_owned()));
    // Whoever asked may have crashed.
    let _gone = reply.send(what.unwrap_or_else(away)).is_err();
}

fn seq_of(head: Option<&Result<Head, StoreError>>) -> u64 {
    head.and_then(|head| head.as_ref().ok())
        .map_or(0, |head| head.seq)
}

/// What a trace calls a run.
pub(crate) fn name(by: &Holder) -> String {
    let boot = by.boot.to_bytes();
    format!("{}.{}", by.node, boot.first().copied().unwrap_or(0))
}

//! One command on one Book: what is due, then what is decided, sealed into entries and taken up.

use ids::{EntryId, HoldId, KeyId, LimitId, ProjectId};

use crate::check::Narrow;
use crate::{
    Book, Calls, Cause, Command, Entry, Fact, HoldTraits, Inconsistent, Outcome, Time, decide, due,
};

/// Gives entries their ids. Ids need only be unique; this makes them from a run's random half and a count.
#[derive(Debug)]
pub struct Sealer {
    run: [u8; 8],
    count: u64,
}

impl Sealer {
    /// Ids for the entries of one run, known by eight random bytes.
    #[must_use]
    pub const fn new(run: [u8; 8]) -> Self {
        Self { run, count: 0 }
    }

    fn next(&mut self) -> EntryId {
        self.count = self.count.saturating_add(1);
        let mut id = [0; 16];
        for (to, from) in id
            .iter_mut()
            .zip(self.run.into_iter().chain(self.count.to_be_bytes()))
        {
            *to = from;
        }
        EntryId::from_bytes(id)
    }

    /// Makes the entry that says `fact` and follows the Book's head.
    fn seal(&mut self, book: &Book, fact: Fact, cause: Option<Cause>, at: Time) -> Entry {
        let head = book.head();
        Entry {
            seq: head.seq.saturating_add(1),
            previous: head.hash,
            id: self.next(),
            at,
            cause,
            fact,
        }
    }
}

/// What one command came to.
#[derive(Debug)]
pub struct Stepped {
    /// The entries it made, already taken up, with their encoded bytes.
    pub entries: Vec<(Entry, Vec<u8>)>,
    /// The answer; true once the entries are in the journal.
    pub outcome: Outcome,
}

/// Brings the Book to `clock` (or to its own last time, if that is later), decides the command and takes up what
/// follows. The caller appends the entries after the head the Book had before.
///
/// # Errors
/// [`Inconsistent`] where this crate contradicts itself, which is a fault of the program: the Book is then of no use.
pub fn step(
    book: &mut Book,
    command: &Command,
    cause: Option<&Cause>,
    clock: Time,
    sealer: &mut Sealer,
) -> Result<Stepped, Inconsistent> {
    let Stepped { mut entries, .. } = advance(book, clock, sealer)?;
    let now = clock.max(book.now());
    let call = if let Command::Settle { hold, .. } = command {
        call_of(book, *hold)
    } else {
        None
    };
    let decision = decide(book, command, cause, now);
    for fact in decision.facts {
        take_up(
            book,
            sealer.seal(book, fact, cause.cloned(), now),
            &mut entries,
        )?;
    }
    // Credit past its time that a hold gave back lapses at once, so that no figure is told of it as left.
    while let Some(fact) = due(book, now) {
        take_up(book, sealer.seal(book, fact, None, now), &mut entries)?;
    }
    let mut outcome = decision.outcome;
    if let Outcome::Closed(receipt) = &mut outcome {
        receipt.headroom = call.map(|call| {
            let narrow = Narrow::Among {
                limits: &call.narrow,
                traits: &call.traits,
            };
            book.headroom_asked(&book.asked((Some(call.project), Some(call.key)), narrow))
        });
    }
    Ok(Stepped { entries, outcome })
}

/// Whose hold one is, open or presumed, and the limits it counts in that do not count every call.
struct Call {
    project: ProjectId,
    key: KeyId,
    narrow: Vec<LimitId>,
    traits: HoldTraits,
}

fn call_of(book: &Book, id: HoldId) -> Option<Call> {
    let open = book.holds.open().get(&id);
    let open = open.map(|hold| (hold.project, hold.key, &hold.limits, hold.traits()));
    let (project, key, limits, traits) = open.or_else(|| {
        let charge = book.holds.presumed().get(&id)?;
        Some((charge.project, charge.key, &charge.limits, charge.traits()))
    })?;
    let narrow = Narrow::Among { limits, traits };
    let asked = book.asked((Some(project), Some(key)), narrow);
    let limits = asked.limits().iter();
    let narrow = limits.filter(|limit| limit.calls != Calls::All);
    Some(Call {
        project,
        key,
        narrow: narrow.map(|limit| limit.id).collect(),
        traits: traits.clone(),
    })
}

/// Brings the Book to `clock` and decides nothing: for looking at it.
///
/// # Errors
/// As [`step`].
pub fn advance(book: &mut Book, clock: Time, sealer: &mut Sealer) -> Result<Stepped, Inconsistent> {
    let now = clock.max(book.now());
    let mut entries = Vec::new();
    while let Some(fact) = due(book, now) {
        take_up(book, sealer.seal(book, fact, None, now), &mut entries)?;
    }
    Ok(Stepped {
        entries,
        outcome: Outcome::Done { object: None },
    })
}

fn take_up(
    book: &mut Book,
    entry: Entry,
    entries: &mut Vec<(Entry, Vec<u8>)>,
) -> Result<(), Inconsistent> {
    let bytes = entry.encode();
    book.apply(&entry, Entry::hash(&bytes))?;
    entries.push((entry, bytes));
    Ok(())
}

//! One journal, entry by entry: its numbers, its chain, and what its entries come to.

use ids::{OrganizationId, ShortId};
use journal::StoredSnapshot;
use journal::sqlite::read_only::{StoredEntry, StoredHead};
use ledger::{Book, DecodeError, Entry, Snapshot};

use crate::sums::Sums;
use crate::{Finding, Part};

/// A journal whose first entries are sound.
pub(crate) struct Chain {
    organization: OrganizationId,
    book: Book,
    sums: Sums,
    snapshot: Option<StoredSnapshot>,
    /// What the snapshot says wrongly.
    lie: Option<String>,
}

/// Why an entry cannot stand where it does.
pub(crate) enum Broken {
    /// This entry is wrong.
    At(Finding),
    /// This entry does not carry the hash of the one before: one of the two is wrong.
    Link(u64),
}

impl Chain {
    pub(crate) fn new(organization: OrganizationId, snapshot: Option<StoredSnapshot>) -> Self {
        Self {
            organization,
            book: Book::empty(),
            sums: Sums::default(),
            snapshot,
            lie: None,
        }
    }

    /// The number of the last sound entry.
    pub(crate) const fn seq(&self) -> u64 {
        self.book.head().seq
    }

    /// Takes the next entry.
    pub(crate) fn take(&mut self, stored: &StoredEntry) -> Result<Entry, Broken> {
        let seq = self.seq().saturating_add(1);
        let broken = |problem: String| Err(Broken::At(self.finding(Part::Journal, seq, problem)));
        if stored.seq != seq {
            return broken(format!("entry {seq} is missing"));
        }
        let entry = match Entry::decode(&stored.bytes) {
            Ok(entry) => entry,
            Err(error) => return broken(format!("entry {seq} cannot be read: {error}")),
        };
        if entry.seq != seq {
            let really = entry.seq;
            return broken(format!(
                "entry {seq} says of itself that it is entry {really}"
            ));
        }
        if entry.previous != self.book.head().hash {
            return Err(Broken::Link(seq));
        }
        if let Err(error) = self.book.apply(&entry, Entry::hash(&stored.bytes)) {
            return Err(Broken::At(self.finding(
                Part::Journal,
                seq,
                format!("entry {seq} {error}"),
            )));
        }
        if let Err(problem) = self.sums.take((seq, entry.at), &entry.fact) {
            return Err(Broken::At(self.finding(
                Part::Journal,
                seq,
                format!("entry {seq} {problem}"),
            )));
        }
        let owner = self.book.organization().map(|organization| organization.id);
        if owner != Some(self.organization) {
            let problem = format!("entry {seq} is of another organization's journal");
            return Err(Broken::At(self.finding(Part::Journal, seq, problem)));
        }
        self.look_at_snapshot();
        Ok(entry)
    }

    fn look_at_snapshot(&mut self) {
        let seq = self.seq();
        let Some(snapshot) = self.snapshot.take_if(|snapshot| snapshot.seq == seq) else {
            return;
        };
        // One of another program's version is not used, and so tells no lie.
        let other = matches!(
            Snapshot::decode(&snapshot.bytes),
            Err(DecodeError::UnknownVersion(_))
        );
        if !other && Snapshot::encode(&self.book) != snapshot.bytes {
            self.lie = Some(format!(
                "the snapshot of entry {seq} is not what the entries up to it come to"
            ));
        }
    }

    /// Everything that is wrong with a journal all of whose entries are sound.
    pub(crate) fn finish(self, head: Option<&StoredHead>) -> Vec<Finding> {
        let seq = self.seq();
        let mut found: Vec<Finding> = self.of_head(head).into_iter().collect();
        let beyond = self.snapshot.as_ref().map(|snapshot| {
            let of = snapshot.seq;
            format!("there is a snapshot of entry {of}, but the last entry is {seq}")
        });
        let lie = self.lie.clone().or(beyond);
        found.extend(lie.map(|problem| self.finding(Part::Snapshot, seq, problem)));
        let differences = self.sums.differences(&self.book);
        found.extend(
            differences
                .into_iter()
                .map(|(part, problem)| self.finding(part, seq, problem)),
        );
        found
    }

    fn of_head(&self, head: Option<&StoredHead>) -> Option<Finding> {
        let last = self.book.head();
        let seq = last.seq;
        let Some(stored) = head else {
            if seq == 0 {
                return None;
            }
            let problem = format!("there is no head, but there are {seq} entries");
            return Some(self.finding(Part::Head, seq, problem));
        };
        let named = stored.head.seq;
        if named > seq {
            let next = seq.saturating_add(1);
            let problem = format!("entry {next} is missing: the head is entry {named}");
            return Some(self.finding(Part::Journal, next, problem));
        }
        let problem = if named < seq {
            format!("the head is entry {named}, but the last entry is {seq}")
        } else if stored.head.hash != last.hash {
            format!("the head has another hash than entry {seq}: one of them was changed")
        } else if stored.short != ShortId::from(self.organization).as_str() {
            format!(
                "the head is filed under {:?}, where nobody looks for it",
                stored.short
            )
        } else {
            return None;
        };
        Some(self.finding(Part::Head, seq, problem))
    }

    /// That an entry is not the one which the next was appended to.
    pub(crate) fn changed(&self, seq: u64) -> Finding {
        let next = seq.saturating_add(1);
        let problem =
            format!("entry {seq} was changed: entry {next} carries the hash of another one");
        self.finding(Part::Journal, seq, problem)
    }

    /// That an entry was not appended to the one it stands after.
    pub(crate) fn unlinked(&self, seq: u64) -> Finding {
        let problem = format!("entry {seq} does not carry the hash of the entry before it");
        self.finding(Part::Journal, seq, problem)
    }

    pub(crate) fn finding(&self, part: Part, entry: u64, problem: String) -> Finding {
        Finding {
            organization: Some(self.organization),
            part,
            entry: Some(entry),
            problem,
        }
    }
}

//! One record of the files: entries that a store acknowledged together, or heads without entries.
//!
//! ```text
//! u32  bytes of the figures          batch:  1, organization, after, head, time, bytes of the entries
//! 16   checksum of the figures       heads:  2, then organization and head of each
//!      the figures
//!      the entries, each after a u32 of its length
//! ```
//!
//! The entries have no checksum of their own: the hash of the last is the head's, and each carries that of the one before.

use std::io::{self, Read};
use std::sync::Arc;

use ids::OrganizationId;
use ledger::{Entry, Head, Time};

use super::Run;
use crate::Batch;

/// Bytes of a length.
const LENGTH: usize = 4;
/// Bytes of a checksum: the first half of a SHA-256.
const CHECK: usize = 16;
/// What can be the figures at most: 100,000 heads. More is damage.
const MOST_FIGURES: u32 = 6_000_000;
/// Heads in one record.
const HEADS_AT_ONCE: usize = 1000;

const BATCH: u8 = 1;
const HEADS: u8 = 2;

/// What is remembered at once.
pub(super) enum Record {
    /// These entries, whose last is of this time.
    Batch { batch: Batch, at: Time },
    /// These heads.
    Heads(Vec<(OrganizationId, Head)>),
}

/// A record's figures as they were read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Figures {
    Batch {
        organization: OrganizationId,
        after: Head,
        head: Head,
        at: Time,
        /// Bytes of the entries that follow.
        body: u32,
    },
    Heads(Vec<(OrganizationId, Head)>),
}

impl Record {
    /// Heads of many organizations, in records of a bounded size.
    pub(super) fn of_heads(heads: &[(OrganizationId, Head)]) -> impl Iterator<Item = Self> {
        heads
            .chunks(HEADS_AT_ONCE)
            .map(|some| Self::Heads(some.to_vec()))
    }

    /// The heads that are the last known ones from here on.
    pub(super) fn heads(&self) -> Vec<(OrganizationId, Head)> {
        match self {
            Self::Batch { batch, .. } => vec![(batch.organization, batch.head)],
            Self::Heads(heads) => heads.clone(),
        }
    }

    /// The time of the last entry.
    pub(super) const fn at(&self) -> Option<Time> {
        match self {
            Self::Batch { at, .. } => Some(*at),
            Self::Heads(_) => None,
        }
    }

    /// Appends the record's bytes. A batch of four gigabytes is not written.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Batch { batch, at } => {
                let entries = &batch.entries;
                let lengths: usize = entries.iter().map(|entry| LENGTH + entry.len()).sum();
                let Ok(body) = u32::try_from(lengths) else {
                    return;
                };
                let mut figures = Vec::with_capacity(128);
                figures.push(BATCH);
                figures.extend(batch.organization.to_bytes());
                put_head(&mut figures, batch.after);
                put_head(&mut figures, batch.head);
                figures.extend(at.micros().to_be_bytes());
                figures.extend(body.to_be_bytes());
                seal(&figures, out);
                for entry in entries.iter() {
                    let length = u32::try_from(entry.len()).unwrap_or(u32::MAX);
                    out.extend(length.to_be_bytes());
                    out.extend(entry);
                }
            }
            Self::Heads(heads) => {
                let mut figures = vec![HEADS];
                for (organization, head) in heads {
                    figures.extend(organization.to_bytes());
                    put_head(&mut figures, *head);
                }
                seal(&figures, out);
            }
        }
    }
}

fn put_head(out: &mut Vec<u8>, head: Head) {
    out.extend(head.seq.to_be_bytes());
    out.extend(head.hash);
}

fn seal(figures: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(figures.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(check(figures));
    out.extend(figures);
}

fn check(figures: &[u8]) -> [u8; CHECK] {
    let mut half = [0; CHECK];
    for (to, from) in half.iter_mut().zip(Entry::hash(figures)) {
        *to = from;
    }
    half
}

/// Reads the next record's figures. `None` where the file ends, or where what is there was not written by us in whole.
pub(super) fn read_figures(file: &mut impl Read) -> io::Result<Option<Figures>> {
    let mut opening = [0; LENGTH + CHECK];
    if !filled(file, &mut opening)? {
        return Ok(None);
    }
    let (length, sum) = opening.split_at(LENGTH);
    let length = length.try_into().map_or(u32::MAX, u32::from_be_bytes);
    if length > MOST_FIGURES {
        return Ok(None);
    }
    let mut figures = vec![0; usize::try_from(length).unwrap_or(0)];
    if !filled(file, &mut figures)? || check(&figures).as_slice() != sum {
        return Ok(None);
    }
    Ok(Figures::parse(&figures))
}

/// Whether there was enough to fill it.
fn filled(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

impl Figures {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (kind, mut rest) = bytes.split_first()?;
        match *kind {
            BATCH => {
                let figures = Self::Batch {
                    organization: take_organization(&mut rest)?,
                    after: take_head(&mut rest)?,
                    head: take_head(&mut rest)?,
                    at: Time::from_micros(i64::from_be_bytes(take(&mut rest)?)),
                    body: u32::from_be_bytes(take(&mut rest)?),
                };
                rest.is_empty().then_some(figures)
            }
            HEADS => {
                let mut heads = Vec::with_capacity(rest.len() / 56);
                while !rest.is_empty() {
                    heads.push((take_organization(&mut rest)?, take_head(&mut rest)?));
                }
                Some(Self::Heads(heads))
            }
            _ => None,
        }
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*taken)
}

fn take_organization(rest: &mut &[u8]) -> Option<OrganizationId> {
    take(rest).map(OrganizationId::from_bytes)
}

fn take_head(rest: &mut &[u8]) -> Option<Head> {
    Some(Head {
        seq: u64::from_be_bytes(take(rest)?),
        hash: take(rest)?,
    })
}

/// The entries of a batch that has these heads; `None` unless they are those that were acknowledged, bit for bit.
pub(super) fn entries(mut body: &[u8], after: Head, head: Head) -> Option<Vec<Vec<u8>>> {
    let (mut entries, mut last) = (Vec::new(), after);
    while !body.is_empty() {
        let length = u32::from_be_bytes(take(&mut body)?);
        let (entry, rest) = body.split_at_checked(usize::try_from(length).ok()?)?;
        let carried = Entry::decode(entry).ok()?;
        if carried.previous != last.hash || Some(carried.seq) != last.seq.checked_add(1) {
            return None;
        }
        last = Head {
            seq: carried.seq,
            hash: Entry::hash(entry),
        };
        entries.push(entry.to_vec());
        body = rest;
    }
    (last == head).then_some(entries)
}

/// Puts runs together while records are read in their order.
#[derive(Default)]
pub(super) struct Joiner(Option<Run>);

impl Joiner {
    pub(super) fn head(&mut self, head: Head) {
        if self.0.as_ref().is_none_or(|run| run.head != head) {
            let entries = Vec::new();
            self.0 = Some(Run {
                after: head,
                entries,
                head,
            });
        }
    }

    /// `None`: there was a batch, and it cannot be read.
    pub(super) fn batch(&mut self, after: Head, head: Head, entries: Option<Vec<Vec<u8>>>) {
        match (&mut self.0, entries) {
            (Some(run), Some(more)) if run.head == after => {
                run.entries.extend(more);
                run.head = head;
            }
            (_, Some(entries)) => {
                self.0 = Some(Run {
                    after,
                    entries,
                    head,
                });
            }
            (_, None) => self.head(head),
        }
    }

    /// The run, where there is an entry in it.
    pub(super) fn finish(self) -> Option<Run> {
        self.0.filter(|run| !run.entries.is_empty())
    }
}

impl Run {
    /// The run as it goes to a store.
    #[must_use]
    pub fn into_batch(self, organization: OrganizationId) -> Batch {
        Batch {
            organization,
            after: self.after,
            entries: Arc::from(self.entries),
            head: self.head,
        }
    }
}

//! Old entries, many in one row and compressed: a journal keeps all it ever said in a fraction of the room.
//!
//! A segment's entries are the identical bytes, so the chain goes through it as if it were not there. It is written and its
//! entries are removed in one transaction, so an entry is always in one of the two places.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use ids::OrganizationId;
use rusqlite::{Connection, OptionalExtension, params};

use super::read_only::StoredEntry;

/// Entries in a segment at most.
const MOST_ENTRIES: i64 = 1_000;
/// A segment is full beyond this many bytes, uncompressed.
const FULL: usize = 4 * 1024 * 1024;
/// No segment that was written holds more than this many bytes, uncompressed: a full one and one more entry.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Why entries were not read.
#[derive(Debug)]
pub(super) enum Trouble {
    Sqlite(rusqlite::Error),
    /// The segment from one entry to another is not what was written.
    Damaged {
        first: u64,
        last: u64,
        problem: String,
    },
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// What to do with a segment that is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damaged {
    /// It is an error.
    Fails,
    /// Its entries are missing.
    IsLeftOut,
}

/// At most `most` entries after number `after`, in the order of their numbers, from segments and single rows alike. Where some
/// are missing in between, they are just not there.
pub(super) fn entries(
    connection: &Connection,
    (organization, after): (OrganizationId, u64),
    most: usize,
    damaged: Damaged,
) -> Result<Vec<StoredEntry>, Trouble> {
    // As of one moment: what is archived meanwhile would be in neither place. Ends when it is dropped.
    let _one_moment = connection.unchecked_transaction()?;
    let (mut found, mut passed) = (Vec::new(), after);
    while found.len() < most {
        let Some(segment) = next(connection, organization, passed)? else {
            break;
        };
        let last = segment.last;
        match segment.unpack() {
            Ok(entries) => {
                let room = most.saturating_sub(found.len());
                found.extend(entries.filter(|entry| entry.seq > after).take(room));
            }
            Err(problem) if damaged == Damaged::Fails => {
                let (first, last) = (segment.first, segment.last);
                return Err(Trouble::Damaged {
                    first,
                    last,
                    problem,
                });
            }
            Err(problem) => {
                tracing::error!(%organization, first = segment.first, last, problem, "a segment of a journal is damaged");
            }
        }
        passed = last;
    }
    let room = most.saturating_sub(found.len());
    if room > 0 {
        found.extend(single(connection, organization, passed, room)?);
    }
    Ok(found)
}

/// Those of them that stand alone.
pub(super) fn single(
    connection: &Connection,
    organization: OrganizationId,
    after: u64,
    most: usize,
) -> rusqlite::Result<Vec<StoredEntry>> {
    let from = i64::try_from(after).unwrap_or(i64::MAX);
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "SELECT seq, bytes FROM entry WHERE organization = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )?
        .query_map(params![organization.to_bytes(), from, limit], |row| {
            Ok(StoredEntry {
                seq: row.get::<_, i64>(0)?.cast_unsigned(),
                bytes: row.get(1)?,
            })
        })?
        .collect()
}

struct Segment {
    first: u64,
    last: u64,
    bytes: Vec<u8>,
}

/// The segment that has the first of the entries after number `after`, if a segment has it.
fn next(
    connection: &Connection,
    organization: OrganizationId,
    after: u64,
) -> rusqlite::Result<Option<Segment>> {
    let from = i64::try_from(after).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "SELECT first, last, bytes FROM segment WHERE organization = ?1 AND last > ?2 ORDER BY last LIMIT 1",
        )?
        .query_row(params![organization.to_bytes(), from], |row| {
            Ok(Segment {
                first: row.get::<_, i64>(0)?.cast_unsigned(),
                last: row.get::<_, i64>(1)?.cast_unsigned(),
                bytes: row.get(2)?,
            })
        })
        .optional()
}

/// The last entry that is in a segment; 0: none is.
pub(super) fn last(connection: &Connection, organization: OrganizationId) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT coalesce(max(last), 0) FROM segment WHERE organization = ?1")?
        .query_row(params![organization.to_bytes()], |row| row.get::<_, i64>(0))
        .map(i64::cast_unsigned)
}

/// Moves the oldest entries that stand alone into a segment, those up to number `through` and the last snapshot, and answers
/// the last entry that is in one now. To be called within a transaction.
pub(super) fn archive(
    connection: &Connection,
    organization: OrganizationId,
    through: u64,
) -> rusqlite::Result<u64> {
    let before = last(connection, organization)?;
    // A start reads what the snapshot does not say, and should read it quickly.
    let snapshot: Option<i64> = connection
        .prepare_cached("SELECT seq FROM snapshot WHERE organization = ?1")?
        .query_row(params![organization.to_bytes()], |row| row.get(0))
        .optional()?;
    let through = through.min(snapshot.unwrap_or(0).cast_unsigned());
    let most = usize::try_from(MOST_ENTRIES).unwrap_or(usize::MAX);
    let mut entries = single(connection, organization, before, most)?;
    let whole = entries
        .iter()
        .zip(before.saturating_add(1)..)
        .take_while(|(entry, expected)| entry.seq == *expected && entry.seq <= through)
        .scan(0_usize, |bytes, (entry, _)| {
            let had = *bytes;
            *bytes = bytes.saturating_add(entry.bytes.len());
            (had < FULL).then_some(())
        })
        .count();
    entries.truncate(whole);
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Ok(before);
    };
    let (first, last) = (first.seq.cast_signed(), last.seq.cast_signed());
    let bytes =
        pack(&entries).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    connection
        .prepare_cached(
            "INSERT INTO segment (organization, first, last, bytes) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![organization.to_bytes(), first, last, bytes])?;
    connection
        .prepare_cached("DELETE FROM entry WHERE organization = ?1 AND seq BETWEEN ?2 AND ?3")?
        .execute(params![organization.to_bytes(), first, last])?;
    Ok(last.cast_unsigned())
}

/// Each entry's length in four bytes, the lowest first, and its bytes; all of it compressed, with a checksum (RFC 1950).
fn pack(entries: &[StoredEntry]) -> std::io::Result<Vec<u8>> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::default());
    for entry in entries {
        let length = u32::try_from(entry.bytes.len()).map_err(std::io::Error::other)?;
        out.write_all(&length.to_le_bytes())?;
        out.write_all(&entry.bytes)?;
    }
    out.finish()
}

impl Segment {
    fn unpack(&self) -> Result<impl Iterator<Item = StoredEntry> + use<>, String> {
        let mut raw = Vec::new();
        ZlibDecoder::new(&*self.bytes)
            .take(MOST_BYTES)
            .read_to_end(&mut raw)
            .map_err(|error| error.to_string())?;
        let (mut rest, mut entries) = (&*raw, Vec::new());
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            let Some((entry, after)) = after.split_at_checked(length) else {
                return Err("its last entry is cut off".to_owned());
            };
            entries.push(entry.to_vec());
            rest = after;
        }
        let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let wanted = self.last.saturating_sub(self.first).saturating_add(1);
        if !rest.is_empty() || count != wanted {
            return Err(format!("it has {count} entries and should have {wanted}"));
        }
        let numbered = (self.first..).zip(entries);
        Ok(numbered.map(|(seq, bytes)| StoredEntry { seq, bytes }))
    }
}

// Here and not with the other tests, because only the connection itself can be stopped between two of its steps.
#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::sqlite::{Durability, open};

    const WHOSE: OrganizationId = OrganizationId::from_bytes([1; 16]);

    /// Six entries, all of them in the snapshot and none archived.
    fn six(path: &Path) -> Connection {
        let writer = open::connect(path, Durability::Relaxed).unwrap();
        for seq in 1..=6 {
            writer
                .execute(
                    "INSERT INTO entry (organization, seq, bytes) VALUES (?1, ?2, ?3)",
                    params![WHOSE.to_bytes(), seq, [7_u8; 40]],
                )
                .unwrap();
        }
        writer
            .execute(
                "INSERT INTO snapshot (organization, seq, bytes) VALUES (?1, 6, x'')",
                params![WHOSE.to_bytes()],
            )
            .unwrap();
        writer
    }

    /// Archives after so many steps of the reader, and answers what the reader found and how many steps it made.
    fn read_while_archived(directory: &Path, after: u32) -> (Vec<u64>, u32) {
        let path = directory.join(format!("{after}.db"));
        let writer = six(&path);
        let mut reader = open::connect(&path, Durability::Relaxed).unwrap();
        let steps = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&steps);
        let archive = move || {
            if counted.fetch_add(1, Ordering::Relaxed) == after {
                assert_eq!(archive(&writer, WHOSE, 4).unwrap(), 4);
            }
            false
        };
        reader.progress_handler(1, Some(archive)).unwrap();
        let found = entries(&reader, (WHOSE, 0), 10, Damaged::Fails).unwrap();
        let numbers = found.iter().map(|entry| entry.seq).collect();
        (numbers, steps.load(Ordering::Relaxed))
    }

    #[test]
    fn whoever_reads_while_entries_are_archived_misses_none() {
        let directory = tempfile::tempdir().unwrap();
        let (mut after, mut steps) = (0, 1);
        while after < steps {
            let (numbers, made) = read_while_archived(directory.path(), after);
            assert_eq!(numbers, [1, 2, 3, 4, 5, 6], "archived after {after} steps");
            (after, steps) = (after + 1, made);
        }
        assert!(after > 20, "{after} steps");
    }
}

//! The files: each is written once, from its beginning to its end, and goes as a whole.
//!
//! A new one begins with every start and whenever one has its share of the bytes or of the time. Before the oldest goes,
//! the heads that are named nowhere else are written again, so that an organization which rests is not forgotten.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use ids::OrganizationId;
use ledger::{Head, Time};

use super::record::{self, Figures, Joiner, Record};
use super::{Bounds, Run};

/// In how many files what is remembered lies, more or less.
const PARTS: u32 = 8;
/// What a file's name ends in.
const SUFFIX: &str = "acknowledged";

#[derive(Debug)]
pub(super) struct Segments {
    folder: PathBuf,
    bounds: Bounds,
    /// Those that are not written any more, oldest first.
    closed: VecDeque<Closed>,
    /// The one that is written; `None` until there is something to write.
    open: Option<Open>,
    /// The number of the next one.
    next: u64,
    /// Which file names each organization's head last, and the head.
    heads: HashMap<OrganizationId, (u64, Head)>,
    /// Whether the last write failed.
    failing: bool,
}

#[derive(Debug)]
struct Closed {
    number: u64,
    bytes: u64,
    /// The latest time in it.
    last: Option<Time>,
}

#[derive(Debug)]
struct Open {
    file: File,
    segment: Closed,
    first: Option<Time>,
}

impl Segments {
    /// Takes up what is there, and says which heads it names.
    pub(super) fn open(
        folder: &Path,
        bounds: Bounds,
    ) -> io::Result<(Self, HashMap<OrganizationId, Head>)> {
        let mut numbers = Vec::new();
        for file in std::fs::read_dir(folder)? {
            numbers.extend(number(&file?.path()));
        }
        numbers.sort_unstable();
        let mut segments = Self {
            folder: folder.to_owned(),
            bounds,
            closed: VecDeque::new(),
            open: None,
            next: numbers.last().map_or(1, |last| last.saturating_add(1)),
            heads: HashMap::new(),
            failing: false,
        };
        for number in numbers {
            segments.take_up(number)?;
        }
        let heads = segments.heads.iter();
        let heads = heads.map(|(organization, (_, head))| (*organization, *head));
        let heads = heads.collect();
        Ok((segments, heads))
    }

    fn take_up(&mut self, number: u64) -> io::Result<()> {
        let path = self.path(number);
        let bytes = std::fs::metadata(&path)?.len();
        let mut last = None;
        let mut sound = 0_u64;
        let mut reader = Counted::new(File::open(&path)?);
        while let Some(figures) = record::read_figures(&mut reader)? {
            match figures {
                Figures::Batch {
                    organization,
                    head,
                    at,
                    body,
                    ..
                } => {
                    if !reader.skip(body, bytes)? {
                        break;
                    }
                    last = last.max(Some(at));
                    self.heads.insert(organization, (number, head));
                }
                Figures::Heads(heads) => {
                    let heads = heads.into_iter();
                    self.heads
                        .extend(heads.map(|(organization, head)| (organization, (number, head))));
                }
            }
            sound = reader.read;
        }
        if sound < bytes {
            tracing::warn!(file = %path.display(), from = sound, bytes, "what was acknowledged cannot be read to its end; the rest is not used");
        }
        self.closed.push_back(Closed {
            number,
            bytes,
            last,
        });
        Ok(())
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:012}.{SUFFIX}"))
    }

    /// Writes records in one go. Where that fails they are in no file, and a new one is begun with the next.
    pub(super) fn write(&mut self, records: &[Record]) {
        let at = records.iter().filter_map(Record::at).max();
        let written = self.make_room(at).and_then(|()| self.put(records));
        match written {
            Ok(()) => self.failing = false,
            Err(error) => {
                self.close();
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::error!(%error, folder = %self.folder.display(), "what the store acknowledged cannot be remembered beside it; should the store roll back, it is not known what is lost");
                }
            }
        }
    }

    fn put(&mut self, records: &[Record]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(4096);
        records.iter().for_each(|record| record.write(&mut bytes));
        let open = match &mut self.open {
            Some(open) => open,
            none => {
                let number = self.next;
                self.next = self.next.saturating_add(1);
                let path = self.folder.join(format!("{number:012}.{SUFFIX}"));
                none.insert(Open {
                    file: private(&path)?,
                    segment: Closed {
                        number,
                        bytes: 0,
                        last: None,
                    },
                    first: None,
                })
            }
        };
        let segment = &mut open.segment;
        // Counted before it is written: a part of it may stay there.
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        segment.bytes = segment.bytes.saturating_add(more);
        for record in records {
            segment.last = segment.last.max(record.at());
            open.first = open.first.or(record.at());
            for (organization, head) in record.heads() {
                self.heads.insert(organization, (segment.number, head));
            }
        }
        open.file.write_all(&bytes)
    }

    /// Closes a file that has its share, and lets go of the oldest beyond the bounds.
    fn make_room(&mut self, at: Option<Time>) -> io::Result<()> {
        let share = self.bounds.bytes / u64::from(PARTS);
        let full = |open: &Open| {
            let long = at
                .zip(open.first)
                .is_some_and(|(at, first)| older(first, at, self.bounds.keep / PARTS));
            open.segment.bytes >= share || long
        };
        if !self.open.as_ref().is_some_and(full) {
            return Ok(());
        }
        self.close();
        while self.closed.front().is_some_and(|oldest| {
            let old = match (at, oldest.last) {
                (Some(at), Some(last)) => older(last, at, self.bounds.keep),
                // Nothing but heads, which are written again.
                (_, None) => true,
                (None, Some(_)) => false,
            };
            old || self.bytes() > self.bounds.bytes.saturating_sub(share)
        }) {
            self.let_go_of_oldest()?;
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.closed.iter().map(|closed| closed.bytes).sum()
    }

    fn close(&mut self) {
        self.closed
            .extend(self.open.take().map(|open| open.segment));
    }

    fn let_go_of_oldest(&mut self) -> io::Result<()> {
        let Some(oldest) = self.closed.pop_front() else {
            return Ok(());
        };
        let named = self.heads.iter();
        let only_there: Vec<_> = named
            .filter(|(_, (number, _))| *number == oldest.number)
            .map(|(organization, (_, head))| (*organization, *head))
            .collect();
        let again: Vec<_> = Record::of_heads(&only_there).collect();
        if !again.is_empty() {
            self.put(&again)?;
        }
        std::fs::remove_file(self.path(oldest.number))
    }

    /// The longest run of entries to the last head.
    pub(super) fn run(&self, of: OrganizationId) -> io::Result<Option<Run>> {
        let mut joiner = Joiner::default();
        let open = self.open.as_ref().map(|open| &open.segment);
        for segment in self.closed.iter().chain(open) {
            let mut reader = Counted::new(File::open(self.path(segment.number))?);
            while let Some(figures) = record::read_figures(&mut reader)? {
                match figures {
                    Figures::Batch {
                        organization,
                        after,
                        head,
                        body,
                        ..
                    } if organization == of => {
                        let Some(bytes) = reader.body(body, segment.bytes)? else {
                            break;
                        };
                        joiner.batch(after, head, record::entries(&bytes, after, head));
                    }
                    Figures::Batch { body, .. } => {
                        if !reader.skip(body, segment.bytes)? {
                            break;
                        }
                    }
                    Figures::Heads(heads) => heads
                        .iter()
                        .filter(|(organization, _)| *organization == of)
                        .for_each(|(_, head)| joiner.head(*head)),
                }
            }
        }
        Ok(joiner.finish())
    }
}

impl Segments {
    /// Writes a run into a file of its own, beside those that go.
    pub(super) fn keep(&self, organization: OrganizationId, run: Run) -> io::Result<PathBuf> {
        let (first, last) = (run.after.seq.saturating_add(1), run.head.seq);
        let name = format!("lost-{organization}-{first}-{last}.entries");
        let path = self.folder.join(name);
        let mut bytes = Vec::new();
        let batch = run.into_batch(organization);
        let at = Time::from_micros(0);
        Record::Batch { batch, at }.write(&mut bytes);
        match private(&path) {
            Ok(mut file) => {
                file.write_all(&bytes)?;
                file.sync_all()?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Ok(path)
    }
}

/// A new file that only its owner may read: like the store it holds the hashes of keys.
fn private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// The number of a file of ours.
fn number(path: &Path) -> Option<u64> {
    let ours = path.extension()?.to_str()? == SUFFIX;
    let stem = path.file_stem()?.to_str()?;
    ours.then(|| stem.parse().ok()).flatten()
}

fn older(one: Time, than: Time, by: std::time::Duration) -> bool {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    than.micros().saturating_sub(one.micros()) > by
}

/// A reader that knows how far it is.
struct Counted {
    reader: BufReader<File>,
    read: u64,
}

impl Counted {
    fn new(file: File) -> Self {
        Self {
            reader: BufReader::with_capacity(64 << 10, file),
            read: 0,
        }
    }

    /// Passes over so much of a file of this length; says whether there was so much.
    fn skip(&mut self, body: u32, length: u64) -> io::Result<bool> {
        let end = self.read.saturating_add(u64::from(body));
        if end > length {
            return Ok(false);
        }
        self.reader.seek_relative(i64::from(body))?;
        self.read = end;
        Ok(true)
    }

    /// Reads so much; `None` where there is less. What is asked for is believed only as far as the file is long.
    fn body(&mut self, body: u32, length: u64) -> io::Result<Option<Vec<u8>>> {
        if self.read.saturating_add(u64::from(body)) > length {
            return Ok(None);
        }
        let mut bytes = vec![0; usize::try_from(body).unwrap_or(usize::MAX)];
        match self.read_exact(&mut bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Read for Counted {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(bytes)?;
        self.read = self
            .read
            .saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

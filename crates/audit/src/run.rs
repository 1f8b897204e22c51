//! A whole store, journal by journal, a page at a time; then the request log.

use std::collections::BTreeSet;

use ids::OrganizationId;
use journal::StoreError;
use journal::sqlite::ReadOnly;
use journal::sqlite::read_only::{Moment, StoredEntry, StoredHead};
use ledger::Entry;
use projections::{LogError, LogFile, OpenError, Rebuilt};

use crate::chain::{Broken, Chain};
use crate::{Finding, Part};

/// Entries read at once.
const PAGE: u32 = 1_000;
/// Findings that are kept; what comes beyond is only counted.
const MOST_FINDINGS: usize = 1_000;

/// Why it could not be found out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The request log, or the temporary one that it is held against, cannot be read or written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The temporary request log cannot be made.
    #[error("the request log cannot be made anew: {0}")]
    Rebuild(#[from] OpenError),
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Organizations. The Books of upstream accounts' caps are looked at like theirs, and are none.
    pub organizations: u64,
    /// Entries that were looked at.
    pub entries: u64,
    /// Whether there was a request log to look at.
    pub request_log: bool,
    /// What is wrong, at most 1,000 of it.
    pub findings: Vec<Finding>,
    /// How much is wrong.
    pub found: u64,
}

impl Report {
    fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            self.found = self.found.saturating_add(1);
            if self.findings.len() < MOST_FINDINGS {
                self.findings.push(finding);
            }
        }
    }
}

/// Looks at everything. `progress` is told now and then how many entries were looked at. Blocks.
///
/// # Errors
/// [`Error`]: it could not be found out. Damage is no error, but a finding.
pub fn verify(
    store: &ReadOnly,
    log: Option<&LogFile>,
    mut progress: impl FnMut(u64),
) -> Result<Report, Error> {
    let mut run = Run {
        store,
        log: match log {
            Some(file) => Some((file, Rebuilt::new()?)),
            None => None,
        },
        aside: BTreeSet::new(),
        report: Report {
            request_log: log.is_some(),
            ..Report::default()
        },
    };
    let mut after = None;
    loop {
        match store.next_organization(after) {
            Ok(Some(organization)) => {
                run.organization(organization, &mut progress)?;
                after = Some(organization);
            }
            Ok(None) => break,
            Err(StoreError::Damaged(problem)) => {
                run.report.add([of_file(problem)]);
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    run.request_log()
}

struct Run<'a> {
    store: &'a ReadOnly,
    log: Option<(&'a LogFile, Rebuilt)>,
    /// Organizations whose rows of the request log cannot be judged.
    aside: BTreeSet<OrganizationId>,
    report: Report,
}

impl Run<'_> {
    fn organization(
        &mut self,
        organization: OrganizationId,
        progress: &mut impl FnMut(u64),
    ) -> Result<(), Error> {
        if !organization.is_of_upstream() {
            self.report.organizations = self.report.organizations.saturating_add(1);
        }
        let found = match self.journal(organization, progress) {
            Err(Error::Store(StoreError::Damaged(problem))) => {
                self.aside.insert(organization);
                vec![Finding {
                    organization: Some(organization),
                    ..of_file(problem)
                }]
            }
            Err(Error::Log(LogError::Damaged(problem))) => {
                self.aside.insert(organization);
                vec![Finding {
                    organization: Some(organization),
                    part: Part::RequestLog,
                    ..of_file(problem)
                }]
            }
            found => found?,
        };
        self.report.add(found);
        Ok(())
    }

    /// Looks at one journal, and makes its part of the request log anew as far as the log has read it.
    fn journal(
        &mut self,
        organization: OrganizationId,
        progress: &mut impl FnMut(u64),
    ) -> Result<Vec<Finding>, Error> {
        // What a running server appends after this moment is not looked at.
        let Moment {
            head,
            snapshot,
            last: until,
        } = self.store.moment(organization)?;
        let mut chain = Chain::new(organization, snapshot);
        let read = match &self.log {
            Some((file, _)) => file.has_read(organization)?,
            None => None,
        };
        let read_to = read.map_or(0, |(seq, _)| seq);
        let mut joint = None;
        loop {
            let mut page = self.store.entries(organization, chain.seq(), PAGE)?;
            page.retain(|stored| stored.seq <= until);
            let mut entries = Vec::with_capacity(page.len());
            for stored in &page {
                match chain.take(stored) {
                    Ok(entry) => entries.push(entry),
                    Err(broken) => {
                        self.looked_at(entries.len());
                        self.aside.insert(organization);
                        return Ok(vec![self.blame(
                            organization,
                            broken,
                            &chain,
                            head.as_ref(),
                        )?]);
                    }
                }
            }
            if let Some(last) = entries.iter().find(|entry| entry.seq == read_to) {
                joint = Some(last.id);
            }
            self.looked_at(entries.len());
            progress(self.report.entries);
            if let Some((_, rebuilt)) = &mut self.log {
                entries.retain(|entry| entry.seq <= read_to);
                rebuilt.take_up(organization, entries)?;
            }
            if page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                break;
            }
        }
        let last = chain.seq();
        let stranger = read.filter(|(_, id)| joint != Some(*id)).map(|(seq, _)| {
            let problem = if seq > last {
                format!("the request log has read entry {seq}, but the last entry is {last}")
            } else {
                format!("the request log has read another entry {seq} than the one that is there")
            };
            chain.finding(Part::RequestLog, seq, problem)
        });
        if stranger.is_some() {
            self.aside.insert(organization);
        }
        let mut found = chain.finish(head.as_ref());
        found.extend(stranger);
        Ok(found)
    }

    fn looked_at(&mut self, entries: usize) {
        let entries = u64::try_from(entries).unwrap_or(u64::MAX);
        self.report.entries = self.report.entries.saturating_add(entries);
    }

    /// Which of two entries is wrong that do not follow each other: whoever follows the second one knows its hash.
    fn blame(
        &self,
        organization: OrganizationId,
        broken: Broken,
        chain: &Chain,
        head: Option<&StoredHead>,
    ) -> Result<Finding, Error> {
        let seq = match broken {
            Broken::At(finding) => return Ok(finding),
            Broken::Link(seq) => seq,
        };
        let two = self.store.entries(organization, chain.seq(), 2)?;
        let hash = two.first().map(|stored| Entry::hash(&stored.bytes));
        let known = match two.get(1) {
            Some(next) => carried(next),
            None => head
                .filter(|head| head.head.seq == seq)
                .map(|head| head.head.hash),
        };
        if hash.is_some() && hash == known && chain.seq() > 0 {
            Ok(chain.changed(chain.seq()))
        } else {
            Ok(chain.unlinked(seq))
        }
    }

    fn request_log(self) -> Result<Report, Error> {
        let mut report = self.report;
        if let Some((file, rebuilt)) = &self.log {
            match file.lies(rebuilt, &self.aside) {
                Ok(lies) => report.add(lies.into_iter().map(|(organization, lies)| Finding {
                    organization: Some(organization),
                    part: Part::RequestLog,
                    entry: None,
                    problem: told(&lies),
                })),
                Err(LogError::Damaged(problem)) => report.add([Finding {
                    part: Part::RequestLog,
                    ..of_file(problem)
                }]),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(report)
    }
}

fn told(lies: &projections::Lies) -> String {
    let projections::Lies {
        request,
        what,
        count,
    } = lies;
    let others = match count.saturating_sub(1) {
        0 => String::new(),
        others => format!(", and {others} more"),
    };
    format!("the request log's row of {request} {what}{others}")
}

/// The hash that an entry carries of the one before it.
fn carried(stored: &StoredEntry) -> Option<[u8; 32]> {
    Entry::decode(&stored.bytes)
        .ok()
        .map(|entry| entry.previous)
}

fn of_file(problem: String) -> Finding {
    Finding {
        organization: None,
        part: Part::File,
        entry: None,
        problem,
    }
}

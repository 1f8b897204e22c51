//! Holding a request log's file against one that was made anew from the journals.
//!
//! Of each call the journals say its attempts (what was held and charged, when, why, at which prices), and with them its
//! project, key, model and route. What only the gateway knew (a refusal, a status) is taken as it lies in the file; how a
//! call stands follows from both and is worked out again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ids::{EntryId, OrganizationId, RequestId};
use journal::sqlite::file;
use ledger::Time;
use rusqlite::{Connection, Row, Rows};

use crate::call::Call;
use crate::open::FORM;
use crate::stored::{self, COLUMNS, Found};
use crate::writer::{Rebuilt, offset};
use crate::{Attempt, LogError, OpenError, schema};

/// A request log's file, open for reading. Nothing is written, and no log is folded in. Its methods block.
#[derive(Debug)]
pub struct LogFile {
    connection: Connection,
}

/// What a request log says wrongly of one organization's calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lies {
    /// The first call of which it lies, in the order of their ids.
    pub request: RequestId,
    /// What is wrong with it, as it continues "the row of this call …".
    pub what: String,
    /// Of how many calls it lies.
    pub count: u64,
}

impl LogFile {
    /// Opens the file as of this moment, whether a server writes it or not; `None` where there is none. While it is open,
    /// a server's write-ahead log of this file can only grow.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: &Path) -> Result<Option<Self>, OpenError> {
        if !path.exists() {
            return Ok(None);
        }
        let error = |source| OpenError::Sqlite {
            path: path.to_owned(),
            source,
        };
        let quiet = journal::sqlite::read_only::quiet(path);
        let connection = journal::sqlite::read_only::connect(path, quiet).map_err(error)?;
        match file::version(&connection, path, &FORM)? {
            Some(schema::VERSION) => {}
            Some(_earlier) => {
                return Err(OpenError::TooOld(path.to_owned()));
            }
            None => return Err(OpenError::NotOurs(path.to_owned())),
        }
        // The first read of a transaction fixes the moment; it ends with the connection.
        connection
            .execute_batch("BEGIN; SELECT count(*) FROM journal_offset;")
            .map_err(error)?;
        Ok(Some(Self { connection }))
    }

    /// How far it has read a journal: the number and the id of the last entry that is in its rows. `None`: not at all.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn has_read(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<(u64, EntryId)>, LogError> {
        Ok(offset(&self.connection, organization)?.map(|offset| (offset.seq, offset.last)))
    }

    /// Every organization of whose calls it lies, held against what was rebuilt up to where it has read. `aside` are left
    /// out.
    ///
    /// # Errors
    /// [`LogError`]: one of the files cannot be read on.
    pub fn lies(
        &self,
        rebuilt: &Rebuilt,
        aside: &BTreeSet<OrganizationId>,
    ) -> Result<BTreeMap<OrganizationId, Lies>, LogError> {
        let oldest: Option<i64> =
            self.connection
                .query_row("SELECT min(at) FROM call", [], |row| row.get(0))?;
        // Rows go oldest first, so what is older than all that is there may have gone by age or number.
        let oldest = oldest.map_or(Time::LATEST, Time::from_micros);
        let all = format!("SELECT {COLUMNS}, outcome FROM call ORDER BY request");
        let mut file = self.connection.prepare(&all)?;
        let mut anew = rebuilt.connection().prepare(&all)?;
        let (mut file, mut anew) = (Calls::new(file.query([])?)?, Calls::new(anew.query([])?)?);
        let mut lies = BTreeMap::new();
        loop {
            let order = match (&file.next, &anew.next) {
                (None, None) => return Ok(lies),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(one), Some(other)) => one.request.cmp(&other.request),
            };
            let said = if order.is_le() { file.take()? } else { None };
            let true_one = if order.is_ge() { anew.take()? } else { None };
            let Some(organization) = said
                .as_ref()
                .or(true_one.as_ref())
                .map(|call| call.organization)
            else {
                return Ok(lies);
            };
            if let Some((request, what)) = lie(said, true_one, oldest)
                && !aside.contains(&organization)
            {
                let first = Lies {
                    request,
                    what,
                    count: 0,
                };
                let lies = lies.entry(organization).or_insert(first);
                lies.count = lies.count.saturating_add(1);
            }
        }
    }
}

/// A row, or why it cannot be read.
struct Stored {
    request: RequestId,
    organization: OrganizationId,
    found: Result<(Found, Option<i64>), LogError>,
}

impl Stored {
    fn read(row: &Row<'_>) -> Result<Self, LogError> {
        let standing = row.get::<_, Option<i64>>(21)?;
        Ok(Self {
            request: RequestId::from_bytes(row.get(0)?),
            organization: OrganizationId::from_bytes(row.get(1)?),
            found: stored::read(row).map(|found| (found, standing)),
        })
    }
}

/// Calls in the order of their ids, with a look at the next one.
struct Calls<'a> {
    rows: Rows<'a>,
    next: Option<Stored>,
}

impl<'a> Calls<'a> {
    fn new(rows: Rows<'a>) -> Result<Self, LogError> {
        let mut calls = Self { rows, next: None };
        calls.take()?;
        Ok(calls)
    }

    fn take(&mut self) -> Result<Option<Stored>, LogError> {
        let next = self.rows.next()?.map(Stored::read).transpose()?;
        Ok(std::mem::replace(&mut self.next, next))
    }
}

/// What is wrong with what the file says of one call, if anything.
fn lie(said: Option<Stored>, anew: Option<Stored>, oldest: Time) -> Option<(RequestId, String)> {
    let anew = match anew.map(|call| (call.request, call.found)) {
        Some((_, Ok((found, _)))) => Some(found.call),
        Some((request, Err(error))) => return Some((request, error.to_string())),
        None => None,
    };
    let gone = anew.as_ref().is_none_or(|call| call.started_at() < oldest);
    let Some(Stored { request, found, .. }) = said else {
        let call = anew.filter(|_| !gone)?;
        return Some((call.request, "is missing".to_owned()));
    };
    let (found, standing) = match found {
        Ok(found) => found,
        Err(error) => return Some((request, format!("cannot be read: {error}"))),
    };
    if found.call.attempts.is_empty() && gone {
        // Seawall refused it at once, or only the gateway's word came after the row had gone.
        return of_consequences(&found, &found.call, standing).map(|what| (request, what));
    }
    let Some(anew) = anew else {
        return Some((request, "is of a call that no journal has".to_owned()));
    };
    let what = of_facts(&found.call, &anew).or_else(|| {
        let expected = Call {
            attempts: anew.attempts,
            ..found.call.clone()
        };
        of_consequences(&found, &expected, standing)
    });
    what.map(|what| (request, what))
}

/// What the journal says otherwise.
fn of_facts(said: &Call, anew: &Call) -> Option<String> {
    if said.organization != anew.organization
        || said.project != anew.project
        || said.key != anew.key
    {
        return Some("says another organization, project or key than the journal".to_owned());
    }
    // A refusal may have cut a long name.
    if said.refusal.is_none() && (said.route != anew.route || said.model != anew.model) {
        return Some("says another route or model than the journal".to_owned());
    }
    let (many, really) = (said.attempts.len(), anew.attempts.len());
    if many != really {
        return Some(format!("has {many} attempts, the journal {really}"));
    }
    let mut pairs = said.attempts.iter().zip(&anew.attempts);
    let (said, anew) = pairs.find(|(said, anew)| said != anew)?;
    Some(of_attempt(said, anew))
}

fn of_attempt(said: &Attempt, anew: &Attempt) -> String {
    let number = anew.number;
    if said.charged != anew.charged {
        let (said, anew) = (said.charged, anew.charged);
        format!("says attempt {number} is charged ${said}, the journal says ${anew}")
    } else if said.held != anew.held {
        let (said, anew) = (said.held, anew.held);
        format!("says attempt {number} held ${said}, the journal says ${anew}")
    } else if said.state != anew.state {
        let (said, anew) = (said.state, anew.state);
        format!("says attempt {number} is {said:?}, the journal says {anew:?}")
    } else {
        format!("says another time, upstream, unit or price of attempt {number} than the journal")
    }
}

/// What does not follow from what the row itself says and the journal.
fn of_consequences(found: &Found, expected: &Call, standing: Option<i64>) -> Option<String> {
    if standing != stored::standing_code(expected.standing()) {
        Some("says that the call ended otherwise than it did".to_owned())
    } else if found.place.at != expected.started_at() {
        Some("says that the call began at another time than it did".to_owned())
    } else {
        None
    }
}

//! What is parked, and whose the accounts are, in one record of the store.
//!
//! A record as for the accounts themselves: every store has them, and it is written over the version that was read or not at
//! all. What another node wrote meanwhile is taken up first, of each park the later word, so that two nodes lose nothing of
//! each other's. A record that cannot be read is let go with a warning: all of it is learned again from the providers.

use diagnosis::{Cause, Scope};
use journal::StoreError;
use ledger::Time;
use serde::{Deserialize, Serialize};

use super::Until;
use super::park::{By, Park, Probed};
use super::place::{Identity, Place};
use super::refusal::Refusal;
use crate::upstreams::Upstreams;

/// The record's name.
const NAME: &str = "parking";
/// The form that this program writes. It reads no other.
const FORM: u32 = 1;
/// How often a write is tried where others write the same.
const TRIES: usize = 8;

const SCOPES: [Scope; 7] = [
    Scope::Request,
    Scope::Model,
    Scope::Deployment,
    Scope::Key,
    Scope::Project,
    Scope::Organization,
    Scope::Account,
];

#[derive(Serialize, Deserialize)]
struct Form {
    form: u32,
    parks: Vec<Kept>,
    accounts: Vec<Heard>,
}

/// Whose an account is.
#[derive(Serialize, Deserialize)]
struct Heard {
    account: Box<str>,
    mark: Box<str>,
    identity: Identity,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptUntil {
    /// Microseconds since 1970.
    At(i64),
    Probed,
    Person,
}

/// A park as it is kept; times in microseconds since 1970.
#[derive(Serialize, Deserialize)]
struct Kept {
    place: Place,
    account: Box<str>,
    model: Option<Box<str>>,
    cause: Box<str>,
    scope: Box<str>,
    /// Whether a person parked it, with a word on why.
    person: Option<Option<Box<str>>>,
    since: i64,
    until: KeptUntil,
    refusal: Option<Refusal>,
    probed: Option<(i64, Box<str>)>,
    probes: u32,
    before: u32,
    ended_at: Option<i64>,
    changed_at: i64,
    mark: Box<str>,
}

impl Kept {
    fn of(park: &Park) -> Self {
        let probed = park.probed.as_ref();
        Self {
            place: park.place.clone(),
            account: park.account.clone(),
            model: park.model.clone(),
            cause: park.cause.as_str().into(),
            scope: park.scope.as_str().into(),
            person: match &park.by {
                By::Refusal => None,
                By::Person { note } => Some(note.clone()),
            },
            since: park.since.micros(),
            until: match park.until {
                Until::At(end) => KeptUntil::At(end.micros()),
                Until::Probed => KeptUntil::Probed,
                Until::Person => KeptUntil::Person,
            },
            refusal: park.refusal.clone(),
            probed: probed.map(|probed| (probed.at.micros(), probed.said.clone())),
            probes: park.probes,
            before: park.before,
            ended_at: park.ended_at.map(Time::micros),
            changed_at: park.changed_at.micros(),
            mark: park.mark.clone(),
        }
    }

    fn read(self) -> Option<Park> {
        let time = Time::from_micros;
        Some(Park {
            place: self.place,
            account: self.account,
            model: self.model,
            // One that only a newer program knows still closes what it closes.
            cause: Cause::from_name(&self.cause).unwrap_or(Cause::Unknown),
            scope: SCOPES
                .into_iter()
                .find(|scope| scope.as_str() == &*self.scope)?,
            by: match self.person {
                None => By::Refusal,
                Some(note) => By::Person { note },
            },
            since: time(self.since),
            until: match self.until {
                KeptUntil::At(end) => Until::At(time(end)),
                KeptUntil::Probed => Until::Probed,
                KeptUntil::Person => Until::Person,
            },
            refusal: self.refusal,
            probed: self.probed.map(|(at, said)| Probed { at: time(at), said }),
            probes: self.probes,
            before: self.before,
            ended_at: self.ended_at.map(time),
            changed_at: time(self.changed_at),
            mark: self.mark,
        })
    }
}

/// Reads what was parked, and whose the accounts are that are still what they were.
///
/// # Errors
/// The store's.
pub(crate) async fn read(upstreams: &Upstreams) -> Result<(), StoreError> {
    let Some(record) = upstreams.store().record(NAME).await? else {
        return Ok(());
    };
    let Some(form) = understood(&record.bytes) else {
        tracing::warn!("what was parked cannot be read; it is learned again from the providers");
        return Ok(());
    };
    let entries = upstreams.entries();
    for heard in form.accounts {
        let entry = entries
            .iter()
            .find(|entry| entry.draft.name.as_str() == &*heard.account);
        let same = entry.filter(|entry| entry.mark() == *heard.mark);
        if let Some(served) = same.and_then(|entry| entry.served.as_ref()) {
            served.put_identity(heard.identity);
        }
    }
    let parks = form.parks.into_iter().filter_map(Kept::read).collect();
    upstreams.change_parks(|board| {
        board.merge(parks);
        Vec::new()
    });
    Ok(())
}

fn understood(bytes: &[u8]) -> Option<Form> {
    let form: Form = serde_json::from_slice(bytes).ok()?;
    (form.form == FORM).then_some(form)
}

/// Writes what is parked over what was written, the later word of each.
///
/// # Errors
/// The store's.
pub(crate) async fn write(upstreams: &Upstreams) -> Result<(), StoreError> {
    let store = upstreams.store();
    for _try in 0..TRIES {
        let found = store.record(NAME).await?;
        let version = found.as_ref().map_or(0, |record| record.version);
        if let Some(form) = found.as_ref().and_then(|found| understood(&found.bytes)) {
            let parks: Vec<Park> = form.parks.into_iter().filter_map(Kept::read).collect();
            take_up(upstreams, parks);
        }
        let bytes = serde_json::to_vec(&form(upstreams)).map_err(|error| {
            StoreError::Unavailable(format!("what is parked is not JSON: {error}"))
        })?;
        let same = found.is_some_and(|found| found.bytes == bytes);
        if same || store.put_record(NAME, version, bytes).await? {
            return Ok(());
        }
    }
    Err(StoreError::Unavailable(
        "others write the same again and again".to_owned(),
    ))
}

/// What others wrote, without another write for it.
fn take_up(upstreams: &Upstreams, parks: Vec<Park>) {
    let mut board = super::board::Board::clone(&upstreams.parking().board());
    if board.merge(parks.clone()) {
        upstreams.change_parks(|board| {
            board.merge(parks);
            Vec::new()
        });
    }
}

fn form(upstreams: &Upstreams) -> Form {
    let board = upstreams.parking().board();
    let written = board.parks.iter().filter(|park| park.is_written());
    let heard = |entry: &crate::Entry| {
        let identity = entry.served.as_ref()?.identity()?;
        Some(Heard {
            account: entry.draft.name.as_str().into(),
            mark: entry.mark().into(),
            identity: Identity::clone(&identity),
        })
    };
    Form {
        form: FORM,
        parks: written.map(|park| Kept::of(park)).collect(),
        accounts: upstreams.entries().iter().filter_map(heard).collect(),
    }
}

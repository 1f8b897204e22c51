//! How accounts that were made at run time are kept: all of them in one record of the store.
//!
//! A record, because every store has them (one that several nodes share, too), because it is written over the version that
//! was read or not at all, and because whatever copies the store copies it. There are at most
//! [`crate::MOST_UPSTREAMS`], so one is enough. Credentials are in it sealed, everything else in clear.

use std::collections::HashSet;

use journal::{Store, StoreError};
use ledger::Time;
use serde::{Deserialize, Serialize};
use upstream::Kind;

use crate::draft::{Draft, UpstreamName};
use crate::models::Models;
use crate::vault::{Sealed, Whose};

/// The record's name.
const NAME: &str = "upstreams";
/// The form that this program writes. It reads no other.
const FORM: u32 = 1;

/// All of them, and which version of the record that is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Read {
    pub(crate) version: u64,
    pub(crate) all: Vec<Kept>,
}

#[derive(Serialize, Deserialize)]
struct Form {
    form: u32,
    upstreams: Vec<Kept>,
}

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) name: String,
    kind: String,
    provider: Option<String>,
    base_url: String,
    api_version: Option<String>,
    service_tier: Option<String>,
    models: Models,
    pub(crate) api_key: Option<Sealed>,
    pub(crate) admin_key: Option<Sealed>,
    /// Microseconds since 1970.
    created_at: i64,
    changed_at: i64,
}

impl Kept {
    pub(crate) fn new(draft: &Draft, now: Time) -> Self {
        let mut kept = Self {
            name: draft.name.to_string(),
            kind: draft.profile.kind.name().to_owned(),
            provider: draft.profile.provider.map(str::to_owned),
            base_url: String::new(),
            api_version: None,
            service_tier: None,
            models: Models::Any,
            api_key: None,
            admin_key: None,
            created_at: now.micros(),
            changed_at: 0,
        };
        kept.put(draft, now);
        kept
    }

    /// Takes what can be changed of a draft.
    pub(crate) fn put(&mut self, draft: &Draft, now: Time) {
        self.base_url.clone_from(&draft.base_url);
        self.api_version.clone_from(&draft.api_version);
        self.service_tier.clone_from(&draft.service_tier);
        self.models.clone_from(&draft.models);
        self.changed_at = now.micros();
    }

    pub(crate) fn draft(&self) -> Option<Draft> {
        let name: UpstreamName = self.name.parse().ok()?;
        let kind = Kind::named(&self.kind)?;
        Some(Draft {
            name,
            profile: Draft::profile(kind, self.provider.as_deref()).ok()?,
            base_url: self.base_url.clone(),
            api_version: self.api_version.clone(),
            service_tier: self.service_tier.clone(),
            models: self.models.clone(),
        })
    }

    /// Whose a credential of it is.
    pub(crate) fn whose(&self, field: &'static str) -> Whose<'_> {
        Whose {
            name: &self.name,
            field,
            origin: crate::draft::origin(&self.base_url),
        }
    }

    pub(crate) const fn times(&self) -> (Time, Time) {
        (
            Time::from_micros(self.created_at),
            Time::from_micros(self.changed_at),
        )
    }
}

/// Reads them.
///
/// # Errors
/// The store's. A record that this program did not write is damage: to pass it over would be to write over it.
pub(crate) async fn read(store: &dyn Store) -> Result<Read, StoreError> {
    let Some(record) = store.record(NAME).await? else {
        return Ok(Read::default());
    };
    let damaged = |why: &str| StoreError::Damaged(format!("the record of the upstreams {why}"));
    let form: Form = serde_json::from_slice(&record.bytes)
        .map_err(|_other| damaged("cannot be read: use a newer seawall, or restore a backup"))?;
    if form.form != FORM {
        return Err(damaged("was written by a newer seawall: use that one"));
    }
    let mut names = HashSet::new();
    let twice = |kept: &Kept| !names.insert(kept.name.clone());
    if form.upstreams.iter().any(twice) {
        return Err(damaged("names one twice: restore a backup"));
    }
    Ok(Read {
        version: record.version,
        all: form.upstreams,
    })
}

/// Writes them over the version that was read; says whether that was still the version.
///
/// # Errors
/// The store's.
pub(crate) async fn write(store: &dyn Store, read: &Read) -> Result<bool, StoreError> {
    let form = Form {
        form: FORM,
        upstreams: read.all.clone(),
    };
    let bytes = serde_json::to_vec(&form)
        .map_err(|error| StoreError::Unavailable(format!("the upstreams are not JSON: {error}")))?;
    store.put_record(NAME, read.version, bytes).await
}

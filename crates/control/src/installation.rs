//! The secrets of an installation: made at the first start, kept in the store, read at every later one.
//!
//! Kept are the pepper and the hashes of admin keys, never a key. Several servers may start at the same moment on one
//! store: the first to write wins, and the others take what it wrote.

use std::fmt;

use ids::{KeyHash, Pepper};
use journal::{Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::auth::AdminKeys;
use crate::parts::NewIds;
use crate::secret::AdminSecret;
use crate::show::hex;

/// The record of the pepper: its 32 bytes.
const PEPPER: &str = "pepper";
/// The record of the admin keys: [`KeysRecord`] as JSON.
const ADMIN_KEYS: &str = "admin_keys";
/// The version of [`KeysRecord`] this program writes.
const VERSION: u32 = 1;
/// The first key's name, which stands in the journal as the actor.
const FIRST: &str = "admin";

/// What the program needs of an installation.
pub struct Installation {
    /// Goes into the hash of every key.
    pub pepper: Pepper,
    /// Who may administer.
    pub admin: AdminKeys,
    /// How the first admin key came about, or what became of the one given.
    pub first: FirstKey,
}

/// What the operator has to be told of admin keys.
pub enum FirstKey {
    /// It was made just now: print it once. Nobody can do that later.
    Made(AdminSecret),
    /// The one given is an admin key.
    Given,
    /// None was given, and there is one already.
    Kept,
    /// The one given is not the installation's: it opens nothing, and the keys of before count. Warn.
    NotKnown,
}

/// Why an installation cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What it holds is not what was written.
    #[error("the record {0:?} in the store cannot be read: restore the store from a backup")]
    Damaged(&'static str),
}

#[derive(Serialize, Deserialize)]
struct KeysRecord {
    version: u32,
    keys: Vec<KeyRecord>,
}

#[derive(Serialize, Deserialize)]
struct KeyRecord {
    name: String,
    hash: String,
}

impl Installation {
    /// Reads the installation's secrets, or makes them.
    ///
    /// `given` is the key from `SEAWALL_ADMIN_KEY`. At the first start it becomes the first admin key. Later it changes
    /// nothing: a variable that someone set in passing must neither lock the owner out nor open a door.
    ///
    /// # Errors
    /// [`InstallationError`].
    pub async fn open(
        store: &dyn Store,
        given: Option<AdminSecret>,
        random: &dyn NewIds,
    ) -> Result<Self, InstallationError> {
        let pepper = open_pepper(store, random).await?;
        if let Some(record) = store.record(ADMIN_KEYS).await? {
            return later(pepper, &record.bytes, given);
        }
        let (secret, was_given) = match given {
            Some(secret) => (secret, true),
            None => (AdminSecret::from_random(random.random()), false),
        };
        let hash = pepper.hash(secret.reveal());
        let first = KeysRecord {
            version: VERSION,
            keys: vec![KeyRecord {
                name: FIRST.to_owned(),
                hash: hex(&hash.to_bytes()),
            }],
        };
        let bytes = serde_json::to_vec(&first)
            .map_err(|_not_json| InstallationError::Damaged(ADMIN_KEYS))?;
        if !store.put_record(ADMIN_KEYS, 0, bytes).await? {
            // Another server was first. What we made is nobody's key.
            let record = store.record(ADMIN_KEYS).await?;
            let record = record.ok_or(InstallationError::Damaged(ADMIN_KEYS))?;
            return later(pepper, &record.bytes, was_given.then_some(secret));
        }
        Ok(Self {
            pepper,
            admin: AdminKeys::new(vec![(FIRST.to_owned(), hash)]),
            first: if was_given {
                FirstKey::Given
            } else {
                FirstKey::Made(secret)
            },
        })
    }
}

async fn open_pepper(store: &dyn Store, random: &dyn NewIds) -> Result<Pepper, InstallationError> {
    let record = match store.record(PEPPER).await? {
        Some(record) => Some(record),
        None => {
            let made = random.random();
            if store.put_record(PEPPER, 0, made.to_vec()).await? {
                return Ok(Pepper::from_bytes(made));
            }
            store.record(PEPPER).await?
        }
    };
    let bytes = record.and_then(|record| <[u8; 32]>::try_from(record.bytes).ok());
    bytes
        .map(Pepper::from_bytes)
        .ok_or(InstallationError::Damaged(PEPPER))
}

fn later(
    pepper: Pepper,
    record: &[u8],
    given: Option<AdminSecret>,
) -> Result<Installation, InstallationError> {
    let damaged = InstallationError::Damaged(ADMIN_KEYS);
    let record = serde_json::from_slice::<KeysRecord>(record).ok();
    let Some(record) = record.filter(|record| record.version == VERSION) else {
        return Err(damaged);
    };
    let keys = record.keys.into_iter().map(|key| {
        let hash = parse_hash(&key.hash)?;
        Some((key.name, hash))
    });
    let admin = AdminKeys::new(keys.collect::<Option<_>>().ok_or(damaged)?);
    let first = match given {
        None => FirstKey::Kept,
        Some(secret) => match admin.name_of(pepper.hash(secret.reveal())) {
            Some(_) => FirstKey::Given,
            None => FirstKey::NotKnown,
        },
    };
    if matches!(first, FirstKey::NotKnown) {
        tracing::warn!(
            "SEAWALL_ADMIN_KEY is not an admin key of this installation and opens nothing; the keys of before still count"
        );
    }
    Ok(Installation {
        pepper,
        admin,
        first,
    })
}

fn parse_hash(text: &str) -> Option<KeyHash> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        let digits = text.get(at * 2..at * 2 + 2)?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(KeyHash::from_bytes(bytes))
}

impl fmt::Debug for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installation")
            .field("admin", &self.admin)
            .field("first", &self.first)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for FirstKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Made(_) => "Made(…)",
            Self::Given => "Given",
            Self::Kept => "Kept",
            Self::NotKnown => "NotKnown",
        })
    }
}

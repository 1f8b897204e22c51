//! A journal's entries and the chain that binds them.

use ids::EntryId;
use sha2::{Digest, Sha256};

use crate::codec::{Canonical, DecodeError, Reader, canonical_struct};
use crate::{Fact, Time};

/// The version of the encoding this program writes.
const VERSION: u8 = 1;

/// Where a journal stands: how many entries it has, and the hash of the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry; the first is 1. Zero: there is none.
    pub seq: u64,
    /// The SHA-256 of the last entry's bytes; all zero where there is none.
    pub hash: [u8; 32],
}
canonical_struct!(Head { seq, hash });

impl Head {
    /// The head of a journal without entries.
    pub const EMPTY: Self = Self {
        seq: 0,
        hash: [0; 32],
    };
}

/// By whom, and under which promise not to do it twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Who asked: an admin key's name, a user. Never a secret, never personal data of end users.
    pub actor: Box<str>,
    /// The request's idempotency key, where it had one.
    pub idempotency: Option<IdempotencyKey>,
}
canonical_struct!(Cause { actor, idempotency });

/// A request that must not happen twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// SHA-256 of the key the client chose and of what it is valid for.
    pub key: [u8; 32],
    /// SHA-256 of the request, to tell a repetition from another request under the same key.
    pub request: [u8; 32],
}
canonical_struct!(IdempotencyKey { key, request });

/// One entry of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1 without gaps.
    pub seq: u64,
    /// The hash of the entry before it.
    pub previous: [u8; 32],
    /// What it is known by, wherever it stands: an entry that is appended again after a store lost it keeps its id.
    pub id: EntryId,
    /// When; never before the entry before it.
    pub at: Time,
    /// By whom; `None` for what follows from running calls and passing time.
    pub cause: Option<Cause>,
    /// What.
    pub fact: Fact,
}
canonical_struct!(Entry {
    seq,
    previous,
    id,
    at,
    cause,
    fact
});

impl Entry {
    /// The entry's bytes: a version byte, then its fields in the canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.push(VERSION);
        self.write(&mut bytes);
        bytes
    }

    /// Reads an entry's bytes.
    ///
    /// # Errors
    /// [`DecodeError`]; no bytes but those that [`Entry::encode`] wrote are taken.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        match u8::read(&mut reader)? {
            VERSION => {}
            version => return Err(DecodeError::UnknownVersion(version)),
        }
        let entry = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(entry)
    }

    /// The hash that the next entry carries.
    #[must_use]
    pub fn hash(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }
}

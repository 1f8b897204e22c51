//! What was asked under an idempotency key, so that it does not happen twice.

use std::collections::BTreeMap;

use crate::codec::{Canonical, DecodeError, Reader, canonical_struct};
use crate::{IdempotencyKey, Time};

/// How long a key is remembered.
const SECONDS: i64 = 24 * 60 * 60;
/// How many are remembered at most; beyond it the oldest is forgotten early.
const MOST: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Remembered {
    request: [u8; 32],
    object: [u8; 16],
    at: Time,
}
canonical_struct!(Remembered {
    request,
    object,
    at
});

/// What a key was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recall {
    /// Nothing, or too long ago.
    Nothing,
    /// The same request, which made this.
    Same([u8; 16]),
    /// Another request.
    Other,
}

/// The keys used of late.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Memory {
    by_key: BTreeMap<[u8; 32], Remembered>,
    by_age: std::collections::BTreeSet<(Time, [u8; 32])>,
}

impl Canonical for Memory {
    fn write(&self, out: &mut Vec<u8>) {
        self.by_key.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let by_key = BTreeMap::<[u8; 32], Remembered>::read(reader)?;
        let by_age = by_key
            .iter()
            .map(|(key, remembered)| (remembered.at, *key))
            .collect();
        Ok(Self { by_key, by_age })
    }
}

impl Memory {
    pub(crate) fn recall(&self, asked: &IdempotencyKey, now: Time) -> Recall {
        match self.by_key.get(&asked.key) {
            Some(remembered) if remembered.at.plus_seconds(SECONDS) <= now => Recall::Nothing,
            Some(remembered) if remembered.request == asked.request => {
                Recall::Same(remembered.object)
            }
            Some(_) => Recall::Other,
            None => Recall::Nothing,
        }
    }

    pub(crate) fn remember(&mut self, asked: &IdempotencyKey, object: [u8; 16], at: Time) {
        if let Some(old) = self.by_key.insert(
            asked.key,
            Remembered {
                request: asked.request,
                object,
                at,
            },
        ) {
            self.by_age.remove(&(old.at, asked.key));
        }
        self.by_age.insert((at, asked.key));
        while let Some((oldest, key)) = self.by_age.first().copied() {
            if self.by_age.len() <= MOST && oldest.plus_seconds(SECONDS) > at {
                break;
            }
            self.by_age.remove(&(oldest, key));
            self.by_key.remove(&key);
        }
    }
}

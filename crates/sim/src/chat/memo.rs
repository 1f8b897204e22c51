//! Remembers requests that were read before, by their very bytes: under load the same body comes again and again, and
//! counting its tokens is the dearest step. It never mistakes one body for another: the bytes are compared.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::ask::Ask;

/// Longer bodies are read anew each time.
const LONGEST: usize = 16 * 1024;
/// Bodies per shard; a full shard begins again. At most 16 × 64 × 16 KiB are kept.
const PER_SHARD: usize = 64;
const SHARDS: u64 = 16;

type Shard = HashMap<u64, (Bytes, Arc<Ask>)>;

/// Bodies and what they ask for.
#[derive(Debug, Default)]
pub(crate) struct Memo([Mutex<Shard>; 16]);

impl Memo {
    /// What this body, of this hash, was read as.
    pub(crate) fn get(&self, hash: u64, body: &[u8]) -> Option<Arc<Ask>> {
        let shard = self
            .shard(hash)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        shard
            .get(&hash)
            .filter(|(known, _)| known == body)
            .map(|(_, ask)| Arc::clone(ask))
    }

    /// Remembers what a body was read as.
    pub(crate) fn put(&self, hash: u64, body: &Bytes, ask: &Arc<Ask>) {
        if body.len() > LONGEST {
            return;
        }
        // Copied, because a body can be a window on a much larger read buffer.
        let kept = (Bytes::copy_from_slice(body), Arc::clone(ask));
        let mut shard = self
            .shard(hash)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= PER_SHARD {
            shard.clear();
        }
        shard.insert(hash, kept);
    }

    fn shard(&self, hash: u64) -> &Mutex<Shard> {
        &self.0[usize::try_from(hash % SHARDS).unwrap_or(0)]
    }
}

//! What the administration API is made of, handed in by the program.

use std::fmt;
use std::sync::Arc;

use catalog::Catalog;
use futures_util::future::BoxFuture;
use ids::Pepper;
use projections::RequestLog;
use teller::Tellers;

use crate::auth::AdminKeys;

/// Where ids and secrets come from. This crate has neither a clock nor random bytes of its own.
pub trait NewIds: Send + Sync + 'static {
    /// The 128 bits of a UUID version 7: its first 48 bits are the time in milliseconds, the last 62 are random.
    fn id(&self) -> [u8; 16];

    /// Bytes that nobody can guess, from the operating system.
    fn random(&self) -> [u8; 32];
}

/// Whether the server can do its work.
pub trait Ready: Send + Sync + 'static {
    /// `Err` says in a sentence what is in the way. It must end within a few seconds and never call a provider.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// What [`crate::router`] needs.
#[derive(Clone)]
pub struct Parts {
    /// The tellers, and through them the store and the clock.
    pub tellers: Tellers,
    /// Goes into the hash of every key.
    pub pepper: Pepper,
    /// Who may ask.
    pub admin: AdminKeys,
    /// The calls of late.
    pub log: RequestLog,
    /// What models cost.
    pub catalog: Arc<Catalog>,
    /// Ids and random bytes.
    pub ids: Arc<dyn NewIds>,
    /// Whether the server can do its work, for `/readyz`.
    pub ready: Arc<dyn Ready>,
    /// The program's version, for `/version`.
    pub version: &'static str,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("tellers", &self.tellers)
            .field("admin", &self.admin)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

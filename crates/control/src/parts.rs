//! What the administration API is made of, handed in by the program.

use std::fmt;
use std::sync::Arc;

use ::alerts::Alerts;
use accounts::{Outcome, Park, Upstreams};
use catalog::Catalog;
use futures_util::future::BoxFuture;
use ids::{KeyId, Pepper, ProjectId};
use ledger::Time;
use money::Nanos;
use projections::RequestLog;
use serde_json::Value;
use teller::{Teller, Tellers, Unavailable};
use upstream::Client;

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

/// Who would make a call.
#[derive(Clone, Copy, Debug)]
pub enum Payer {
    /// This key.
    Key(KeyId),
    /// Any key of this project, without hard limits of its own.
    Project(ProjectId),
}

/// A call that is not made.
#[derive(Debug)]
pub struct CheckAsk {
    /// The teller of the payer's organization.
    pub teller: Teller,
    /// Who would make it.
    pub payer: Payer,
    /// The path, such as `/v1/chat/completions`.
    pub path: String,
    /// Its headers that could matter, by their lower-case names.
    pub headers: Vec<(&'static str, String)>,
    /// The body, as JSON.
    pub body: Vec<u8>,
}

/// Says what a call would get. The gateway's steps do, which this crate may not use.
pub trait Check: Send + Sync + 'static {
    /// The decision as an object, nothing held.
    ///
    /// # Errors
    /// [`Unavailable`] where the journal cannot be read.
    fn check(&self, ask: CheckAsk) -> BoxFuture<'_, Result<Value, Unavailable>>;

    /// The models that just one of several accounts serves, each with that account's name.
    fn only_homes(&self) -> Vec<(String, String)>;
}

/// Asks parked accounts whether they serve again. Whoever does speaks to providers, which this crate does not.
pub trait Probes: Send + Sync + 'static {
    /// Asks now, and lets go of what is served again; `None`: calls cannot be sent to an account of this name. It ends within
    /// minutes.
    fn probe<'a>(&'a self, upstream: &'a str) -> BoxFuture<'a, Option<Vec<Outcome>>>;

    /// When it is asked next of itself; `None`: never.
    fn next(&self, park: &Park) -> Option<Time>;
}

/// What a doctor may ask of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// A chat of at most 16 tokens, too.
    pub probe_chat: bool,
    /// A small picture, too.
    pub probe_images: bool,
    /// The model that is refused.
    pub model: Option<String>,
}

/// Finds out why a provider refuses. Whoever does asks providers, which this crate does not.
pub trait Doctor: Send + Sync + 'static {
    /// The report as an object, without a secret in it; the error is a sentence. It ends within minutes.
    fn examine<'a>(
        &'a self,
        upstream: &'a str,
        how: Examination,
    ) -> BoxFuture<'a, Result<Value, String>>;
}

/// Looks whether the store says the truth while the server runs. The checks are in a crate that this one may not use.
pub trait Verify: Send + Sync + 'static {
    /// Begins to look, unless that is under way; how it stands, as an object.
    fn begin(&self) -> Value;

    /// How the last one stands, if there was one.
    fn last(&self) -> Option<Value>;
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
    /// Who is told of what.
    pub alerts: Alerts,
    /// The accounts at providers.
    pub upstreams: Upstreams,
    /// The way to providers, for what they billed. No call goes this way.
    pub client: Client,
    /// What models cost.
    pub catalog: Arc<Catalog>,
    /// Ids and random bytes.
    pub ids: Arc<dyn NewIds>,
    /// Whether the server can do its work, for `/readyz`.
    pub ready: Arc<dyn Ready>,
    /// Says what a call would get, for `/check`.
    pub check: Arc<dyn Check>,
    /// Looks whether the store says the truth, for `/verifications`.
    pub verify: Arc<dyn Verify>,
    /// Asks parked accounts whether they serve again, for `/upstreams/{name}/probe`.
    pub probes: Arc<dyn Probes>,
    /// Finds out why a provider refuses, for `/upstreams/{name}/doctor`.
    pub doctor: Arc<dyn Doctor>,
    /// What an organization that is made may spend in a minute before the key that comes to it is frozen; `None`: any
    /// amount.
    pub spend_guard: Option<Nanos>,
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

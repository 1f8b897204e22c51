//! The administration API: organizations, projects, keys, credit, hard limits, and what is left of them.
//!
//! A request is read strictly, becomes one command to the [teller](teller::Tellers) of its organization, and is answered
//! with what the Book says once the command is durable. Nothing is decided here: what may be is the ledger's to say, and
//! its word is passed on with a sentence on what to do.
//!
//! This crate reads no clock, no environment and no random bytes, and never calls a provider. Secrets pass through it
//! once, on their way to their owner; what is kept of them is a keyed hash.

mod alerts;
mod app;
mod audit;
mod auth;
mod body;
mod budgets;
mod check;
mod credits;
mod entries;
mod error;
mod explanation;
mod fields;
mod forecast;
mod headroom;
mod index;
mod installation;
mod keys;
mod later;
mod limits;
mod notify;
mod openapi;
mod operations;
mod organizations;
mod parts;
mod path;
mod prices;
mod projects;
mod query;
mod reconciliations;
mod requests;
mod rollback;
mod router;
mod scope;
mod secret;
mod show;
mod upstreams;
mod usage;
mod verifications;

pub use auth::AdminKeys;
pub use installation::{FirstKey, Installation, InstallationError};
pub use openapi::document as openapi;
pub use parts::{
    Check, CheckAsk, Doctor, Examination, NewIds, Parts, Payer, Probes, Ready, Verify,
};
pub use router::router;
pub use secret::{AdminSecret, AdminSecretError};
pub use upstreams::balance::{StandingError, UpstreamStanding, upstream_standing};

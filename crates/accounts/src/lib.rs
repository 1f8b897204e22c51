//! Upstream accounts: which there are, what each of them serves, and their credentials.
//!
//! Accounts come from two places. Those of the configuration are read at the start and cannot be changed here; those made
//! at run time are kept in one record of the store, their credentials sealed by a [`Vault`]. A reader of
//! [`Upstreams::served`] never waits: a change makes a new list and puts it in the old one's place. Which of them are out of
//! use for now, because a provider refused or a person said so, is `parking`'s.
//!
//! **Invariant:** a credential is in clear in memory alone. Where it is kept it is sealed to its account's name and to the
//! very host it is for, so that neither a request nor a hand on the file can have it sent to another.
//!
//! **Invariant:** nothing here decides about money, and nothing on a call's way waits for the store.

mod book;
mod caps;
mod change;
mod draft;
mod entry;
mod listing;
mod models;
mod parking;
mod record;
mod served;
mod upstreams;
mod vault;

pub use book::{Book, BookError, Bought, MOST_BOUGHT};
pub use change::{Change, ChangeError, Create};
pub use draft::{Draft, Trust, UpstreamName};
pub use entry::{Entry, Given, Origin, State};
pub use listing::{Listing, keep_listed};
pub use models::{Models, Offer};
pub use parking::{
    By, Closed, MOST_PARKS, News, Outcome, Park, Pauses, Place, Probed, Refusal, Until, keep_parked,
};
pub use served::Served;
pub use upstreams::{OpenError, Parts, Upstreams, of_configuration};
pub use vault::{KeyError, Vault};

/// Accounts that may be made at run time.
pub const MOST_UPSTREAMS: usize = 100;

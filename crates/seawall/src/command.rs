//! The commands that talk to a running server: what is asked becomes requests of the API, what comes back a table or
//! JSON. They know nothing that the API does not say.

pub(crate) mod alerts;
pub(crate) mod amount;
pub(crate) mod audit;
pub(crate) mod budget;
pub(crate) mod check;
pub(crate) mod client;
pub(crate) mod credit;
pub(crate) mod explain;
pub(crate) mod filter;
pub(crate) mod find;
pub(crate) mod headroom;
pub(crate) mod key;
pub(crate) mod limit;
pub(crate) mod notify;
pub(crate) mod org;
pub(crate) mod per;
pub(crate) mod price;
pub(crate) mod print;
pub(crate) mod project;
pub(crate) mod rebuild;
pub(crate) mod reconcile;
pub(crate) mod requests;
pub(crate) mod rollback;
pub(crate) mod status;
pub(crate) mod upstream;
pub(crate) mod usage;

pub(crate) use client::{Answer, Client};

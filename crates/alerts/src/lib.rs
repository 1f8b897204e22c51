//! What is worth telling somebody, and telling it.
//!
//! Three parts, one after the other. *What*: functions from a Book, an entry or a refusal to a [`Draft`], pure, with the
//! Book's figures. *Reading along*: the journals of the organizations that have anybody to tell, from an offset of its own,
//! which moves in the transaction that puts what was seen into the *outbox*; from there each alert goes to each target by a
//! [`Courier`], at least once, under one id.
//!
//! **Invariant:** nothing here decides anything, and nothing on the paid path waits for it. [`Alerts::appended`],
//! [`Alerts::refused`], [`Alerts::upstream`], [`Alerts::upstream_balance`] and [`Alerts::halted`] take a lock for a moment and never wait for a place.

mod alert;
mod deliver;
mod error;
mod file;
mod follow;
mod handle;
mod kind;
mod marks;
mod send;
mod settings;
mod target;
pub mod tell;
mod watch;

pub use alert::{Alert, Draft, Whose};
pub use error::{AlertError, OpenError};
pub use handle::{Alerts, Count, Delivery, DeliveryState, Owner, Parts, Recent};
pub use kind::Kind;
pub use send::{Courier, Couriers, Letter, MailServer, Secrets, Sent, secret};
pub use settings::{Options, Wishes};
pub use target::{Channel, Target, Wanted};
pub use tell::{UpstreamBalance, UpstreamNews};

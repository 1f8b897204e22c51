//! The way of a call through Seawall.
//!
//! `call` reads like the list in ARCHITECTURE.md: authenticate, read, route, bound, hold, send, meter, settle. Each step
//! is one module under `step` and none calls back. What is told to a client when a step says no is made in `tell`.
//!
//! **Invariant:** nothing is sent to a provider before a hold is durable, and what is sent allows no more than what is
//! held. **Invariant:** a hold that was taken ends in a settlement on every path out of `call`, also when the client has
//! gone: the work then goes on without it.

mod call;
mod check;
mod codes;
mod gateway;
mod homes;
mod probe;
mod settings;
mod step;
mod tell;

pub use check::Payer;
pub use codes::CODES;
pub use gateway::{Gateway, NewRequestId, Parts};
pub use homes::{OnlyHome, only_homes};
pub use probe::{Prober, ProberParts, Probing};
pub use settings::{Disclosure, RefusalStatus, RouteRule, Settings};
pub use step::read::METERED;

//! The tellers: one actor per Book, through which every decision on its money goes.
//!
//! A [`Teller`] takes what is asked of an organization, decides it in memory, appends what follows as one batch, and only
//! then answers. Refusals and questions have no append to vouch for them, so they are answered only after the journal's
//! head was read since they were asked and everything they rest on is durable. While one batch is on its way to the store
//! the next is decided; more load makes larger batches, not longer queues.
//!
//! **Invariant:** no answer that promises money, refuses it or tells a figure leaves a teller before the store vouched
//! for the head it rests on. The one exception says so in its name: a [`Receipt`](ledger::Receipt) of a settlement is
//! handed out when it is decided, because it promises nothing: should it be lost, the hold is charged in full.

mod accept;
mod actor;
mod archive;
mod handle;
mod live;
mod load;
mod mend;
mod notices;
mod preview;
mod replay;
mod rollback;
mod settings;
mod tellers;
mod trace;
mod unsent;
mod view;

pub use accept::{AcceptError, LostCalls, Rollback};
pub use handle::{HoldAnswer, Standing, Teller, Unavailable};
pub use live::LiveHold;
pub use preview::Preview;
pub use replay::{Bar, Barred, Change, Difference, Recorded, ReplayError, Replayed};
pub use rollback::{Restored, RolledBack, Unmendable};
pub use settings::{Clock, Observer, Settings};
pub use tellers::Tellers;
pub use unsent::Unsent;
pub use view::{KeyView, Names, View};

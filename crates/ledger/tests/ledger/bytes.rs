//! The bytes of entries and snapshots: fixed for ever, and nothing else is read.

mod damage;
mod entries;
mod golden;

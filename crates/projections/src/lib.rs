//! What follows from the journals without deciding anything.
//!
//! So far the [`RequestLog`], a row for each call, in a SQLite file of its own; beside the rows their sums by the hour, and
//! who changed what. It is told what was
//! appended, keeps an offset of its own in the same transaction as its rows, and reads from the store what it was not
//! told. So it can be late, it can be deleted, it can be made anew; it is never asked whether a call may go, and nothing
//! that matters waits for it.
//!
//! **Invariant:** what a caller on the paid path calls ([`RequestLog::appended`], [`RequestLog::remark`],
//! [`RequestLog::refused`]) never blocks on a file, never waits for a place and never fails.

mod audit;
mod call;
mod compare;
mod cursor;
mod decided;
mod error;
mod follow;
mod gate;
mod lag;
mod log;
mod open;
mod options;
mod queue;
mod reader;
mod row;
mod schema;
mod stored;
mod told;
mod usage;
mod writer;

pub use audit::{AuditCursor, AuditFilter, AuditPage, AuditRow};
pub use compare::{Lies, LogFile};
pub use cursor::{Cursor, ParseCursorError};
pub use decided::{Bar, Barred, Decided, Decision};
pub use error::{FollowError, LogError};
pub use journal::sqlite::OpenError;
pub use log::{Lost, RequestLog};
pub use options::{Options, Waiting};
pub use row::{Attempt, AttemptState, Filter, Left, Outcome, Page, Refusal, Row, Suppressed};
pub use told::{Happened, Refused, Remark, Tried};
pub use usage::{Bucket, Dimension, UsageCursor, UsageFilter, UsagePage, UsageRow};
pub use writer::Rebuilt;

//! The one thread that writes: it takes all jobs that wait, makes them one transaction, and answers after its commit.

use ids::OrganizationId;
use ledger::Head;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::{segment, statement};
use crate::{AppendError, Batch, StoreError, StoredSnapshot};

/// Jobs in one transaction at most, so that the first does not wait for an endless queue.
const MOST_JOBS: usize = 1024;

type Reply<T, E = StoreError> = oneshot::Sender<Result<T, E>>;

pub(super) enum Job {
    Append {
        batch: Batch,
        reply: Reply<(), AppendError>,
    },
    Head {
        organization: OrganizationId,
        reply: Reply<Head>,
    },
    PutSnapshot {
        organization: OrganizationId,
        snapshot: StoredSnapshot,
        reply: Reply<()>,
    },
    Archive {
        organization: OrganizationId,
        through: u64,
        reply: Reply<u64>,
    },
    PutRecord {
        name: &'static str,
        expected: u64,
        bytes: Vec<u8>,
        reply: Reply<bool>,
    },
    /// Lets the file grow to so many pages only, as a full disk would.
    #[cfg(feature = "testing")]
    MostPages { pages: u32, reply: Reply<()> },
}

/// A job that was carried out within the transaction, and what to say once it is committed.
enum Done {
    Append(Reply<(), AppendError>, Result<(), AppendError>),
    Head(Reply<Head>, Result<Head, StoreError>),
    Kept(Reply<()>),
    Archived(Reply<u64>, u64),
    PutRecord(Reply<bool>, bool),
}

pub(super) fn run(mut connection: Connection, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = Vec::with_capacity(MOST_JOBS);
    while jobs.blocking_recv_many(&mut waiting, MOST_JOBS) > 0 {
        commit(&mut connection, std::mem::take(&mut waiting));
    }
}

fn commit(connection: &mut Connection, jobs: Vec<Job>) {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => return jobs.into_iter().for_each(|job| job.not_done(&error)),
    };
    let mut jobs = jobs.into_iter();
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs.by_ref() {
        match carry_out(&transaction, job) {
            Ok(carried_out) => done.push(carried_out),
            Err(error) => {
                // Nothing of the transaction stands, and nothing of it was answered as done.
                tracing::error!(%error, "the store cannot write");
                drop(transaction);
                done.into_iter().for_each(|undone| undone.undone(&error));
                return jobs.for_each(|job| job.not_done(&error));
            }
        }
    }
    match transaction.commit() {
        Ok(()) => done.into_iter().for_each(Done::committed),
        // A frame of the log could not be written, so the frame that ends the commit is not in it.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            tracing::error!(%error, "the store cannot write");
            done.into_iter().for_each(|undone| undone.undone(&error));
        }
        Err(error) => {
            tracing::error!(%error, "a commit failed and may have happened or not");
            done.into_iter().for_each(|unsure| unsure.unsure(&error));
        }
    }
}

/// Carries out one job. An error is the whole transaction's: the job has its answer then, the others are the caller's.
fn carry_out(connection: &Connection, job: Job) -> rusqlite::Result<Done> {
    match job {
        Job::Append { batch, reply } => {
            let (reply, said) = or_refuse(reply, statement::append_apart(connection, &batch))?;
            Ok(Done::Append(reply, said))
        }
        Job::Head {
            organization,
            reply,
        } => {
            let (reply, said) = or_refuse(reply, statement::head_apart(connection, organization))?;
            Ok(Done::Head(reply, said))
        }
        Job::PutSnapshot {
            organization,
            snapshot,
            reply,
        } => {
            let kept = statement::put_snapshot(connection, organization, &snapshot);
            Ok(Done::Kept(or_refuse(reply, kept)?.0))
        }
        Job::Archive {
            organization,
            through,
            reply,
        } => {
            let archived = segment::archive(connection, organization, through);
            let (reply, archived) = or_refuse(reply, archived)?;
            Ok(Done::Archived(reply, archived))
        }
        Job::PutRecord {
            name,
            expected,
            bytes,
            reply,
        } => {
            let written = statement::put_record(connection, name, expected, &bytes);
            let (reply, written) = or_refuse(reply, written)?;
            Ok(Done::PutRecord(reply, written))
        }
        #[cfg(feature = "testing")]
        Job::MostPages { pages, reply } => {
            let set = connection.pragma_update(None, "max_page_count", pages);
            Ok(Done::Kept(or_refuse(reply, set)?.0))
        }
    }
}

/// Passes on a reply with what it is to say, or answers it that nothing was done.
fn or_refuse<T, E: NotDone, S>(
    reply: Reply<T, E>,
    said: rusqlite::Result<S>,
) -> rusqlite::Result<(Reply<T, E>, S)> {
    match said {
        Ok(said) => Ok((reply, said)),
        Err(error) => {
            answer(reply, Err(E::not_done(&error)));
            Err(error)
        }
    }
}

/// How an error says that nothing was done.
trait NotDone {
    fn not_done(error: &rusqlite::Error) -> Self;
}

impl NotDone for AppendError {
    fn not_done(error: &rusqlite::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl NotDone for StoreError {
    fn not_done(error: &rusqlite::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl Job {
    /// Answers a job of which nothing stands.
    fn not_done(self, error: &rusqlite::Error) {
        match self {
            Self::Append { reply, .. } => answer(reply, Err(NotDone::not_done(error))),
            Self::Head { reply, .. } => answer(reply, Err(NotDone::not_done(error))),
            Self::PutSnapshot { reply, .. } => answer(reply, Err(NotDone::not_done(error))),
            Self::Archive { reply, .. } => answer(reply, Err(NotDone::not_done(error))),
            Self::PutRecord { reply, .. } => answer(reply, Err(NotDone::not_done(error))),
            #[cfg(feature = "testing")]
            Self::MostPages { reply, .. } => answer(reply, Err(NotDone::not_done(error))),
        }
    }
}

impl Done {
    fn committed(self) {
        match self {
            Self::Append(reply, said) => answer(reply, said),
            Self::Head(reply, said) => answer(reply, said),
            Self::Kept(reply) => answer(reply, Ok(())),
            Self::Archived(reply, last) => answer(reply, Ok(last)),
            Self::PutRecord(reply, written) => answer(reply, Ok(written)),
        }
    }

    /// The transaction was rolled back.
    fn undone(self, error: &rusqlite::Error) {
        match self {
            Self::Append(reply, _) => answer(reply, Err(NotDone::not_done(error))),
            other => other.unsure(error),
        }
    }

    /// The commit failed: it may have happened.
    fn unsure(self, error: &rusqlite::Error) {
        match self {
            Self::Append(reply, Ok(())) => {
                answer(reply, Err(AppendError::Ambiguous(error.to_string())));
            }
            // Not appended in any case; but the head that was in the way may itself be unsure.
            Self::Append(reply, Err(_)) => answer(reply, Err(NotDone::not_done(error))),
            Self::Head(reply, _) => answer(reply, Err(NotDone::not_done(error))),
            Self::Kept(reply) => answer(reply, Err(NotDone::not_done(error))),
            Self::Archived(reply, _) => answer(reply, Err(NotDone::not_done(error))),
            Self::PutRecord(reply, _) => answer(reply, Err(NotDone::not_done(error))),
        }
    }
}

/// Whoever asked may have gone; then nobody wants the answer.
fn answer<T>(reply: oneshot::Sender<T>, answer: T) {
    let _unwanted = reply.send(answer).is_err();
}

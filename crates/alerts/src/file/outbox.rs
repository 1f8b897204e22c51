//! What is told, to whom, and how far that got.

use ids::{AlertId, OrganizationId, TargetId};
use ledger::Time;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{AlertFile, targets};
use crate::alert::{Alert, Draft, Whose};
use crate::handle::{Delivery, DeliveryState, Recent};
use crate::settings::Options;
use crate::target::Target;
use crate::{AlertError, Owner};

/// Days for which it is known what was told.
const REMEMBER_DAYS: i64 = 400;
/// Targets looked at, at once.
const TARGETS: i64 = 1000;

/// A delivery that waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    pub(crate) alert: AlertId,
    pub(crate) target: TargetId,
    pub(crate) attempts: u32,
    pub(crate) next_at: Time,
    pub(crate) made_at: Time,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub(crate) enum Done {
    Delivered,
    /// Again, then.
    Later {
        error: String,
        at: Time,
    },
    /// Not again.
    Failed {
        error: String,
    },
    /// Neither this nor anything else again.
    Gone {
        error: String,
    },
}

/// Puts an alert into the outbox, unless it was told before. Says whether it is new.
pub(super) fn put(
    transaction: &Transaction<'_>,
    draft: Draft,
    (whose, public_url): (&Whose, &str),
    (now, options): (Time, &Options),
) -> rusqlite::Result<bool> {
    let new = transaction
        .prepare_cached("INSERT OR IGNORE INTO told (organization, once, at) VALUES (?1, ?2, ?3)")?
        .execute(params![whose.id.to_bytes(), draft.once, now.micros()])?;
    if new == 0 {
        return Ok(false);
    }
    let targets = who(transaction, whose.id, &draft)?;
    let alert = draft.finish(whose, public_url);
    write(transaction, &alert, now)?;
    for target in targets {
        deliver(transaction, (alert.id, target), now, options)?;
    }
    prune(transaction, now, options)?;
    Ok(true)
}

/// A budget's own targets where it has any, else the organization's. A test goes to all.
fn who(
    transaction: &Transaction<'_>,
    organization: OrganizationId,
    draft: &Draft,
) -> rusqlite::Result<Vec<Target>> {
    if draft.kind == crate::Kind::Test {
        return transaction
            .prepare_cached("SELECT id, channel, address, disabled FROM target WHERE organization = ?1 ORDER BY id")?
            .query_map(params![organization.to_bytes()], targets::read)?
            .collect();
    }
    let of = |budget| {
        targets::targets(
            transaction,
            Owner {
                organization,
                budget,
            },
        )
    };
    let own = match draft.budget {
        Some(budget) => of(Some(budget))?,
        None => Vec::new(),
    };
    if own.is_empty() { of(None) } else { Ok(own) }
}

fn write(transaction: &Transaction<'_>, alert: &Alert, now: Time) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO alert (id, organization, kind, seq, at, made_at, subject, body, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            alert.id.to_bytes(),
            alert.organization.to_bytes(),
            alert.kind,
            alert.seq.cast_signed(),
            alert.at.micros(),
            now.micros(),
            alert.subject,
            alert.text,
            alert.payload
        ])
        .map(|_rows| ())
}

fn deliver(
    transaction: &Transaction<'_>,
    (alert, target): (AlertId, Target),
    now: Time,
    options: &Options,
) -> rusqlite::Result<()> {
    let waiting: i64 =
        transaction.query_row("SELECT count(*) FROM delivery WHERE state = 0", [], |row| {
            row.get(0)
        })?;
    let error = match &target.disabled {
        Some(why) => Some(why.clone()),
        None if waiting.cast_unsigned() >= options.most_waiting => Some(format!(
            "the outbox was full: {waiting} deliveries waited already"
        )),
        None => None,
    };
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO delivery (alert, target, channel, shown, state, attempts, next_at, error)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)",
        )?
        .execute(params![
            alert.to_bytes(),
            target.id.to_bytes(),
            target.channel.name(),
            target.shown(),
            if error.is_some() { 2 } else { 0 },
            now.micros(),
            error
        ])
        .map(|_rows| ())
}

fn prune(transaction: &Transaction<'_>, now: Time, options: &Options) -> rusqlite::Result<()> {
    let days = |days: i64| now.plus_seconds(days.saturating_mul(-86_400)).micros();
    transaction
        .prepare_cached(
            "DELETE FROM alert WHERE made_at < ?1
             AND NOT EXISTS (SELECT 1 FROM delivery WHERE alert = alert.id AND state = 0)",
        )?
        .execute(params![days(i64::from(options.keep_days))])?;
    transaction
        .prepare_cached("DELETE FROM told WHERE at < ?1")?
        .execute(params![days(REMEMBER_DAYS)])?;
    Ok(())
}

impl AlertFile {
    /// For each target the delivery that is next, those that are due first.
    pub(crate) async fn waiting(&self) -> Result<Vec<Waiting>, AlertError> {
        self.with(|transaction| {
            transaction
                .prepare_cached(
                    "SELECT alert, target, attempts, min(next_at), (SELECT made_at FROM alert WHERE id = delivery.alert)
                     FROM delivery WHERE state = 0 GROUP BY target ORDER BY min(next_at) LIMIT ?1",
                )?
                .query_map(params![TARGETS], |row| {
                    Ok(Waiting {
                        alert: AlertId::from_bytes(row.get(0)?),
                        target: TargetId::from_bytes(row.get(1)?),
                        attempts: row.get(2)?,
                        next_at: Time::from_micros(row.get(3)?),
                        made_at: Time::from_micros(row.get(4)?),
                    })
                })?
                .collect()
        })
        .await
    }

    /// What is to be sent, and where to; `None` where it has gone meanwhile.
    pub(crate) async fn letter(
        &self,
        alert: AlertId,
        target: TargetId,
    ) -> Result<Option<(Alert, Target)>, AlertError> {
        self.with(move |transaction| {
            let target = transaction
                .prepare_cached("SELECT id, channel, address, disabled FROM target WHERE id = ?1")?
                .query_row(params![target.to_bytes()], targets::read)
                .optional()?;
            let alert = transaction
                .prepare_cached(
                    "SELECT id, organization, kind, seq, at, subject, body, payload, made_at FROM alert WHERE id = ?1",
                )?
                .query_row(params![alert.to_bytes()], read)
                .optional()?;
            Ok(alert.zip(target))
        })
        .await
    }

    /// Keeps how an attempt ended.
    pub(crate) async fn record(
        &self,
        waiting: Waiting,
        done: Done,
        now: Time,
    ) -> Result<(), AlertError> {
        self.with(move |transaction| {
            let (state, next_at, error) = match &done {
                Done::Delivered => (1, None, None),
                Done::Later { error, at } => (0, Some(at.micros()), Some(error.clone())),
                Done::Failed { error } | Done::Gone { error } => (2, None, Some(error.clone())),
            };
            transaction
                .prepare_cached(
                    "UPDATE delivery SET state = ?3, attempts = attempts + 1, next_at = coalesce(?4, next_at),
                     error = ?5, done_at = CASE WHEN ?3 = 0 THEN NULL ELSE ?6 END
                     WHERE alert = ?1 AND target = ?2 AND state = 0",
                )?
                .execute(params![
                    waiting.alert.to_bytes(),
                    waiting.target.to_bytes(),
                    state,
                    next_at,
                    error,
                    now.micros()
                ])?;
            if let Done::Gone { error } = &done {
                disable(transaction, waiting.target, error, now)?;
            }
            Ok(())
        })
        .await
    }

    /// The alerts of an organization, newest first.
    pub(crate) async fn recent(
        &self,
        organization: OrganizationId,
        before: Option<AlertId>,
        most: usize,
    ) -> Result<Vec<Recent>, AlertError> {
        self.with(move |transaction| {
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let before = before.map(AlertId::to_bytes);
            let alerts: Vec<(Alert, i64)> = transaction
                .prepare_cached(
                    "SELECT id, organization, kind, seq, at, subject, body, payload, made_at FROM alert
                     WHERE organization = ?1 AND (?2 IS NULL OR (made_at, id) <
                         ((SELECT made_at FROM alert WHERE id = ?2), ?2))
                     ORDER BY made_at DESC, id DESC LIMIT ?3",
                )?
                .query_map(params![organization.to_bytes(), before, most], |row| {
                    Ok((read(row)?, row.get(8)?))
                })?
                .collect::<rusqlite::Result<_>>()?;
            let with_deliveries = |(alert, made_at): (Alert, i64)| {
                Ok(Recent {
                    deliveries: deliveries(transaction, alert.id)?,
                    made_at: Time::from_micros(made_at),
                    alert,
                })
            };
            alerts.into_iter().map(with_deliveries).collect()
        })
        .await
    }
}

fn disable(
    transaction: &Transaction<'_>,
    target: TargetId,
    error: &str,
    now: Time,
) -> rusqlite::Result<()> {
    let why = format!("disabled at {now}: {error}");
    transaction
        .prepare_cached("UPDATE target SET disabled = ?2 WHERE id = ?1")?
        .execute(params![target.to_bytes(), why])?;
    transaction
        .prepare_cached(
            "UPDATE delivery SET state = 2, error = ?2, done_at = ?3 WHERE target = ?1 AND state = 0",
        )?
        .execute(params![target.to_bytes(), why, now.micros()])?;
    Ok(())
}

fn deliveries(transaction: &Transaction<'_>, alert: AlertId) -> rusqlite::Result<Vec<Delivery>> {
    transaction
        .prepare_cached(
            "SELECT target, channel, shown, state, attempts, next_at, done_at, error FROM delivery
             WHERE alert = ?1 ORDER BY target",
        )?
        .query_map(params![alert.to_bytes()], |row| {
            let state: i64 = row.get(3)?;
            Ok(Delivery {
                target: TargetId::from_bytes(row.get(0)?),
                channel: row.get(1)?,
                address: row.get(2)?,
                state: match state {
                    0 => DeliveryState::Waiting,
                    1 => DeliveryState::Delivered,
                    _ => DeliveryState::Failed,
                },
                attempts: row.get(4)?,
                next_at: (state == 0).then_some(Time::from_micros(row.get(5)?)),
                done_at: row.get::<_, Option<i64>>(6)?.map(Time::from_micros),
                error: row.get(7)?,
            })
        })?
        .collect()
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Alert> {
    Ok(Alert {
        id: AlertId::from_bytes(row.get(0)?),
        organization: OrganizationId::from_bytes(row.get(1)?),
        kind: row.get(2)?,
        seq: row.get::<_, i64>(3)?.cast_unsigned(),
        at: Time::from_micros(row.get(4)?),
        subject: row.get(5)?,
        text: row.get(6)?,
        payload: row.get(7)?,
    })
}

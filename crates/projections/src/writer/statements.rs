//! The SQL that writes. All of it inside the writer's transaction.

use ids::{EntryId, OrganizationId, RequestId};
use ledger::Time;
use money::Nanos;
use rusqlite::types::{Null, ToSqlOutput};
use rusqlite::{Connection, OptionalExtension, Statement, params};

use crate::call::Call;
use crate::gate::hour_of;
use crate::stored::{self, Blob, COLUMNS, Found, Offset};
use crate::{Decision, LogError, Suppressed};

/// A call's row, or `None` where it has none. A damaged row counts as none.
pub(super) fn load(connection: &Connection, request: RequestId) -> Result<Option<Found>, LogError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM call WHERE request = ?1"))?;
    let mut rows = statement.query(params![Blob(request.to_bytes())])?;
    match rows.next()? {
        None => Ok(None),
        Some(row) => match stored::read(row) {
            Ok(found) => Ok(Some(found)),
            Err(LogError::Damaged(what)) => {
                tracing::error!(%request, what, "a row of the request log is damaged");
                Ok(None)
            }
            Err(error) => Err(error),
        },
    }
}

/// Inserts a call's row and says its id; `None` where it has a row already.
pub(super) fn insert(connection: &Connection, call: &Call) -> Result<Option<i64>, LogError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO call (request, organization, project, key, at, outcome, route, model, attempts, said_at,
             said_outcome, http_status, error_code, provider_request_id, duration_ms, refused, needed, decision_seq,
             left_over, binding, tried)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
         ON CONFLICT (request) DO NOTHING",
    )?;
    insert.raw_bind_parameter(1, Blob(call.request.to_bytes()))?;
    insert.raw_bind_parameter(2, Blob(call.organization.to_bytes()))?;
    bind(&mut insert, 3, place(call))?;
    bind(&mut insert, 6, changeable(call)?)?;
    let inserted = insert.raw_execute()?;
    Ok((inserted > 0).then(|| connection.last_insert_rowid()))
}

/// Writes what changes while a call goes its way. No index knows any of it, but for the outcome of one that went wrong.
pub(super) fn update(connection: &Connection, id: i64, call: &Call) -> Result<(), LogError> {
    let mut update = connection.prepare_cached(
        "UPDATE call SET outcome = ?3, route = ?4, model = ?5, attempts = ?6, said_at = ?7, said_outcome = ?8,
             http_status = ?9, error_code = ?10, provider_request_id = ?11, duration_ms = ?12, refused = ?13,
             needed = ?14, decision_seq = ?15, left_over = ?16, binding = ?17, tried = ?18
         WHERE id = ?1 AND request = ?2",
    )?;
    update.raw_bind_parameter(1, id)?;
    update.raw_bind_parameter(2, Blob(call.request.to_bytes()))?;
    bind(&mut update, 3, changeable(call)?)?;
    update.raw_execute()?;
    Ok(())
}

/// Writes everything.
pub(super) fn rewrite(connection: &Connection, id: i64, call: &Call) -> Result<(), LogError> {
    let mut update = connection.prepare_cached(
        "UPDATE call SET project = ?3, key = ?4, at = ?5, outcome = ?6, route = ?7, model = ?8, attempts = ?9,
             said_at = ?10, said_outcome = ?11, http_status = ?12, error_code = ?13, provider_request_id = ?14,
             duration_ms = ?15, refused = ?16, needed = ?17, decision_seq = ?18,
             left_over = ?19, binding = ?20, tried = ?21
         WHERE id = ?1 AND request = ?2",
    )?;
    update.raw_bind_parameter(1, id)?;
    update.raw_bind_parameter(2, Blob(call.request.to_bytes()))?;
    bind(&mut update, 3, place(call))?;
    bind(&mut update, 6, changeable(call)?)?;
    update.raw_execute()?;
    Ok(())
}

/// Removes a row that cannot be read, whose call is inserted anew.
pub(super) fn remove(connection: &Connection, request: RequestId) -> Result<(), LogError> {
    connection
        .prepare_cached("DELETE FROM call WHERE request = ?1")?
        .execute(params![Blob(request.to_bytes())])?;
    Ok(())
}

fn bind<const N: usize>(
    statement: &mut Statement<'_>,
    first: usize,
    values: [ToSqlOutput<'_>; N],
) -> rusqlite::Result<()> {
    for (index, value) in (first..).zip(values) {
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

/// Project, key, begin.
fn place(call: &Call) -> [ToSqlOutput<'_>; 3] {
    let id = |id: Option<[u8; 16]>| {
        id.map_or(ToSqlOutput::from(Null), |bytes| {
            ToSqlOutput::from(bytes.to_vec())
        })
    };
    [
        id(call.project.map(ids::ProjectId::to_bytes)),
        id(call.key.map(ids::KeyId::to_bytes)),
        ToSqlOutput::from(call.started_at().micros()),
    ]
}

/// Outcome, route, model, attempts, what was said, the refusal, what was left, what came of attempts that failed.
fn changeable(call: &Call) -> Result<[ToSqlOutput<'_>; 16], LogError> {
    let said = &call.said;
    let refusal = call.refusal.as_ref();
    Ok([
        integer(stored::standing_code(call.standing())),
        ToSqlOutput::from(&*call.route),
        text(call.model.as_deref()),
        ToSqlOutput::from(stored::write_attempts(&call.attempts)?),
        integer(said.at.map(Time::micros)),
        integer(said.outcome.map(stored::outcome_code)),
        integer(said.http_status.map(i64::from)),
        text(said.error_code.as_deref()),
        text(said.provider_request_id.as_deref()),
        integer(said.duration_ms.map(u64::cast_signed)),
        ToSqlOutput::from(refusal.is_some()),
        integer(refusal.and_then(|refusal| refusal.needed).map(Nanos::get)),
        integer(
            refusal
                .and_then(|refusal| refusal.decision_seq)
                .map(u64::cast_signed),
        ),
        integer(said.left.as_ref().map(|left| left.amount.get())),
        text(said.left.as_ref().map(|left| &*left.binding)),
        stored::write_tried(&said.tried)?.map_or(ToSqlOutput::from(Null), ToSqlOutput::from),
    ])
}

fn integer(value: Option<i64>) -> ToSqlOutput<'static> {
    value.map_or(ToSqlOutput::from(Null), ToSqlOutput::from)
}

fn text(value: Option<&str>) -> ToSqlOutput<'_> {
    value.map_or(ToSqlOutput::from(Null), ToSqlOutput::from)
}

/// Keeps the error that the client was told and, of a refusal, how it was decided.
pub(super) fn put_details(
    connection: &Connection,
    request: RequestId,
    (details, decided): (&str, Option<&Decision>),
) -> Result<(), LogError> {
    let decided = decided.map(stored::write_decided).transpose()?.flatten();
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO refusal (request, details, decided) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![Blob(request.to_bytes()), details, decided])?;
    Ok(())
}

/// How far a journal was read, if it was.
pub(crate) fn offset(
    connection: &Connection,
    organization: OrganizationId,
) -> Result<Option<Offset>, LogError> {
    let mut select = connection
        .prepare_cached("SELECT seq, last FROM journal_offset WHERE organization = ?1")?;
    let found = select.query_row(params![Blob(organization.to_bytes())], |row| {
        Ok(Offset {
            seq: row.get::<_, i64>(0)?.cast_unsigned(),
            last: EntryId::from_bytes(row.get(1)?),
        })
    });
    Ok(found.optional()?)
}

/// Says how far a journal was read.
pub(super) fn put_offset(
    connection: &Connection,
    organization: OrganizationId,
    offset: Offset,
) -> Result<(), LogError> {
    connection
        .prepare_cached(
            "INSERT INTO journal_offset (organization, seq, last) VALUES (?1, ?2, ?3)
             ON CONFLICT (organization) DO UPDATE SET seq = excluded.seq, last = excluded.last",
        )?
        .execute(params![
            Blob(organization.to_bytes()),
            offset.seq.cast_signed(),
            Blob(offset.last.to_bytes())
        ])?;
    Ok(())
}

/// Removes what an organization's journal said, keeps what the gateway said, and says how many rows went.
pub(super) fn forget(
    connection: &Connection,
    organization: OrganizationId,
) -> Result<u64, LogError> {
    let organization = Blob(organization.to_bytes());
    let removed = connection.execute(
        "DELETE FROM call WHERE organization = ?1 AND said_at IS NULL",
        params![organization],
    )?;
    connection.execute(
        "UPDATE call SET attempts = '[]', at = said_at, outcome = CASE WHEN refused THEN said_outcome END
         WHERE organization = ?1 AND attempts <> '[]'",
        params![organization],
    )?;
    connection.execute(
        "DELETE FROM journal_offset WHERE organization = ?1",
        params![organization],
    )?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}

/// Adds to the count of refusals that are not listed.
pub(super) fn add_count(connection: &Connection, more: &Suppressed) -> Result<(), LogError> {
    let key = more
        .key
        .map_or_else(Vec::new, |key| key.to_bytes().to_vec());
    connection
        .prepare_cached(
            "INSERT INTO suppressed (organization, key, code, hour, count, first_at, last_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (organization, key, code, hour) DO UPDATE SET count = count + excluded.count,
                 first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)",
        )?
        .execute(params![
            Blob(more.organization.to_bytes()),
            key,
            more.code,
            hour_of(more.first_at),
            more.count.cast_signed(),
            more.first_at.micros(),
            more.last_at.micros()
        ])?;
    Ok(())
}

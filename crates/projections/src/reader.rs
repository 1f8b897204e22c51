//! The thread that reads. It never holds up the writer.

use ids::{KeyId, OrganizationId, RequestId};
use ledger::Time;
use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use tokio::sync::mpsc;

use crate::stored::{self, Blob, COLUMNS, outcome_code};
use crate::{Cursor, Filter, LogError, Outcome, Page, Row, Suppressed};

/// Rows of a page where none are asked for.
const USUAL: usize = 50;
/// Rows of a page, and counts, at most.
const MOST: usize = 200;

pub(crate) type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(crate) fn run(connection: &Connection, mut jobs: mpsc::Receiver<Job>) {
    while let Some(job) = jobs.blocking_recv() {
        job(connection);
    }
}

/// Some calls, newest first.
pub(crate) fn list(connection: &Connection, filter: &Filter) -> Result<Page, LogError> {
    let limit = match filter.limit {
        0 => USUAL,
        limit => limit.min(MOST),
    };
    let (sql, values) = query(filter, limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(values))?;
    let mut rows: Vec<Row> = Vec::with_capacity(limit);
    let mut next_cursor = None;
    while let Some(row) = found.next()? {
        if let (true, Some(last)) = (rows.len() == limit, rows.last()) {
            next_cursor = Some(Cursor {
                at: last.started_at,
                request: last.request,
            });
            break;
        }
        rows.extend(stored::read(row)?.call.into_row());
    }
    Ok(Page { rows, next_cursor })
}

/// The statement and its values. It walks one index in the order of the answer, the narrowest that the filter allows, and
/// leaves out what does not fit.
fn query(filter: &Filter, limit: usize) -> (String, Vec<ToSqlOutput<'_>>) {
    let trouble = filter.outcome.filter(|outcome| *outcome != Outcome::Served);
    let index = match filter {
        Filter { key: Some(_), .. } => "call_key",
        _ if trouble.is_some() => "call_trouble",
        Filter {
            project: Some(_), ..
        } => "call_project",
        Filter {
            organization: Some(_),
            ..
        } => "call_organization",
        _ => "call_at",
    };
    let mut sql =
        format!("SELECT {COLUMNS} FROM call INDEXED BY {index} WHERE outcome IS NOT NULL");
    let mut values = Vec::new();
    let mut and = |condition: &str, value: ToSqlOutput<'static>| {
        sql.push_str(" AND ");
        sql.push_str(condition);
        values.push(value);
    };
    let id = |bytes: [u8; 16]| ToSqlOutput::from(bytes.to_vec());
    if let Some(key) = filter.key {
        and("key = ?", id(key.to_bytes()));
    }
    if let Some(project) = filter.project {
        and("project = ?", id(project.to_bytes()));
    }
    if let Some(organization) = filter.organization {
        and("organization = ?", id(organization.to_bytes()));
    }
    if let Some(outcome) = filter.outcome {
        and("outcome = ?", ToSqlOutput::from(outcome_code(outcome)));
    }
    if let Some(model) = &filter.model {
        and("model = ?", ToSqlOutput::from(model.to_string()));
    }
    if let Some(from) = filter.from {
        and("at >= ?", ToSqlOutput::from(from.micros()));
    }
    // One bound above, so that a page costs the same wherever it begins.
    let to = filter.to.map(|to| to.micros().saturating_sub(1));
    let last = to
        .into_iter()
        .chain(filter.cursor.map(|cursor| cursor.at.micros()))
        .min();
    if let Some(last) = last {
        and("at <= ?", ToSqlOutput::from(last));
    }
    if let Some(Cursor { at, request }) = filter.cursor {
        and("NOT (at = ?", ToSqlOutput::from(at.micros()));
        sql.push_str(" AND request >= ?)");
        values.push(id(request.to_bytes()));
    }
    if trouble.is_some() {
        sql.push_str(" AND outcome > 1");
    }
    // One more than wanted tells whether there is another page.
    sql.push_str(" ORDER BY at DESC, request DESC LIMIT ?");
    let limit = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    values.push(ToSqlOutput::from(limit));
    (sql, values)
}

/// One call, with the error that was told and how a refusal was decided.
pub(crate) fn get(connection: &Connection, request: RequestId) -> Result<Option<Row>, LogError> {
    let id = Blob(request.to_bytes());
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM call WHERE request = ?1"))?;
    let mut rows = statement.query(params![id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let Some(mut found) = stored::read(row)?.call.into_row() else {
        return Ok(None);
    };
    let kept = connection
        .prepare_cached("SELECT details, decided FROM refusal WHERE request = ?1")?
        .query_row(params![id], |row| {
            Ok((row.get::<_, Box<str>>(0)?, row.get::<_, Option<String>>(1)?))
        })
        .optional()?;
    if let Some((told, decided)) = kept {
        if let Some(refusal) = &mut found.refusal {
            refusal.details_json = Some(told.clone());
            refusal.decided = decided.as_deref().map(stored::read_decided).transpose()?;
        }
        found.error_json = Some(told);
    }
    Ok(Some(found))
}

/// Refusals that were counted instead of listed, the newest first.
pub(crate) fn suppressed(
    connection: &Connection,
    organization: Option<OrganizationId>,
) -> Result<Vec<Suppressed>, LogError> {
    let mut statement = connection.prepare_cached(
        "SELECT organization, key, code, count, first_at, last_at FROM suppressed
         WHERE ?1 IS NULL OR organization = ?1 ORDER BY last_at DESC, key, code LIMIT ?2",
    )?;
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let rows = statement.query_map(
        params![organization.map(|id| Blob(id.to_bytes())), most],
        |row| {
            let key: Vec<u8> = row.get(1)?;
            Ok(Suppressed {
                organization: OrganizationId::from_bytes(row.get(0)?),
                key: key.try_into().ok().map(KeyId::from_bytes),
                code: row.get(2)?,
                count: row.get::<_, i64>(3)?.cast_unsigned(),
                first_at: Time::from_micros(row.get(4)?),
                last_at: Time::from_micros(row.get(5)?),
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

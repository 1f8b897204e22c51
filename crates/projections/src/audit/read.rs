//! The SQL that answers who changed what.

use ids::OrganizationId;
use ledger::Time;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{AuditCursor, AuditFilter, AuditPage, AuditRow};
use crate::LogError;

/// Changes of a page where none are asked for.
const USUAL: usize = 50;
/// Changes of a page, at most.
const MOST: usize = 200;

/// Some changes, newest first.
pub(crate) fn read(connection: &Connection, filter: &AuditFilter) -> Result<AuditPage, LogError> {
    let limit = match filter.limit {
        0 => USUAL,
        limit => limit.min(MOST),
    };
    let (sql, values) = query(filter, limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        Ok(AuditRow {
            at: Time::from_micros(row.get(0)?),
            organization: OrganizationId::from_bytes(row.get(1)?),
            seq: row.get::<_, i64>(2)?.cast_unsigned(),
            actor: row.get(3)?,
            action: row.get(4)?,
            kind: row.get(5)?,
            object: row.get(6)?,
            name: row.get(7)?,
            changes_json: row.get(8)?,
        })
    })?;
    let mut rows: Vec<AuditRow> = rows.collect::<Result<_, _>>()?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|last| AuditCursor {
        at: last.at,
        organization: last.organization,
        seq: last.seq,
    });
    Ok(AuditPage { rows, next_cursor })
}

fn query(filter: &AuditFilter, limit: usize) -> (String, Vec<Value>) {
    let mut sql =
        "SELECT at, organization, seq, actor, action, kind, object, name, changes FROM audit WHERE true".to_owned();
    let mut values = Vec::new();
    let mut and = |condition: &str, given: Vec<Value>| {
        sql.push_str(" AND ");
        sql.push_str(condition);
        values.extend(given);
    };
    let id = |id: OrganizationId| Value::from(id.to_bytes().to_vec());
    if let Some(organization) = filter.organization {
        and("organization = ?", vec![id(organization)]);
    }
    if let Some(actor) = &filter.actor {
        and("actor = ?", vec![Value::from(actor.to_string())]);
    }
    if let Some(from) = filter.from {
        and("at >= ?", vec![from.micros().into()]);
    }
    if let Some(to) = filter.to {
        and("at < ?", vec![to.micros().into()]);
    }
    if let Some(cursor) = filter.cursor {
        let place = vec![
            cursor.at.micros().into(),
            id(cursor.organization),
            cursor.seq.cast_signed().into(),
        ];
        and("(at, organization, seq) < (?, ?, ?)", place);
    }
    // One more than wanted tells whether there is another page.
    sql.push_str(" ORDER BY at DESC, organization DESC, seq DESC LIMIT ?");
    let most = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    values.push(most.into());
    (sql, values)
}

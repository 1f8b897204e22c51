//! The SQL that answers what was used.

use std::collections::{BTreeMap, HashMap};

use ids::{KeyId, OrganizationId, ProjectId};
use ledger::Time;
use money::Nanos;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};

use super::{Bucket, Dimension, UsageCursor, UsageFilter, UsagePage, UsageRow};
use crate::LogError;
use crate::gate::{HOUR, hour_of};

/// Sums of a page where none are asked for.
const USUAL: usize = 200;
/// Sums of a page, at most.
const MOST: usize = 1_000;

/// What tells one sum from another: its first hour, and the dimensions as they are stored.
type Group = (i64, Vec<Value>);

/// Some sums, oldest first.
pub(crate) fn read(connection: &Connection, filter: &UsageFilter) -> Result<UsagePage, LogError> {
    let limit = match filter.limit {
        0 => USUAL,
        limit => limit.min(MOST),
    };
    let skip = filter.cursor.map_or(0, |cursor| i64::from(cursor.skip));
    let from = filter.from.map(hour_of);
    let cursor = filter.cursor.map(|cursor| i64::from(cursor.hour));
    let after = from.into_iter().chain(cursor).max();
    let until = filter
        .to
        .map(|to| hour_of(Time::from_micros(to.micros().saturating_sub(1))));
    let (condition, mut values) = condition(filter, (after, until));
    let columns = columns(filter);
    let order = "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6";
    let sql = format!(
        "SELECT {columns}, sum(served), sum(refused), sum(provider_refused), sum(failed), sum(cancelled), sum(cost)
         FROM usage WHERE {condition} {order} LIMIT ? OFFSET ?"
    );
    // One more than wanted tells whether there is another page.
    let most = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    values.extend([Value::from(most), Value::from(skip)]);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(values))?;
    let mut rows: Vec<(Group, UsageRow)> = Vec::new();
    while let Some(row) = found.next()? {
        rows.push((group(row)?, sums(row)?));
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = if more { place(filter, &rows)? } else { None };
    let mut units = units(connection, filter, &rows)?;
    let rows = rows.into_iter().map(|(group, row)| UsageRow {
        units: units.remove(&key(&group)).unwrap_or_default(),
        ..row
    });
    Ok(UsagePage {
        rows: rows.collect(),
        next_cursor,
    })
}

/// The bucket and the dimensions; those that are not asked for are all alike.
fn columns(filter: &UsageFilter) -> String {
    let mut columns = match filter.bucket {
        Bucket::Hour => "hour".to_owned(),
        Bucket::Day => "hour - hour % 24".to_owned(),
    };
    for dimension in Dimension::ALL {
        let wanted = filter.group_by.contains(&dimension);
        columns.push_str(", ");
        columns.push_str(if wanted { dimension.as_str() } else { "NULL" });
    }
    columns
}

fn condition(filter: &UsageFilter, (from, to): (Option<i64>, Option<i64>)) -> (String, Vec<Value>) {
    let id = |bytes: [u8; 16]| Value::from(bytes.to_vec());
    let conditions = [
        ("hour >= ?", from.map(Value::from)),
        ("hour <= ?", to.map(Value::from)),
        (
            "organization = ?",
            filter.organization.map(|of| id(of.to_bytes())),
        ),
        ("project = ?", filter.project.map(|of| id(of.to_bytes()))),
        ("key = ?", filter.key.map(|of| id(of.to_bytes()))),
        (
            "model = ?",
            filter
                .model
                .as_deref()
                .map(|model| Value::from(model.to_owned())),
        ),
    ];
    let mut sql = "true".to_owned();
    let mut values = Vec::new();
    for (condition, value) in conditions {
        if let Some(value) = value {
            sql.push_str(" AND ");
            sql.push_str(condition);
            values.push(value);
        }
    }
    (sql, values)
}

fn group(row: &Row<'_>) -> Result<Group, LogError> {
    let dimensions = (1..=5).map(|index| row.get::<_, Value>(index));
    Ok((row.get(0)?, dimensions.collect::<Result<_, _>>()?))
}

/// A group as a map can find it.
fn key((hour, dimensions): &Group) -> (i64, Vec<Vec<u8>>) {
    let bytes = dimensions.iter().map(|value| match value {
        Value::Blob(bytes) => bytes.clone(),
        Value::Text(text) => text.clone().into_bytes(),
        Value::Null | Value::Integer(_) | Value::Real(_) => Vec::new(),
    });
    (*hour, bytes.collect())
}

fn sums(row: &Row<'_>) -> Result<UsageRow, LogError> {
    let id = |index| match row.get_ref(index)? {
        ValueRef::Blob(bytes) => Ok::<_, rusqlite::Error>(<[u8; 16]>::try_from(bytes).ok()),
        _ => Ok(None),
    };
    let text = |index| match row.get_ref(index)? {
        ValueRef::Text(text) if !text.is_empty() => {
            let text = std::str::from_utf8(text).map_err(|_bytes| damaged("a name"))?;
            Ok::<_, LogError>(Some(Box::from(text)))
        }
        _ => Ok(None),
    };
    let count = |index| {
        let count = row.get::<_, i64>(index)?;
        u64::try_from(count).map_err(|_negative| damaged("a count"))
    };
    Ok(UsageRow {
        starts_at: Time::from_micros(row.get::<_, i64>(0)?.saturating_mul(HOUR)),
        organization: id(1)?.map(OrganizationId::from_bytes),
        project: id(2)?.map(ProjectId::from_bytes),
        key: id(3)?.map(KeyId::from_bytes),
        model: text(4)?,
        upstream: text(5)?,
        calls: [count(6)?, count(7)?, count(8)?, count(9)?, count(10)?],
        cost: Nanos::new(row.get(11)?),
        units: BTreeMap::new(),
    })
}

fn damaged(what: &str) -> LogError {
    LogError::Damaged(format!("{what} of the sums"))
}

/// Where the page ends: so many rows into the last row's bucket.
fn place(
    filter: &UsageFilter,
    rows: &[(Group, UsageRow)],
) -> Result<Option<UsageCursor>, LogError> {
    let Some(((last, _), _)) = rows.last() else {
        return Ok(None);
    };
    let here = rows.iter().filter(|((hour, _), _)| hour == last).count();
    let hour = u32::try_from(*last).map_err(|_negative| damaged("an hour"))?;
    // A page that ends in the bucket it began in goes on where it began.
    let before = filter
        .cursor
        .filter(|cursor| cursor.hour == hour)
        .map_or(0, |cursor| cursor.skip);
    let skip = u32::try_from(here).map_err(|_too_many| damaged("a page"))?;
    Ok(Some(UsageCursor {
        hour,
        skip: before.saturating_add(skip),
    }))
}

type Units = HashMap<(i64, Vec<Vec<u8>>), BTreeMap<u16, u64>>;

/// What the calls of these sums used.
fn units(
    connection: &Connection,
    filter: &UsageFilter,
    rows: &[(Group, UsageRow)],
) -> Result<Units, LogError> {
    let (Some(((first, _), _)), Some(((last, _), _))) = (rows.first(), rows.last()) else {
        return Ok(Units::new());
    };
    let from = filter.from.map(hour_of);
    let to = filter
        .to
        .map(|to| hour_of(Time::from_micros(to.micros().saturating_sub(1))));
    let end = match filter.bucket {
        Bucket::Hour => *last,
        Bucket::Day => last.saturating_add(23),
    };
    let from = from.into_iter().chain([*first]).max();
    let to = to.into_iter().chain([end]).min();
    let (condition, values) = condition(filter, (from, to));
    let sql = format!(
        "SELECT {}, unit, sum(quantity) FROM usage_unit WHERE {condition} GROUP BY 1, 2, 3, 4, 5, 6, 7",
        columns(filter)
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(values))?;
    let mut units: Units = rows
        .iter()
        .map(|(group, _)| (key(group), BTreeMap::new()))
        .collect();
    while let Some(row) = found.next()? {
        if let Some(of) = units.get_mut(&key(&group(row)?)) {
            let quantity = u64::try_from(row.get::<_, i64>(7)?);
            of.insert(
                row.get(6)?,
                quantity.map_err(|_negative| damaged("a count"))?,
            );
        }
    }
    Ok(units)
}

//! The SQL that writes down who changed what. All of it inside the writer's transaction.

use ids::OrganizationId;
use ledger::Entry;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::audit::Change;
use crate::stored::Blob;
use crate::{Happened, LogError};

/// Takes up an entry: what it changes is compared with what was, and written down where somebody asked for it.
pub(super) fn write(
    connection: &Connection,
    organization: OrganizationId,
    entry: &Entry,
) -> Result<(), LogError> {
    let Some(mut change) = Change::of(&entry.fact) else {
        return Ok(());
    };
    if change.object.is_empty() {
        change.object = organization.to_string();
    }
    let of = Blob(organization.to_bytes());
    let mut fields = known(connection, organization, &change.object)?;
    let upstream = upstream(connection, organization)?;
    if let (Some(upstream), Some(scope)) = (&upstream, change.fields.get_mut("scope")) {
        *scope = json!({"kind": "upstream", "name": upstream});
    }
    let changes = apply(&mut fields, change.fields);
    if let Some(cause) = &entry.cause {
        let name = fields.get("name").and_then(Value::as_str);
        let name = name.or(upstream.as_deref());
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                entry.at.micros(),
                of,
                entry.seq.cast_signed(),
                cause.actor,
                change.action,
                change.kind,
                change.object,
                name,
                Value::Object(changes).to_string()
            ])?;
    }
    connection
        .prepare_cached("INSERT OR REPLACE INTO audited VALUES (?1, ?2, ?3)")?
        .execute(params![
            of,
            change.object,
            Value::Object(fields).to_string()
        ])?;
    Ok(())
}

/// The fields that an object has after the last entry that was read.
fn known(
    connection: &Connection,
    organization: OrganizationId,
    object: &str,
) -> Result<Map<String, Value>, LogError> {
    let known: Option<String> = connection
        .prepare_cached("SELECT fields FROM audited WHERE organization = ?1 AND object = ?2")?
        .query_row(params![Blob(organization.to_bytes()), object], |row| {
            row.get(0)
        })
        .optional()?;
    match known {
        None => Ok(Map::new()),
        Some(text) => serde_json::from_str(&text)
            .map_err(|_not_ours| LogError::Damaged(format!("what {object} was"))),
    }
}

/// The name of the upstream account whose Book it is; `None` where it is an organization's.
fn upstream(
    connection: &Connection,
    organization: OrganizationId,
) -> Result<Option<String>, LogError> {
    if !organization.is_of_upstream() {
        return Ok(None);
    }
    let fields = known(connection, organization, &organization.to_string())?;
    Ok(fields
        .get("name")
        .and_then(Value::as_str)
        .map(str::to_owned))
}

/// Gives the fields their new values, and says which of them are others than before.
fn apply(fields: &mut Map<String, Value>, new: Map<String, Value>) -> Map<String, Value> {
    let mut changes = Map::new();
    for (name, to) in new {
        // That a limit's sum began anew is an event, not a state: the next time it is one again.
        let event = name == "used";
        let from = fields.get(&name).cloned().unwrap_or(Value::Null);
        if from != to {
            changes.insert(name.clone(), json!({"from": from, "to": to}));
        }
        if !event {
            fields.insert(name, to);
        }
    }
    changes
}

/// What changes of this kind are of: they are in no journal.
const STORE: &str = "store";

/// Writes down what happened to a journal itself.
pub(super) fn happened(connection: &Connection, happened: &Happened) -> Result<(), LogError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, ?8)",
        )?
        .execute(params![
            happened.at.micros(),
            Blob(happened.organization.to_bytes()),
            happened.seq.cast_signed(),
            happened.actor,
            happened.action,
            STORE,
            happened.organization.to_string(),
            happened.changes_json,
        ])?;
    Ok(())
}

/// Removes what an organization's journal said. What happened to the journal itself stays: it cannot be read anew.
pub(super) fn forget(
    connection: &Connection,
    organization: OrganizationId,
) -> Result<(), LogError> {
    let of = Blob(organization.to_bytes());
    connection.execute(
        "DELETE FROM audit WHERE organization = ?1 AND kind <> ?2",
        params![of, STORE],
    )?;
    let of = Blob(organization.to_bytes());
    connection.execute("DELETE FROM audited WHERE organization = ?1", params![of])?;
    Ok(())
}

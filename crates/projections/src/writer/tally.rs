//! What a transaction adds to the sums by the hour, and the SQL of it.

use std::collections::{BTreeMap, HashMap};

use ids::OrganizationId;
use ledger::Time;
use rusqlite::{Connection, params};

use crate::gate::{HOUR, hour_of};
use crate::stored::Blob;
use crate::usage::{Lane, Share, UNKNOWN_MODEL};
use crate::{LogError, Outcome, Suppressed};

/// Changes of the sums that are not written yet.
#[derive(Default)]
pub(super) struct Tally {
    lanes: HashMap<Lane, Change>,
}

#[derive(Default)]
struct Change {
    calls: [i64; 5],
    cost: i64,
    units: BTreeMap<u16, i64>,
}

impl Tally {
    /// Adds what a call counts for.
    pub(super) fn add(&mut self, share: Option<Share>) {
        self.change(share, 1);
    }

    /// Takes out what a call counted for.
    pub(super) fn take(&mut self, share: Option<Share>) {
        self.change(share, -1);
    }

    fn change(&mut self, share: Option<Share>, sign: i64) {
        let Some(share) = share else { return };
        let change = self.lanes.entry(share.lane).or_default();
        for (calls, outcome) in change.calls.iter_mut().zip(Outcome::ALL) {
            if outcome == share.outcome {
                *calls = calls.saturating_add(sign);
            }
        }
        let cost = share.cost.get().saturating_mul(sign);
        change.cost = change.cost.saturating_add(cost);
        for (unit, quantity) in share.units {
            let sum = change.units.entry(unit).or_insert(0);
            *sum = sum.saturating_add(quantity.saturating_mul(sign));
        }
    }

    /// Writes what was added and taken out.
    pub(super) fn write(&mut self, connection: &Connection) -> Result<(), LogError> {
        for (lane, change) in std::mem::take(&mut self.lanes) {
            put(connection, &lane, &change)?;
        }
        Ok(())
    }
}

fn put(connection: &Connection, lane: &Lane, change: &Change) -> Result<(), LogError> {
    let project = lane
        .project
        .map_or_else(Vec::new, |id| id.to_bytes().to_vec());
    let key = lane.key.map_or_else(Vec::new, |id| id.to_bytes().to_vec());
    let organization = Blob(lane.organization.to_bytes());
    let [served, refused, provider_refused, failed, cancelled] = change.calls;
    if change.calls != [0; 5] || change.cost != 0 {
        connection
            .prepare_cached(
                "INSERT INTO usage VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 ON CONFLICT DO UPDATE SET served = served + excluded.served, refused = refused + excluded.refused,
                     provider_refused = provider_refused + excluded.provider_refused,
                     failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled,
                     cost = cost + excluded.cost",
            )?
            .execute(params![
                lane.hour, organization, project, key, lane.model, lane.upstream, served, refused,
                provider_refused, failed, cancelled, change.cost
            ])?;
    }
    for (unit, quantity) in change.units.iter().filter(|(_, quantity)| **quantity != 0) {
        connection
            .prepare_cached(
                "INSERT INTO usage_unit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity",
            )?
            .execute(params![
                lane.hour,
                organization,
                project,
                key,
                lane.model,
                lane.upstream,
                unit,
                quantity
            ])?;
    }
    Ok(())
}

/// Adds refusals that are counted and not listed. Their project and model are not known any more.
pub(super) fn add_count(connection: &Connection, more: &Suppressed) -> Result<(), LogError> {
    let lane = Lane {
        hour: hour_of(more.first_at),
        organization: more.organization,
        project: None,
        key: more.key,
        model: "".into(),
        upstream: "".into(),
    };
    let change = Change {
        calls: Outcome::ALL.map(|outcome| match outcome {
            Outcome::Refused => more.count.cast_signed(),
            _ => 0,
        }),
        ..Change::default()
    };
    put(connection, &lane, &change)
}

/// Takes out of an organization's sums what will be read again, and leaves what only the gateway knew.
pub(super) fn forget(
    connection: &Connection,
    organization: OrganizationId,
    cutoff: Time,
) -> Result<(), LogError> {
    let values = params![Blob(organization.to_bytes()), hour_of(cutoff)];
    for table in ["usage", "usage_unit"] {
        let sql = format!("DELETE FROM {table} WHERE organization = ?1 AND hour >= ?2");
        connection.execute(&sql, values)?;
    }
    Ok(add_remaining(connection, Some(organization), cutoff)?)
}

/// Adds the refusals of an organization, or of all, from a full hour on: what stays in the rows when everything that
/// follows from the journals was removed.
pub(crate) fn add_remaining(
    connection: &Connection,
    organization: Option<OrganizationId>,
    from: Time,
) -> rusqlite::Result<()> {
    let organization = organization.map(|id| Blob(id.to_bytes()));
    connection.execute(
        &format!(
            "INSERT INTO usage
             SELECT at / {HOUR}, organization, ifnull(project, x''), ifnull(key, x''),
                 CASE WHEN error_code IS '{UNKNOWN_MODEL}' THEN '' ELSE ifnull(model, '') END, '', sum(outcome = 1), sum(outcome = 2),
                 sum(outcome = 3), sum(outcome = 4), sum(outcome = 5), 0
             FROM call WHERE outcome > 0 AND at >= ?2 AND (?1 IS NULL OR organization = ?1) GROUP BY 1, 2, 3, 4, 5"
        ),
        params![organization, from.micros()],
    )?;
    connection.execute(
        "INSERT INTO usage
         SELECT hour, organization, x'', key, '', '', 0, sum(count), 0, 0, 0, 0
         FROM suppressed WHERE hour >= ?2 AND (?1 IS NULL OR organization = ?1) GROUP BY 1, 2, 4
         ON CONFLICT DO UPDATE SET refused = refused + excluded.refused",
        params![organization, hour_of(from)],
    )?;
    Ok(())
}

/// Removes sums of hours that are too long ago.
pub(super) fn prune(connection: &Connection, cutoff: Time) -> Result<(), LogError> {
    for table in ["usage", "usage_unit"] {
        let sql = format!("DELETE FROM {table} WHERE hour < ?1");
        connection.execute(&sql, params![hour_of(cutoff)])?;
    }
    Ok(())
}

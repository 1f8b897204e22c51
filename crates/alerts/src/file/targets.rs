//! Who is to be told, and what an organization wants to be told.

use std::collections::HashSet;

use ids::{OrganizationId, TargetId};
use money::Nanos;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::AlertFile;
use crate::settings::Wishes;
use crate::target::{Channel, Target, Wanted};
use crate::{AlertError, Owner};

impl AlertFile {
    /// The organizations that have anybody to tell.
    pub(crate) async fn followed(&self) -> Result<HashSet<OrganizationId>, AlertError> {
        self.with(|transaction| {
            transaction
                .prepare_cached("SELECT DISTINCT organization FROM target WHERE disabled IS NULL")?
                .query_map([], |row| row.get(0).map(OrganizationId::from_bytes))?
                .collect()
        })
        .await
    }

    pub(crate) async fn wishes(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Wishes>, AlertError> {
        self.with(move |transaction| wishes(transaction, organization))
            .await
    }

    pub(crate) async fn put_wishes(
        &self,
        organization: OrganizationId,
        wishes: Wishes,
    ) -> Result<(), AlertError> {
        self.with(move |transaction| {
            transaction
                .prepare_cached(
                    "UPDATE organization SET balance_low = ?2, lapse_days = ?3 WHERE organization = ?1",
                )?
                .execute(params![
                    organization.to_bytes(),
                    wishes.balance_low.map(Nanos::get),
                    wishes.lapse_notice_days
                ])
                .map(|_rows| ())
        })
        .await
    }

    pub(crate) async fn targets(&self, owner: Owner) -> Result<Vec<Target>, AlertError> {
        self.with(move |transaction| targets(transaction, owner))
            .await
    }

    /// Puts these targets in the place of those there are. One that stays keeps its id, and is tried again where it was
    /// disabled.
    pub(crate) async fn put_targets(
        &self,
        owner: Owner,
        wanted: Vec<(TargetId, Wanted)>,
    ) -> Result<Vec<Target>, AlertError> {
        self.with(move |transaction| {
            let there = targets(transaction, owner)?;
            for old in &there {
                let stays = |(_, new): &(TargetId, Wanted)| {
                    new.channel == old.channel && new.address == old.address
                };
                if !wanted.iter().any(stays) {
                    remove(transaction, old.id)?;
                }
            }
            for (id, new) in &wanted {
                transaction
                    .prepare_cached(
                        "INSERT INTO target (id, organization, budget, channel, address) VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT (organization, budget, channel, address) DO UPDATE SET disabled = NULL",
                    )?
                    .execute(params![
                        id.to_bytes(),
                        owner.organization.to_bytes(),
                        owner.budget(),
                        new.channel.name(),
                        new.address
                    ])?;
            }
            targets(transaction, owner)
        })
        .await
    }
}

/// What still waits for a target that goes is failed, so that it is seen.
fn remove(transaction: &Transaction<'_>, id: TargetId) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE delivery SET state = 2, error = 'the target was removed' WHERE target = ?1 AND state = 0",
        )?
        .execute(params![id.to_bytes()])?;
    transaction
        .prepare_cached("DELETE FROM target WHERE id = ?1")?
        .execute(params![id.to_bytes()])?;
    Ok(())
}

pub(super) fn wishes(
    transaction: &Transaction<'_>,
    organization: OrganizationId,
) -> rusqlite::Result<Option<Wishes>> {
    transaction
        .prepare_cached("SELECT balance_low, lapse_days FROM organization WHERE organization = ?1")?
        .query_row(params![organization.to_bytes()], |row| {
            Ok(Wishes {
                balance_low: row.get::<_, Option<i64>>(0)?.map(Nanos::new),
                lapse_notice_days: row.get(1)?,
            })
        })
        .optional()
}

pub(super) fn targets(
    transaction: &Transaction<'_>,
    owner: Owner,
) -> rusqlite::Result<Vec<Target>> {
    transaction
        .prepare_cached(
            "SELECT id, channel, address, disabled FROM target WHERE organization = ?1 AND budget = ?2 ORDER BY id",
        )?
        .query_map(params![owner.organization.to_bytes(), owner.budget()], read)?
        .collect()
}

/// Columns: id, channel, address, disabled.
pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Target> {
    let channel: String = row.get(1)?;
    Ok(Target {
        id: TargetId::from_bytes(row.get(0)?),
        // Only names of channels are ever written.
        channel: Channel::named(&channel).unwrap_or(Channel::Webhook),
        address: row.get(2)?,
        disabled: row.get(3)?,
    })
}

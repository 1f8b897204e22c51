//! How far each journal was read. The offset moves in the same transaction that puts what was seen into the outbox, so
//! nothing that was seen can be lost, and nothing is put there twice.

use ids::{EntryId, OrganizationId};
use ledger::Time;
use rusqlite::{OptionalExtension as _, params};

use super::{AlertFile, outbox, targets};
use crate::alert::{Draft, Whose};
use crate::settings::{Options, Wishes};
use crate::watch::State;
use crate::{AlertError, Owner};

/// Where the reading of one journal stands.
#[derive(Clone, Debug)]
pub(crate) struct Offset {
    /// The last entry that was read.
    pub(crate) seq: u64,
    /// Its id, by which a journal that is not the same any more is recognized.
    pub(crate) last: EntryId,
    /// As it is written: only who begins to read a journal needs what it says.
    state: String,
    pub(crate) wishes: Wishes,
}

impl Offset {
    /// What must not be forgotten. A state that cannot be read is: at worst something is told again, or a call that
    /// waited to be told of with others is not.
    pub(crate) fn state(&self, organization: OrganizationId) -> State {
        serde_json::from_str(&self.state).unwrap_or_else(|error| {
            tracing::warn!(
                %organization, %error,
                "what alerts had gathered cannot be read and is forgotten; something may be told again, or not at all"
            );
            State::default()
        })
    }
}

/// What was read, and what is to be told of it.
pub(crate) struct Page {
    pub(crate) whose: Whose,
    pub(crate) seq: u64,
    pub(crate) last: EntryId,
    pub(crate) state: State,
    pub(crate) drafts: Vec<Draft>,
}

impl AlertFile {
    pub(crate) async fn offset(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Offset>, AlertError> {
        self.with(move |transaction| {
            let Some(wishes) = targets::wishes(transaction, organization)? else {
                return Ok(None);
            };
            transaction
                .prepare_cached(
                    "SELECT seq, last, state FROM organization WHERE organization = ?1",
                )?
                .query_row(params![organization.to_bytes()], |row| {
                    Ok(Offset {
                        seq: row.get::<_, i64>(0)?.cast_unsigned(),
                        last: EntryId::from_bytes(row.get(1)?),
                        state: row.get(2)?,
                        wishes,
                    })
                })
                .optional()
        })
        .await
    }

    /// Begins, or begins again, at this entry. Wishes stay.
    pub(crate) async fn begin(
        &self,
        organization: OrganizationId,
        seq: u64,
        last: EntryId,
    ) -> Result<(), AlertError> {
        let usual = Wishes::default();
        self.with(move |transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO organization (organization, seq, last, state, balance_low, lapse_days)
                     VALUES (?1, ?2, ?3, '{}', ?4, ?5)
                     ON CONFLICT (organization) DO UPDATE SET seq = ?2, last = ?3, state = '{}'",
                )?
                .execute(params![
                    organization.to_bytes(),
                    seq.cast_signed(),
                    last.to_bytes(),
                    usual.balance_low.map(money::Nanos::get),
                    usual.lapse_notice_days
                ])
                .map(|_rows| ())
        })
        .await
    }

    /// Puts what is to be told into the outbox and moves the offset, both or neither. Says whether anything is new.
    pub(crate) async fn put(
        &self,
        page: Page,
        now: Time,
        (options, public_url): (Options, String),
    ) -> Result<bool, AlertError> {
        self.with(move |transaction| {
            let mut news = false;
            for (place, draft) in (0_i64..).zip(page.drafts) {
                // A microsecond apart, so that they are sent and listed in their order.
                let now = Time::from_micros(now.micros().saturating_add(place));
                news |= outbox::put(transaction, draft, (&page.whose, &public_url), (now, &options))?;
            }
            let state = serde_json::to_string(&page.state)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            transaction
                .prepare_cached(
                    "UPDATE organization SET seq = ?2, last = ?3, state = ?4 WHERE organization = ?1",
                )?
                .execute(params![
                    page.whose.id.to_bytes(),
                    page.seq.cast_signed(),
                    page.last.to_bytes(),
                    state
                ])?;
            Ok(news)
        })
        .await
    }

    /// Puts one alert into the outbox that follows from no entry.
    pub(crate) async fn put_one(
        &self,
        draft: Draft,
        whose: Whose,
        now: Time,
        (options, public_url): (Options, String),
    ) -> Result<bool, AlertError> {
        self.with(move |transaction| {
            outbox::put(transaction, draft, (&whose, &public_url), (now, &options))
        })
        .await
    }
}

impl Owner {
    /// The budget's id, or nothing where the organization itself is meant.
    pub(crate) fn budget(self) -> Vec<u8> {
        self.budget.map(Vec::from).unwrap_or_default()
    }
}

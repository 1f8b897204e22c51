//! `/organizations/{org}/ledger`: the journal, entry by entry, as it is chained.

pub(crate) mod contract;
mod directory;
mod fact;

pub(crate) use self::fact::{fees_json, hold as hold_json, presume_word, release_word};

use axum::Json;
use axum::extract::State;
use ids::OrganizationId;
use ledger::{Entry, Fact};
use serde::Serialize;
use serde_json::Value;

use crate::app::App;
use crate::error::ApiError;
use crate::path::Named;
use crate::query::{Params, invalid};
use crate::show::{At, EntryRef, List, Text, hex};

#[derive(Debug, Serialize)]
pub(crate) struct View {
    seq: u64,
    id: EntryRef,
    recorded_at: At,
    /// SHA-256 of the entry's bytes, which the next entry carries as `previous_hash`.
    hash: String,
    previous_hash: String,
    /// Who asked; null for what follows from running calls and passing time.
    actor: Option<Box<str>>,
    kind: &'static str,
    fields: Value,
}

impl View {
    fn of(bytes: &[u8]) -> Result<Self, ApiError> {
        let entry = Entry::decode(bytes).map_err(|error| {
            ApiError::store_unavailable(&format!("an entry cannot be read: {error}"))
        })?;
        let (kind, fields) = said(&entry.fact);
        Ok(Self {
            seq: entry.seq,
            id: Text(entry.id),
            recorded_at: At(entry.at),
            hash: hex(&Entry::hash(bytes)),
            previous_hash: hex(&entry.previous),
            actor: entry.cause.map(|cause| cause.actor),
            kind,
            fields,
        })
    }
}

/// What a fact is called, and its fields.
pub(crate) fn said(fact: &Fact) -> (&'static str, Value) {
    match fact {
        Fact::Directory(fact) => directory::show(fact),
        Fact::Credit(fact) => fact::credit(fact),
        Fact::Limit(fact) => fact::limit(fact),
        Fact::Hold(fact) => fact::hold(fact),
        Fact::Budget(fact) => fact::budget(fact),
    }
}

/// Oldest first; with `order=desc` newest first. The cursor is the number of the last entry shown.
pub(crate) async fn list(
    State(app): State<App>,
    Named(organization): Named<OrganizationId>,
    mut params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let page = params.page::<u64>()?;
    let order = params.text("order")?;
    params.finish()?;
    let newest_first = match order.as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(invalid("order", "must be asc or desc")),
    };
    let store = app.tellers.store();
    let head = store.head(organization).await?;
    if head.seq == 0 {
        return Err(ApiError::not_found("organization"));
    }
    let limit = u64::try_from(page.limit).unwrap_or(u64::MAX);
    let (after, most) = if newest_first {
        let before = page
            .cursor
            .unwrap_or(u64::MAX)
            .min(head.seq.saturating_add(1));
        let after = before.saturating_sub(1).saturating_sub(limit);
        (after, before.saturating_sub(1).saturating_sub(after))
    } else {
        (page.cursor.unwrap_or(0), limit)
    };
    let most = usize::try_from(most).unwrap_or(page.limit);
    let entries = if most == 0 {
        Vec::new()
    } else {
        store.read(organization, after, most).await?
    };
    let mut data = entries
        .iter()
        .map(|bytes| View::of(bytes))
        .collect::<Result<Vec<_>, _>>()?;
    if newest_first {
        data.reverse();
    }
    // Entries appended since the head was read make another page, so the last one seen decides.
    let last = data.last().map(|entry| entry.seq);
    let next = last.filter(|seq| {
        if newest_first {
            *seq > 1
        } else {
            *seq < head.seq
        }
    });
    Ok(Json(List::new(data, next)))
}

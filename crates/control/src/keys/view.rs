//! A key as the API shows it. Never its hash, and its secret only in [`Made`].

use ids::{KeyId, OrganizationId};
use ledger::{Book, Key, KeyState, Time};
use serde::Serialize;
use teller::Teller;
use utoipa::ToSchema;

use super::contract;
use crate::app::look;
use crate::error::ApiError;
use crate::show::{At, KeyRef, OrganizationRef, ProjectRef, Text};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
pub(crate) struct View {
    id: KeyRef,
    organization_id: OrganizationRef,
    project_id: ProjectRef,
    name: Box<str>,
    /// The last four characters of the secret.
    hint: Box<str>,
    /// `active`, `frozen`, `revoked` or `expired`.
    #[schema(value_type = contract::KeyState)]
    state: &'static str,
    frozen_at: Option<At>,
    frozen_reason: Option<Box<str>>,
    revoked_at: Option<At>,
    expires_at: Option<At>,
    models: Option<Vec<Box<str>>>,
    ip_allow: Option<Vec<Box<str>>>,
    created_at: At,
}

impl View {
    pub(super) fn of(key: &Key, organization: OrganizationId, now: Time) -> Self {
        let expired = key.expires_at.is_some_and(|at| at <= now);
        let mut view = Self {
            id: Text(key.id),
            organization_id: Text(organization),
            project_id: Text(key.project),
            name: key.name.clone(),
            hint: key.hint.clone(),
            state: if expired { "expired" } else { "active" },
            frozen_at: None,
            frozen_reason: None,
            revoked_at: None,
            expires_at: key.expires_at.map(At),
            models: key.models.clone(),
            ip_allow: key.ip_allow.clone(),
            created_at: At(key.created_at),
        };
        match &key.state {
            KeyState::Active => {}
            KeyState::Frozen { at, reason } => {
                view.state = "frozen";
                view.frozen_at = Some(At(*at));
                view.frozen_reason = Some(reason.clone());
            }
            KeyState::Revoked { at } => {
                view.state = "revoked";
                view.revoked_at = Some(At(*at));
            }
        }
        view
    }
}

pub(super) async fn read(teller: &Teller, id: KeyId) -> Result<View, ApiError> {
    let organization = teller.organization();
    let question = move |book: &Book, now| {
        let key = book.key(id)?;
        Some(View::of(key, organization, now))
    };
    look(teller, "key", question).await
}

/// A key just made, with its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyWithSecret)]
pub(super) struct Made<'a> {
    #[serde(flatten)]
    view: View,
    /// Null where the request was a repetition: only a hash is kept.
    secret: Option<&'a str>,
    secret_note: &'static str,
}

impl<'a> Made<'a> {
    pub(super) fn new(view: View, secret: Option<&'a str>) -> Self {
        let secret_note = if secret.is_some() {
            "Keep this secret now: it is shown this once."
        } else {
            "This repeats an earlier request with the same Idempotency-Key. The secret was shown then and is not kept; \
             if it is lost, rotate the key."
        };
        Self {
            view,
            secret,
            secret_note,
        }
    }
}

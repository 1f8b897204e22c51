//! A new secret in the place of an old one, both good for a while.
//!
//! The new key is a key of its own with the old one's properties and hard limits; the count of each limit begins anew,
//! because a limit's count belongs to the calls that made it. The steps stand in such an order that a failure between
//! them leaves nothing dangerous: a key whose secret nobody was told, and the old key as it was.

use axum::extract::State;
use axum::response::Response;
use ids::{ApiKey, KeyId, LimitId};
use ledger::{
    Book, ChangeKey, Command, CreateKey, DirectoryCommand, Key, KeyState, Limit, LimitTerms, Scope,
    Time,
};
use teller::Teller;

use super::{made, new_secret, view};
use crate::app::{App, carry_out, create as create_object, look};
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::path::Named;

/// The longest time both keys can be good, in seconds: 90 days.
const LONGEST_OVERLAP: u32 = 90 * 24 * 60 * 60;

/// The old key as it was when the request came.
struct Old {
    key: Key,
    limits: Vec<Limit>,
    now: Time,
}

pub(crate) async fn rotate(
    State(app): State<App>,
    Named(id): Named<KeyId>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let overlap: u32 = ask.fields.required("overlap_seconds")?;
    let cause = ask.cause();
    ask.fields.finish()?;
    if overlap > LONGEST_OVERLAP {
        return Err(ApiError::invalid(
            "overlap_seconds",
            "must be at most 7776000 (90 days)",
        ));
    }
    let teller = app.teller_of(id).await?;
    let old = look(&teller, "key", move |book, now| read(book, id, now)).await?;
    if matches!(old.key.state, KeyState::Revoked { .. }) {
        return Err(ledger::Rejection::Ended("key", "revoked").into());
    }
    let (offered, secret) = new_secret(&app, teller.organization());
    let command = DirectoryCommand::CreateKey(successor(&app, &old, offered, &secret));
    let new = create_object(&teller, command, cause).await;
    let new = KeyId::from_bytes(new.map_err(|error| explain_expired(&old, error))?);
    app.remember(new, teller.organization());
    if new == offered {
        hand_over(
            &teller,
            hand_over_commands(&app, &old, new, overlap),
            &ask.actor,
            new,
        )
        .await?;
    }
    Ok(made(view::read(&teller, new).await?, &secret, offered, new))
}

fn read(book: &Book, id: KeyId, now: Time) -> Option<Old> {
    let on_key = |limit: &&Limit| limit.scope == Scope::Key(id);
    Some(Old {
        key: book.key(id)?.clone(),
        limits: book.limits().filter(on_key).cloned().collect(),
        now,
    })
}

/// A key whose time is over gives its successor that time, and the ledger refuses to make such a key. It is the ledger
/// that must be asked, because it may remember the request from before the time was over.
fn explain_expired(old: &Old, error: ApiError) -> ApiError {
    if error.is_of_the_request() && old.key.expires_at.is_some_and(|at| at <= old.now) {
        return ApiError::conflict(
            "cannot_be_changed",
            "This key has expired and cannot be rotated. Change its expires_at first, or create a new key.",
        );
    }
    error
}

fn successor(app: &App, old: &Old, id: KeyId, secret: &ApiKey) -> CreateKey {
    CreateKey {
        id,
        project: old.key.project,
        name: old.key.name.clone(),
        hash: app.pepper.hash(secret.reveal()),
        hint: secret.hint().into(),
        expires_at: old.key.expires_at,
        models: old.key.models.clone(),
        ip_allow: old.key.ip_allow.clone(),
    }
}

/// What gives the new key the old one's limits and, last, ends the old one.
fn hand_over_commands(app: &App, old: &Old, new: KeyId, overlap: u32) -> Vec<Command> {
    let limit = |limit: &Limit| {
        Command::CreateLimit(LimitTerms {
            id: LimitId::from_bytes(app.ids.id()),
            scope: Scope::Key(new),
            // A raise is for the time it was given to the old one.
            amount: limit.raise().map_or(limit.amount, |raise| raise.back_to),
            ..limit.terms().clone()
        })
    };
    let end = old.now.plus_seconds(i64::from(overlap));
    let end = old.key.expires_at.map_or(end, |at| at.min(end));
    let expire = DirectoryCommand::ChangeKey(ChangeKey {
        id: old.key.id,
        name: None,
        expires_at: Some(Some(end)),
        models: None,
        ip_allow: None,
    });
    let mut commands: Vec<Command> = old.limits.iter().map(limit).collect();
    commands.push(expire.into());
    commands
}

async fn hand_over(
    teller: &Teller,
    commands: Vec<Command>,
    actor: &Actor,
    new: KeyId,
) -> Result<(), ApiError> {
    for command in commands {
        if let Err(error) = carry_out(teller, command, actor.cause()).await {
            // Nobody was told its secret, so it opens nothing; where the store takes this, it also looks so.
            let revoke = DirectoryCommand::RevokeKey { id: new };
            let _best_effort = carry_out(teller, revoke, actor.cause()).await.is_ok();
            return Err(error);
        }
    }
    Ok(())
}

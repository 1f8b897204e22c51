//! Who may ask: admin keys, known by their keyed hashes. Nothing here prints a key.

use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use ids::{ApiKey, KeyHash};
use ledger::Cause;

use crate::app::App;
use crate::error::ApiError;

/// The admin keys of an installation, as hashes. Cheap to clone.
#[derive(Clone)]
pub struct AdminKeys {
    keys: Arc<[(Arc<str>, KeyHash)]>,
}

impl AdminKeys {
    pub(crate) fn new(keys: Vec<(String, KeyHash)>) -> Self {
        let keys = keys.into_iter().map(|(name, hash)| (name.into(), hash));
        Self {
            keys: keys.collect(),
        }
    }

    /// The name of the key with this hash. Every hash is compared, each in constant time.
    pub(crate) fn name_of(&self, hash: KeyHash) -> Option<Arc<str>> {
        self.keys.iter().fold(None, |found, (name, known)| {
            if *known == hash {
                Some(Arc::clone(name))
            } else {
                found
            }
        })
    }
}

impl fmt::Debug for AdminKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Who asked: the admin key's name.
#[derive(Clone, Debug)]
pub(crate) struct Actor(Arc<str>);

impl Actor {
    pub(crate) fn of(extensions: &Extensions) -> Result<Self, ApiError> {
        let actor = extensions.get::<Self>().cloned();
        actor.ok_or_else(|| ApiError::internal("a request came past authentication"))
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// The cause of a command that may be repeated.
    pub(crate) fn cause(&self) -> Cause {
        Cause {
            actor: self.name().into(),
            idempotency: None,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Self::of(&parts.extensions)
    }
}

/// Lets a request with an admin key pass, and answers any other.
pub(crate) async fn require_admin(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Response {
    match authenticate(&app, request.headers()) {
        Ok(actor) => {
            request.extensions_mut().insert(actor);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

fn authenticate(app: &App, headers: &HeaderMap) -> Result<Actor, ApiError> {
    let secret = presented(headers).ok_or_else(|| {
        refused("An admin key is needed here: send it as `Authorization: Bearer sk-sw-admin-…` or as `x-api-key`.")
    })?;
    if let Some(name) = app.admin.name_of(app.pepper.hash(secret)) {
        return Ok(Actor(name));
    }
    if ApiKey::parse(secret).is_ok() {
        return Err(refused(
            "This is a project key: it is for calls under /v1, not for administration. Use an admin key \
             (sk-sw-admin-…) here.",
        ));
    }
    Err(refused(
        "This admin key is not known here. Use the one that was printed, or given as SEAWALL_ADMIN_KEY, when this \
         server started for the first time.",
    ))
}

/// The key as the client sent it. `Authorization` counts before `x-api-key`.
fn presented(headers: &HeaderMap) -> Option<&str> {
    let text = |name: &str| {
        let value = headers.get(name)?;
        std::str::from_utf8(value.as_bytes()).ok().map(str::trim)
    };
    if let Some(value) = text(header::AUTHORIZATION.as_str()) {
        let (scheme, secret) = value.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| secret.trim_start());
    }
    text("x-api-key")
}

fn refused(message: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "invalid_admin_key", message)
}

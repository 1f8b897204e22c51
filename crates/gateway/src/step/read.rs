//! Step 2: the body, and from it only what decides money and routing.

use axum::body::Body;
use bytes::Bytes;
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use wire::chat;
use wire::image;
use wire::metadata::Pair;

use crate::Gateway;
use crate::tell::Stop;

/// A route that is metered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Chat,
    Images,
}

impl Route {
    /// The path clients ask for.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Images => "/v1/images/generations",
        }
    }

    /// What is put behind an account's base URL.
    pub(crate) const fn behind_base(self) -> &'static str {
        match self {
            Self::Chat => "/chat/completions",
            Self::Images => "/images/generations",
        }
    }
}

/// The paths of the routes that are metered.
pub const METERED: [&str; 2] = [Route::Chat.path(), Route::Images.path()];

/// What a body asks for. Borrows it.
pub(crate) enum Facts<'b> {
    Chat(Box<chat::Facts<'b>>),
    Images(Box<image::Facts<'b>>),
}

impl<'b> Facts<'b> {
    pub(crate) fn read(route: Route, body: &'b [u8]) -> Result<Self, Stop> {
        Ok(match route {
            Route::Chat => Self::Chat(Box::new(chat::Facts::read(body)?)),
            Route::Images => Self::Images(Box::new(image::Facts::read(body)?)),
        })
    }

    pub(crate) fn model(&self) -> &str {
        match self {
            Self::Chat(facts) => &facts.model,
            Self::Images(facts) => &facts.model,
        }
    }

    /// Whom the call is made for, and what is written on it.
    pub(crate) fn marks(&self) -> (Option<&str>, &[Pair]) {
        match self {
            Self::Chat(facts) => (facts.end_user.as_deref(), &facts.tags),
            Self::Images(facts) => (facts.end_user.as_deref(), &facts.tags),
        }
    }

    /// The pictures asked for, on a route of pictures.
    pub(crate) fn pictures(&self) -> Option<u64> {
        match self {
            Self::Chat(_) => None,
            Self::Images(facts) => Some(facts.n),
        }
    }
}

/// Takes the whole body, within its bounds of size and time.
pub(crate) async fn body(gateway: &Gateway, body: Body) -> Result<Bytes, Stop> {
    let limit = gateway.settings().body_limit;
    // Who says beforehand that it is too large need not send it.
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(Stop::BodyTooLarge(limit));
    }
    let collected = tokio::time::timeout(
        gateway.settings().request_timeout,
        Limited::new(body, limit).collect(),
    );
    match collected.await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Stop::BodyTooLarge(limit)),
        Ok(Err(_cut)) => Err(Stop::BodyCut),
        Err(_elapsed) => Err(Stop::BodySlow(gateway.settings().request_timeout)),
    }
}

//! Ids in paths.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use ids::{BudgetId, KeyId, LimitId, LotId, OrganizationId, ProjectId, RequestId};

use crate::error::ApiError;

/// A kind of thing that paths name.
pub(crate) trait InPath: FromStr + Send {
    /// Its place in the route.
    const PARAM: &'static str;
    /// What it is, for a sentence.
    const WHAT: &'static str;
}

macro_rules! in_path {
    ($($id:ty, $param:literal, $what:literal;)*) => {
        $(impl InPath for $id {
            const PARAM: &'static str = $param;
            const WHAT: &'static str = $what;
        })*
    };
}

in_path! {
    OrganizationId, "org", "organization";
    ProjectId, "project", "project";
    KeyId, "key", "key";
    LotId, "lot", "lot of credit";
    LimitId, "limit", "hard limit";
    BudgetId, "budget", "budget";
    RequestId, "request", "request";
}

/// The id in a path. One that is none names nothing: 404, not 400.
pub(crate) struct Named<T>(pub(crate) T);

impl<S: Send + Sync, T: InPath> FromRequestParts<S> for Named<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_rejection| ApiError::not_found(T::WHAT))?;
        let text = params.iter().find(|(name, _)| *name == T::PARAM);
        text.and_then(|(_, text)| text.parse().ok())
            .map(Self)
            .ok_or_else(|| ApiError::not_found(T::WHAT))
    }
}

//! What all calls share.

use std::fmt;
use std::sync::Arc;

use accounts::Upstreams;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use catalog::Catalog;
use ids::{Pepper, RequestId};
use ledger::Time;
use metrics::Metrics;
use projections::RequestLog;
use teller::Tellers;
use tokio_util::task::TaskTracker;
use upstream::Client;

use crate::homes::{OnlyHome, only_homes};
use crate::settings::{RouteRule, Settings};
use crate::step::read::Route;
use crate::{call, tell};

/// Makes the ids of calls.
pub trait NewRequestId: Send + Sync + 'static {
    /// An id that no other call has.
    fn new_request_id(&self) -> RequestId;
}

/// What a gateway is made of.
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct Parts {
    /// The tellers.
    pub tellers: Tellers,
    /// What keys are hashed with.
    pub pepper: Pepper,
    /// Models and prices.
    pub catalog: Arc<Catalog>,
    /// The accounts.
    pub upstreams: Upstreams,
    /// Which of them serve which models; for models no rule names, all that serve them.
    pub routes: Vec<RouteRule>,
    /// The connections to them.
    pub client: Client,
    /// Where calls are written down.
    pub log: RequestLog,
    /// What calls are counted and measured in.
    pub metrics: Metrics,
    /// Makes ids.
    pub ids: Arc<dyn NewRequestId>,
    /// Runs calls to their end whatever becomes of their clients. Whoever stops the server waits for it.
    pub tasks: TaskTracker,
    /// Bounds and looks.
    pub settings: Settings,
}

/// The data plane. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    parts: Arc<Parts>,
}

impl Gateway {
    /// A gateway of these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    /// The routes under `/v1`. Everything else under it is refused with a sentence, because a path that is not metered
    /// would be a way around the hard limits.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/chat/completions", post(chat))
            .route("/v1/images/generations", post(images))
            .route("/v1/models", get(tell::models::list))
            .route("/v1/models/{*model}", get(tell::models::one))
            .route("/v1/me/headroom", get(tell::headroom::own))
            .route("/v1", axum::routing::any(tell::not_metered))
            .route("/v1/{*path}", axum::routing::any(tell::not_metered))
            .method_not_allowed_fallback(tell::not_metered)
            .with_state(self.clone())
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    /// The models that just one of several accounts serves, as it is now.
    #[must_use]
    pub fn only_homes(&self) -> Vec<OnlyHome> {
        let upstreams = self.parts.upstreams.served();
        only_homes(&self.parts.catalog, (&upstreams, &self.parts.routes))
    }

    /// What the catalogue calls a model; `None` where it knows none of this name.
    pub(crate) fn known_model(&self, name: &str) -> Option<&str> {
        self.parts.catalog.model(name)?.names().next()
    }

    pub(crate) fn now(&self) -> Time {
        self.parts.tellers.settings().clock.now()
    }

    pub(crate) fn new_request_id(&self) -> RequestId {
        self.parts.ids.new_request_id()
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("settings", &self.parts.settings)
            .finish_non_exhaustive()
    }
}

async fn chat(State(gateway): State<Gateway>, request: Request) -> Response {
    call::serve(gateway, Route::Chat, request).await
}

async fn images(State(gateway): State<Gateway>, request: Request) -> Response {
    call::serve(gateway, Route::Images, request).await
}

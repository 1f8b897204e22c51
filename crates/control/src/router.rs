//! Which path is answered by whom.

use axum::routing::{any, delete, get, post};
use axum::{Router, middleware};

use crate::app::App;
use crate::later::PREFIX;
use crate::parts::Parts;
use crate::{
    alerts, audit, auth, budgets, check, credits, entries, explanation, forecast, headroom, keys,
    later, limits, operations, organizations, prices, projects, reconciliations, requests,
    rollback, upstreams, usage, verifications,
};

/// The administration API under `/api/v1`, and `/livez`, `/readyz` and `/version`.
///
/// It has no fallback outside `/api/v1`, so that it can be merged with the routers of the data plane and the console.
/// Every answer is JSON, every error `{error: {code, message, details}}`.
pub fn router(parts: Parts) -> Router {
    let app = App::new(parts);
    let api = directory()
        .merge(money())
        .merge(telling())
        .merge(providers())
        .merge(later::routes())
        .fallback(later::unknown_path)
        .method_not_allowed_fallback(later::wrong_method)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            auth::require_admin,
        ));
    Router::new()
        .nest(PREFIX, api)
        .route(&format!("{PREFIX}/"), any(later::bare_prefix))
        .merge(operations::routes())
        .with_state(app)
}

fn directory() -> Router<App> {
    Router::new()
        .route(
            "/organizations",
            post(organizations::create).get(organizations::list),
        )
        .route(
            "/organizations/{org}",
            get(organizations::get).patch(organizations::patch),
        )
        .route(
            "/organizations/{org}/projects",
            post(projects::create).get(projects::list),
        )
        .route(
            "/projects/{project}",
            get(projects::get).patch(projects::patch),
        )
        .route("/projects/{project}/archive", post(projects::archive))
        .route(
            "/projects/{project}/keys",
            post(keys::create).get(keys::list),
        )
        .route(
            "/keys/{key}",
            get(keys::get)
                .patch(keys::patch)
                .delete(keys::state::revoke),
        )
        .route("/keys/{key}/freeze", post(keys::state::freeze))
        .route("/keys/{key}/unfreeze", post(keys::state::unfreeze))
        .route("/keys/{key}/rotate", post(keys::rotate::rotate))
}

fn providers() -> Router<App> {
    Router::new()
        .route("/upstreams", post(upstreams::create).get(upstreams::list))
        .route(
            "/upstreams/{name}",
            get(upstreams::get)
                .patch(upstreams::patch)
                .delete(upstreams::delete),
        )
        .route("/upstreams/{name}/credits", post(upstreams::balance::add))
        .route(
            "/upstreams/{name}/credits/{credit}",
            delete(upstreams::balance::strike),
        )
        .route("/upstreams/{name}/balance", get(upstreams::balance::get))
        .route("/upstreams/{name}/park", post(upstreams::parking::park))
        .route("/upstreams/{name}/unpark", post(upstreams::parking::unpark))
        .route("/upstreams/{name}/probe", post(upstreams::parking::probe))
        .route("/upstreams/{name}/doctor", post(upstreams::doctor::post))
        .route("/secrets/rewrap", post(upstreams::rewrap))
        .route("/reconciliations", post(reconciliations::begin))
}

fn telling() -> Router<App> {
    Router::new()
        .route("/budgets", post(budgets::create).get(budgets::list))
        .route(
            "/budgets/{budget}",
            get(budgets::get)
                .patch(budgets::patch)
                .delete(budgets::delete),
        )
        .route(
            "/organizations/{org}/alerts",
            get(alerts::settings).put(alerts::put_settings),
        )
        .route("/alerts", get(alerts::list))
        .route("/alerts/test", post(alerts::test))
}

fn money() -> Router<App> {
    Router::new()
        .route(
            "/organizations/{org}/credits",
            post(credits::add).get(credits::list),
        )
        .route(
            "/organizations/{org}/credits/{lot}",
            delete(credits::taken_back::delete),
        )
        .route(
            "/credits/{lot}/charge-back",
            post(credits::taken_back::charge_back),
        )
        .route("/credits/{lot}/void", post(credits::taken_back::void))
        .route("/organizations/{org}/balance", get(credits::balance))
        .route("/organizations/{org}/ledger", get(entries::list))
        .route("/organizations/{org}/rollback", get(rollback::get))
        .route(
            "/organizations/{org}/accept-rollback",
            post(rollback::accept),
        )
        .route(
            "/verifications",
            post(verifications::begin).get(verifications::list),
        )
        .route("/limits", post(limits::create).get(limits::list))
        .route("/limits/preview", post(limits::preview::post))
        .route(
            "/limits/{limit}",
            get(limits::get).patch(limits::patch).delete(limits::delete),
        )
        .route("/headroom", get(headroom::get))
        .route("/forecast", get(forecast::get))
        .route("/check", post(check::post))
        .route("/requests", get(requests::list))
        .route(
            "/requests/rebuild",
            post(requests::rebuild::post).get(requests::rebuild::get),
        )
        .route("/requests/{request}", get(requests::get))
        .route("/requests/{request}/explanation", get(explanation::get))
        .route("/usage", get(usage::list))
        .route("/audit", get(audit::list))
        .route("/prices", get(prices::list))
}

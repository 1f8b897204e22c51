//! `GET /v1/models`: what can be asked for here. Free, but for keys only.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{Told, headers, stopped};
use crate::Gateway;
use crate::call::Known;
use crate::step::authenticate::authenticate;
use crate::step::read::Route;
use crate::step::route;

pub(crate) async fn list(State(gateway): State<Gateway>, request: Request) -> Response {
    let data: Vec<Value> = served(&gateway).map(describe).collect();
    answer(
        &gateway,
        request,
        Ok(json!({ "object": "list", "data": data })),
    )
    .await
}

pub(crate) async fn one(
    State(gateway): State<Gateway>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let known = gateway.parts().catalog.model(&name).is_some() && route::is_served(&gateway, &name);
    let found = if known {
        Ok(describe(&name))
    } else {
        Err(name)
    };
    answer(&gateway, request, found).await
}

/// The names that have a price now and an account that serves them. Patterns are no names.
fn served(gateway: &Gateway) -> impl Iterator<Item = &str> {
    let now = gateway.now().to_timestamp();
    let priced = gateway.parts().catalog.models().filter(move |model| {
        model
            .chat()
            .is_some_and(|chat| chat.prices_at(now).is_some())
            || model
                .image()
                .is_some_and(|image| image.prices_at(now).is_some())
    });
    priced
        .flat_map(catalog::Model::names)
        .filter(|name| !name.ends_with('*') && route::is_served(gateway, name))
}

fn describe(name: &str) -> Value {
    json!({ "id": name, "object": "model", "created": 0, "owned_by": "seawall" })
}

async fn answer(gateway: &Gateway, request: Request, found: Result<Value, String>) -> Response {
    let id = gateway.new_request_id();
    let (head, _body) = request.into_parts();
    let known = Known::default();
    // The list is made before the key is looked at only because it costs nothing; nobody sees it without one.
    if let Err(stop) = authenticate(gateway, &head).await {
        return stopped(gateway, (id, Route::Chat), &known, stop);
    }
    match found {
        Ok(value) => {
            let mut response = Response::new(axum::body::Body::from(value.to_string()));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            headers::identify(response.headers_mut(), id);
            response
        }
        Err(name) => {
            let message = format!(
                "The model {name:?} does not exist here or no upstream serves it. GET /v1/models lists what there is."
            );
            let mut told = Told::new(
                StatusCode::NOT_FOUND,
                ("invalid_request_error", "model_not_found"),
                message,
            );
            told.param = Some("model".to_owned());
            told.into_response(gateway, id)
        }
    }
}

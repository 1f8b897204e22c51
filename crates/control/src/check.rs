//! `/check`: the decision a call would get, nothing held. The gateway makes it; here is only who asks for what.

pub(crate) mod contract;

use axum::Json;
use axum::extract::State;
use ids::{KeyId, ProjectId};
use serde_json::{Map, Value};

use crate::app::App;
use crate::body::Ask;
use crate::error::ApiError;
use crate::parts::{CheckAsk, Payer};

pub(crate) async fn post(State(app): State<App>, ask: Ask) -> Result<Json<Value>, ApiError> {
    let mut fields = ask.fields;
    let key = fields.optional::<String>("key")?;
    let project = fields.optional::<String>("project")?;
    let path = fields.required::<String>("path")?;
    let body = fields.required::<Map<String, Value>>("body")?;
    fields.finish()?;
    let payer = match (key, project) {
        (Some(key), None) => Payer::Key(parsed::<KeyId>("key", &key)?),
        (None, Some(project)) => Payer::Project(parsed::<ProjectId>("project", &project)?),
        _ => {
            return Err(ApiError::bad(
                "missing_field",
                "Say who would call: give either `key` or `project`.",
            ));
        }
    };
    let teller = match payer {
        Payer::Key(id) => app.teller_of(id).await?,
        Payer::Project(id) => app.teller_of(id).await?,
    };
    let body = Value::Object(body).to_string().into_bytes();
    let ask = CheckAsk {
        teller,
        payer,
        path,
        body,
    };
    Ok(Json(app.check.check(ask).await?))
}

fn parsed<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, ApiError> {
    let parsed = text.parse().ok();
    parsed.ok_or_else(|| ApiError::invalid(field, format!("must be an id such as {field}_…")))
}

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
    let headers = deciding(fields.optional("headers")?)?;
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
        headers,
        body,
    };
    Ok(Json(app.check.check(ask).await?))
}

/// The headers of a call that its decision depends on.
const DECIDING: [&str; 1] = ["x-seawall-fit"];

/// Those headers, whatever case their names are in. Any other is refused: it would do nothing here.
fn deciding(headers: Option<Map<String, Value>>) -> Result<Vec<(&'static str, String)>, ApiError> {
    let one = |(name, value): (String, Value)| {
        let field = format!("headers.{name}");
        let known = DECIDING
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(&name));
        let known = known.ok_or_else(|| {
            let known = DECIDING.join(", ");
            ApiError::invalid(
                &field,
                format!("does not decide anything; headers that do: {known}"),
            )
        })?;
        match value {
            Value::String(text) if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
                Ok((known, text))
            }
            _ => Err(ApiError::invalid(
                &field,
                "must be a string of visible ASCII",
            )),
        }
    };
    headers.into_iter().flatten().map(one).collect()
}

fn parsed<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, ApiError> {
    let parsed = text.parse().ok();
    parsed.ok_or_else(|| ApiError::invalid(field, format!("must be an id such as {field}_…")))
}

//! `/requests`: the calls of late, from the request log. It can lag behind the journal and never decides anything.

pub(crate) mod contract;
pub(crate) mod rebuild;
mod view;

use axum::Json;
use axum::extract::State;
use ids::RequestId;
use projections::{Cursor, Filter, FollowError, LogError, Outcome};

pub(crate) use self::view::Detail;

use self::view::View;
use crate::app::App;
use crate::error::ApiError;
use crate::path::Named;
use crate::query::{Params, invalid};
use crate::show::List;

/// Calls on a page where the request does not say, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;

const MOMENT: &str = "must be a time in RFC 3339, such as 2026-12-01T00:00:00Z";

impl From<LogError> for ApiError {
    fn from(error: LogError) -> Self {
        Self::store_unavailable(&error.to_string())
    }
}

impl From<FollowError> for ApiError {
    fn from(error: FollowError) -> Self {
        Self::store_unavailable(&error.to_string())
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    mut params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let filter = filter(&mut params)?;
    params.finish()?;
    let page = app.log.list(filter).await?;
    let data = page.rows.iter().map(View::of).collect();
    Ok(Json(List::new(data, page.next_cursor)))
}

fn filter(params: &mut Params) -> Result<Filter, ApiError> {
    let moment = |at: jiff::Timestamp| at.into();
    let limit = params.read("limit", "must be a whole number from 1 to 200")?;
    let limit = limit.unwrap_or(USUAL);
    if limit == 0 || limit > MOST {
        return Err(invalid("limit", "must be a whole number from 1 to 200"));
    }
    Ok(Filter {
        organization: params.read("organization", "must be an id such as org_…")?,
        project: params.read("project", "must be an id such as proj_…")?,
        key: params.read("key", "must be an id such as key_…")?,
        model: params.text("model")?.map(Into::into),
        outcome: outcome(params)?,
        from: params.read("from", MOMENT)?.map(moment),
        to: params.read("to", MOMENT)?.map(moment),
        cursor: params.read::<Cursor>("cursor", "must be the next_cursor of the page before")?,
        limit,
    })
}

fn outcome(params: &mut Params) -> Result<Option<Outcome>, ApiError> {
    let Some(name) = params.text("outcome")? else {
        return Ok(None);
    };
    Outcome::from_name(&name).map(Some).ok_or_else(|| {
        let names = Outcome::ALL.map(Outcome::as_str).join(", ");
        invalid("outcome", &format!("must be one of: {names}"))
    })
}

/// One call, with the refusal as the client was told it.
pub(crate) async fn get(
    State(app): State<App>,
    Named(id): Named<RequestId>,
) -> Result<Json<Detail>, ApiError> {
    let row = app.log.get(id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("request in the request log"))?;
    Ok(Json(Detail::of(&row)))
}

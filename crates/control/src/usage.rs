//! `/usage`: sums of calls by the hour or day in UTC, from the request log. They are exact, and never decide anything.

pub(crate) mod contract;

use axum::Json;
use axum::extract::State;
use catalog::Unit;
use projections::{Bucket, Dimension, Outcome, UsageCursor, UsageFilter, UsageRow};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::error::ApiError;
use crate::query::{Params, invalid};
use crate::show::List;

/// Sums on a page where the request does not say, and at most.
const USUAL: usize = 200;
const MOST: usize = 1_000;

const MOMENT: &str = "must be a time in RFC 3339, such as 2026-12-01T00:00:00Z";

pub(crate) async fn list(
    State(app): State<App>,
    mut params: Params,
) -> Result<Json<List<Value>>, ApiError> {
    let filter = filter(&mut params)?;
    params.finish()?;
    let group_by = filter.group_by.clone();
    let page = app.log.usage(filter).await?;
    let data = page.rows.iter().map(|row| view(row, &group_by)).collect();
    Ok(Json(List::new(data, page.next_cursor)))
}

fn filter(params: &mut Params) -> Result<UsageFilter, ApiError> {
    let moment = |at: jiff::Timestamp| at.into();
    let limit = params.read("limit", "must be a whole number from 1 to 1000")?;
    let limit = limit.unwrap_or(USUAL);
    if limit == 0 || limit > MOST {
        return Err(invalid("limit", "must be a whole number from 1 to 1000"));
    }
    let bucket = match params.text("bucket")?.as_deref() {
        None | Some("day") => Bucket::Day,
        Some("hour") => Bucket::Hour,
        Some(_) => return Err(invalid("bucket", "must be hour or day")),
    };
    Ok(UsageFilter {
        organization: params.read("organization", "must be an id such as org_…")?,
        project: params.read("project", "must be an id such as proj_…")?,
        key: params.read("key", "must be an id such as key_…")?,
        model: params.text("model")?.map(Into::into),
        from: params.read("from", MOMENT)?.map(moment),
        to: params.read("to", MOMENT)?.map(moment),
        bucket,
        group_by: group_by(params)?,
        cursor: params
            .read::<UsageCursor>("cursor", "must be the next_cursor of the page before")?,
        limit,
    })
}

fn group_by(params: &mut Params) -> Result<Vec<Dimension>, ApiError> {
    let names = params.text("group_by")?.unwrap_or_default();
    let names = names.split(',').filter(|name| !name.is_empty());
    let dimension = |name: &str| {
        let found = Dimension::ALL.into_iter().find(|one| one.as_str() == name);
        found.ok_or_else(|| {
            let names = Dimension::ALL.map(Dimension::as_str).join(", ");
            invalid(
                "group_by",
                &format!("must be some of: {names}, with commas between"),
            )
        })
    };
    names.map(dimension).collect()
}

/// A sum; it names only what it is told apart by.
fn view(row: &UsageRow, group_by: &[Dimension]) -> Value {
    let mut view = Map::new();
    view.insert("starts_at".to_owned(), json!(row.starts_at.to_string()));
    for dimension in group_by {
        let (name, value) = match dimension {
            Dimension::Organization => {
                ("organization_id", row.organization.map(|id| id.to_string()))
            }
            Dimension::Project => ("project_id", row.project.map(|id| id.to_string())),
            Dimension::Key => ("key_id", row.key.map(|id| id.to_string())),
            Dimension::Model => ("model", row.model.as_deref().map(str::to_owned)),
            Dimension::Upstream => ("upstream", row.upstream.as_deref().map(str::to_owned)),
        };
        view.insert(name.to_owned(), json!(value));
    }
    let calls = Outcome::ALL.into_iter().zip(row.calls);
    let calls: Map<String, Value> = calls
        .map(|(outcome, count)| (outcome.as_str().to_owned(), json!(count)))
        .collect();
    let units: Map<String, Value> = row
        .units
        .iter()
        .map(|(code, quantity)| (unit(*code), json!(quantity)))
        .collect();
    view.insert("cost_usd".to_owned(), json!(row.cost.to_string()));
    view.insert("calls".to_owned(), Value::Object(calls));
    view.insert("units".to_owned(), Value::Object(units));
    Value::Object(view)
}

/// A unit's name; one that this program does not know is shown by its number.
fn unit(code: u16) -> String {
    Unit::from_code(code).map_or_else(|| format!("unit_{code}"), |unit| unit.as_str().to_owned())
}

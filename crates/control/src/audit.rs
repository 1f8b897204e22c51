//! `/audit`: who changed what, from which value to which, from the request log's file. It follows the journals.

use axum::Json;
use axum::extract::State;
use ids::OrganizationId;
use projections::{AuditCursor, AuditFilter, AuditRow};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::ApiError;
use crate::openapi::operation::{self, Operation};
use crate::openapi::schema::Anything;
use crate::query::{Params, invalid};
use crate::show::{At, List, OrganizationRef, Text};

/// Changes on a page where the request does not say, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;

const MOMENT: &str = "must be a time in RFC 3339, such as 2026-12-01T00:00:00Z";

/// A change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub(crate) struct View {
    at: At,
    /// Null where an upstream cap was changed.
    organization_id: Option<OrganizationRef>,
    /// The upstream account whose cap was changed; else null.
    upstream: Option<Box<str>>,
    actor: Box<str>,
    action: Box<str>,
    object: ChangedObject,
    /// The fields that changed, each with `from` and `to`.
    #[schema(value_type = BTreeMap<String, FieldChange>)]
    changes: Value,
    /// The number of the entry in the organization's ledger.
    seq: u64,
}

/// What was changed.
#[derive(Debug, Serialize, ToSchema)]
struct ChangedObject {
    kind: Box<str>,
    id: Box<str>,
    name: Option<Box<str>>,
}

impl View {
    fn of(row: AuditRow) -> Result<Self, ApiError> {
        let changes = serde_json::from_str(&row.changes_json)
            .map_err(|error| ApiError::store_unavailable(&error.to_string()))?;
        let of_upstream = row.organization.is_of_upstream();
        Ok(Self {
            at: At(row.at),
            organization_id: (!of_upstream).then_some(Text(row.organization)),
            upstream: row.name.clone().filter(|_| of_upstream),
            actor: row.actor,
            action: row.action,
            object: ChangedObject {
                kind: row.kind,
                id: row.object,
                name: row.name,
            },
            changes,
            seq: row.seq,
        })
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    mut params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let moment = |at: jiff::Timestamp| at.into();
    let limit = params.read("limit", "must be a whole number from 1 to 200")?;
    let limit = limit.unwrap_or(USUAL);
    if limit == 0 || limit > MOST {
        return Err(invalid("limit", "must be a whole number from 1 to 200"));
    }
    let organization = params.read("organization", "must be an id such as org_…")?;
    let upstream = params.text("upstream")?;
    if organization.is_some() && upstream.is_some() {
        let problem = "cannot be combined: its caps are no organization's";
        return Err(invalid("upstream", problem));
    }
    let book = upstream.map(|name| OrganizationId::of_upstream(&name));
    let filter = AuditFilter {
        organization: organization.or(book),
        actor: params.text("actor")?.map(Into::into),
        from: params.read("from", MOMENT)?.map(moment),
        to: params.read("to", MOMENT)?.map(moment),
        cursor: params
            .read::<AuditCursor>("cursor", "must be the next_cursor of the page before")?,
        limit,
    };
    params.finish()?;
    let page = app.log.audit(filter).await?;
    let data = page.rows.into_iter().map(View::of);
    Ok(Json(List::new(
        data.collect::<Result<_, _>>()?,
        page.next_cursor,
    )))
}

/// A field that was changed.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes what the request log keeps as text")]
struct FieldChange {
    /// Null where there was nothing before.
    from: Anything,
    to: Anything,
}

/// How this is described to clients.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        operation::get("/audit", "listChanges", "Who changed what, newest first.")
            .query::<OrganizationRef>("organization", "Only what was changed in this one.")
            .query_text("upstream", "Only the changes of the caps on this upstream.")
            .query_text("actor", "Only what was changed by this one.")
            .between()
            .paged(USUAL, MOST)
            .lists::<View>(),
    ]
}

//! `/alerts` and `/organizations/{org}/alerts`: who is told of what, and what became of it.

pub(crate) mod contract;

use ::alerts::{Alert, Delivery, DeliveryState, Recent, Whose, Wishes};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ids::{AlertId, OrganizationId};
use ledger::{Book, Time};
use money::Nanos;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::app::{App, look};
use crate::body::Ask;
use crate::error::ApiError;
use crate::notify::{self, owner};
use crate::openapi::schema::Anything;
use crate::organizations::nothing_to_change;
use crate::path::Named;
use crate::query::Params;
use crate::show::{AlertRef, At, List, OrganizationRef, TargetRef, Text, Usd};

/// The longest notice, in days.
const LONGEST_NOTICE: u32 = 366;

/// What an organization wants to be told, and where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertSettings)]
pub(crate) struct Settings {
    organization_id: OrganizationRef,
    notify: Vec<notify::View>,
    /// It is told when less credit is left. Null: never.
    balance_low_usd: Option<Usd>,
    /// How long before credit lapses it is told. 0: never.
    lapse_notice_days: u32,
}

impl Settings {
    fn new(id: OrganizationId, wishes: Wishes, notify: Vec<notify::View>) -> Self {
        Self {
            organization_id: Text(id),
            notify,
            balance_low_usd: wishes.balance_low.map(Usd),
            lapse_notice_days: wishes.lapse_notice_days,
        }
    }
}

/// There must be such an organization; answers what it is called.
async fn whose(app: &App, id: OrganizationId) -> Result<Whose, ApiError> {
    let name = |book: &Book, _now: Time| book.organization().map(|found| found.name.to_string());
    let name = look(&app.teller(id)?, "organization", name).await?;
    Ok(Whose { id, name })
}

pub(crate) async fn settings(
    State(app): State<App>,
    Named(id): Named<OrganizationId>,
) -> Result<Json<Settings>, ApiError> {
    whose(&app, id).await?;
    let wishes = app.alerts.wishes(id).await?;
    let notify = notify::views(&app, owner(id, None)).await?;
    Ok(Json(Settings::new(id, wishes, notify)))
}

/// What is left out stays as it is.
pub(crate) async fn put_settings(
    State(app): State<App>,
    Named(id): Named<OrganizationId>,
    mut ask: Ask,
) -> Result<Json<Settings>, ApiError> {
    let targets = notify::read(&app, &mut ask.fields)?;
    let low = ask.fields.change::<Nanos>("balance_low_usd")?;
    let days = ask.fields.given::<u32>("lapse_notice_days")?;
    ask.fields.finish()?;
    if targets.is_none() && low.is_none() && days.is_none() {
        return Err(nothing_to_change());
    }
    if low.flatten().is_some_and(Nanos::is_negative) {
        return Err(ApiError::invalid("balance_low_usd", "must not be negative"));
    }
    if days.is_some_and(|days| days > LONGEST_NOTICE) {
        return Err(ApiError::invalid(
            "lapse_notice_days",
            "must be a whole number from 0 to 366",
        ));
    }
    whose(&app, id).await?;
    let mut wishes = app.alerts.wishes(id).await?;
    let notify = match targets {
        Some(targets) => notify::put(&app, owner(id, None), targets).await?,
        None => notify::views(&app, owner(id, None)).await?,
    };
    wishes.balance_low = low.unwrap_or(wishes.balance_low);
    wishes.lapse_notice_days = days.unwrap_or(wishes.lapse_notice_days);
    app.alerts.put_wishes(id, wishes).await?;
    Ok(Json(Settings::new(id, wishes, notify)))
}

/// Something that was worth telling.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
pub(crate) struct AlertView {
    id: AlertRef,
    #[schema(value_type = contract::AlertType)]
    r#type: String,
    at: At,
    /// The journal's entry that the figures are of.
    as_of_entry: Option<u64>,
    subject: String,
    text: String,
    /// What a webhook is sent as `data`. Null where what was kept of it cannot be read: the server's log says so then, and
    /// `text` has the same figures.
    #[schema(value_type = Option<BTreeMap<String, Anything>>)]
    data: Option<Value>,
    /// `delivered`, `waiting` or `failed`, whichever is worst; `nobody` where there was nobody to tell.
    #[schema(value_type = contract::AlertState)]
    state: &'static str,
    deliveries: Vec<DeliveryView>,
}

/// What became of telling one target.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
struct DeliveryView {
    target_id: TargetRef,
    #[schema(value_type = notify::contract::Channel)]
    kind: String,
    address: String,
    #[schema(value_type = contract::DeliveryState)]
    state: &'static str,
    attempts: u32,
    next_attempt_at: Option<At>,
    done_at: Option<At>,
    last_error: Option<String>,
}

const fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "waiting",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
    }
}

impl DeliveryView {
    fn of(delivery: Delivery) -> Self {
        Self {
            target_id: Text(delivery.target),
            kind: delivery.channel,
            address: delivery.address,
            state: word(delivery.state),
            attempts: delivery.attempts,
            next_attempt_at: delivery.next_at.map(At),
            done_at: delivery.done_at.map(At),
            last_error: delivery.error,
        }
    }
}

impl AlertView {
    fn of(recent: Recent) -> Self {
        let alert = recent.alert;
        let has = |state| {
            recent
                .deliveries
                .iter()
                .any(|delivery| delivery.state == state)
        };
        let worst = [
            DeliveryState::Failed,
            DeliveryState::Waiting,
            DeliveryState::Delivered,
        ];
        Self {
            id: Text(alert.id),
            data: data(&alert),
            r#type: alert.kind,
            at: At(alert.at),
            as_of_entry: Some(alert.seq).filter(|seq| *seq > 0),
            subject: alert.subject,
            text: alert.text,
            state: worst
                .into_iter()
                .find(|state| has(*state))
                .map_or("nobody", word),
            deliveries: recent
                .deliveries
                .into_iter()
                .map(DeliveryView::of)
                .collect(),
        }
    }
}

/// The figures of an alert for programs. One that cannot be read must not hide the rest of the list.
fn data(alert: &Alert) -> Option<Value> {
    let read = match serde_json::from_str::<Map<String, Value>>(&alert.payload) {
        Ok(mut payload) => payload.remove("data").filter(Value::is_object),
        Err(_not_an_object) => None,
    };
    if read.is_none() {
        tracing::warn!(alert = %alert.id, "what was kept of an alert for programs cannot be read; it is shown without its data");
    }
    read
}

/// The alerts of an organization, newest first.
pub(crate) async fn list(
    State(app): State<App>,
    mut params: Params,
) -> Result<Json<List<AlertView>>, ApiError> {
    let id = params.read::<OrganizationId>("organization", "must be an id such as org_…")?;
    let page = params.page::<AlertId>()?;
    params.finish()?;
    let id = id.ok_or_else(|| {
        ApiError::bad(
            "missing_parameter",
            "Say whose alerts: add ?organization=org_….",
        )
    })?;
    whose(&app, id).await?;
    let one_more = page.limit.saturating_add(1);
    let mut found = app.alerts.recent(id, page.cursor, one_more).await?;
    let more = found.len() > page.limit;
    found.truncate(page.limit);
    let next = found.last().filter(|_| more).map(|last| last.alert.id);
    let data = found.into_iter().map(AlertView::of).collect();
    Ok(Json(List::new(data, next)))
}

pub(crate) async fn test(State(app): State<App>, mut ask: Ask) -> Result<Response, ApiError> {
    let id: String = ask.fields.required("organization")?;
    ask.fields.finish()?;
    let id: OrganizationId = id
        .parse()
        .map_err(|wrong| ApiError::invalid("organization", format!("is {wrong}")))?;
    let alert = app.alerts.test(whose(&app, id).await?).await?;
    let body = json!({"id": alert.to_string(), "organization_id": id.to_string()});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(payload: &str) -> Value {
        let alert = Alert {
            id: AlertId::from_bytes([1; 16]),
            organization: OrganizationId::from_bytes([2; 16]),
            kind: "test".to_owned(),
            seq: 7,
            at: Time::from_micros(1_795_000_000_000_000),
            subject: "[Seawall] Acme: a test".to_owned(),
            text: "left: $2.00".to_owned(),
            payload: payload.to_owned(),
        };
        let recent = Recent {
            made_at: alert.at,
            alert,
            deliveries: Vec::new(),
        };
        serde_json::to_value(AlertView::of(recent)).unwrap()
    }

    #[test]
    fn an_alert_whose_payload_cannot_be_read_is_shown_without_its_data() {
        let whole = shown(r#"{"type": "test", "data": {"left_usd": "2.00"}}"#);
        assert_eq!(whole["data"], json!({"left_usd": "2.00"}));
        for payload in [
            "",
            "{\"data\": {\"left_usd\"",
            "[]",
            "{}",
            r#"{"data": "2.00"}"#,
        ] {
            let mut spoilt = shown(payload);
            assert_eq!(spoilt["data"], Value::Null, "{payload}");
            spoilt["data"] = whole["data"].clone();
            assert_eq!(spoilt, whole, "all else is there: {payload}");
        }
    }
}

//! `/organizations/{org}/credits` and `/balance`: money added, and what became of it.

pub(crate) mod contract;
pub(crate) mod taken_back;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ids::{LotId, OrganizationId};
use ledger::{AddCredit, Book, Command, Lot, LotKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, create as create_object, look};
use crate::body::Ask;
use crate::error::ApiError;
use crate::path::Named;
use crate::query::Params;
use crate::show::{At, List, LotRef, OrganizationRef, Text, Usd};

/// The priority of a lot that names none: there is room before it and behind it.
const USUAL_PRIORITY: u32 = 100;

pub(crate) const KINDS: [(&str, LotKind); 3] = [
    ("purchase", LotKind::Purchase),
    ("grant", LotKind::Grant),
    ("refund", LotKind::Refund),
];

pub(crate) fn kind_word(kind: LotKind) -> &'static str {
    match kind {
        LotKind::Purchase => "purchase",
        LotKind::Grant => "grant",
        LotKind::Refund => "refund",
    }
}

/// A lot. `added = spent + held + lapsed + voided + left − owed`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lot)]
pub(crate) struct View {
    id: LotRef,
    organization_id: OrganizationRef,
    #[schema(value_type = contract::LotKind)]
    kind: &'static str,
    added_usd: Usd,
    spent_usd: Usd,
    held_usd: Usd,
    left_usd: Usd,
    lapsed_usd: Usd,
    voided_usd: Usd,
    owed_usd: Usd,
    priority: u32,
    added_at: At,
    lapses_at: Option<At>,
    note: Box<str>,
}

impl View {
    fn of(lot: &Lot, organization: OrganizationId) -> Self {
        Self {
            id: Text(lot.id),
            organization_id: Text(organization),
            kind: kind_word(lot.kind),
            added_usd: Usd(lot.added),
            spent_usd: Usd(lot.spent),
            held_usd: Usd(lot.held),
            left_usd: Usd(lot.left()),
            lapsed_usd: Usd(lot.lapsed),
            voided_usd: Usd(lot.voided),
            owed_usd: Usd(lot.owed()),
            priority: lot.priority,
            added_at: At(lot.added_at),
            lapses_at: lot.lapses_at.map(At),
            note: lot.note.clone(),
        }
    }
}

/// The sums over all lots.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Balance)]
pub(crate) struct BalanceView {
    added_usd: Usd,
    spent_usd: Usd,
    held_usd: Usd,
    left_usd: Usd,
    lapsed_usd: Usd,
    voided_usd: Usd,
    owed_usd: Usd,
}

pub(crate) async fn add(
    State(app): State<App>,
    Named(organization): Named<OrganizationId>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let amount = ask.fields.required("amount_usd")?;
    let kind = ask.fields.word("kind", &KINDS)?;
    let lapses_at = ask.fields.optional("lapses_at")?;
    let priority = ask.fields.optional("priority")?.unwrap_or(USUAL_PRIORITY);
    let note: Option<String> = ask.fields.optional("note")?;
    let cause = ask.cause();
    ask.fields.finish()?;
    let kind = kind.ok_or_else(|| {
        let message = "`kind` is missing. Send \"purchase\", \"grant\" or \"refund\".";
        ApiError::bad("missing_field", message).with("field", "kind")
    })?;
    let teller = app.teller(organization)?;
    let command = Command::AddCredit(AddCredit {
        lot: LotId::from_bytes(app.ids.id()),
        kind,
        amount,
        lapses_at,
        priority,
        note: note.unwrap_or_default().into(),
    });
    let id = LotId::from_bytes(create_object(&teller, command, cause).await?);
    let question = move |book: &Book, _now| book.lot(id).map(|lot| View::of(lot, organization));
    let made = look(&teller, "lot of credit", question).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

pub(crate) async fn list(
    State(app): State<App>,
    Named(organization): Named<OrganizationId>,
    mut params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let page = params.page::<LotId>()?;
    params.finish()?;
    let question = move |book: &Book, _now| {
        book.organization()?;
        let (lots, next) = page.cut(book.lots(), |lot| lot.id);
        let view = |lot| View::of(lot, organization);
        Some((lots.into_iter().map(view).collect(), next))
    };
    let (data, next) = look(&app.teller(organization)?, "organization", question).await?;
    Ok(Json(List::new(data, next)))
}

pub(crate) async fn balance(
    State(app): State<App>,
    Named(organization): Named<OrganizationId>,
) -> Result<Json<BalanceView>, ApiError> {
    let question = |book: &Book, _now| {
        book.organization()?;
        Some(book.balance())
    };
    let sums = look(&app.teller(organization)?, "organization", question).await?;
    Ok(Json(BalanceView {
        added_usd: Usd(sums.added),
        spent_usd: Usd(sums.spent),
        held_usd: Usd(sums.held),
        left_usd: Usd(sums.left),
        lapsed_usd: Usd(sums.lapsed),
        voided_usd: Usd(sums.voided),
        owed_usd: Usd(sums.owed),
    }))
}

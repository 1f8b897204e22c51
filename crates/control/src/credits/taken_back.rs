//! Taking credit back: what is left of a lot, or the payment behind it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ids::{LotId, OrganizationId};
use ledger::{Book, Cause, ChargeBack, Command, Time};

use super::View;
use crate::app::{App, carry_out, look};
use crate::auth::Actor;
use crate::body::Ask;
use crate::error::ApiError;
use crate::path::Named;

/// Takes back what is left of a lot. What is held of it stays with its calls; what they give back stays voidable.
pub(crate) async fn delete(
    State(app): State<App>,
    path: (Named<OrganizationId>, Named<LotId>),
    actor: Actor,
) -> Result<StatusCode, ApiError> {
    let (Named(organization), Named(lot)) = path;
    let command = Command::VoidCredit { lot };
    carry_out(&app.teller(organization)?, command, actor.cause()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The same, where the organization need not be known; it answers with the lot, and happens once under an
/// `Idempotency-Key`.
pub(crate) async fn void(
    State(app): State<App>,
    Named(lot): Named<LotId>,
    ask: Ask,
) -> Result<Json<View>, ApiError> {
    let cause = ask.cause();
    ask.fields.finish()?;
    carry_out_on(&app, lot, Command::VoidCredit { lot }, cause).await
}

/// Takes back the payment behind a lot, or a part of it, also as far as it was spent: that is owed.
pub(crate) async fn charge_back(
    State(app): State<App>,
    Named(lot): Named<LotId>,
    mut ask: Ask,
) -> Result<Json<View>, ApiError> {
    let amount = ask.fields.required("amount_usd")?;
    let note: Option<String> = ask.fields.optional("note")?;
    let cause = ask.cause();
    ask.fields.finish()?;
    let note = note.unwrap_or_default().into();
    let command = Command::ChargeBack(ChargeBack { lot, amount, note });
    carry_out_on(&app, lot, command, cause).await
}

async fn carry_out_on(
    app: &App,
    lot: LotId,
    command: Command,
    cause: Cause,
) -> Result<Json<View>, ApiError> {
    let teller = app.teller_of(lot).await?;
    let organization = teller.organization();
    carry_out(&teller, command, cause).await?;
    let question =
        move |book: &Book, _now: Time| book.lot(lot).map(|found| View::of(found, organization));
    look(&teller, "lot of credit", question).await.map(Json)
}

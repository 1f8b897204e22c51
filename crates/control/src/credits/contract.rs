//! How credit is described to clients.

use utoipa::ToSchema;

use super::{BalanceView, KINDS, View};
use crate::openapi::operation::{Operation, delete, get, post};
use crate::openapi::schema::{UsdAsked, words};
use crate::show::At;

words! {
    /// Where credit is from.
    LotKind = &KINDS.map(|(word, _)| word);
}

/// Credit to add.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"amount_usd": "20.00", "kind": "purchase", "note": "invoice 7"}))]
struct NewCredit {
    amount_usd: UsdAsked,
    kind: LotKind,
    /// When what is left of it is gone. Default: never.
    lapses_at: Option<At>,
    /// Lower ones are used first. Default: 100.
    priority: Option<u32>,
    note: Option<String>,
}

/// A payment that is taken back.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"amount_usd": "20.00", "note": "disputed by the card's holder"}))]
struct ChargeBackAsked {
    /// No more than was added, less what lapsed or was taken back before.
    amount_usd: UsdAsked,
    note: Option<String>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/organizations/{org}/credits",
            "listCredits",
            "An organization's lots of credit.",
        )
        .paged(100, 1000)
        .lists::<View>(),
        post("/organizations/{org}/credits", "addCredit", "Adds credit.")
            .once()
            .takes::<NewCredit>()
            .creates::<View>(),
        delete(
            "/organizations/{org}/credits/{lot}",
            "voidCredit",
            "Takes back what is left of a lot.",
        )
        .ends(),
        post(
            "/credits/{lot}/charge-back",
            "chargeBackCredit",
            "Takes back the payment behind a lot, also as far as it was spent: that is owed.",
        )
        .once()
        .takes::<ChargeBackAsked>()
        .answers::<View>(),
        post(
            "/credits/{lot}/void",
            "voidLot",
            "Takes back what is left of a lot.",
        )
        .once()
        .answers::<View>(),
        get(
            "/organizations/{org}/balance",
            "getBalance",
            "The credit balance: sums over all lots.",
        )
        .answers::<BalanceView>(),
    ]
}

//! How budgets are described to clients.

use utoipa::ToSchema;

use super::view::View;
use crate::limits::contract::{PlaceAsked, WindowAsked};
use crate::notify::contract::NewTarget;
use crate::openapi::operation::{Operation, delete, get, patch, post};
use crate::openapi::schema::{UsdAsked, words};

words! {
    /// What a budget does: it tells, and stops nothing.
    BudgetEffect = &["alerts_only"];
}

/// A new budget.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"scope": {"kind": "project", "id": "proj_01jd8z5v7m2k4n6p8r0t2w4y6a"}, "amount_usd": "100.00", "window": {"kind": "month"}, "thresholds": [50, 80, 100]}))]
struct NewBudget {
    scope: PlaceAsked,
    amount_usd: UsdAsked,
    window: WindowAsked,
    /// In percent of the amount, one to ten of them. Default: 50, 80 and 100.
    #[schema(nullable = false, min_items = 1, max_items = 10)]
    thresholds: Option<Vec<u16>>,
    /// Who is told. Default: whom the organization names.
    #[schema(nullable = false, max_items = 10)]
    notify: Option<Vec<NewTarget>>,
}

/// What to change; what is left out stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct BudgetChange {
    #[schema(nullable = false)]
    amount_usd: Option<UsdAsked>,
    #[schema(nullable = false, min_items = 1, max_items = 10)]
    thresholds: Option<Vec<u16>>,
    /// Takes the place of those there are.
    #[schema(nullable = false, max_items = 10)]
    notify: Option<Vec<NewTarget>>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/budgets",
            "listBudgets",
            "Budgets. An organization's list has all of them.",
        )
        .one_place()
        .paged(100, 1000)
        .lists::<View>(),
        post(
            "/budgets",
            "createBudget",
            "Sets a budget, which tells and stops nothing; the secrets of its webhooks are shown this once.",
        )
        .once()
        .takes::<NewBudget>()
        .creates::<View>(),
        get("/budgets/{budget}", "getBudget", "A budget.").answers::<View>(),
        patch("/budgets/{budget}", "updateBudget", "Changes a budget.")
            .takes::<BudgetChange>()
            .answers::<View>(),
        delete("/budgets/{budget}", "deleteBudget", "Takes a budget away.").ends(),
    ]
}

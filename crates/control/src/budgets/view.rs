//! A budget as the API shows it.

use ids::BudgetId;
use ledger::{Book, Budget};
use serde::Serialize;
use utoipa::ToSchema;

use super::contract;
use crate::notify;
use crate::scope::{ScopeView, WindowView, ends};
use crate::show::{At, BudgetRef, OrganizationRef, Text, Usd};

/// What the Book says of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BudgetFigures)]
pub(super) struct Figures {
    id: BudgetRef,
    organization_id: Option<OrganizationRef>,
    scope: ScopeView,
    amount_usd: Usd,
    window: WindowView,
    /// What ended calls cost in the window. What is held does not count.
    spent_usd: Usd,
    thresholds: Vec<u16>,
    /// The thresholds that were reached in the window.
    crossed: Vec<u16>,
    /// Always `alerts_only`: a budget tells, a hard limit stops.
    #[schema(value_type = contract::BudgetEffect)]
    effect: &'static str,
    /// Always null: there is nothing that it stops.
    stops_at_usd: Option<Usd>,
    resets_at: Option<At>,
    created_at: At,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Budget)]
pub(crate) struct View {
    #[serde(flatten)]
    figures: Figures,
    notify: Vec<notify::View>,
}

impl Figures {
    pub(super) fn of(budget: &Budget, book: &Book) -> Self {
        Self {
            id: Text(budget.id),
            organization_id: book.organization().map(|found| Text(found.id)),
            scope: ScopeView::of(budget.scope, book),
            amount_usd: Usd(budget.amount),
            window: WindowView::of(&budget.window),
            spent_usd: Usd(budget.spent),
            thresholds: budget.thresholds.clone(),
            crossed: budget.crossed.clone(),
            effect: "alerts_only",
            stops_at_usd: None,
            resets_at: ends(budget.span.end).map(At),
            created_at: At(budget.created_at),
        }
    }

    pub(super) const fn id(&self) -> BudgetId {
        self.id.0
    }
}

impl View {
    pub(super) const fn new(figures: Figures, notify: Vec<notify::View>) -> Self {
        Self { figures, notify }
    }
}

//! A hard limit as the API shows it.

use ledger::{Book, Calls, Limit};
use serde::Serialize;
use utoipa::ToSchema;

use super::contract;
use crate::scope::{ScopeView, WindowView, ends};
use crate::show::{At, LimitRef, OrganizationRef, Text, Usd};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Limit)]
pub(crate) struct View {
    id: LimitRef,
    organization_id: Option<OrganizationRef>,
    scope: ScopeView,
    /// Where only the calls of a model count: the model, or its beginning and `*`. Else null.
    model: Option<Box<str>>,
    /// `owner`: a hard limit. `operator`: the organization's approved usage limit.
    #[schema(value_type = contract::SetBy)]
    set_by: &'static str,
    amount_usd: Usd,
    #[schema(value_type = contract::Measure)]
    measure: &'static str,
    window: WindowView,
    #[schema(value_type = contract::LimitMode)]
    mode: &'static str,
    #[schema(value_type = contract::OnTrip)]
    on_trip: &'static str,
    spent_usd: Usd,
    held_usd: Usd,
    left_usd: Usd,
    resets_at: Option<At>,
    created_at: At,
}

impl View {
    pub(super) fn of(limit: &Limit, book: &Book) -> Self {
        Self {
            id: Text(limit.id),
            organization_id: book.organization().map(|found| Text(found.id)),
            scope: ScopeView::of(limit.scope, book),
            model: match &limit.calls {
                Calls::Model(model) => Some(model.clone()),
                _ => None,
            },
            set_by: limit.origin.name(),
            amount_usd: Usd(limit.amount.usd()),
            measure: "usd",
            window: WindowView::of(&limit.window),
            mode: "enforce",
            on_trip: "refuse",
            spent_usd: Usd(limit.count.spent.usd()),
            held_usd: Usd(limit.count.held.usd()),
            left_usd: Usd(limit.left().usd()),
            resets_at: ends(limit.span.end).map(At),
            created_at: At(limit.created_at),
        }
    }
}

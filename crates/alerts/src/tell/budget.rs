//! Budgets. They only tell, and every text says so.

use ids::BudgetId;
use ledger::Book;
use money::Nanos;
use serde_json::json;

use super::words::{
    at_json, ends, fields, resets, scope, scope_json, since, usd, window, window_json,
};
use crate::Kind;
use crate::alert::Draft;

/// Spending reached this part of a budget's amount, as the fact says that the Book's last entry is. `None` where the Book
/// does not have the budget.
#[must_use]
pub fn crossed(book: &Book, id: BudgetId, (percent, spent): (u16, Nanos)) -> Option<Draft> {
    let budget = book.budget(id)?;
    let on = scope(budget.scope, book);
    let resets_at = ends(budget.span.end);
    let seq = book.head().seq;
    let thresholds: Vec<String> = budget
        .thresholds
        .iter()
        .map(|of| format!("{of} %"))
        .collect();
    Some(Draft {
        kind: Kind::BudgetCrossed,
        once: format!("budget:{id}:{percent}:{seq}"),
        seq,
        at: book.now(),
        subject: format!("budget of {on} reached {percent} %"),
        sentence: format!(
            "The budget of {on} reached {percent} %: {} of {} were spent {}. It only tells; nothing is stopped. A hard limit \
             would.",
            usd(spent),
            usd(budget.amount),
            since(&budget.window, budget.span),
        ),
        lines: vec![
            (
                "budget",
                format!("{} {}", usd(budget.amount), window(&budget.window)),
            ),
            ("spent", usd(spent)),
            ("told at", thresholds.join(", ")),
            ("begins anew", resets(resets_at)),
            ("who can change it", "an administrator".to_owned()),
        ],
        path: format!("/api/v1/budgets/{id}"),
        command: format!("seawall budget show {id}"),
        budget: Some(id.to_bytes()),
        data: fields(json!({
            "budget_id": id.to_string(),
            "scope": scope_json(budget.scope, book),
            "window": window_json(&budget.window),
            "budget_usd": budget.amount.to_string(),
            "spent_usd": spent.to_string(),
            "threshold_percent": percent,
            "resets_at": at_json(resets_at),
            "effect": "alerts_only",
        })),
    })
}

//! What happens to a budget. Nothing here stops a call (P7).

use ids::BudgetId;
use money::Nanos;

use crate::codec::canonical_enum;
use crate::{Scope, Span, Window};

/// What happened to a budget.
///
/// Which budgets a charge counts in is said by the facts about its hold: its key, that key's project and the
/// organization are all a budget can be on, and a hold counts in those that were there when it was taken. So a hold does
/// not carry a list of what decides nothing, and a journal from before there were budgets reads as it always did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a budget, documented there"
)]
pub enum BudgetFact {
    /// A budget begins, its first window being `span`.
    Created {
        id: BudgetId,
        scope: Scope,
        amount: Nanos,
        window: Window,
        span: Span,
        thresholds: Vec<u16>,
    },
    /// A budget has these properties now. Thresholds that spending has not reached under them can be crossed again.
    Changed {
        id: BudgetId,
        amount: Nanos,
        thresholds: Vec<u16>,
    },
    /// A budget ends.
    Deleted { id: BudgetId },
    /// A budget begins to count anew.
    WindowOpened { budget: BudgetId, span: Span },
    /// Spending reached this part of the amount, for the first time in the window. `spent` is what was spent in it then,
    /// the charge that reached it included.
    Crossed {
        budget: BudgetId,
        percent: u16,
        spent: Nanos,
    },
}
canonical_enum!(BudgetFact {
    1 => Created { id, scope, amount, window, span, thresholds },
    2 => Changed { id, amount, thresholds },
    3 => Deleted { id },
    4 => WindowOpened { budget, span },
    5 => Crossed { budget, percent, spent },
});

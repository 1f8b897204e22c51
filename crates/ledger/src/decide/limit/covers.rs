//! Whether a limit can ever bind, beside those there are.

use ids::LimitId;

use crate::{Book, Calls, Limit, LimitTerms, Scope, Window};

impl Book {
    /// A limit that always stops calls before one on these terms would, so that the new one can never bind: it counts all
    /// that the new one counts, for at least as long, and allows no more. Such a limit is not an error, but worth a word.
    #[must_use]
    pub fn covered_by(&self, terms: &LimitTerms) -> Option<LimitId> {
        let mut limits = self.limits();
        limits
            .find(|limit| limit.id != terms.id && self.covers(limit, terms))
            .map(|limit| limit.id)
    }

    fn covers(&self, limit: &Limit, terms: &LimitTerms) -> bool {
        let lasts = limit.raise().is_none() && limit.ends_at.is_none();
        limit.stops()
            && lasts
            && limit.measure == terms.measure
            && limit.amount <= terms.amount
            && (limit.calls == Calls::All || limit.calls == terms.calls)
            && self.contains(limit.scope, terms.scope)
            && outlasts(&limit.window, &terms.window)
    }

    /// Whether every call on `inner` is one on `outer`.
    fn contains(&self, outer: Scope, inner: Scope) -> bool {
        match (outer, inner) {
            (Scope::Organization, _) => true,
            (Scope::Project(project), Scope::Key(key)) => {
                self.key(key).is_some_and(|key| key.project == project)
            }
            _ => outer == inner,
        }
    }
}

/// Whether whatever counts in a window of the one kind counts in one of the other as well.
fn outlasts(longer: &Window, shorter: &Window) -> bool {
    match (longer, shorter) {
        (Window::Total, _) => true,
        (Window::Rolling(longer), Window::Rolling(shorter)) => longer.outlasts(*shorter),
        (
            Window::Month { time_zone: longer } | Window::Week { time_zone: longer },
            Window::Day { time_zone: shorter },
        ) => longer == shorter,
        _ => longer == shorter,
    }
}

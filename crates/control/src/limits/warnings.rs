//! What is worth a word about a hard limit that is set all the same.

use ledger::{Book, Limit, LimitOrigin, Mode, OnTrip, Window};

use super::shown::spoken;

pub(super) fn of(limit: &Limit, book: &Book) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(other) = covering(limit, book) {
        warnings.push(format!(
            "It can never bind: {} on {} allows {} {} ({}), and stops calls before it.",
            match other.origin {
                LimitOrigin::Operator => "the approved usage limit",
                LimitOrigin::Owner | LimitOrigin::Guard => "the hard limit",
            },
            spoken((other.scope, &other.calls), book),
            other.measure.spoken(other.amount),
            per(&other.window),
            other.id,
        ));
    }
    if limit.mode == Mode::Shadow && limit.on_trip == OnTrip::FreezeKey {
        warnings.push("In shadow mode it only counts: no key is frozen.".to_owned());
    }
    warnings
}

fn covering<'a>(limit: &Limit, book: &'a Book) -> Option<&'a Limit> {
    if limit.origin == LimitOrigin::Guard {
        return None;
    }
    book.limit(book.covered_by(limit.terms())?)
}

fn per(window: &Window) -> String {
    match window {
        Window::Total => "in total".to_owned(),
        Window::Rolling(rolling) => format!("in any {} seconds", rolling.seconds),
        Window::Day { .. } | Window::Week { .. } | Window::Month { .. } => {
            format!("per {}", window.kind())
        }
    }
}

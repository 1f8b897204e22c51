//! The table of errors, and going through it.

mod row;
mod rows;

use crate::cause::Class;
use crate::{Billed, Cause, Confidence, Retry, Scope, Symptom, Verdict, tokens, wait};

/// What an error means. Whatever it is made of, there is an answer.
#[must_use]
pub fn diagnose(symptom: &Symptom<'_>) -> Verdict {
    let message = symptom.message.to_lowercase();
    let found = place(symptom, &message).and_then(|place| rows::TABLE.get(place));
    let (cause, scope, confidence) = match found {
        Some(row) => (row.cause, row.scope, row.confidence()),
        None if symptom.told_status() >= 500 => (Cause::ServerFailure, None, Confidence::Likely),
        None => (Cause::Unknown, None, Confidence::Possible),
    };
    Verdict {
        cause,
        scope: of_provider(scope.unwrap_or_else(|| cause.scope()), symptom),
        billed: billed(symptom.status, cause),
        confidence,
        retry: retry(symptom, cause, &message),
        refusal: cause.is_refusal(),
    }
}

/// Which row decides: the first that fits.
fn place(symptom: &Symptom<'_>, message: &str) -> Option<usize> {
    let mut rows = rows::TABLE.iter();
    rows.position(|row| row.fits(symptom, message))
}

/// The rows that decide for none of these, as they stand in the table.
#[cfg(test)]
pub(crate) fn idle<'a>(symptoms: impl Iterator<Item = Symptom<'a>>) -> Vec<String> {
    let mut busy = vec![false; rows::TABLE.len()];
    for symptom in symptoms {
        let place = place(&symptom, &symptom.message.to_lowercase());
        if let Some(row) = place.and_then(|place| busy.get_mut(place)) {
            *row = true;
        }
    }
    let idle = rows::TABLE.iter().zip(busy).filter(|(_, busy)| !busy);
    idle.map(|(row, _)| format!("{row:?}")).collect()
}

/// Where there are no organizations, what would close one closes all that is billed together.
fn of_provider(scope: Scope, symptom: &Symptom<'_>) -> Scope {
    if scope == Scope::Organization && !symptom.provider.has_organizations() {
        Scope::Account
    } else {
        scope
    }
}

/// A refusal with a 4xx comes before any work; but for a time-out, or a client that is said to have gone. A 5xx may have
/// done some, but for the documented ones that turn a call away at the door. An error in the middle of a stream comes
/// after some.
const fn billed(status: u16, cause: Cause) -> Billed {
    match (status, cause) {
        (408 | 499, _) => Billed::Maybe,
        (400..=499, _) | (503, Cause::Overloaded | Cause::SlowDown) | (529, Cause::Overloaded) => {
            Billed::No
        }
        _ => Billed::Maybe,
    }
}

fn retry(symptom: &Symptom<'_>, cause: Cause, message: &str) -> Retry {
    match cause.class() {
        Class::Never => Retry::Never,
        Class::Wait => Retry::After(wait::told(symptom, cause, message)),
        Class::FewerTokens => Retry::FewerTokens(tokens::left(message)),
        // A ceiling that begins anew at a date that is told passes by itself, if late. What somebody has to pay or mend does
        // not, whatever a header says.
        Class::Elsewhere if cause.begins_anew() => match wait::told(symptom, cause, message) {
            // A date that has passed was not kept.
            Some(wait) if !wait.is_zero() => Retry::After(Some(wait)),
            _ => Retry::Elsewhere,
        },
        Class::Elsewhere => Retry::Elsewhere,
    }
}

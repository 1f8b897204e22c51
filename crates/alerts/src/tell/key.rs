//! A key that a limit froze. That a person froze one is not news to people.

use ids::{KeyId, LimitId};
use ledger::{Book, Limit, LimitOrigin};
use serde_json::json;

use super::limit::of_limit;
use super::words::{fields, scope, scope_json, usd, window};
use crate::Kind;
use crate::alert::Draft;

/// A key was frozen by the Book's last entry, which nobody asked for; the reason names the limit.
#[must_use]
pub(crate) fn frozen(book: &Book, id: KeyId, reason: &str) -> Option<Draft> {
    let key = book.key(id)?;
    let named = reason
        .split(' ')
        .find_map(|word| word.parse::<LimitId>().ok());
    let limit = named.and_then(|id| book.limit(id));
    let on = scope(ledger::Scope::Key(id), book);
    let why = limit.map_or_else(|| reason.to_owned(), |limit| because(book, limit));
    let release = format!("seawall key unfreeze {id}");
    let seq = book.head().seq;
    let mut lines = vec![("key", format!("{} (…{})", key.name, key.hint))];
    if let Some(limit) = limit {
        lines.push(("limit", format!("{} ({})", what(limit), limit.id)));
    }
    lines.push(("release it", release.clone()));
    Some(Draft {
        kind: Kind::KeyFrozen,
        once: format!("frozen:{id}:{seq}"),
        seq,
        at: book.now(),
        subject: format!("{on} is frozen"),
        sentence: format!(
            "The {on} was frozen, because {why}. It makes no call until it is released: if the spending is yours, run \
             `{release}`; if not, revoke the key."
        ),
        lines,
        path: format!("/api/v1/keys/{id}"),
        command: release,
        budget: None,
        data: fields(json!({
            "key_id": id.to_string(),
            "scope": scope_json(ledger::Scope::Key(id), book),
            "limit_id": named.map(|id| id.to_string()),
            "set_by": limit.map(|limit| limit.origin.name()),
            "reason": reason,
        })),
    })
}

fn because(book: &Book, limit: &Limit) -> String {
    let amount = limit.measure.spoken(limit.amount);
    let window = window(&limit.window);
    match limit.origin {
        LimitOrigin::Guard => format!(
            "more than {} were spent {window}, which the spend guard of {} does not allow",
            usd(limit.amount.usd()),
            scope(limit.scope, book),
        ),
        LimitOrigin::Owner | LimitOrigin::Operator => format!(
            "a call would have passed the hard limit of {} ({amount} {window})",
            of_limit(limit, book)
        ),
    }
}

fn what(limit: &Limit) -> &'static str {
    match limit.origin {
        LimitOrigin::Guard => "spend guard",
        LimitOrigin::Owner => "hard limit",
        LimitOrigin::Operator => "approved usage limit",
    }
}

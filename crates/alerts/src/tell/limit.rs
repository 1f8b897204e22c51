//! What stops calls: hard limits that are reached, and credit that does not suffice.

use ledger::{
    Book, Calls, Check, CheckKind, Limit, LimitOrigin, Measure, Quantity, Scope, Shortfall, Time,
};
use money::Nanos;
use serde_json::json;

use super::words::{at_json, ends, fields, resets, scope, scope_json, usd, window, window_json};
use crate::Kind;
use crate::alert::Draft;

/// The limits that leave nothing in their current window, each told of once in a window, and again when it was raised and
/// reached again. One of nothing at all is not news.
pub fn limits_reached(book: &Book) -> impl Iterator<Item = Draft> {
    book.limits()
        .filter(|limit| limit.stops() && limit.measure == Measure::Usd && !limit.calls.apart())
        .filter(|limit| !limit.left().is_positive() && limit.amount.is_positive())
        .map(|limit| reached(book, limit))
}

fn once(id: ids::LimitId, ceiling: Nanos, resets_at: Option<Time>) -> String {
    let window = resets_at.map_or(0, Time::micros);
    format!("limit:{id}:{}:{window}", ceiling.get())
}

const fn name(origin: LimitOrigin) -> &'static str {
    match origin {
        LimitOrigin::Owner => "hard limit",
        LimitOrigin::Operator => "approved usage limit",
        LimitOrigin::Guard => "spend guard",
    }
}

fn reached(book: &Book, limit: &Limit) -> Draft {
    let (what, on) = (
        name(limit.origin),
        on(scope(limit.scope, book), Some(limit)),
    );
    let resets_at = ends(limit.span.end);
    let mut draft = Draft {
        kind: Kind::HardLimitReached,
        once: once(limit.id, limit.amount.usd(), resets_at),
        seq: book.head().seq,
        at: book.now(),
        subject: format!("{what} of {on} reached"),
        sentence: format!(
            "The {what} of {on} is reached: {} are spent and {} held of {} {}. It stops calls until {}.",
            usd(limit.count.spent.usd()),
            usd(limit.count.held.usd()),
            usd(limit.amount.usd()),
            window(&limit.window),
            until(resets_at),
        ),
        lines: Vec::new(),
        path: format!("/api/v1/limits/{}", limit.id),
        command: format!("seawall limit show {}", limit.id),
        budget: None,
        data: fields(json!({
            "limit_id": limit.id.to_string(),
            "set_by": set_by(limit.origin),
            "scope": scope_json(limit.scope, book),
            "window": window_json(&limit.window),
            "limit_usd": limit.amount.usd().to_string(),
            "spent_usd": limit.count.spent.usd().to_string(),
            "held_usd": limit.count.held.usd().to_string(),
            "left_usd": limit.left().usd().to_string(),
            "resets_at": at_json(resets_at),
        })),
    };
    draft.lines = lines(
        what,
        &draft,
        [limit.count.spent, limit.count.held, limit.left()].map(Quantity::usd),
        resets_at,
    );
    draft
}

fn until(resets_at: Option<Time>) -> String {
    resets_at.map_or_else(
        || "it is raised".to_owned(),
        |at| format!("it is raised, or until {at}"),
    )
}

const fn set_by(origin: LimitOrigin) -> &'static str {
    match origin {
        LimitOrigin::Owner => "owner",
        LimitOrigin::Operator => "operator",
        LimitOrigin::Guard => "seawall",
    }
}

fn lines(
    what: &str,
    draft: &Draft,
    [spent, held, left]: [Nanos; 3],
    resets_at: Option<Time>,
) -> Vec<(&'static str, String)> {
    let amount = draft.data.get("limit_usd").and_then(|usd| usd.as_str());
    vec![
        ("limit", format!("{what} of ${}", amount.unwrap_or(""))),
        ("spent", usd(spent)),
        ("held by running calls", usd(held)),
        ("left", usd(left)),
        ("begins anew", resets(resets_at)),
        ("who can change it", "an administrator".to_owned()),
    ]
}

/// A definitive refusal for want of money. A transient one is not worth telling: it passes.
///
/// `book` gives names only; the figures are those of the decision.
#[must_use]
pub fn refused(book: &Book, shortfall: &Shortfall) -> Option<Draft> {
    let money = |check: &&Check| check.measure == Measure::Usd;
    let check = shortfall.binding().filter(money);
    let check = check.filter(|_| !shortfall.transient)?;
    match check.kind {
        CheckKind::HardLimit(id)
        | CheckKind::ModelLimit(id)
        | CheckKind::EndUserLimit(id)
        | CheckKind::TagLimit(id) => Some(by_limit(book, shortfall, (check, id))),
        CheckKind::ApprovedUsageLimit(id) => Some(by_limit(book, shortfall, (check, id))),
        CheckKind::CreditBalance => by_credit(book, shortfall, check),
    }
}

/// What it is on, and of which model, where it counts the calls of one only.
fn on(scope: String, limit: Option<&Limit>) -> String {
    match limit.map(|limit| &limit.calls) {
        Some(Calls::Model(model)) => format!("model \"{model}\" in {scope}"),
        Some(Calls::EndUser(user)) => format!("end user {user} in {scope}"),
        Some(Calls::EachEndUser) => format!("an end user in {scope}"),
        Some(Calls::Tag(tag)) => format!("tag \"{}\" in {scope}", tag.name),
        Some(Calls::EachTag) => format!("a tag in {scope}"),
        Some(Calls::All) | None => scope,
    }
}

fn by_limit(book: &Book, shortfall: &Shortfall, (check, id): (&Check, ids::LimitId)) -> Draft {
    let origin = match check.kind {
        CheckKind::ApprovedUsageLimit(_) => LimitOrigin::Operator,
        CheckKind::HardLimit(_)
        | CheckKind::ModelLimit(_)
        | CheckKind::EndUserLimit(_)
        | CheckKind::TagLimit(_)
        | CheckKind::CreditBalance => LimitOrigin::Owner,
    };
    let limit = book.limit(id);
    let (what, on) = (name(origin), on(scope(check.scope, book), limit));
    let ceiling = check.ceiling.unwrap_or(Quantity::ZERO).usd();
    let words = check.window.as_ref().map(window).unwrap_or_default();
    let mut draft = Draft {
        kind: Kind::HardLimitReached,
        once: once(id, ceiling, check.resets_at),
        seq: shortfall.seq,
        at: shortfall.at,
        subject: format!("{what} of {on} reached"),
        sentence: format!(
            "The {what} of {on} stopped a call: of {} {words} {} are left, and the call could have cost {}. Further calls \
             that do not fit are refused until {}.",
            usd(ceiling),
            usd(check.left.usd()),
            usd(shortfall.least_needed),
            until(check.resets_at),
        ),
        lines: Vec::new(),
        path: format!("/api/v1/limits/{id}"),
        command: format!("seawall limit show {id}"),
        budget: None,
        data: fields(json!({
            "limit_id": id.to_string(),
            "set_by": set_by(origin),
            "scope": scope_json(check.scope, book),
            "window": check.window.as_ref().map(window_json),
            "limit_usd": ceiling.to_string(),
            "spent_usd": check.spent.usd().to_string(),
            "held_usd": check.held.usd().to_string(),
            "left_usd": check.left.usd().to_string(),
            "needed_usd": shortfall.least_needed.to_string(),
            "resets_at": at_json(check.resets_at),
        })),
    };
    draft.lines = lines(
        what,
        &draft,
        [check.spent, check.held, check.left].map(Quantity::usd),
        check.resets_at,
    );
    draft
}

fn by_credit(book: &Book, shortfall: &Shortfall, check: &Check) -> Option<Draft> {
    let organization = book.organization()?;
    let on = scope(Scope::Organization, book);
    Some(Draft {
        kind: Kind::CreditExhausted,
        // Once until credit is added: what was ever added names that.
        once: format!("exhausted:{}", book.balance().added.get()),
        seq: shortfall.seq,
        at: shortfall.at,
        subject: format!("{}: credit balance exhausted", organization.name),
        sentence: format!(
            "The credit balance of {on} stopped a call: {} are left, and the call could have cost {}. Calls that do not fit \
             are refused until credit is added.",
            usd(check.left.usd()),
            usd(shortfall.least_needed),
        ),
        lines: vec![
            ("left", usd(check.left.usd())),
            ("held by running calls", usd(check.held.usd())),
            (
                "who can change it",
                "an administrator, by adding credit".to_owned(),
            ),
        ],
        path: format!("/api/v1/organizations/{}/balance", organization.id),
        command: format!("seawall credit add USD --org {}", organization.id),
        budget: None,
        data: fields(json!({
            "left_usd": check.left.usd().to_string(),
            "held_usd": check.held.usd().to_string(),
            "needed_usd": shortfall.least_needed.to_string(),
        })),
    })
}

//! What stops calls: hard limits that are reached, and credit that does not suffice.

use ids::LimitId;
use ledger::{
    Book, Calls, Check, CheckKind, Limit, LimitOrigin, Measure, Quantity, Scope, Shortfall, Time,
    Window,
};
use money::Nanos;
use serde_json::json;

use super::credit;
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

/// A definitive refusal for want of money. A transient one is not worth telling: it passes.
///
/// `book` gives names only; the figures are those of the decision.
#[must_use]
pub fn refused(book: &Book, shortfall: &Shortfall) -> Option<Draft> {
    let money = |check: &&Check| check.measure == Measure::Usd;
    let check = shortfall.binding().filter(money);
    let check = check.filter(|_| !shortfall.transient)?;
    let (id, origin) = match check.kind {
        CheckKind::HardLimit(id)
        | CheckKind::ModelLimit(id)
        | CheckKind::EndUserLimit(id)
        | CheckKind::TagLimit(id) => (id, LimitOrigin::Owner),
        CheckKind::ApprovedUsageLimit(id) => (id, LimitOrigin::Operator),
        // In no Book of the organization's, whose name would be the wrong one: see `cap`.
        CheckKind::UpstreamCap(_) => return None,
        CheckKind::CreditBalance => return credit::exhausted(book, shortfall, check),
    };
    Some(stopped(book, shortfall, check, (id, origin)))
}

/// A limit that leaves too little, with the figures of whoever noticed.
struct Reached<'a> {
    id: LimitId,
    origin: LimitOrigin,
    scope: Scope,
    calls: Option<&'a Calls>,
    window: Option<&'a Window>,
    ceiling: Nanos,
    spent: Nanos,
    held: Nanos,
    left: Nanos,
    resets_at: Option<Time>,
}

fn reached(book: &Book, limit: &Limit) -> Draft {
    let reached = Reached {
        id: limit.id,
        origin: limit.origin,
        scope: limit.scope,
        calls: Some(&limit.calls),
        window: Some(&limit.window),
        ceiling: limit.amount.usd(),
        spent: limit.count.spent.usd(),
        held: limit.count.held.usd(),
        left: limit.left().usd(),
        resets_at: ends(limit.span.end),
    };
    let sentence = format!(
        "The {} of {} is reached: {} are spent and {} held of {} {}. It stops calls until {}.",
        reached.what(),
        reached.on(book),
        usd(reached.spent),
        usd(reached.held),
        usd(reached.ceiling),
        window(&limit.window),
        reached.until(),
    );
    reached.draft(book, (book.head().seq, book.now()), sentence)
}

fn stopped(
    book: &Book,
    shortfall: &Shortfall,
    check: &Check,
    (id, origin): (LimitId, LimitOrigin),
) -> Draft {
    let reached = Reached {
        id,
        origin,
        scope: check.scope,
        calls: book.limit(id).map(|limit| &limit.calls),
        window: check.window.as_ref(),
        ceiling: check.ceiling.unwrap_or(Quantity::ZERO).usd(),
        spent: check.spent.usd(),
        held: check.held.usd(),
        left: check.left.usd(),
        resets_at: check.resets_at,
    };
    let sentence = format!(
        "The {} of {} stopped a call: of {} {} {} are left, and the call could have cost {}. Further calls that do not fit \
         are refused until {}.",
        reached.what(),
        reached.on(book),
        usd(reached.ceiling),
        reached.window.map(window).unwrap_or_default(),
        usd(reached.left),
        usd(shortfall.least_needed),
        reached.until(),
    );
    let mut draft = reached.draft(book, (shortfall.seq, shortfall.at), sentence);
    let needed = json!(shortfall.least_needed.to_string());
    draft.data.insert("needed_usd".to_owned(), needed);
    draft
}

/// What a limit is on, in words.
pub(super) fn of_limit(limit: &Limit, book: &Book) -> String {
    narrowed(Some(&limit.calls), limit.scope, book)
}

fn narrowed(calls: Option<&Calls>, of: Scope, book: &Book) -> String {
    let scope = scope(of, book);
    match calls {
        Some(Calls::Model(model)) => format!("model \"{model}\" in {scope}"),
        Some(Calls::EndUser(user)) => format!("end user {user} in {scope}"),
        Some(Calls::EachEndUser) => format!("an end user in {scope}"),
        Some(Calls::Tag(tag)) => format!("tag \"{}\" in {scope}", tag.name),
        Some(Calls::EachTag) => format!("a tag in {scope}"),
        Some(Calls::EachKey) => format!("a key in {scope}"),
        Some(Calls::All) | None => scope,
    }
}

impl Reached<'_> {
    const fn what(&self) -> &'static str {
        match self.origin {
            LimitOrigin::Owner => "hard limit",
            LimitOrigin::Operator => "approved usage limit",
            LimitOrigin::Guard => "spend guard",
        }
    }

    /// What it is on, and which calls there, where it does not count all.
    fn on(&self, book: &Book) -> String {
        narrowed(self.calls, self.scope, book)
    }

    fn until(&self) -> String {
        self.resets_at.map_or_else(
            || "it is raised".to_owned(),
            |at| format!("it is raised, or until {at}"),
        )
    }

    /// Told once for each window and ceiling, whoever notices first: the Book that is read along, or a refusal. Of a window
    /// that rolls, parts leave all the time: its length is what is told once in.
    fn once(&self, at: Time) -> String {
        let window = match self.window.and_then(Window::rolling) {
            Some(rolling) => {
                let length = i64::from(rolling.seconds).saturating_mul(1_000_000);
                at.micros().checked_div(length).unwrap_or(0)
            }
            None => self.resets_at.map_or(0, Time::micros),
        };
        format!("limit:{}:{}:{window}", self.id, self.ceiling.get())
    }

    fn draft(&self, book: &Book, (seq, at): (u64, Time), sentence: String) -> Draft {
        let what = self.what();
        Draft {
            kind: Kind::HardLimitReached,
            once: self.once(at),
            seq,
            at,
            subject: format!("{what} of {} reached", self.on(book)),
            sentence,
            lines: vec![
                ("limit", format!("{what} of {}", usd(self.ceiling))),
                ("spent", usd(self.spent)),
                ("held by running calls", usd(self.held)),
                ("left", usd(self.left)),
                ("begins anew", resets(self.resets_at)),
                ("who can change it", "an administrator".to_owned()),
            ],
            path: format!("/api/v1/limits/{}", self.id),
            command: format!("seawall limit show {}", self.id),
            budget: None,
            data: fields(json!({
                "limit_id": self.id.to_string(),
                "set_by": self.origin.name(),
                "scope": scope_json(self.scope, book),
                "window": self.window.map(window_json),
                "limit_usd": self.ceiling.to_string(),
                "spent_usd": self.spent.to_string(),
                "held_usd": self.held.to_string(),
                "left_usd": self.left.to_string(),
                "resets_at": at_json(self.resets_at),
            })),
        }
    }
}

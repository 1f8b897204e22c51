//! The credit balance and its lots.

use ledger::{Book, Check, Lot, Organization, Scope, Shortfall, Time};
use money::Nanos;
use serde_json::{Value, json};

use super::words::{day, fields, scope, usd};
use crate::Kind;
use crate::alert::Draft;

/// Whether less is left than `wanted`. Nothing is low where no credit was ever added.
#[must_use]
pub fn balance_low(book: &Book, wanted: Nanos) -> Option<Draft> {
    let balance = book.balance();
    let organization = book.organization()?;
    if balance.added == Nanos::ZERO || balance.available() >= wanted {
        return None;
    }
    let seq = book.head().seq;
    let said = Said {
        subject: format!("{} of credit left", usd(balance.left)),
        sentence: format!(
            "Organization \"{}\" has {} of credit left, less than the {} it wants to be told at. At $0.00 calls are \
             refused until credit is added.",
            organization.name,
            usd(balance.left),
            usd(wanted)
        ),
        figures: vec![
            ("left", usd(balance.left)),
            ("held by running calls", usd(balance.held)),
            ("owed", usd(balance.owed)),
        ],
        data: json!({
            "left_usd": balance.left.to_string(),
            "held_usd": balance.held.to_string(),
            "owed_usd": balance.owed.to_string(),
            "spent_usd": balance.spent.to_string(),
            "alert_below_usd": wanted.to_string(),
        }),
    };
    let once = (Kind::BalanceLow, format!("low:{seq}"));
    Some(add_credit(organization, once, (seq, book.now()), said))
}

/// A call was refused because credit did not suffice. Once until credit is added: what was ever added names that.
pub(super) fn exhausted(book: &Book, shortfall: &Shortfall, check: &Check) -> Option<Draft> {
    let organization = book.organization()?;
    let said = Said {
        subject: "credit balance exhausted".to_owned(),
        sentence: format!(
            "The credit balance of {} stopped a call: {} are left, and the call could have cost {}. Calls that do not fit \
             are refused until credit is added.",
            scope(Scope::Organization, book),
            usd(check.left.usd()),
            usd(shortfall.least_needed),
        ),
        figures: vec![
            ("left", usd(check.left.usd())),
            ("held by running calls", usd(check.held.usd())),
        ],
        data: json!({
            "left_usd": check.left.usd().to_string(),
            "held_usd": check.held.usd().to_string(),
            "needed_usd": shortfall.least_needed.to_string(),
        }),
    };
    let once = format!("exhausted:{}", book.balance().added.get());
    let as_of = (shortfall.seq, shortfall.at);
    Some(add_credit(
        organization,
        (Kind::CreditExhausted, once),
        as_of,
        said,
    ))
}

/// What tells one alert from another that both ask for credit.
struct Said {
    /// What follows the organization's name.
    subject: String,
    sentence: String,
    figures: Vec<(&'static str, String)>,
    data: Value,
}

fn add_credit(
    organization: &Organization,
    (kind, once): (Kind, String),
    (seq, at): (u64, Time),
    said: Said,
) -> Draft {
    let mut lines = said.figures;
    let who = "an administrator, by adding credit";
    lines.push(("who can change it", who.to_owned()));
    Draft {
        kind,
        once,
        seq,
        at,
        subject: format!("{}: {}", organization.name, said.subject),
        sentence: said.sentence,
        lines,
        path: format!("/api/v1/organizations/{}/balance", organization.id),
        command: format!("seawall credit add USD --org {}", organization.id),
        budget: None,
        data: fields(said.data),
    }
}

/// The lots of which something is lost within so many days of `now` unless it is used.
pub fn lapsing(book: &Book, now: Time, days: u32) -> impl Iterator<Item = Draft> {
    let until = now.plus_seconds(i64::from(days).saturating_mul(86_400));
    book.lots().filter_map(move |lot| {
        let lapses_at = lot.lapses_at.filter(|at| *at > now && *at <= until)?;
        (lot.left() > Nanos::ZERO)
            .then(|| about_to_lapse(book, lot, lapses_at))
            .flatten()
    })
}

fn about_to_lapse(book: &Book, lot: &Lot, lapses_at: Time) -> Option<Draft> {
    let organization = book.organization()?;
    Some(Draft {
        kind: Kind::LotLapsing,
        once: format!("lapse:{}", lot.id),
        seq: book.head().seq,
        at: book.now(),
        subject: format!(
            "{}: {} of credit lapse soon",
            organization.name,
            usd(lot.left())
        ),
        sentence: format!(
            "Credit of organization \"{}\" lapses on {} ({}): {} of the {} that were added on {} are left, and lost then.",
            organization.name,
            day(lapses_at, &organization.time_zone),
            organization.time_zone,
            usd(lot.left()),
            usd(lot.added),
            day(lot.added_at, &organization.time_zone),
        ),
        lines: vec![
            ("left", usd(lot.left())),
            ("held by running calls", usd(lot.held)),
            ("lapses at", lapses_at.to_string()),
            ("note", lot.note.to_string()),
            (
                "who can change it",
                "nobody; calls that are made before then use it first".to_owned(),
            ),
        ],
        path: format!("/api/v1/organizations/{}/credits", organization.id),
        command: format!("seawall credit list --org {}", organization.id),
        budget: None,
        data: fields(json!({
            "lot_id": lot.id.to_string(),
            "added_usd": lot.added.to_string(),
            "left_usd": lot.left().to_string(),
            "held_usd": lot.held.to_string(),
            "lapses_at": lapses_at.to_string(),
        })),
    })
}

//! Answers and figures in the words of the tables.

use ids::KeyId;
use ledger::{
    Book, BudgetFact, CheckKind, CreditFact, DirectoryFact, Fact, HoldFact, KeyProblem, Limit,
    LimitFact, Measure, Outcome, Quantity, Receipt, Refusal, Shortfall, Stepped,
};
use money::Nanos;

use super::script::Words;
use crate::world::{self, name_of};

/// The answer to a command, and what budgets tell because of it.
pub(crate) fn answer(stepped: &Stepped) -> String {
    let told: Vec<String> = stepped
        .entries
        .iter()
        .filter_map(|(entry, _)| told(&entry.fact))
        .collect();
    [vec![outcome(stepped)], told].concat().join("; ")
}

fn told(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Directory(DirectoryFact::KeyFrozen { id, reason }) if reason.contains("limit") => {
            Some(format!("{} freezes", name_of(id.to_bytes())))
        }
        Fact::Budget(BudgetFact::Crossed {
            budget,
            percent,
            spent,
        }) => Some(format!(
            "{} tells {percent}% at {spent}",
            name_of(budget.to_bytes())
        )),
        _ => None,
    }
}

fn outcome(stepped: &Stepped) -> String {
    let changed = if stepped.entries.is_empty() {
        "unchanged"
    } else {
        "done"
    };
    match &stepped.outcome {
        Outcome::Done { object: None } => changed.to_owned(),
        Outcome::Done { object: Some(id) } => format!("{changed} {}", name_of(*id)),
        Outcome::Rejected(rejection) => format!("rejected: {rejection}"),
        Outcome::Granted(grant) if grant.fitted => {
            format!("fitted {} for {} units", grant.amount, grant.units)
        }
        Outcome::Granted(grant) => format!("granted {}", grant.amount),
        Outcome::Wait => "wait".to_owned(),
        Outcome::Refused(refusal) => refused(refusal),
        Outcome::Closed(receipt) => closed(receipt),
        Outcome::Presumed {
            holds,
            amount,
            more,
        } => {
            let more = if *more { ", more" } else { "" };
            format!("presumed {holds} of {amount}{more}")
        }
    }
}

fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Key(problem) => format!("key {}", problem_name(problem)),
        Refusal::Money(short) => {
            let by = short
                .binding()
                .map_or_else(|| "nothing".to_owned(), |check| kind(check.kind));
            let how = if short.transient {
                "for now"
            } else {
                "for good"
            };
            format!("refused by {by} {how}{}{}", needs(short), fits(short))
        }
    }
}

fn needs(short: &Shortfall) -> String {
    let Some(check) = short.binding() else {
        return String::new();
    };
    let spoken = |amount| figure(check.measure, amount);
    let left = spoken(check.left);
    let needed = match check.measure {
        Measure::Usd => short.needed.into(),
        Measure::Requests => Quantity::new(1),
        Measure::Tokens => Quantity::count(short.needed_tokens),
    };
    let least = short.least_needed_of(check.measure);
    if least == needed {
        format!(", needs {} of {left}", spoken(needed))
    } else {
        format!(", needs {} or {} of {left}", spoken(needed), spoken(least))
    }
}

/// When the call would fit, where a window rolls: else the window says so itself.
fn fits(short: &Shortfall) -> String {
    let window = short.binding().and_then(|check| check.window.as_ref());
    match window.and_then(ledger::Window::rolling) {
        None => String::new(),
        Some(_) => short
            .fits_at
            .map_or(", never fits".to_owned(), |at| format!(", fits at {at}")),
    }
}

fn figure(measure: Measure, amount: Quantity) -> String {
    match measure {
        Measure::Usd => amount.usd().to_string(),
        Measure::Requests | Measure::Tokens => amount.get().to_string(),
    }
}

fn problem_name(problem: &KeyProblem) -> String {
    match problem {
        KeyProblem::Unknown => "unknown".to_owned(),
        KeyProblem::Revoked => "revoked".to_owned(),
        KeyProblem::Expired(at) => format!("expired at {at}"),
        KeyProblem::Frozen(reason) => format!("frozen: {reason}"),
        KeyProblem::ProjectArchived => "of an archived project".to_owned(),
        KeyProblem::ModelNotAllowed(model) => format!("not for {model}"),
    }
}

fn closed(receipt: &Receipt) -> String {
    let mut text = if receipt.changed {
        "charged "
    } else {
        "unchanged "
    }
    .to_owned();
    text += &receipt.charged.to_string();
    if receipt.overrun.is_positive() {
        text += &format!(", overrun {}", receipt.overrun);
    }
    if let Some(headroom) = &receipt.headroom {
        text += &format!(
            "; headroom {} by {}",
            headroom.amount,
            kind(headroom.binding)
        );
    }
    text
}

fn kind(kind: CheckKind) -> String {
    match kind {
        CheckKind::HardLimit(id)
        | CheckKind::ModelLimit(id)
        | CheckKind::EndUserLimit(id)
        | CheckKind::TagLimit(id) => name_of(id.to_bytes()),
        CheckKind::UpstreamCap(id) => format!("cap {}", name_of(id.to_bytes())),
        CheckKind::ApprovedUsageLimit(id) => format!("approved {}", name_of(id.to_bytes())),
        CheckKind::CreditBalance => "credit".to_owned(),
    }
}

/// What the entries of a step say, in short.
pub(crate) fn facts(stepped: &Stepped) -> String {
    let facts: Vec<String> = stepped
        .entries
        .iter()
        .map(|(entry, _)| fact(&entry.fact))
        .collect();
    if facts.is_empty() {
        "nothing".to_owned()
    } else {
        facts.join(", ")
    }
}

fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Credit(CreditFact::Lapsed { lot, amount }) => {
            format!("{} lapses {amount}", name_of(lot.to_bytes()))
        }
        Fact::Limit(LimitFact::WindowOpened { limit, span }) => {
            format!("{} opens {}", name_of(limit.to_bytes()), span.start)
        }
        Fact::Limit(LimitFact::Rolled { limit, .. }) => {
            format!("{} rolls", name_of(limit.to_bytes()))
        }
        Fact::Limit(LimitFact::RaiseEnded { id }) => {
            format!("{} is raised no more", name_of(id.to_bytes()))
        }
        Fact::Limit(LimitFact::Deleted { id }) => format!("{} ends", name_of(id.to_bytes())),
        Fact::Hold(fact) => hold_fact(fact).to_owned(),
        Fact::Directory(DirectoryFact::OrganizationCreated { .. }) => "organization".to_owned(),
        Fact::Budget(BudgetFact::WindowOpened { budget, span }) => {
            format!("{} opens {}", name_of(budget.to_bytes()), span.start)
        }
        Fact::Directory(_) | Fact::Credit(_) | Fact::Limit(_) | Fact::Budget(_) => {
            format!("{fact:?}")
        }
    }
}

/// The name of a fact about a hold.
pub(crate) fn hold_fact(fact: &HoldFact) -> &'static str {
    match fact {
        HoldFact::Taken(_) => "Taken",
        HoldFact::Renewed { .. } => "Renewed",
        HoldFact::Settled { .. } => "Settled",
        HoldFact::Released { .. } => "Released",
        HoldFact::Presumed { .. } => "Presumed",
        HoldFact::Corrected { .. } => "Corrected",
        HoldFact::Described { .. } => "Described",
        HoldFact::Measured { .. } => "Measured",
    }
}

/// What a row that only looks answers; `None` for one that does something.
pub(crate) fn figures(book: &Book, words: &Words<'_>) -> Option<String> {
    match words.at(0) {
        "lot" => {
            let lot = book.lot(world::lot(words.at(1))).expect("a lot");
            let parts = [
                ("lapsed", lot.lapsed),
                ("voided", lot.voided),
                ("owed", lot.owed()),
            ];
            Some(sums([lot.spent, lot.held, lot.left()], &parts))
        }
        "sums" => {
            let sum = book.balance();
            let parts = [
                ("lapsed", sum.lapsed),
                ("voided", sum.voided),
                ("owed", sum.owed),
            ];
            Some(sums([sum.spent, sum.held, sum.left], &parts))
        }
        "lim" => Some(
            book.limit(world::limit(words.at(1)))
                .map_or_else(|| "gone".to_owned(), |limit| limit_figures(limit, words)),
        ),
        "bud" => Some(book.budget(world::budget(words.at(1))).map_or_else(
            || "gone".to_owned(),
            |budget| {
                let (spent, amount) = (budget.spent, budget.amount);
                format!("spent {spent} of {amount} told {:?}", budget.crossed)
            },
        )),
        "headroom" => {
            let key: KeyId = world::key(words.at(1));
            let project = book.key(key).map(|key| key.project);
            let headroom = book.headroom(project, Some(key));
            Some(format!("{} by {}", headroom.amount, kind(headroom.binding)))
        }
        _ => None,
    }
}

/// A limit's figures, or those of one of its subjects.
fn limit_figures(limit: &Limit, words: &Words<'_>) -> String {
    let subject = words.option("user").or(words.option("tag"));
    let count = match subject.map(world::subject) {
        None => Some(&limit.count),
        Some(subject) => {
            let mut subjects = limit.subjects();
            subjects
                .find(|(other, _)| *other == subject)
                .map(|(_, count)| count)
        }
    };
    let Some(count) = count else {
        return "nothing".to_owned();
    };
    let left = limit
        .amount
        .saturating_sub(count.spent)
        .saturating_sub(count.held);
    let [spent, held, left] =
        [count.spent, count.held, left].map(|amount| figure(limit.measure, amount));
    let stopped = match limit.would_have_stopped() {
        0 => String::new(),
        some => format!(" would have stopped {some}"),
    };
    format!("spent {spent} held {held} left {left}{stopped}")
}

fn sums([spent, held, left]: [Nanos; 3], parts: &[(&str, Nanos)]) -> String {
    let mut text = format!("spent {spent} held {held} left {left}");
    for (name, part) in parts.iter().filter(|(_, part)| part.is_positive()) {
        text += &format!(" {name} {part}");
    }
    text
}

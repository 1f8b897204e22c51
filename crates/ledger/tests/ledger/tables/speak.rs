//! Answers and figures in the words of the tables.

use ids::KeyId;
use ledger::{
    Book, BudgetFact, CheckKind, CreditFact, DirectoryFact, Fact, HoldFact, KeyProblem, LimitFact,
    Outcome, Receipt, Refusal, Shortfall, Stepped,
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
            format!("refused by {by} {how}{}", needs(short))
        }
    }
}

fn needs(short: &Shortfall) -> String {
    let left = short
        .binding()
        .map_or(Nanos::ZERO, |check| check.left.usd());
    if short.least_needed == short.needed {
        format!(", needs {} of {left}", short.needed)
    } else {
        format!(
            ", needs {} or {} of {left}",
            short.needed, short.least_needed
        )
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
        "lim" => Some(book.limit(world::limit(words.at(1))).map_or_else(
            || "gone".to_owned(),
            |limit| {
                sums(
                    [
                        limit.count.spent.usd(),
                        limit.count.held.usd(),
                        limit.left().usd(),
                    ],
                    &[],
                )
            },
        )),
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

fn sums([spent, held, left]: [Nanos; 3], parts: &[(&str, Nanos)]) -> String {
    let mut text = format!("spent {spent} held {held} left {left}");
    for (name, part) in parts.iter().filter(|(_, part)| part.is_positive()) {
        text += &format!(" {name} {part}");
    }
    text
}

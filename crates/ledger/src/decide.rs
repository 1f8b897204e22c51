//! Decisions: a Book and a command come in, facts and an answer go out. Nothing changes here.

mod budget;
mod close;
mod credit;
mod crossing;
mod directory;
mod hold;
mod limit;
mod trip;
mod upstream;

use crate::book::Recall;
use crate::{Book, Cause, Command, DirectoryCommand, Fact, Outcome, Rejection, Time};

/// Texts longer than this many bytes are refused.
pub(crate) const LONGEST_TEXT: usize = 1_000;

/// What follows from a command.
#[derive(Debug)]
pub struct Decision {
    /// What is to be appended, in this order. Empty: nothing changes.
    pub facts: Vec<Fact>,
    /// What is to be answered once it is.
    pub outcome: Outcome,
}

impl Decision {
    fn done(facts: Vec<Fact>) -> Self {
        let object = facts.first().and_then(Fact::creates);
        Self {
            facts,
            outcome: Outcome::Done { object },
        }
    }

    const fn nothing(outcome: Outcome) -> Self {
        Self {
            facts: Vec::new(),
            outcome,
        }
    }
}

impl From<Rejection> for Decision {
    fn from(rejection: Rejection) -> Self {
        Self::nothing(Outcome::Rejected(rejection))
    }
}

/// Decides a command. Total: every Book and command have an answer.
///
/// `now` must not be before the Book's own time, and nothing may be [due](crate::due): [`crate::step`] sees to both.
#[must_use]
pub fn decide(book: &Book, command: &Command, cause: Option<&Cause>, now: Time) -> Decision {
    if let Some(Err(rejection)) = cause.map(|cause| check_length("actor", &cause.actor)) {
        return rejection.into();
    }
    if let Some(asked) = cause.and_then(|cause| cause.idempotency.as_ref()) {
        match book.memory.recall(asked, now) {
            Recall::Nothing => {}
            Recall::Same(object) => {
                return Decision::nothing(Outcome::Done {
                    object: Some(object),
                });
            }
            Recall::Other => return Rejection::IdempotencyMismatch.into(),
        }
    }
    if book.organization.is_none()
        && !matches!(
            command,
            Command::Directory(
                DirectoryCommand::CreateOrganization(_) | DirectoryCommand::CreateUpstream(_)
            )
        )
    {
        return Rejection::NoOrganization.into();
    }
    match command {
        Command::TakeHold(ask) => hold::take(book, ask, now),
        Command::RenewHolds { holds, deadline } => close::renew(book, holds, *deadline),
        Command::Settle { hold, settlement } => close::settle(book, *hold, settlement, now),
        Command::PresumeEarlierBoots { holder, most } => {
            close::presume_earlier_boots(book, holder, *most)
        }
        Command::PresumeOverdue { most } => close::presume_overdue(book, now, *most),
        Command::AddCredit(ask) => credit::add(book, ask, now).unwrap_or_else(Decision::from),
        Command::VoidCredit { lot } => credit::void(book, *lot).unwrap_or_else(Decision::from),
        Command::ChargeBack(ask) => credit::charge_back(book, ask).unwrap_or_else(Decision::from),
        Command::CreateLimit(terms) => {
            limit::create(book, terms, now).unwrap_or_else(Decision::from)
        }
        Command::ChangeLimit(ask) => limit::change(book, ask, now).unwrap_or_else(Decision::from),
        Command::DeleteLimit { id } => limit::delete(book, *id).unwrap_or_else(Decision::from),
        Command::CreateBudget(ask) => budget::create(book, ask, now).unwrap_or_else(Decision::from),
        Command::ChangeBudget(ask) => budget::change(book, ask).unwrap_or_else(Decision::from),
        Command::DeleteBudget { id } => budget::delete(book, *id).unwrap_or_else(Decision::from),
        Command::Directory(command) => {
            directory::decide(book, command, now).unwrap_or_else(Decision::from)
        }
    }
}

fn check_length(field: &'static str, text: &str) -> Result<(), Rejection> {
    if text.len() > LONGEST_TEXT {
        return Err(Rejection::Invalid {
            field,
            problem: "is longer than 1,000 bytes",
        });
    }
    Ok(())
}

fn check_text(field: &'static str, text: &str) -> Result<(), Rejection> {
    check_length(field, text)?;
    if text.chars().any(char::is_control) {
        return Err(Rejection::Invalid {
            field,
            problem: "contains control characters",
        });
    }
    Ok(())
}

fn check_name(text: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        return Err(Rejection::Invalid {
            field: "name",
            problem: "is empty",
        });
    }
    check_text("name", text)
}

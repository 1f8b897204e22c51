//! Whether what an administrator was answered is so.

use ids::KeyId;
use ledger::{ChangeBudget, ChangeLimit, Command, DirectoryCommand, Rejection, Scope};

use crate::reference::{Figures, KeyIs};

/// Whether a command that changes nothing is as good as carried out.
pub(crate) fn already(command: &Command, figures: &Figures) -> bool {
    let Command::Directory(command) = command else {
        return false;
    };
    let state = |id: &KeyId| figures.keys.get(id).map(|key| key.state);
    match command {
        DirectoryCommand::FreezeKey { id, .. } => state(id) == Some(KeyIs::Frozen),
        DirectoryCommand::UnfreezeKey { id } => state(id) == Some(KeyIs::Active),
        DirectoryCommand::RevokeKey { id } => state(id) == Some(KeyIs::Revoked),
        DirectoryCommand::ArchiveProject { id } => figures.projects.get(id) == Some(&false),
        _ => false,
    }
}

/// Whether a command is rightly rejected on a Book with these figures.
pub(crate) fn is_so(command: &Command, why: &Rejection, figures: &Figures) -> bool {
    match (command, why) {
        // By a node whose clock is ahead.
        (
            Command::ChangeLimit(ChangeLimit { until: Some(_), .. }),
            Rejection::Invalid { field, .. },
        ) => *field == "until_at",
        (Command::CreateLimit(ask), Rejection::Invalid { field, .. }) => {
            *field == "until_at" && ask.ends_at.is_some()
        }
        (Command::ChangeLimit(ChangeLimit { id, .. }) | Command::DeleteLimit { id }, _) => {
            *why == Rejection::NotFound("limit") && !figures.limits.contains_key(id)
        }
        (Command::VoidCredit { lot }, Rejection::NotFound(_)) => figures.lot(*lot).is_none(),
        (Command::VoidCredit { lot }, Rejection::Ended(..)) => {
            figures.lot(*lot).is_some_and(|left| left <= 0)
        }
        (Command::CreateLimit(ask), Rejection::NotFound(_)) => nowhere(ask.scope, figures),
        (Command::CreateBudget(ask), Rejection::NotFound(_)) => nowhere(ask.scope, figures),
        (Command::ChangeBudget(ChangeBudget { id, .. }) | Command::DeleteBudget { id }, _) => {
            *why == Rejection::NotFound("budget") && !figures.budgets.contains_key(id)
        }
        (Command::ChargeBack(ask), Rejection::NotFound(_)) => figures.lot(ask.lot).is_none(),
        (Command::ChargeBack(ask), Rejection::Invalid { field, .. }) => {
            let was = figures.was(ask.lot);
            *field == "amount_usd" && was.is_some_and(|was| i128::from(ask.amount.get()) > was)
        }
        // By a node whose clock is ahead.
        (Command::AddCredit(_), Rejection::Invalid { field, .. }) => *field == "lapses_at",
        (Command::Directory(command), _) => is_so_of_directory(command, why, figures),
        _ => false,
    }
}

fn nowhere(scope: Scope, figures: &Figures) -> bool {
    match scope {
        Scope::Organization => false,
        Scope::Project(id) => !figures.projects.contains_key(&id),
        Scope::Key(id) => !figures.keys.contains_key(&id),
    }
}

fn is_so_of_directory(command: &DirectoryCommand, why: &Rejection, figures: &Figures) -> bool {
    match (command, why) {
        (
            DirectoryCommand::FreezeKey { id, .. } | DirectoryCommand::UnfreezeKey { id },
            Rejection::Ended(..),
        ) => figures.keys.get(id).map(|key| key.state) == Some(KeyIs::Revoked),
        (
            DirectoryCommand::FreezeKey { id, .. }
            | DirectoryCommand::UnfreezeKey { id }
            | DirectoryCommand::RevokeKey { id },
            Rejection::NotFound(_),
        ) => !figures.keys.contains_key(id),
        (DirectoryCommand::CreateKey(_), Rejection::Invalid { field, .. }) => {
            *field == "expires_at"
        }
        (DirectoryCommand::CreateKey(ask), Rejection::Ended("project", _)) => {
            figures.projects.get(&ask.project) == Some(&false)
        }
        (DirectoryCommand::CreateKey(ask), Rejection::NotFound("project")) => {
            !figures.projects.contains_key(&ask.project)
        }
        (DirectoryCommand::ArchiveProject { id }, Rejection::NotFound(_)) => {
            !figures.projects.contains_key(id)
        }
        _ => false,
    }
}

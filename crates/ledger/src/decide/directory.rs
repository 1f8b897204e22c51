//! The organization, its projects and its keys.

use super::{Decision, check_name, check_text};
use crate::book::{KeyState, ProjectState};
use crate::{
    Book, ChangeKey, ChangeOrganization, ChangeProject, CreateKey, CreateOrganization,
    CreateProject, DirectoryCommand, DirectoryFact, Fact, KeyChanged, KeyCreated, LimitOrigin,
    LimitTerms, Rejection, Scope, Time, Window, time_zone,
};

/// The most projects an organization can have.
const MOST_PROJECTS: usize = 10_000;
/// The most keys an organization can have.
const MOST_KEYS: usize = 100_000;
/// The most models or networks a key can list.
const MOST_LISTED: usize = 256;

pub(super) fn decide(
    book: &Book,
    command: &DirectoryCommand,
    now: Time,
) -> Result<Decision, Rejection> {
    match command {
        DirectoryCommand::CreateOrganization(ask) => create_organization(book, ask, now),
        DirectoryCommand::CreateUpstream(ask) => super::upstream::create(book, ask),
        DirectoryCommand::ChangeOrganization(ask) => change_organization(book, ask),
        DirectoryCommand::CreateProject(ask) => create_project(book, ask),
        DirectoryCommand::ChangeProject(ask) => change_project(book, ask),
        DirectoryCommand::SetFitFloor { id, fit_floor } => set_fit_floor(book, *id, *fit_floor),
        DirectoryCommand::ArchiveProject { id } => {
            match book.project(*id).map(|project| project.state) {
                None => Err(Rejection::NotFound("project")),
                Some(ProjectState::Archived { .. }) => Ok(Decision::done(Vec::new())),
                Some(ProjectState::Active) => Ok(Decision::done(vec![Fact::Directory(
                    DirectoryFact::ProjectArchived { id: *id },
                )])),
            }
        }
        DirectoryCommand::CreateKey(ask) => create_key(book, ask, now),
        DirectoryCommand::ChangeKey(ask) => change_key(book, ask),
        DirectoryCommand::FreezeKey { id, reason } => {
            check_text("reason", reason)?;
            match key_state(book, *id)? {
                KeyState::Active => Ok(Decision::done(vec![Fact::Directory(
                    DirectoryFact::KeyFrozen {
                        id: *id,
                        reason: reason.clone(),
                    },
                )])),
                KeyState::Frozen { .. } => Ok(Decision::done(Vec::new())),
                KeyState::Revoked { .. } => Err(Rejection::Ended("key", "revoked")),
            }
        }
        DirectoryCommand::UnfreezeKey { id } => match key_state(book, *id)? {
            KeyState::Active => Ok(Decision::done(Vec::new())),
            KeyState::Frozen { .. } => Ok(Decision::done(vec![Fact::Directory(
                DirectoryFact::KeyUnfrozen { id: *id },
            )])),
            KeyState::Revoked { .. } => Err(Rejection::Ended("key", "revoked")),
        },
        DirectoryCommand::RevokeKey { id } => match key_state(book, *id)? {
            KeyState::Revoked { .. } => Ok(Decision::done(Vec::new())),
            KeyState::Active | KeyState::Frozen { .. } => {
                Ok(Decision::done(vec![Fact::Directory(
                    DirectoryFact::KeyRevoked { id: *id },
                )]))
            }
        },
    }
}

fn key_state(book: &Book, id: ids::KeyId) -> Result<&KeyState, Rejection> {
    book.key(id)
        .map(|key| &key.state)
        .ok_or(Rejection::NotFound("key"))
}

fn check_zone(name: &str) -> Result<(), Rejection> {
    time_zone(name)
        .map(|_zone| ())
        .map_err(|_unknown| Rejection::Invalid {
            field: "time_zone",
            problem: "is not an IANA time zone",
        })
}

fn create_organization(
    book: &Book,
    ask: &CreateOrganization,
    now: Time,
) -> Result<Decision, Rejection> {
    if book.organization().is_some() {
        return Err(Rejection::Exists("organization"));
    }
    check_name(&ask.name)?;
    check_zone(&ask.time_zone)?;
    let mut facts = vec![Fact::Directory(DirectoryFact::OrganizationCreated {
        id: ask.id,
        name: ask.name.clone(),
        time_zone: ask.time_zone.clone(),
    })];
    if let Some((id, amount)) = ask.approved_usage_limit {
        let month = Window::Month {
            time_zone: ask.time_zone.clone(),
        };
        let terms = LimitTerms::hard_limit(id, Scope::Organization, amount, month);
        let terms = terms.set_by(LimitOrigin::Operator);
        facts.extend(super::limit::create(book, &terms, now)?.facts);
    }
    if let Some(guard) = ask.spend_guard {
        if ask
            .approved_usage_limit
            .is_some_and(|(id, _)| id == guard.id)
        {
            return Err(Rejection::Exists("limit"));
        }
        let terms = LimitTerms::spend_guard(guard.id, guard.amount, guard.rolling);
        facts.extend(super::limit::create(book, &terms, now)?.facts);
    }
    Ok(Decision::done(facts))
}

fn change_organization(book: &Book, ask: &ChangeOrganization) -> Result<Decision, Rejection> {
    let organization = book.organization().ok_or(Rejection::NoOrganization)?;
    let name = ask.name.as_ref().unwrap_or(&organization.name);
    let time_zone = ask.time_zone.as_ref().unwrap_or(&organization.time_zone);
    check_name(name)?;
    check_zone(time_zone)?;
    Ok(Decision::done(vec![Fact::Directory(
        DirectoryFact::OrganizationChanged {
            name: name.clone(),
            time_zone: time_zone.clone(),
        },
    )]))
}

fn check_default_max_output(tokens: Option<u64>) -> Result<(), Rejection> {
    if tokens == Some(0) {
        return Err(Rejection::Invalid {
            field: "default_max_output",
            problem: "must be more than 0",
        });
    }
    Ok(())
}

fn create_project(book: &Book, ask: &CreateProject) -> Result<Decision, Rejection> {
    check_name(&ask.name)?;
    check_default_max_output(ask.default_max_output)?;
    if book.project(ask.id).is_some() {
        return Err(Rejection::Exists("project"));
    }
    if book.projects().count() >= MOST_PROJECTS {
        return Err(Rejection::TooMany {
            what: "projects",
            most: MOST_PROJECTS,
        });
    }
    Ok(Decision::done(vec![Fact::Directory(
        DirectoryFact::ProjectCreated {
            id: ask.id,
            name: ask.name.clone(),
            default_max_output: ask.default_max_output,
        },
    )]))
}

fn change_project(book: &Book, ask: &ChangeProject) -> Result<Decision, Rejection> {
    let project = book.project(ask.id).ok_or(Rejection::NotFound("project"))?;
    let name = ask.name.clone().unwrap_or_else(|| project.name.clone());
    let default_max_output = ask.default_max_output.unwrap_or(project.default_max_output);
    check_name(&name)?;
    check_default_max_output(default_max_output)?;
    Ok(Decision::done(vec![Fact::Directory(
        DirectoryFact::ProjectChanged {
            id: ask.id,
            name,
            default_max_output,
        },
    )]))
}

fn set_fit_floor(
    book: &Book,
    id: ids::ProjectId,
    fit_floor: Option<u64>,
) -> Result<Decision, Rejection> {
    let project = book.project(id).ok_or(Rejection::NotFound("project"))?;
    if fit_floor == Some(0) {
        return Err(Rejection::Invalid {
            field: "fit_floor",
            problem: "must be more than 0",
        });
    }
    let fact = DirectoryFact::ProjectFitFloor { id, fit_floor };
    let changed = (project.fit_floor != fit_floor).then_some(Fact::Directory(fact));
    Ok(Decision::done(changed.into_iter().collect()))
}

fn check_list(field: &'static str, list: Option<&Vec<Box<str>>>) -> Result<(), Rejection> {
    let Some(list) = list else { return Ok(()) };
    if list.len() > MOST_LISTED {
        return Err(Rejection::TooMany {
            what: "models or networks on one key",
            most: MOST_LISTED,
        });
    }
    list.iter().try_for_each(|item| check_text(field, item))
}

fn create_key(book: &Book, ask: &CreateKey, now: Time) -> Result<Decision, Rejection> {
    check_name(&ask.name)?;
    check_list("models", ask.models.as_ref())?;
    check_list("ip_allow", ask.ip_allow.as_ref())?;
    check_text("hint", &ask.hint)?;
    let project = book
        .project(ask.project)
        .ok_or(Rejection::NotFound("project"))?;
    if project.state != ProjectState::Active {
        return Err(Rejection::Ended("project", "archived"));
    }
    if ask.expires_at.is_some_and(|at| at <= now) {
        return Err(Rejection::Invalid {
            field: "expires_at",
            problem: "is in the past",
        });
    }
    if book.key(ask.id).is_some() || book.key_by_hash(ask.hash).is_some() {
        return Err(Rejection::Exists("key"));
    }
    if book.keys().count() >= MOST_KEYS {
        return Err(Rejection::TooMany {
            what: "keys",
            most: MOST_KEYS,
        });
    }
    Ok(Decision::done(vec![Fact::Directory(
        DirectoryFact::KeyCreated(KeyCreated {
            id: ask.id,
            project: ask.project,
            name: ask.name.clone(),
            hash: ask.hash,
            hint: ask.hint.clone(),
            expires_at: ask.expires_at,
            models: ask.models.clone(),
            ip_allow: ask.ip_allow.clone(),
        }),
    )]))
}

fn change_key(book: &Book, ask: &ChangeKey) -> Result<Decision, Rejection> {
    let key = book.key(ask.id).ok_or(Rejection::NotFound("key"))?;
    if matches!(key.state, KeyState::Revoked { .. }) {
        return Err(Rejection::Ended("key", "revoked"));
    }
    let name = ask.name.clone().unwrap_or_else(|| key.name.clone());
    let models = ask.models.clone().unwrap_or_else(|| key.models.clone());
    let ip_allow = ask.ip_allow.clone().unwrap_or_else(|| key.ip_allow.clone());
    check_name(&name)?;
    check_list("models", models.as_ref())?;
    check_list("ip_allow", ip_allow.as_ref())?;
    let expires_at = ask.expires_at.unwrap_or(key.expires_at);
    Ok(Decision::done(vec![Fact::Directory(
        DirectoryFact::KeyChanged(KeyChanged {
            id: ask.id,
            name,
            expires_at,
            models,
            ip_allow,
        }),
    )]))
}

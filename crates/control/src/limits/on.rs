//! Reading what a hard limit is to be on: everything of an organization, a project or a key, only the calls there of a model, an
//! end user or a tag, or whatever goes through an upstream account.

use ids::{KeyId, OrganizationId, Pepper, ProjectId, SubjectKind};
use ledger::{Calls, Tag};
use teller::Teller;

use super::window::object;
use crate::app::App;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::scope::Place;
use crate::upstreams::caps::exists;

/// The longest text of an end user or a tag, in bytes.
const LONGEST_VALUE: usize = 256;

/// What a hard limit is to be on.
pub(super) struct On {
    /// Whose it is, where that is said beside the place.
    organization: Option<OrganizationId>,
    pub(super) place: Place,
    pub(super) calls: Calls,
    /// The name of the upstream account, where it is on one.
    pub(super) upstream: Option<String>,
}

impl On {
    pub(super) async fn teller(&self, app: &App) -> Result<Teller, ApiError> {
        if let Some(name) = &self.upstream {
            exists(app, name)?;
        }
        match self.organization {
            // A project or key that is not this organization's is not found in its Book.
            Some(organization) => app.teller(organization),
            None => self.place.teller(app).await,
        }
    }
}

/// What of a place is counted.
#[derive(Clone, Copy)]
enum Part {
    All(Whole),
    Model,
    Of(SubjectKind),
    Upstream,
}

#[derive(Clone, Copy)]
enum Whole {
    Organization,
    Project,
    Key,
}

const KINDS: [(&str, Part); 7] = [
    ("organization", Part::All(Whole::Organization)),
    ("project", Part::All(Whole::Project)),
    ("key", Part::All(Whole::Key)),
    ("model", Part::Model),
    ("end_user", Part::Of(SubjectKind::EndUser)),
    ("tag", Part::Of(SubjectKind::Tag)),
    ("upstream", Part::Upstream),
];

/// Reads the member `scope`. An end user's text goes into its keyed hash here, and no further.
pub(super) fn read(fields: &mut Fields, pepper: &Pepper) -> Result<On, ApiError> {
    let mut scope = object(fields, "scope")?;
    let kind = scope.word("kind", &KINDS)?;
    let kind = kind.ok_or_else(|| super::window::missing("scope.kind"))?;
    let on = match kind {
        Part::Upstream => {
            let name: String = scope.required("name")?;
            On {
                organization: None,
                place: Place::Upstream(OrganizationId::of_upstream(&name)),
                calls: Calls::All,
                upstream: Some(name),
            }
        }
        Part::All(whole) => On {
            organization: None,
            place: whole_of(&mut scope, whole)?,
            calls: Calls::All,
            upstream: None,
        },
        Part::Model => {
            let (organization, place) = within(&mut scope)?;
            let model: String = scope.required("model")?;
            let calls = Calls::Model(model.into());
            On {
                organization,
                place,
                calls,
                upstream: None,
            }
        }
        Part::Of(kind) => {
            let (organization, place) = within(&mut scope)?;
            let value: Option<String> = scope.optional("value")?;
            let calls = of_subject(kind, value, pepper)?;
            On {
                organization,
                place,
                calls,
                upstream: None,
            }
        }
    };
    scope.finish()?;
    Ok(on)
}

fn whole_of(scope: &mut Fields, whole: Whole) -> Result<Place, ApiError> {
    let id: String = scope.required("id")?;
    let place = match whole {
        Whole::Organization => id.parse().map(Place::Organization),
        Whole::Project => id.parse().map(Place::Project),
        Whole::Key => id.parse().map(Place::Key),
    };
    place.map_err(|wrong| ApiError::invalid("scope.id", format!("is {wrong}")))
}

/// The narrowest of the ids is what it is within.
fn within(scope: &mut Fields) -> Result<(Option<OrganizationId>, Place), ApiError> {
    let organization: Option<OrganizationId> = id(scope, "organization_id")?;
    let project: Option<ProjectId> = id(scope, "project_id")?;
    let key: Option<KeyId> = id(scope, "key_id")?;
    let place = match (key, project, organization) {
        (Some(_), Some(_), _) => {
            return Err(ApiError::invalid(
                "scope.key_id",
                "cannot be combined with `scope.project_id`: a key is in one project only",
            ));
        }
        (Some(key), None, _) => Place::Key(key),
        (None, Some(project), _) => Place::Project(project),
        (None, None, Some(organization)) => Place::Organization(organization),
        (None, None, None) => return Err(super::window::missing("scope.organization_id")),
    };
    Ok((organization, place))
}

fn id<T: std::str::FromStr>(scope: &mut Fields, name: &'static str) -> Result<Option<T>, ApiError>
where
    T::Err: std::fmt::Display,
{
    let text: Option<String> = scope.optional(name)?;
    let id = text.map(|text| text.parse());
    id.transpose()
        .map_err(|wrong: T::Err| ApiError::invalid(&scope.path(name), format!("is {wrong}")))
}

fn of_subject(
    kind: SubjectKind,
    value: Option<String>,
    pepper: &Pepper,
) -> Result<Calls, ApiError> {
    let Some(value) = value else {
        return Ok(match kind {
            SubjectKind::EndUser => Calls::EachEndUser,
            SubjectKind::Tag => Calls::EachTag,
        });
    };
    let wrong = |problem: &str| Err(ApiError::invalid("scope.value", problem));
    if value.is_empty() || value.len() > LONGEST_VALUE {
        return wrong("must have from 1 to 256 bytes; leave it out for a limit on each one apart");
    }
    let subject = pepper.subject(kind, &value);
    match kind {
        SubjectKind::EndUser => Ok(Calls::EndUser(subject)),
        SubjectKind::Tag => {
            let named = value
                .split_once('=')
                .is_some_and(|(name, _)| !name.is_empty());
            if !named || value.trim() != value {
                return wrong("must be a name, `=` and a value, such as \"team=red\"");
            }
            let name = value.into();
            Ok(Calls::Tag(Tag { subject, name }))
        }
    }
}

//! What a hard limit or a check is on, in paths, bodies, parameters and answers.

mod list;

use ids::{KeyId, OrganizationId, ProjectId};
use ledger::{Book, Scope, Time, Window};
use serde::Serialize;
use teller::Teller;
use utoipa::ToSchema;

pub(crate) use self::list::list;
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::words;
use crate::query::{Params, invalid};
use crate::upstreams::caps;

/// A scope with what people call it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Scope)]
pub(crate) struct ScopeView {
    #[schema(value_type = words::ScopeKind)]
    pub(crate) kind: &'static str,
    /// Of an upstream: its name.
    pub(crate) id: String,
    pub(crate) name: Option<Box<str>>,
}

impl ScopeView {
    pub(crate) fn of(scope: Scope, book: &Book) -> Self {
        match scope {
            Scope::Organization if book.is_of_upstream() => {
                let name = book.organization().map(|found| found.name.clone());
                Self {
                    kind: "upstream",
                    id: name.as_deref().unwrap_or_default().to_owned(),
                    name,
                }
            }
            Scope::Organization => {
                let organization = book.organization();
                Self {
                    kind: "organization",
                    id: organization
                        .map(|found| found.id.to_string())
                        .unwrap_or_default(),
                    name: organization.map(|found| found.name.clone()),
                }
            }
            Scope::Project(id) => Self {
                kind: "project",
                id: id.to_string(),
                name: book.project(id).map(|project| project.name.clone()),
            },
            Scope::Key(id) => Self {
                kind: "key",
                id: id.to_string(),
                name: book.key(id).map(|key| key.name.clone()),
            },
        }
    }
}

impl ScopeView {
    /// What it is called within a sentence: "project web".
    pub(crate) fn spoken(&self) -> String {
        let name = self.name.as_deref().unwrap_or(&self.id);
        format!("{} {name}", self.kind)
    }
}

/// How long a ceiling counts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Window)]
pub(crate) struct WindowView {
    #[schema(value_type = words::WindowKind)]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<Box<str>>,
    /// The length of one that rolls.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
}

impl WindowView {
    pub(crate) fn of(window: &Window) -> Self {
        Self {
            kind: window.kind(),
            time_zone: window.zone().map(Box::from),
            seconds: window.rolling().map(|rolling| rolling.seconds),
        }
    }
}

/// When a window ends; `None` where it never does.
pub(crate) fn ends(end: Time) -> Option<Time> {
    Some(end).filter(|end| *end < Time::LATEST)
}

/// What `?organization=`, `?project=` or `?key=` names; for some also `?upstream=`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Organization(OrganizationId),
    Project(ProjectId),
    Key(KeyId),
    /// The Book of an upstream account's caps.
    Upstream(OrganizationId),
}

impl Place {
    /// The same, or the caps of the upstream account that a fourth parameter names.
    pub(crate) fn read_any(app: &App, params: &mut Params) -> Result<Option<Self>, ApiError> {
        let upstream = params.text("upstream")?;
        let place = Self::read(params)?;
        let Some(name) = upstream else {
            return Ok(place);
        };
        if place.is_some() {
            return Err(invalid(
                "upstream",
                "cannot be combined: its caps are no organization's",
            ));
        }
        caps::exists(app, &name)?;
        Ok(Some(Self::Upstream(OrganizationId::of_upstream(&name))))
    }

    /// Exactly one of the three parameters; `None` where there is none.
    pub(crate) fn read(params: &mut Params) -> Result<Option<Self>, ApiError> {
        let organization = params.read("organization", "must be an id such as org_…")?;
        let project = params.read("project", "must be an id such as proj_…")?;
        let key = params.read("key", "must be an id such as key_…")?;
        match (organization, project, key) {
            (None, None, None) => Ok(None),
            (Some(id), None, None) => Ok(Some(Self::Organization(id))),
            (None, Some(id), None) => Ok(Some(Self::Project(id))),
            (None, None, Some(id)) => Ok(Some(Self::Key(id))),
            _ => Err(invalid(
                "organization",
                "cannot be combined: give one of organization, project and key",
            )),
        }
    }

    pub(crate) async fn teller(self, app: &App) -> Result<Teller, ApiError> {
        match self {
            Self::Organization(id) => app.teller(id),
            Self::Project(id) => app.teller_of(id).await,
            Self::Key(id) => app.teller_of(id).await,
            Self::Upstream(book) => app.book(book),
        }
    }

    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::Organization(_) => "organization",
            Self::Project(_) => "project",
            Self::Key(_) => "key",
            Self::Upstream(_) => "upstream cap",
        }
    }

    /// The project and key whose checks count here; `None` where the Book has no such thing.
    pub(crate) fn within(self, book: &Book) -> Option<(Option<ProjectId>, Option<KeyId>)> {
        book.organization()?;
        match self {
            Self::Organization(_) | Self::Upstream(_) => Some((None, None)),
            Self::Project(id) => book.project(id).map(|project| (Some(project.id), None)),
            Self::Key(id) => book.key(id).map(|key| (Some(key.project), Some(key.id))),
        }
    }

    /// The scope of exactly this.
    pub(crate) const fn scope(self) -> Scope {
        match self {
            Self::Organization(_) | Self::Upstream(_) => Scope::Organization,
            Self::Project(id) => Scope::Project(id),
            Self::Key(id) => Scope::Key(id),
        }
    }
}

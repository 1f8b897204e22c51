//! What the provider's administration API says: limits, alerts, projects, keys, costs.

/// The readers, one for each endpoint.
pub mod read;

use jiff::Timestamp;
use money::Nanos;

use crate::observations::Reading;

/// A hard limit on spending at the provider, by the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendLimit {
    /// How much.
    pub threshold: Nanos,
    /// Whether it stops anything now. The provider may also only watch it.
    pub enforcing: bool,
}

/// An e-mail at the provider when spending reaches an amount. Stops nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// At how much in a month.
    pub threshold: Nanos,
}

/// A project's key, as its list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its name.
    pub name: String,
    /// Its last letters.
    pub tail: String,
    /// Whether its owner may still use the project.
    pub owner_active: bool,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Which models a project may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelPermissions {
    /// Only those listed; otherwise all but those.
    pub only_listed: bool,
    /// The list.
    pub models: Vec<String>,
}

impl ModelPermissions {
    /// Whether a model may be used.
    #[must_use]
    pub fn allow(&self, model: &str) -> bool {
        self.models.iter().any(|listed| listed == model) == self.only_listed
    }
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it was put away.
    pub archived: bool,
    /// Its keys.
    pub keys: Reading<Vec<ApiKey>>,
    /// Its hard limit, if it has one.
    pub limit: Reading<Option<SpendLimit>>,
    /// Its alerts.
    pub alerts: Reading<Vec<Alert>>,
    /// Which models it may use, if that is restricted.
    pub models: Reading<Option<ModelPermissions>>,
    /// What it has cost this month.
    pub spent: Option<Nanos>,
}

impl Project {
    /// How people know it: its id, and its name in quotes.
    #[must_use]
    pub fn named(&self) -> String {
        format!("{} \"{}\"", self.id, self.name)
    }
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    /// The organization's hard limit, if it has one.
    pub limit: Reading<Option<SpendLimit>>,
    /// The organization's alerts.
    pub alerts: Reading<Vec<Alert>>,
    /// Its projects.
    pub projects: Reading<Vec<Project>>,
    /// What it has cost this month.
    pub spent: Reading<Nanos>,
}

impl Admin {
    /// The alerts of the organization and of the project, with who has them.
    pub(crate) fn alerts_of<'a>(
        &'a self,
        project: Option<&'a Project>,
    ) -> impl Iterator<Item = (&'static str, Alert, Option<Nanos>)> + 'a {
        let own = self.alerts.known().into_iter().flatten();
        let spent = self.spent.known().copied();
        let own = own.map(move |alert| ("organization", *alert, spent));
        let of_project = project.into_iter().flat_map(|project| {
            let alerts = project.alerts.known().into_iter().flatten();
            alerts.map(|alert| ("project", *alert, project.spent))
        });
        own.chain(of_project)
    }
}

//! What can be closed, and whom that covers.

use diagnosis::{Cause, Scope, Verdict};
use serde::{Deserialize, Serialize};

/// The longest name of an organization or project that is believed, in bytes.
const LONGEST: usize = 128;

/// Something that is closed as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Place {
    /// One model at one account.
    Model {
        /// The account's name here.
        account: Box<str>,
        /// The model as clients call it.
        model: Box<str>,
    },
    /// One account with all its models.
    Account {
        /// The account's name here.
        account: Box<str>,
    },
    /// All accounts of one project at a provider.
    Project {
        /// The provider's host.
        host: Box<str>,
        /// Its organization, where the provider names it: two of them may call a project alike.
        organization: Option<Box<str>>,
        /// The project as the provider names it.
        project: Box<str>,
    },
    /// All accounts of one organization at a provider.
    Organization {
        /// The provider's host.
        host: Box<str>,
        /// The organization as the provider names it.
        organization: Box<str>,
    },
}

impl Place {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Model { .. } => "model",
            Self::Account { .. } => "account",
            Self::Project { .. } => "project",
            Self::Organization { .. } => "organization",
        }
    }

    /// What a verdict on a call of this account to this model closes.
    ///
    /// Whose project or organization it is the provider's headers say; where they never did, the account is closed alone.
    pub(crate) fn of(verdict: &Verdict, who: &Who<'_>, model: &str) -> Self {
        let account: Box<str> = who.account.into();
        let host: Box<str> = who.host.into();
        match (verdict.scope, who.identity) {
            (Scope::Request | Scope::Model | Scope::Deployment, _) => Self::Model {
                account,
                model: model.into(),
            },
            // A key that may not make pictures still chats.
            (Scope::Key, _) if verdict.cause == Cause::MissingScope => Self::Model {
                account,
                model: model.into(),
            },
            (
                Scope::Project,
                Some(Identity {
                    organization,
                    project: Some(project),
                }),
            ) => Self::Project {
                host,
                organization: organization.clone(),
                project: project.clone(),
            },
            (
                Scope::Organization | Scope::Account,
                Some(Identity {
                    organization: Some(organization),
                    ..
                }),
            ) => Self::Organization {
                host,
                organization: organization.clone(),
            },
            (Scope::Key | Scope::Project | Scope::Organization | Scope::Account, _) => {
                Self::Account { account }
            }
        }
    }

    /// Whether a call of this account to this model is closed by it; `None`: whether any call of it can be.
    pub(crate) fn covers(&self, who: &Who<'_>, model: Option<&str>) -> bool {
        match self {
            Self::Model {
                account,
                model: closed,
            } => **account == *who.account && model.is_none_or(|model| **closed == *model),
            Self::Account { account } => **account == *who.account,
            Self::Project {
                host,
                organization,
                project,
            } => {
                let same = |is: &Identity| {
                    is.organization == *organization && is.project.as_deref() == Some(project)
                };
                **host == *who.host && who.identity.is_some_and(same)
            }
            Self::Organization { host, organization } => {
                let same = |is: &Identity| is.organization.as_ref() == Some(organization);
                **host == *who.host && who.identity.is_some_and(same)
            }
        }
    }
}

/// Whose an account is at its provider, as the provider's answers name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) organization: Option<Box<str>>,
    pub(crate) project: Option<Box<str>>,
}

impl Identity {
    /// Reads the headers of an answer; `None` where they name nobody.
    pub(crate) fn read(headers: &http::HeaderMap) -> Option<Self> {
        let named = |name: &str| {
            let text = headers.get(name)?.to_str().ok()?.trim();
            let plain = !text.is_empty() && text.len() <= LONGEST;
            plain.then(|| Box::from(text))
        };
        let identity = Self {
            organization: named("openai-organization"),
            project: named("openai-project"),
        };
        (identity != Self::default()).then_some(identity)
    }
}

/// An account as a park sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who<'a> {
    pub(crate) account: &'a str,
    pub(crate) host: &'a str,
    pub(crate) identity: Option<&'a Identity>,
}

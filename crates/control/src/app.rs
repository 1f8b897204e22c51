//! What every endpoint works with: the parts, the index, and the ways to ask and to command.

use std::ops::Deref;
use std::sync::Arc;

use ids::OrganizationId;
use ledger::{Book, Cause, Command, Outcome, Time};
use teller::Teller;

use crate::error::ApiError;
use crate::index::{Index, Owned};
use crate::parts::Parts;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    parts: Parts,
    index: Index,
}

impl App {
    pub(crate) fn new(parts: Parts) -> Self {
        let index = Index::default();
        Self {
            inner: Arc::new(Inner { parts, index }),
        }
    }

    /// The teller of an organization, which need not exist. An upstream account's Book is none: its one key, project and lot
    /// are nobody's to change.
    pub(crate) fn teller(&self, organization: OrganizationId) -> Result<Teller, ApiError> {
        if organization.is_of_upstream() {
            return Err(ApiError::not_found("organization"));
        }
        self.book(organization)
    }

    /// The teller of any Book: an organization's, or that of an upstream account's caps.
    pub(crate) fn book(&self, of: OrganizationId) -> Result<Teller, ApiError> {
        Ok(self.tellers.of(of)?)
    }

    /// The teller of the organization that a project, key or limit belongs to.
    pub(crate) async fn teller_of(&self, thing: impl Into<Owned>) -> Result<Teller, ApiError> {
        let thing = thing.into();
        let owner = self.inner.index.owner(&self.tellers, thing).await?;
        let owner = owner.ok_or_else(|| ApiError::not_found(thing.what()))?;
        match thing {
            Owned::Limit(_) => self.book(owner),
            Owned::Project(_) | Owned::Key(_) | Owned::Budget(_) | Owned::Lot(_)
                if owner.is_of_upstream() =>
            {
                Err(ApiError::not_found(thing.what()))
            }
            Owned::Project(_) | Owned::Key(_) | Owned::Budget(_) | Owned::Lot(_) => {
                self.book(owner)
            }
        }
    }

    /// Keeps in mind what was just created.
    pub(crate) fn remember(&self, thing: impl Into<Owned>, organization: OrganizationId) {
        self.inner.index.remember(thing.into(), organization);
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.inner.parts
    }
}

/// Carries out a command; answers the id of what it created, where it creates something: now, or when it was asked for
/// the first time.
pub(crate) async fn carry_out(
    teller: &Teller,
    command: impl Into<Command>,
    cause: Cause,
) -> Result<Option<[u8; 16]>, ApiError> {
    match teller.command(command.into(), Some(cause)).await? {
        Outcome::Done { object } => Ok(object),
        Outcome::Rejected(rejection) => Err(rejection.into()),
        Outcome::Granted(_)
        | Outcome::Wait
        | Outcome::Refused(_)
        | Outcome::Closed(_)
        | Outcome::Presumed { .. } => Err(ApiError::internal("a command was answered like a call")),
    }
}

/// Carries out a command that creates something; answers its id.
pub(crate) async fn create(
    teller: &Teller,
    command: impl Into<Command>,
    cause: Cause,
) -> Result<[u8; 16], ApiError> {
    let made = carry_out(teller, command, cause).await?;
    made.ok_or_else(|| ApiError::internal("a creating command created nothing"))
}

/// Looks at one thing of a Book, as durable as the store makes it.
pub(crate) async fn look<R: Send + 'static>(
    teller: &Teller,
    what: &'static str,
    question: impl Fn(&Book, Time) -> Option<R> + Send + 'static,
) -> Result<R, ApiError> {
    let found = teller.ask(question).await?;
    found.ok_or_else(|| ApiError::not_found(what))
}

//! Which organization a project, key or limit belongs to. Their ids do not say.
//!
//! Only a memory: an id that is not in it is looked for in every Book, and an organization never changes owner. So a
//! wrong "there is none" cannot come from here, whatever another node created meanwhile.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use futures_util::{StreamExt as _, stream};
use ids::{BudgetId, KeyId, LimitId, LotId, OrganizationId, ProjectId};
use ledger::Book;
use teller::Tellers;
use tokio::sync::Mutex;

use crate::error::ApiError;

/// Books asked at the same time.
const AT_ONCE: usize = 16;
/// Ids kept in mind; beyond it all are forgotten and found again when asked for.
const MOST: usize = 500_000;

/// A thing that belongs to an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Owned {
    Project(ProjectId),
    Key(KeyId),
    Limit(LimitId),
    Budget(BudgetId),
    Lot(LotId),
}

impl Owned {
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::Project(_) => "project",
            Self::Key(_) => "key",
            Self::Limit(_) => "hard limit",
            Self::Budget(_) => "budget",
            Self::Lot(_) => "lot of credit",
        }
    }

    fn is_in(self, book: &Book) -> bool {
        match self {
            Self::Project(id) => book.project(id).is_some(),
            Self::Key(id) => book.key(id).is_some(),
            Self::Limit(id) => book.limit(id).is_some(),
            Self::Budget(id) => book.budget(id).is_some(),
            Self::Lot(id) => book.lot(id).is_some(),
        }
    }
}

impl From<ProjectId> for Owned {
    fn from(id: ProjectId) -> Self {
        Self::Project(id)
    }
}

impl From<KeyId> for Owned {
    fn from(id: KeyId) -> Self {
        Self::Key(id)
    }
}

impl From<LimitId> for Owned {
    fn from(id: LimitId) -> Self {
        Self::Limit(id)
    }
}

impl From<BudgetId> for Owned {
    fn from(id: BudgetId) -> Self {
        Self::Budget(id)
    }
}

impl From<LotId> for Owned {
    fn from(id: LotId) -> Self {
        Self::Lot(id)
    }
}

#[derive(Default)]
pub(crate) struct Index {
    owners: RwLock<HashMap<Owned, OrganizationId>>,
    /// One search at a time: a search reads every Book.
    searching: Mutex<()>,
}

impl Index {
    pub(crate) fn remember(&self, thing: Owned, organization: OrganizationId) {
        let mut owners = self.owners.write().unwrap_or_else(PoisonError::into_inner);
        if owners.len() >= MOST {
            owners.clear();
        }
        owners.insert(thing, organization);
    }

    fn recall(&self, thing: Owned) -> Option<OrganizationId> {
        let owners = self.owners.read().unwrap_or_else(PoisonError::into_inner);
        owners.get(&thing).copied()
    }

    /// The organization it belongs to; `None` where no Book has it.
    pub(crate) async fn owner(
        &self,
        tellers: &Tellers,
        thing: Owned,
    ) -> Result<Option<OrganizationId>, ApiError> {
        if let Some(owner) = self.recall(thing) {
            return Ok(Some(owner));
        }
        let _one_at_a_time = self.searching.lock().await;
        if let Some(owner) = self.recall(thing) {
            return Ok(Some(owner));
        }
        let owner = search(tellers, thing).await?;
        if let Some(owner) = owner {
            self.remember(thing, owner);
        }
        Ok(owner)
    }
}

/// Asks every Book. A Book that cannot be read makes the answer uncertain, unless another one has the thing.
async fn search(tellers: &Tellers, thing: Owned) -> Result<Option<OrganizationId>, ApiError> {
    let all = tellers.organizations().await?;
    let mut answers = stream::iter(all)
        .map(|organization| async move {
            let has = tellers
                .of(organization)?
                .ask(move |book, _now| thing.is_in(book))
                .await?;
            Ok::<_, ApiError>(has.then_some(organization))
        })
        .buffer_unordered(AT_ONCE);
    let mut uncertain = None;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(Some(owner)) => return Ok(Some(owner)),
            Ok(None) => {}
            Err(error) => uncertain = Some(error),
        }
    }
    uncertain.map_or(Ok(None), Err)
}

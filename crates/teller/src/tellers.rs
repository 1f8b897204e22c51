//! All tellers of a node.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use arc_swap::ArcSwapOption;
use ids::{OrganizationId, ShortId};
use journal::{Acknowledged, Store, StoreError};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::actor::{Actor, Job};
use crate::handle::Line;
use crate::mend::Kept;
use crate::notices::Notices;
use crate::{RolledBack, Settings, Teller, Unavailable, View};

/// Jobs that may wait for one teller. A caller beyond it waits for a place.
const QUEUE: usize = 8192;
/// Organizations asked for at once when all are gone through.
const PAGE: usize = 1000;

/// The tellers of a node, one for each Book that is in memory. Cheap to clone.
#[derive(Clone)]
pub struct Tellers {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    memory: Option<Acknowledged>,
    notices: Arc<Notices>,
    settings: Settings,
    doors: RwLock<HashMap<OrganizationId, Door>>,
    /// An organization's short id never changes, so what was found once need not be looked up again.
    shorts: RwLock<HashMap<ShortId, OrganizationId>>,
    tasks: TaskTracker,
    stopping: CancellationToken,
    /// Actors begun so far.
    begun: AtomicU64,
    /// One decision is made again at a time: it may read much of a journal.
    replaying: Semaphore,
}

/// Where one actor takes jobs. It does not hold the tellers that hold it: they end with the last of their users.
struct Door {
    jobs: mpsc::Sender<Job>,
    view: Arc<ArcSwapOption<View>>,
}

impl Door {
    fn is_open(&self) -> bool {
        !self.jobs.is_closed()
    }

    fn line(&self, organization: OrganizationId, tellers: &Tellers) -> Line {
        let (jobs, view) = (self.jobs.clone(), Arc::clone(&self.view));
        Line::new(organization, tellers.clone(), jobs, view)
    }
}

impl Tellers {
    /// Tellers for the journals of a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, settings: Settings) -> Self {
        Self::make(store, None, settings)
    }

    /// The same, remembering what the store acknowledges: what it loses is then appended again where that is exact.
    #[must_use]
    pub fn remembering(store: Arc<dyn Store>, memory: Acknowledged, settings: Settings) -> Self {
        Self::make(store, Some(memory), settings)
    }

    fn make(store: Arc<dyn Store>, memory: Option<Acknowledged>, settings: Settings) -> Self {
        let inner = Inner {
            store,
            memory,
            notices: Arc::default(),
            settings,
            doors: RwLock::default(),
            shorts: RwLock::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            begun: AtomicU64::new(0),
            replaying: Semaphore::new(1),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// How they behave.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// An organization's journal, with what is remembered of it.
    pub(crate) fn kept(&self, organization: OrganizationId) -> Kept {
        Kept {
            store: Arc::clone(&self.inner.store),
            memory: self.inner.memory.clone(),
            organization,
        }
    }

    pub(crate) fn replaying(&self) -> &Semaphore {
        &self.inner.replaying
    }

    /// The teller of an organization, which need not exist yet.
    ///
    /// # Errors
    /// [`Unavailable`] once [`Tellers::stop`] was called.
    pub fn of(&self, organization: OrganizationId) -> Result<Teller, Unavailable> {
        self.line(organization).map(Teller::new)
    }

    /// The teller of the organization with this short id; `None` where there is no such organization.
    ///
    /// # Errors
    /// [`Unavailable`] where the store cannot tell.
    pub async fn by_short(&self, short: ShortId) -> Result<Option<Teller>, Unavailable> {
        let known = self
            .inner
            .shorts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&short)
            .copied();
        if let Some(organization) = known {
            return self.of(organization).map(Some);
        }
        let found = self
            .inner
            .store
            .find(short)
            .await
            .map_err(|error| Unavailable::NoAnswer(error.to_string()))?;
        let Some(organization) = found else {
            return Ok(None);
        };
        self.inner
            .shorts
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(short, organization);
        self.of(organization).map(Some)
    }

    /// Every organization that has a journal.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn organizations(&self) -> Result<Vec<OrganizationId>, StoreError> {
        let mut all: Vec<OrganizationId> = Vec::new();
        loop {
            let page = self
                .inner
                .store
                .organizations(all.last().copied(), PAGE)
                .await?;
            let ended = page.len() < PAGE;
            all.extend(page);
            if ended {
                return Ok(all);
            }
        }
    }

    /// Reads every Book once, so that holds of this node's earlier runs are presumed now and not at the next call, and that
    /// what a store lost is appended again. An organization whose store rolled back beyond that is passed over: it is
    /// stopped, and the others go on.
    ///
    /// # Errors
    /// [`Unavailable`] for the first organization that cannot be read.
    pub async fn presume_earlier_boots(&self) -> Result<(), Unavailable> {
        let mut all = self
            .organizations()
            .await
            .map_err(|error| Unavailable::NoAnswer(error.to_string()))?;
        // One whose whole journal was lost is known from there alone.
        all.extend(
            self.inner
                .memory
                .iter()
                .flat_map(Acknowledged::organizations),
        );
        all.sort_unstable();
        all.dedup();
        for organization in all {
            // A teller presumes as soon as it has read its Book, before it answers anything.
            match self.of(organization)?.ask(|_book, _now| ()).await {
                Ok(()) | Err(Unavailable::RolledBack(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The organizations that are stopped because their store rolled back, as far as their Books were read since this node
    /// began.
    #[must_use]
    pub fn rolled_back(&self) -> Vec<Arc<RolledBack>> {
        self.inner.notices.all()
    }

    /// Lets every teller finish what was asked of it, keep a snapshot and end.
    pub async fn stop(&self) {
        // With the doors locked: a teller that is just beginning is waited for, too.
        let doors = self
            .inner
            .doors
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        self.inner.stopping.cancel();
        drop(doors);
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    pub(crate) fn line(&self, organization: OrganizationId) -> Result<Line, Unavailable> {
        let doors = self
            .inner
            .doors
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(door) = doors.get(&organization).filter(|door| door.is_open()) {
            return Ok(door.line(organization, self));
        }
        drop(doors);
        self.begin(organization)
    }

    fn begin(&self, organization: OrganizationId) -> Result<Line, Unavailable> {
        let mut doors = self
            .inner
            .doors
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if self.inner.stopping.is_cancelled() {
            return Err(Unavailable::NoAnswer("this server is stopping".to_owned()));
        }
        if let Some(door) = doors.get(&organization).filter(|door| door.is_open()) {
            return Ok(door.line(organization, self));
        }
        let (jobs, receiver) = mpsc::channel(QUEUE);
        let view = Arc::new(ArcSwapOption::empty());
        let door = Door {
            jobs,
            view: Arc::clone(&view),
        };
        let settings = self.settings_of_one();
        let notices = Arc::clone(&self.inner.notices);
        let actor = Actor::new(self.kept(organization), settings, view, notices);
        self.inner
            .tasks
            .spawn(actor.run(receiver, self.inner.stopping.clone()));
        let line = door.line(organization, self);
        doors.insert(organization, door);
        Ok(line)
    }

    /// Entries are known by their actor's run and a count. A Book that left memory comes back with another actor, so each
    /// has a run of its own.
    fn settings_of_one(&self) -> Settings {
        let settings = self.inner.settings.clone();
        let begun = self.inner.begun.fetch_add(1, Ordering::Relaxed);
        let run = u64::from_be_bytes(settings.run).wrapping_add(begun);
        Settings {
            run: run.to_be_bytes(),
            ..settings
        }
    }
}

impl fmt::Debug for Tellers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tellers")
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

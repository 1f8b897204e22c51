//! Alerts: what the rest of the house calls.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ids::{AlertId, OrganizationId, TargetId};
use journal::Store;
use ledger::{Entry, Time};
use projections::{Decision, Refused};
use teller::Clock;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::alert::{Alert, Draft, Whose};
use crate::file::AlertFile;
use crate::follow::{self, Follower, News};
use crate::marks::Marks;
use crate::settings::{Options, Wishes};
use crate::target::{Target, Wanted};
use crate::{AlertError, Courier, OpenError, UpstreamBalance, UpstreamNews, deliver, tell};

/// Refusals and the like that may wait to be looked at. One beyond it is let go: the next says the same.
const NEWS: usize = 1024;

/// What alerts are made of.
pub struct Parts {
    /// Where the journals are.
    pub store: Arc<dyn Store>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The bounds.
    pub options: Options,
    /// What links begin with.
    pub public_url: String,
    /// Whether the courier has a mail server.
    pub can_mail: bool,
    /// Told of each attempt: its channel, and `delivered`, `failed` or `again`.
    pub count: Count,
}

/// Whoever counts attempts.
pub type Count = Box<dyn Fn(&'static str, &'static str) + Send + Sync>;

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("options", &self.options)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

/// Whom targets belong to: an organization, or one of its budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The organization.
    pub organization: OrganizationId,
    /// The budget's id; `None`: the organization itself.
    pub budget: Option<[u8; 16]>,
}

/// How far a delivery got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is tried, again and again.
    Waiting,
    /// The receiver has it.
    Delivered,
    /// It was given up.
    Failed,
}

/// An alert's way to one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The target, which may be gone.
    pub target: TargetId,
    /// Its channel's name.
    pub channel: String,
    /// Its address as it may be shown.
    pub address: String,
    /// How far it got.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Option<Time>,
    /// When it was over.
    pub done_at: Option<Time>,
    /// What went wrong last.
    pub error: Option<String>,
}

/// An alert that was made, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    /// The alert.
    pub alert: Alert,
    /// When it was put into the outbox.
    pub made_at: Time,
    /// To each target.
    pub deliveries: Vec<Delivery>,
}

pub(crate) struct Inner {
    pub(crate) file: AlertFile,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    pub(crate) marks: Marks,
    /// Something is in the outbox.
    pub(crate) wake: Notify,
    pub(crate) count: Count,
    public_url: String,
    can_mail: bool,
    tell: mpsc::Sender<News>,
    news: Mutex<Option<mpsc::Receiver<News>>>,
    /// One change of targets at a time: who begins to be followed depends on who is.
    changing: tokio::sync::Mutex<()>,
}

impl Inner {
    pub(crate) fn take_news(&self) -> Option<mpsc::Receiver<News>> {
        self.news
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    pub(crate) fn how(&self) -> (Options, String) {
        (self.options, self.public_url.clone())
    }

    pub(crate) async fn put_one(&self, draft: Draft, whose: Whose) -> Result<(), AlertError> {
        let now = self.clock.now();
        if self.file.put_one(draft, whose, now, self.how()).await? {
            self.wake.notify_one();
        }
        Ok(())
    }
}

/// Alerts. Cheap to clone; the clones are one.
#[derive(Clone)]
pub struct Alerts {
    inner: Arc<Inner>,
}

impl fmt::Debug for Alerts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alerts")
            .field("options", &self.inner.options)
            .finish_non_exhaustive()
    }
}

impl Alerts {
    /// Opens the file, or makes it, and locks it to this process. For a store in `seawall.db` it is `seawall-alerts.db`
    /// beside it. Nothing is read or sent before [`Alerts::run`].
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(path: &Path, parts: Parts) -> Result<Self, OpenError> {
        let file = AlertFile::open(path)?;
        let marks = Marks::default();
        let followed = file.followed().await;
        marks.follow(followed.map_err(|error| OpenError::Unreadable(error.to_string()))?);
        let (tell, news) = mpsc::channel(NEWS);
        let inner = Inner {
            file,
            store: parts.store,
            clock: parts.clock,
            options: parts.options,
            marks,
            wake: Notify::new(),
            count: parts.count,
            public_url: parts.public_url,
            can_mail: parts.can_mail,
            tell,
            news: Mutex::new(Some(news)),
            changing: tokio::sync::Mutex::new(()),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Reads along and sends until `stop`. Attempts under way have five seconds then. What was read and not delivered is
    /// in the outbox, and what was not read is in the journal.
    pub async fn run(&self, courier: Arc<dyn Courier>, stop: CancellationToken) {
        let following = Follower::new(&self.inner).run(stop.clone());
        tokio::join!(following, deliver::run(&self.inner, &*courier, stop));
    }

    /// A journal has more entries. Never blocks.
    pub fn appended(&self, organization: OrganizationId, _entries: &[Entry]) {
        self.inner.marks.mark(organization);
    }

    /// A call was refused. Never blocks.
    pub fn refused(&self, refused: &Refused) {
        let Some(Decision::Money(decided)) = &refused.decided else {
            return;
        };
        if decided.shortfall.transient {
            return;
        }
        if self.inner.marks.is_followed(refused.organization) {
            let news = News::Refused(refused.organization, decided.clone());
            // Where there is no place the next refusal says the same.
            let _let_go = self.inner.tell.try_send(news).is_err();
        }
    }

    /// An organization is stopped until a person has looked. Never blocks.
    pub fn halted(&self, organization: OrganizationId, reason: &str) {
        if self.inner.marks.is_followed(organization) {
            let news = News::Halted(organization, reason.to_owned());
            let _let_go = self.inner.tell.try_send(news).is_err();
        }
    }

    /// An account at a provider was parked, or is in use again. Never blocks.
    pub fn upstream(&self, news: &UpstreamNews) {
        self.of_upstream(tell::upstream(news));
    }

    /// What was bought at a provider runs out. It may be said again and again, and is told once. Never blocks.
    pub fn upstream_balance(&self, balance: &UpstreamBalance) {
        self.of_upstream(tell::upstream_balance(balance));
    }

    fn of_upstream(&self, draft: Draft) {
        let news = News::Upstream(Box::new(draft));
        let _let_go = self.inner.tell.try_send(news).is_err();
    }

    /// What the organization wants to be told, and where.
    ///
    /// # Errors
    /// [`AlertError`].
    pub async fn wishes(&self, organization: OrganizationId) -> Result<Wishes, AlertError> {
        let wishes = self.inner.file.wishes(organization).await?;
        Ok(wishes.unwrap_or_default())
    }

    /// Changes what the organization wants to be told.
    ///
    /// # Errors
    /// [`AlertError`].
    pub async fn put_wishes(
        &self,
        organization: OrganizationId,
        wishes: Wishes,
    ) -> Result<(), AlertError> {
        let _alone = self.inner.changing.lock().await;
        self.begin(organization).await?;
        self.inner.file.put_wishes(organization, wishes).await?;
        self.inner.marks.mark(organization);
        Ok(())
    }

    /// Where an organization's alerts go, or a budget's.
    ///
    /// # Errors
    /// [`AlertError`].
    pub async fn targets(&self, owner: Owner) -> Result<Vec<Target>, AlertError> {
        self.inner.file.targets(owner).await
    }

    /// Puts these targets in the place of those there are. An organization that nobody was told of is followed from its
    /// journal's present end. Each new target takes the id that comes with it; one that was there keeps its own.
    ///
    /// # Errors
    /// [`AlertError`].
    pub async fn put_targets(
        &self,
        owner: Owner,
        wanted: Vec<(TargetId, Wanted)>,
    ) -> Result<Vec<Target>, AlertError> {
        let _alone = self.inner.changing.lock().await;
        if !wanted.is_empty() {
            self.begin(owner.organization).await?;
        }
        let targets = self.inner.file.put_targets(owner, wanted).await?;
        self.inner.marks.follow(self.inner.file.followed().await?);
        self.inner.marks.mark(owner.organization);
        Ok(targets)
    }

    /// Makes an organization that is not followed begin at its journal's end: what came before is not news.
    async fn begin(&self, organization: OrganizationId) -> Result<(), AlertError> {
        let known = self.inner.file.wishes(organization).await?.is_some();
        if known && self.inner.marks.is_followed(organization) {
            return Ok(());
        }
        let (seq, last) = follow::end(&*self.inner.store, organization).await?;
        self.inner.file.begin(organization, seq, last).await
    }

    /// Makes an alert that tells nothing, for every target of the organization and of its budgets; answers its id.
    ///
    /// # Errors
    /// [`AlertError`].
    pub async fn test(&self, whose: Whose) -> Result<AlertId, AlertError> {
        let draft = tell::test(&whose, self.inner.clock.now());
        let id = draft.clone().finish(&whose, "").id;
        self.inner.put_one(draft, whose).await?;
        Ok(id)
    }

    /// The alerts of an organization, newest first, that came before this one; at most so many.
    ///
    /// # Errors
    /// [`AlertError`].
    pub async fn recent(
        &self,
        organization: OrganizationId,
        before: Option<AlertId>,
        most: usize,
    ) -> Result<Vec<Recent>, AlertError> {
        self.inner.file.recent(organization, before, most).await
    }

    /// Whether mail can be sent.
    #[must_use]
    pub fn can_mail(&self) -> bool {
        self.inner.can_mail
    }
}

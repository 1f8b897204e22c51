//! Talking to a teller.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use ids::OrganizationId;
use ledger::{Book, Cause, Command, Grant, Outcome, Refusal, Rejection, TakeHold, Time};
use tokio::sync::{mpsc, oneshot};

use crate::actor::Job;
use crate::load::LoadError;
use crate::{LiveHold, RolledBack, Tellers, View};

/// No answer can be given that the store would vouch for. What was asked may have happened or not; asked again it is
/// answered truly.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unavailable {
    /// The store, or whoever keeps the Book, does not answer; why.
    #[error("{0}")]
    NoAnswer(String),
    /// The store lost entries that it had acknowledged. Asking again does not help until a person has looked.
    #[error("{0}")]
    RolledBack(Arc<RolledBack>),
}

impl Unavailable {
    fn ended() -> Self {
        Self::NoAnswer("the teller has ended".to_owned())
    }
}

impl From<&LoadError> for Unavailable {
    fn from(error: &LoadError) -> Self {
        match error {
            LoadError::RolledBack(rolled_back) => {
                Self::RolledBack(Arc::new(RolledBack::clone(rolled_back)))
            }
            other => Self::NoAnswer(other.to_string()),
        }
    }
}

/// Where a Book stood when something was decided on it, so that it can be decided again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The number of the journal's last entry then.
    pub seq: u64,
    /// When.
    pub at: Time,
}

/// The answer to a call that asks for money.
#[derive(Debug)]
pub enum HoldAnswer {
    /// It may go.
    Granted(LiveHold, Grant),
    /// It may not, by the Book as it stood there.
    Refused(Box<Refusal>, Standing),
    /// It was asked wrongly.
    Rejected(Rejection),
}

/// The way to the actor that keeps one Book now; another one may keep it later.
#[derive(Clone)]
pub(crate) struct Line {
    organization: OrganizationId,
    tellers: Tellers,
    jobs: mpsc::Sender<Job>,
    view: Arc<ArcSwapOption<View>>,
}

impl Line {
    pub(crate) fn new(
        organization: OrganizationId,
        tellers: Tellers,
        jobs: mpsc::Sender<Job>,
        view: Arc<ArcSwapOption<View>>,
    ) -> Self {
        Self {
            organization,
            tellers,
            jobs,
            view,
        }
    }

    /// Hands over a job if that can be done at once; says whether it was.
    pub(crate) fn try_send(&self, job: Job) -> bool {
        self.jobs.try_send(job).is_ok()
    }

    /// Waits until a job can be handed over at once, or nobody takes any.
    pub(crate) async fn room(&self) {
        let _given_back_at_once = self.jobs.reserve().await;
    }

    /// Hands over a job. An actor whose Book left memory meanwhile is replaced once.
    pub(crate) async fn send(&self, job: Job) -> Result<(), Unavailable> {
        let Err(mpsc::error::SendError(job)) = self.jobs.send(job).await else {
            return Ok(());
        };
        let again = self.tellers.line(self.organization)?;
        again
            .jobs
            .send(job)
            .await
            .map_err(|_ended| Unavailable::ended())
    }
}

/// The teller of one organization. Cheap to clone.
#[derive(Clone)]
pub struct Teller {
    line: Line,
}

impl Teller {
    pub(crate) const fn new(line: Line) -> Self {
        Self { line }
    }

    /// The organization.
    #[must_use]
    pub const fn organization(&self) -> OrganizationId {
        self.line.organization
    }

    /// The organization's usable keys as of a moment ago; `None` before its Book was read for the first time.
    #[must_use]
    pub fn view(&self) -> Option<Arc<View>> {
        self.line.view.load_full()
    }

    /// Asks for money. Waits for held money as [`ledger::Patience::Wait`] says. Under [`ledger::Patience::Try`] a refusal
    /// is a hint, not an answer for anyone: the journal's head was not read for it.
    ///
    /// A caller that goes away while it waits holds nothing: what was granted meanwhile is released.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn hold(&self, ask: TakeHold) -> Result<HoldAnswer, Unavailable> {
        let (reply, answer) = oneshot::channel();
        self.line
            .send(Job::Hold {
                ask: Box::new(ask),
                line: self.line.clone(),
                until: None,
                reply,
            })
            .await?;
        let mut coming = Coming(answer);
        (&mut coming.0)
            .await
            .map_err(|_ended| Unavailable::ended())?
    }

    /// Carries out a command that asks for no hold and ends none. The answer is durable.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn command(
        &self,
        command: Command,
        cause: Option<Cause>,
    ) -> Result<Outcome, Unavailable> {
        let (reply, answer) = oneshot::channel();
        self.line
            .send(Job::Command {
                command: Box::new(command),
                cause,
                reply,
            })
            .await?;
        answer.await.map_err(|_ended| Unavailable::ended())?
    }

    /// Asks the Book something. The answer rests on the journal's head at some moment since the question, and on nothing
    /// that is not durable. The question may be asked more than once until that is so.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn ask<R: Send + 'static>(
        &self,
        question: impl Fn(&Book, Time) -> R + Send + 'static,
    ) -> Result<R, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let question = Box::new(move |book: &Book, now: Time| -> Box<dyn Any + Send> {
            Box::new(question(book, now))
        });
        self.line.send(Job::Ask { question, reply }).await?;
        let answer = answer.await.map_err(|_ended| Unavailable::ended())??;
        answer
            .downcast::<R>()
            .map(|answer| *answer)
            .map_err(|_type| Unavailable::NoAnswer("an answer got lost".to_owned()))
    }
}

/// The answer to a call that is on its way. If the call goes away when it was told already and has not heard it yet, what
/// it was granted is given back.
struct Coming(oneshot::Receiver<Result<HoldAnswer, Unavailable>>);

impl Drop for Coming {
    fn drop(&mut self) {
        // From here on whoever tells it notices that nobody listens.
        self.0.close();
        if let Ok(Ok(HoldAnswer::Granted(hold, _))) = self.0.try_recv() {
            hold.give_back();
        }
    }
}

impl fmt::Debug for Teller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Teller")
            .field(&self.line.organization)
            .finish()
    }
}

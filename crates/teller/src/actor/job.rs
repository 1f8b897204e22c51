//! What a teller may be asked.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use ids::HoldId;
use ledger::{
    Book, Cause, Check, Command, Outcome, Patience, Receipt, Refusal, ReleaseReason, Settlement,
    TakeHold, Time,
};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::handle::Line;
use crate::{HoldAnswer, LiveHold, Standing, Unavailable};

type Reply<T> = oneshot::Sender<Result<T, Unavailable>>;
/// A question to the Book.
pub(crate) type Question = Box<dyn Fn(&Book, Time) -> Box<dyn Any + Send> + Send>;

/// One thing that was asked.
pub(crate) enum Job {
    Hold {
        ask: Box<TakeHold>,
        line: Line,
        /// When its waiting ends, once it waited.
        until: Option<Instant>,
        reply: Reply<HoldAnswer>,
    },
    Settle {
        hold: HoldId,
        settlement: Settlement,
        reply: Option<oneshot::Sender<Receipt>>,
    },
    Command {
        command: Box<Command>,
        cause: Option<Cause>,
        reply: Reply<Outcome>,
    },
    Ask {
        question: Question,
        reply: Reply<Box<dyn Any + Send>>,
    },
    /// The teller's own.
    Own(Box<Command>),
    /// A halted one goes on.
    Resume,
}

/// What was decided on a job, told once it is durable.
pub(super) enum Answer {
    Outcome(Outcome),
    /// A refusal of money, and what it rests on.
    Refused(Box<Refusal>, Standing),
    /// A grant, what says that its call lives, and the limits on requests and tokens that count it.
    Granted((Arc<()>, Vec<Check>), Outcome),
    Any(Box<dyn Any + Send>),
}

impl Job {
    /// What to decide; `None` for a question. `others_wait`: whether calls before this one wait for money.
    pub(super) fn command(
        &self,
        now: Instant,
        others_wait: bool,
    ) -> Option<(Cow<'_, Command>, Option<&Cause>)> {
        match self {
            Self::Hold { ask, until, .. } => {
                let mut ask = TakeHold::clone(ask);
                ask.others_wait = others_wait;
                if ask.patience == Patience::Wait && until.is_some_and(|until| until <= now) {
                    ask.patience = Patience::Last;
                }
                Some((Cow::Owned(Command::TakeHold(ask)), None))
            }
            Self::Settle {
                hold, settlement, ..
            } => {
                let command = Command::Settle {
                    hold: *hold,
                    settlement: settlement.clone(),
                };
                Some((Cow::Owned(command), None))
            }
            Self::Command { command, cause, .. } => Some((Cow::Borrowed(command), cause.as_ref())),
            Self::Own(command) => Some((Cow::Borrowed(command), None)),
            Self::Ask { .. } | Self::Resume => None,
        }
    }

    pub(super) fn question(&self, book: &Book, now: Time) -> Option<Box<dyn Any + Send>> {
        match self {
            Self::Ask { question, .. } => Some(question(book, now)),
            Self::Hold { .. }
            | Self::Settle { .. }
            | Self::Command { .. }
            | Self::Own(_)
            | Self::Resume => None,
        }
    }

    /// Whether money may be free that was not before it.
    pub(super) const fn may_free(&self) -> bool {
        !matches!(self, Self::Hold { .. } | Self::Ask { .. } | Self::Resume)
    }

    /// Whether whoever asked has gone, so that it need not be done.
    pub(super) fn is_unwanted(&self) -> bool {
        match self {
            Self::Hold { reply, .. } => reply.is_closed(),
            Self::Ask { reply, .. } => reply.is_closed(),
            Self::Settle { .. } | Self::Command { .. } | Self::Own(_) | Self::Resume => false,
        }
    }

    /// Answers a refusal that is only a hint.
    pub(super) fn hint(self, refusal: Box<Refusal>, standing: Standing) {
        if let Self::Hold { reply, .. } = self {
            let _unwanted = reply
                .send(Ok(HoldAnswer::Refused(refusal, standing)))
                .is_err();
        }
    }

    /// Tells the answer, now that it is durable. What nobody wants any more and must be undone comes back as a job.
    pub(super) fn tell(self, answer: Answer) -> Option<Self> {
        match (self, answer) {
            (
                Self::Hold {
                    ask, line, reply, ..
                },
                Answer::Granted(alive, Outcome::Granted(grant)),
            ) => {
                let hold = LiveHold::new(ask.hold, line, alive);
                let unwanted = reply.send(Ok(HoldAnswer::Granted(hold, grant))).is_err();
                let settlement = Settlement::Release(ReleaseReason::NotSent);
                unwanted.then_some(Self::Settle {
                    hold: ask.hold,
                    settlement,
                    reply: None,
                })
            }
            (Self::Hold { reply, .. }, Answer::Refused(refusal, standing)) => {
                let _unwanted = reply
                    .send(Ok(HoldAnswer::Refused(refusal, standing)))
                    .is_err();
                None
            }
            (Self::Hold { reply, .. }, Answer::Outcome(Outcome::Rejected(rejection))) => {
                let _unwanted = reply.send(Ok(HoldAnswer::Rejected(rejection))).is_err();
                None
            }
            (Self::Command { reply, .. }, Answer::Outcome(outcome)) => {
                let _unwanted = reply.send(Ok(outcome)).is_err();
                None
            }
            (Self::Ask { reply, .. }, Answer::Any(answer)) => {
                let _unwanted = reply.send(Ok(answer)).is_err();
                None
            }
            (Self::Own(command), Answer::Outcome(outcome)) => told_ourselves(&command, &outcome),
            _ => None,
        }
    }

    /// Answers that no answer can be given, and leaves the job to be finished. What it is granted then, nobody wants.
    pub(super) fn turn_away(&mut self, why: &Unavailable) {
        match self {
            Self::Hold { reply, .. } => answer_early(reply, why),
            Self::Command { reply, .. } => answer_early(reply, why),
            Self::Ask { reply, .. } => answer_early(reply, why),
            Self::Settle { .. } | Self::Own(_) | Self::Resume => {}
        }
    }

    /// Answers that no answer can be given.
    pub(super) fn fail(self, why: &Unavailable) {
        let why = why.clone();
        // Whoever asked may have gone.
        let _unwanted = match self {
            Self::Hold { reply, .. } => reply.send(Err(why)).is_err(),
            Self::Command { reply, .. } => reply.send(Err(why)).is_err(),
            Self::Ask { reply, .. } => reply.send(Err(why)).is_err(),
            Self::Settle { .. } | Self::Own(_) | Self::Resume => false,
        };
    }

    /// Whether it must be carried out even if the store is away for a while: a call has ended, and nobody will say so
    /// again. A renewal must not: what it says is out of date by then, and holds it should have renewed would be presumed.
    pub(super) fn outlives_outage(&self) -> bool {
        match self {
            Self::Settle { .. } => true,
            Self::Own(command) => matches!(**command, Command::PresumeEarlierBoots { .. }),
            Self::Hold { .. } | Self::Command { .. } | Self::Ask { .. } | Self::Resume => false,
        }
    }
}

fn answer_early<T>(reply: &mut Reply<T>, why: &Unavailable) {
    let (closed, _) = oneshot::channel();
    // Whoever asked may have gone.
    let _unwanted = std::mem::replace(reply, closed)
        .send(Err(why.clone()))
        .is_err();
}

/// Our own commands report here; one that did not finish goes on.
fn told_ourselves(command: &Command, outcome: &Outcome) -> Option<Job> {
    let Outcome::Presumed {
        holds,
        amount,
        more,
    } = outcome
    else {
        return None;
    };
    if *holds > 0 {
        tracing::warn!(
            holds,
            amount_usd = %amount,
            "holds whose calls are gone were charged in full: the provider may have billed them"
        );
    }
    more.then(|| Job::Own(Box::new(command.clone())))
}

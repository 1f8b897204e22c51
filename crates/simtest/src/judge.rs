//! Whether what a node told someone is so (P2, P5, and that nothing acknowledged is lost).

mod shortfall;

use ids::{HoldId, KeyId};
use ledger::{Book, Grant, Holder, KeyProblem, Outcome, Patience, Receipt, Refusal, Rejection};
use money::Nanos;
use teller::Unavailable;

use crate::asked::Ask;
use crate::reference::{Figures, KeyIs, Wrong};
use crate::world::World;

/// A question, and the moment it was asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) by: Holder,
    /// The journal's last entry then.
    pub(crate) seq: usize,
    /// How often the store had rolled back.
    pub(crate) rollbacks: u32,
}

impl World {
    pub(crate) fn question(&self, by: &Holder) -> Question {
        Question {
            by: by.clone(),
            seq: self.truth.seq(),
            rollbacks: self.rollback.times,
        }
    }

    /// A claim about an answer, where the store did not take the journal back in between.
    fn judged(&mut self, of: &Question, claim: impl FnOnce(&Self) -> Result<(), Wrong>) {
        let judged = self.may_be_judged(&of.by, (of.seq, of.rollbacks));
        let claim = match judged {
            Ok(true) => claim(self),
            Ok(false) => Ok(()),
            Err(wrong) => Err(wrong),
        };
        self.holds(claim);
    }

    /// A grant was told.
    pub(crate) fn granted(&mut self, question: &Question, hold: HoldId, grant: &Grant) {
        self.count(if grant.fitted { "fitted" } else { "granted" });
        self.asked.tells(hold);
        let amount = i128::from(grant.amount.get());
        // Its own entry is behind the head at which it was asked for.
        let question = &Question {
            seq: question.seq + 1,
            ..question.clone()
        };
        self.judged(question, |world| {
            match world.truth.reference.hold_of(hold) {
                None => Err(format!("{hold} was granted and is not in the journal")),
                Some(held) if held.amount == amount => Ok(()),
                Some(held) => Err(format!(
                    "{hold}: {amount} was told, {} is held",
                    held.amount
                )),
            }
        });
    }

    /// A definitive refusal was told.
    pub(crate) fn refused(
        &mut self,
        question: &Question,
        (ask, waited): (&Ask, bool),
        refusal: &Refusal,
    ) {
        let latest = self.latest_clock;
        match refusal {
            Refusal::Key(problem) => {
                self.count("refused for the key");
                self.judged(question, |world| {
                    let is_so = |figures: &Figures| is_so(problem, figures, ask.key, latest);
                    world.at_some_head(question.seq, is_so).map_err(|()| {
                        format!("P5: refused with {problem:?}, which it never was meanwhile")
                    })
                });
            }
            Refusal::Money(shortfall) => {
                self.count(if shortfall.transient {
                    "refused as transient"
                } else {
                    "refused for good"
                });
                self.count(shortfall::by(shortfall));
                self.judged(question, |world| {
                    world.shortfall(question, (ask, waited), shortfall)
                });
            }
        }
    }

    fn at_some_head(&self, from: usize, so: impl Fn(&Figures) -> bool) -> Result<(), ()> {
        let mut heads = from..=self.truth.seq();
        let found = heads.any(|seq| self.truth.figures(seq).is_some_and(&so));
        if found { Ok(()) } else { Err(()) }
    }

    /// A hold was settled; a receipt promises nothing but says what was decided.
    pub(crate) fn receipt(&mut self, receipt: &Receipt, (held, said): (i128, Option<i128>)) {
        self.count("receipts");
        if receipt.overrun.is_positive() {
            self.count("overruns");
        }
        let Some(said) = said.filter(|_| receipt.changed) else {
            return;
        };
        let told = (of(receipt.charged), of(receipt.overrun));
        let so = told == (said, (said - held).max(0));
        self.holds(if so {
            Ok(())
        } else {
            Err(format!(
                "{said} of {held} was said to be charged: {receipt:?}"
            ))
        });
    }

    /// An administrator's command was answered.
    pub(crate) fn carried_out(&mut self, number: usize, question: &Question, outcome: &Outcome) {
        let Some(errand) = self.errands.get(number).cloned() else {
            return;
        };
        self.count("commands answered");
        let first = errand.first_asked.unwrap_or(question.seq);
        self.judged(question, |world| {
            let mut entries = world.truth.between(first, world.truth.seq());
            let by_it = entries.any(|entry| {
                let cause = entry.cause.as_ref();
                cause.is_some_and(|cause| cause.idempotency == errand.cause.idempotency)
            });
            let already = |figures: &Figures| crate::errand::already(&errand.command, figures);
            match outcome {
                Outcome::Done { .. } if by_it => Ok(()),
                Outcome::Done { .. } => world.at_some_head(first, already).map_err(|()| {
                    format!("{:?} was acknowledged and is not there", errand.command)
                }),
                Outcome::Rejected(Rejection::IdempotencyMismatch) => {
                    Err("an errand was taken for another".to_owned())
                }
                Outcome::Rejected(rejection) => world
                    .at_some_head(first, |figures| {
                        crate::errand::is_so(&errand.command, rejection, figures)
                    })
                    .map_err(|()| format!("{:?} was wrongly {outcome:?}", errand.command)),
                _ => Err(format!("a command was answered with {outcome:?}")),
            }
        });
    }

    /// A node's Book was told.
    pub(crate) fn saw(&mut self, question: &Question, book: &Book) {
        self.judged(question, |world| {
            let head = book.head();
            if head.seq < u64::try_from(question.seq).unwrap_or(0) {
                return Err(format!(
                    "a Book of entry {} was told at {}",
                    head.seq, question.seq
                ));
            }
            if world.truth.book_at(head)? == *book {
                Ok(())
            } else {
                Err(format!("a Book at entry {} is not its journal's", head.seq))
            }
        });
    }

    /// No answer was given.
    pub(crate) fn unavailable(&mut self, why: &Unavailable) {
        self.count("unavailable");
        let said = why.to_string();
        let may = self.rollback.times > 0 || is_for_now(why);
        if self.rollback.times > 0 && said.contains("rolled back") {
            self.count("told of a rollback");
        }
        self.holds(if may {
            Ok(())
        } else {
            Err(format!("this must not be: {why}"))
        });
    }
}

/// Whether there will be answers again without anybody's doing: the store is away, or the node ends.
pub(crate) fn is_for_now(why: &Unavailable) -> bool {
    let said = why.to_string();
    said.contains("the store does not answer") || said.contains("stopping")
}

/// Whether a refusal under this patience is an answer for anyone.
pub(crate) fn is_definitive(patience: Patience) -> bool {
    patience != Patience::Try
}

fn of(amount: Nanos) -> i128 {
    i128::from(amount.get())
}

fn is_so(problem: &KeyProblem, figures: &Figures, key: KeyId, latest: i64) -> bool {
    let Some(key) = figures.keys.get(&key) else {
        return *problem == KeyProblem::Unknown;
    };
    match problem {
        KeyProblem::Unknown | KeyProblem::ModelNotAllowed(_) => false,
        KeyProblem::Revoked => key.state == KeyIs::Revoked,
        KeyProblem::Frozen(_) => key.state == KeyIs::Frozen,
        KeyProblem::Expired(at) => key.expires_at == Some(at.micros()) && at.micros() <= latest,
        KeyProblem::ProjectArchived => key.archived,
    }
}

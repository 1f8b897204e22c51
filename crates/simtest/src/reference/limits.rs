//! Limits as the journal tells of them: how they come, change and go, and what passing time does to them.

use std::sync::Arc;

use ids::{KeyId, LimitId, Subject};
use ledger::{
    Calls, HoldTraits, LimitFact, LimitOrigin, LimitTerms, Measure, Mode, OnTrip, Quantity, Scope,
    Span, Window,
};
use money::Nanos;

use super::windows::{leaves, span_of};
use super::{Context, Reference, Wrong};

#[derive(Clone, Debug)]
pub(super) struct Limit {
    /// As it was set; its amount then is not what it is now.
    pub(super) terms: Arc<LimitTerms>,
    pub(super) amount: i128,
    /// When a raise is over, and the amount from then on.
    pub(super) raise: Option<(i64, i128)>,
    pub(super) span: Span,
    /// How many windows there were before.
    pub(super) window: u32,
    /// How often its count was set back.
    pub(super) resets: u32,
    /// Until when it let go what had left it, where it rolls.
    rolled_to: i64,
    /// How many calls it would have stopped, where it is a shadow.
    pub(super) would_have_stopped: u64,
    pub(super) deleted: bool,
}

impl Limit {
    /// When what was spent at a moment leaves it, if it rolls.
    pub(super) fn leaves(&self, at: i64) -> Option<i64> {
        match &self.terms.window {
            Window::Rolling(rolling) => Some(leaves(rolling.seconds, at)),
            Window::Total | Window::Day { .. } | Window::Week { .. } | Window::Month { .. } => None,
        }
    }

    /// Whether what was spent at a moment counts still.
    pub(super) fn has(&self, at: i64) -> bool {
        self.leaves(at).is_none_or(|leaves| leaves > self.rolled_to)
    }

    /// When something is due of it, what counts in it aside.
    pub(super) fn until(&self) -> i64 {
        let raised = self.raise.map(|(until, _)| until);
        let ends = self.terms.ends_at.map(ledger::Time::micros);
        [raised, ends]
            .into_iter()
            .flatten()
            .fold(self.span.end.micros(), i64::min)
    }
}

/// Whether calls are stopped by it.
pub(super) fn stops(terms: &LimitTerms) -> bool {
    terms.mode == Mode::Enforce && terms.origin != LimitOrigin::Guard
}

/// Whether it counts a call of this key, whatever the call is.
pub(super) fn is_on(scope: Scope, (project, key): (ids::ProjectId, KeyId)) -> bool {
    match scope {
        Scope::Organization => true,
        Scope::Project(id) => id == project,
        Scope::Key(id) => id == key,
    }
}

/// Whether it counts a call of a model, for an end user, with these tags.
pub(super) fn counts(
    calls: &Calls,
    (model, user, tags): (&str, Option<Subject>, &[Subject]),
) -> bool {
    match calls {
        Calls::All | Calls::EachKey => true,
        Calls::Model(pattern) => is_of(pattern, model),
        Calls::EndUser(only) => user == Some(*only),
        Calls::EachEndUser => user.is_some(),
        Calls::Tag(only) => tags.contains(&only.subject),
        Calls::EachTag => !tags.is_empty(),
    }
}

/// Letter by letter.
fn is_of(pattern: &str, model: &str) -> bool {
    let mut letters = model.chars();
    for letter in pattern.chars() {
        if letter == '*' {
            return true;
        }
        if letters.next() != Some(letter) {
            return false;
        }
    }
    letters.next().is_none()
}

/// Whom a limit tells apart in a call; nobody, where it counts all of them together.
pub(super) fn apart(
    calls: &Calls,
    key: KeyId,
    (user, tags): (Option<Subject>, &[Subject]),
) -> Vec<Subject> {
    match calls {
        Calls::EachEndUser => user.into_iter().collect(),
        Calls::EachTag => tags.to_vec(),
        Calls::EachKey => vec![Subject::from_bytes(key.to_bytes())],
        Calls::All | Calls::Model(_) | Calls::EndUser(_) | Calls::Tag(_) => Vec::new(),
    }
}

/// The same, by what a journal says of the call.
pub(super) fn apart_in(calls: &Calls, key: KeyId, traits: &HoldTraits) -> Vec<Subject> {
    apart(calls, key, (traits.end_user, &traits.tags))
}

impl Reference {
    /// `asked`: whether somebody asked for it.
    pub(super) fn limit(
        &mut self,
        fact: &LimitFact,
        asked: bool,
        context: Context<'_>,
    ) -> Result<(), Wrong> {
        let at = self.at;
        match fact {
            LimitFact::Created { .. } | LimitFact::CreatedFor { .. } | LimitFact::Set { .. } => {
                self.set(fact, context)
            }
            LimitFact::Changed { id, amount, reset } => {
                self.amend(*id, ((*amount).into(), None), *reset)
            }
            LimitFact::Amended {
                id,
                measure,
                amount,
                until,
                reset,
            } => {
                if self.live_limit(*id)?.terms.measure != *measure {
                    return Err("a limit was changed that counts something else".to_owned());
                }
                let until = until.map(ledger::Time::micros);
                self.amend(*id, (*amount, until), *reset)
            }
            LimitFact::RaiseEnded { id } => {
                let limit = self.live_limit(*id)?;
                match limit.raise.take() {
                    Some((until, _)) if until > at && !context.restored => {
                        Err("a raise ended before its time".to_owned())
                    }
                    Some((_, back_to)) => {
                        limit.amount = back_to;
                        Ok(())
                    }
                    None if context.restored => Ok(()),
                    None => Err("a raise ended that there was not".to_owned()),
                }
            }
            LimitFact::Deleted { id } => {
                let limit = self.live_limit(*id)?;
                let over = limit.terms.ends_at.is_some_and(|end| end.micros() <= at);
                limit.deleted = true;
                if asked || over || context.restored {
                    Ok(())
                } else {
                    Err("a limit ended before its time, and nobody asked for it".to_owned())
                }
            }
            LimitFact::WindowOpened { limit, span } => self.open_window(*limit, *span, context),
            LimitFact::Rolled { limit, at: to } => {
                let to = to.micros();
                let limit = self.live_limit(*limit)?;
                limit.rolled_to = limit.rolled_to.max(to);
                if to == at || context.restored && to < at {
                    Ok(())
                } else {
                    Err("a window rolled to another time than that of its entry".to_owned())
                }
            }
        }
    }

    fn set(&mut self, fact: &LimitFact, context: Context<'_>) -> Result<(), Wrong> {
        let (terms, span) = match fact {
            LimitFact::Set { terms, span } => (terms.clone(), *span),
            LimitFact::Created {
                id,
                origin,
                scope,
                amount,
                window,
                span,
            } => {
                let plain = plain((*id, *origin, *scope), Calls::All, (*amount, window));
                (plain, *span)
            }
            LimitFact::CreatedFor {
                id,
                origin,
                scope,
                calls,
                amount,
                window,
                span,
            } => {
                let plain = plain((*id, *origin, *scope), calls.clone(), (*amount, window));
                (plain, *span)
            }
            _ => return Err("it makes no limit".to_owned()),
        };
        if self.live_limit(terms.id).is_ok() {
            return Err("there is such a limit".to_owned());
        }
        self.is_span(&terms.window, span, context)?;
        if terms.ends_at.is_some_and(|end| end.micros() <= self.at) && !context.restored {
            return Err("a limit was set that is over".to_owned());
        }
        self.limits.push(Limit {
            amount: i128::from(terms.amount.get()),
            terms: Arc::new(terms),
            raise: None,
            span,
            window: 0,
            resets: 0,
            rolled_to: i64::MIN,
            would_have_stopped: 0,
            deleted: false,
        });
        Ok(())
    }

    /// What is raised already goes back, in the end, to where it would have.
    fn amend(
        &mut self,
        id: LimitId,
        (amount, until): (Quantity, Option<i64>),
        reset: bool,
    ) -> Result<(), Wrong> {
        let limit = self.live_limit(id)?;
        let back_to = limit.raise.map_or(limit.amount, |(_, back_to)| back_to);
        limit.raise = until.map(|until| (until, back_to));
        limit.amount = i128::from(amount.get());
        limit.resets += u32::from(reset);
        Ok(())
    }

    fn open_window(&mut self, id: LimitId, span: Span, context: Context<'_>) -> Result<(), Wrong> {
        let at = self.at;
        let window = self.live_limit(id)?.terms.window.clone();
        self.is_span(&window, span, context)?;
        let limit = self.live_limit(id)?;
        if at < limit.span.end.micros() || span.start < limit.span.end {
            return Err("a window began before the last one's end".to_owned());
        }
        limit.span = span;
        limit.window += 1;
        Ok(())
    }

    fn is_span(&self, window: &Window, span: Span, context: Context<'_>) -> Result<(), Wrong> {
        let said = (span.start.micros(), span.end.micros());
        if context.restored || span_of(window, self.at) == Some(said) {
            Ok(())
        } else {
            Err("it is not the window of the calendar that this moment is in".to_owned())
        }
    }

    pub(super) fn live_limit(&mut self, id: LimitId) -> Result<&mut Limit, Wrong> {
        self.limits
            .iter_mut()
            .find(|limit| limit.terms.id == id && !limit.deleted)
            .ok_or_else(|| "there is no such limit".to_owned())
    }
}

fn plain(
    (id, origin, scope): (LimitId, LimitOrigin, Scope),
    calls: Calls,
    (amount, window): (Nanos, &Window),
) -> LimitTerms {
    LimitTerms {
        id,
        origin,
        scope,
        calls,
        measure: Measure::Usd,
        mode: Mode::Enforce,
        on_trip: OnTrip::Refuse,
        amount: amount.into(),
        window: window.clone(),
        ends_at: None,
    }
}

//! Limits in the model: made, changed, ended.

use super::counts::Who;
use super::time::counts_still;
use super::{Answer, Calls, Limit, Measure, Model, Op, Scope, Window, number_at};

impl Model {
    pub(super) fn limit(&mut self, op: &Op) -> Answer {
        match *op {
            Op::CreateLimit { .. } => self.create_limit(op),
            Op::ChangeLimit { .. } => self.change_limit(op),
            Op::DeleteLimit { limit } => {
                let before = self.limits.len();
                self.limits.retain(|other| other.number != limit);
                if self.limits.len() < before {
                    Answer::Done
                } else {
                    Answer::Rejected
                }
            }
            _ => unreachable!(),
        }
    }

    fn create_limit(&mut self, op: &Op) -> Answer {
        let Op::CreateLimit {
            limit,
            scope,
            amount,
            window,
            kind,
            ends_in,
        } = *op
        else {
            unreachable!()
        };

        let there = match scope {
            Scope::Organization => true,
            Scope::Project(number) => self.projects.iter().any(|(p, _)| *p == number),
            Scope::Key(number) => self.keys.iter().any(|key| key.number == number),
        };
        let odd = kind.guard && (kind.calls, kind.measure) != (Calls::All, Measure::Usd);
        let over = ends_in.is_some_and(|micros| micros <= 0);
        if odd || over || !there || amount < 0 || self.limits.iter().any(|l| l.number == limit) {
            return Answer::Rejected;
        }
        self.limits_made += 1;
        let now_in = number_at(window, self.now);
        self.limits.push(Limit {
            number: limit,
            made: self.limits_made,
            scope,
            amount,
            window,
            kind,
            ends_at: ends_in.map(|micros| self.now + micros),
            raise: None,
            would_have_stopped: 0,
            now_in,
            resets: 0,
            ended: Vec::new(),
        });
        self.limits.sort_by_key(|limit| limit.number);
        Answer::Done
    }

    fn change_limit(&mut self, op: &Op) -> Answer {
        let Op::ChangeLimit {
            limit,
            amount,
            reset,
            raised_for,
        } = *op
        else {
            unreachable!()
        };

        let now = self.now;
        let found = self.limits.iter_mut().find(|other| other.number == limit);
        let fine =
            amount.is_none_or(|amount| amount >= 0) && raised_for.is_none_or(|micros| micros > 0);
        match found {
            Some(limit) if fine => {
                limit.change(amount, raised_for.map(|micros| now + micros));
                if reset {
                    limit.resets += 1;
                    limit.ended.clear();
                }
                Answer::Done
            }
            _ => Answer::Rejected,
        }
    }
}

impl Limit {
    /// Who names neither an amount nor a time leaves a raise as it is.
    fn change(&mut self, amount: Option<i64>, until: Option<i64>) {
        let usually = self.raise.map_or(self.amount, |(_, usually)| usually);
        match (amount, until) {
            (None, None) => {}
            (_, Some(until)) => self.raise = Some((until, usually)),
            (Some(_), None) => self.raise = None,
        }
        self.amount = amount.unwrap_or(self.amount);
    }

    /// What time does to it.
    pub(super) fn pass(&mut self, now: i64) {
        if let Some((_, usually)) = self.raise.filter(|(until, _)| *until <= now) {
            self.amount = usually;
            self.raise = None;
        }
        let number = number_at(self.window, now);
        if number != self.now_in {
            self.now_in = number;
            self.ended.clear();
        }
        self.ended
            .retain(|spent| counts_still(self.window, spent.at, now));
    }

    /// What of it a history has come to: so that none of it is left out by chance.
    pub(crate) fn reached(&self) -> impl Iterator<Item = &'static str> {
        let some = !self.ended.is_empty();
        let rolls = matches!(self.window, Window::Rolling { .. });
        let apart = matches!(self.kind.calls, Calls::EachUser | Calls::EachTag);
        [
            ("shadow", self.would_have_stopped > 0),
            ("raise", self.raise.is_some()),
            ("rolling", some && rolls),
            ("apart", some && apart),
            ("requests", some && self.kind.measure == Measure::Requests),
            ("tokens", some && self.kind.measure == Measure::Tokens),
            ("guard", some && self.kind.guard),
        ]
        .into_iter()
        .filter_map(|(name, reached)| reached.then_some(name))
    }

    /// Whether it stops calls.
    pub(crate) fn stops(&self) -> bool {
        !self.kind.shadow && !self.kind.guard
    }

    /// Whether it counts such a call.
    pub(super) fn counts(&self, model: u8, who: Who) -> bool {
        match self.kind.calls {
            Calls::All => true,
            Calls::Model(only) => only == model,
            Calls::User(user) => who.user == Some(user),
            Calls::EachUser => who.user.is_some(),
            Calls::Tag(tag) => who.tags >> tag & 1 == 1,
            Calls::EachTag => who.tags != 0,
        }
    }

    /// Whom it tells apart in such a call; `None` once, where it does not.
    pub(super) fn apart(&self, who: Who) -> Vec<Option<u8>> {
        match self.kind.calls {
            Calls::EachUser => vec![who.user],
            Calls::EachTag => (0..8)
                .filter(|tag| who.tags >> tag & 1 == 1)
                .map(Some)
                .collect(),
            Calls::All | Calls::Model(_) | Calls::User(_) | Calls::Tag(_) => vec![None],
        }
    }

    /// Whether a call counts where only this subject's count.
    pub(super) fn is_of(&self, subject: Option<u8>, who: Who) -> bool {
        match (self.kind.calls, subject) {
            (Calls::EachUser, Some(_)) => who.user == subject,
            (Calls::EachTag, Some(tag)) => who.tags >> tag & 1 == 1,
            _ => true,
        }
    }
}

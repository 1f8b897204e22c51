//! Limits in the model: made, changed, ended.

use super::{Answer, Limit, Model, Op, Scope, number_at};

impl Model {
    pub(super) fn limit(&mut self, op: &Op) -> Answer {
        match *op {
            Op::CreateLimit {
                limit,
                scope,
                amount,
                window,
                only_model,
            } => {
                let there = match scope {
                    Scope::Organization => true,
                    Scope::Project(number) => self.projects.iter().any(|(p, _)| *p == number),
                    Scope::Key(number) => self.keys.iter().any(|key| key.number == number),
                };
                if !there || amount < 0 || self.limits.iter().any(|l| l.number == limit) {
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
                    only_model,
                    now_in,
                    resets: 0,
                    ended: 0,
                });
                self.limits.sort_by_key(|limit| limit.number);
                Answer::Done
            }
            Op::ChangeLimit {
                limit,
                amount,
                reset,
            } => {
                let found = self.limits.iter_mut().find(|other| other.number == limit);
                match found {
                    Some(limit) if amount.is_none_or(|amount| amount >= 0) => {
                        limit.amount = amount.unwrap_or(limit.amount);
                        if reset {
                            limit.resets += 1;
                            limit.ended = 0;
                        }
                        Answer::Done
                    }
                    _ => Answer::Rejected,
                }
            }
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
}

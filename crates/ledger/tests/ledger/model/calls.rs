//! Holds in the model: taken, renewed, ended.

use super::counts::Check;
use super::events::{Ask, Ended, Patience};
use super::{Answer, Call, Counted, KeyState, Limit, Measure, Model};

impl Model {
    pub(super) fn take(&mut self, ask: &Ask) -> Answer {
        if let Some(problem) = self.key_problem(ask) {
            return Answer::KeyRefused(problem);
        }
        if self.calls.iter().any(|call| call.number == ask.hold) {
            return Answer::Rejected;
        }
        let checks = self.checks(ask);
        let fits = |units: u64, figure: fn(&Check) -> i64| {
            let mut checks = checks.iter();
            checks.all(|check| ask.fits(check.measure, units, figure(check)))
        };
        let left: fn(&Check) -> i64 = |check| check.left;
        let back: fn(&Check) -> i64 = |check| check.back;
        let (worst, least) = (ask.units, ask.least_units());
        if ask.patience == Patience::Wait && !fits(worst, left) && fits(worst, back) {
            return Answer::Wait;
        }
        if ask.patience != Patience::Try || fits(worst, left) {
            let most = self.share(ask, &checks);
            let mut fitting = (least..=worst).rev();
            let fitting = fitting.find(|units| {
                let shared = most.is_none_or(|most| ask.cost_of(*units) <= most);
                shared && fits(*units, left)
            });
            if let Some(units) = fitting {
                return self.grant(ask, units);
            }
        }
        if ask.patience == Patience::Wait && fits(least, back) {
            return Answer::Wait;
        }
        let needed = if ask.patience == Patience::Try {
            worst
        } else {
            least
        };
        let transient = fits(needed, back);
        let figure = if transient { left } else { back };
        let mut stopping: Vec<&Check> = checks
            .iter()
            .filter(|check| !ask.fits(check.measure, needed, figure(check)))
            .collect();
        // A stable sort: of equals the first stays first.
        stopping.sort_by_key(|check| (check.measure, check.left));
        let binding = stopping[0].limit;
        let freezes = |limit: &Limit| Some(limit.number) == binding && limit.kind.freezes;
        if !transient && ask.patience != Patience::Try && self.limits.iter().any(freezes) {
            self.freeze(ask.key);
        }
        Answer::MoneyRefused { binding, transient }
    }

    /// The most that a call may take while others wait: a quarter of what is left, or what it takes at least.
    fn share(&self, ask: &Ask, checks: &[Check]) -> Option<i64> {
        let dollars = checks.iter().filter(|check| check.measure == Measure::Usd);
        let left = dollars.map(|check| check.left).min().unwrap();
        (ask.others_wait && ask.patience != Patience::Try)
            .then(|| (left / 4).max(ask.cost_of(ask.least_units())))
    }

    fn key_problem(&self, ask: &Ask) -> Option<&'static str> {
        let Some(key) = self.key(ask.key) else {
            return Some("unknown");
        };
        let archived = self.projects.contains(&(key.project, false));
        match key.state {
            KeyState::Frozen => Some("frozen"),
            KeyState::Revoked => Some("revoked"),
            KeyState::Active if key.expires_at.is_some_and(|at| at <= self.now) => Some("expired"),
            KeyState::Active if archived => Some("archived"),
            KeyState::Active if key.only_model.is_some_and(|model| model != ask.model) => {
                Some("model")
            }
            KeyState::Active => None,
        }
    }

    /// What a new hold may take of the credit.
    pub(crate) fn available(&self) -> i64 {
        self.lots.iter().map(super::Lot::free).sum()
    }

    fn grant(&mut self, ask: &Ask, units: u64) -> Answer {
        let amount = ask.cost_of(units);
        let limits = self.limits_on(self.key(ask.key).unwrap(), ask);
        // What a shadow would have cut down it would not have stopped.
        let over = |limit: &&&Limit| {
            let mut apart = limit.apart(ask.who()).into_iter();
            limit.kind.shadow
                && apart.any(|subject| {
                    let taken = self.spent_in(limit, subject) + self.held_in(limit, subject);
                    !ask.fits(limit.kind.measure, ask.least_units(), limit.amount - taken)
                })
        };
        let over: Vec<usize> = limits.iter().filter(over).map(|limit| limit.made).collect();
        let counted = limits.into_iter().map(|limit| Counted {
            limit: limit.made,
            window: limit.now_in,
            charged_after: 0,
        });
        let counted = counted.collect();
        for limit in &mut self.limits {
            limit.would_have_stopped += u64::from(over.contains(&limit.made));
        }
        let budgets = self.budgets_on(ask.key);
        let draws = self.pay(amount, &[]);
        for (lot, part) in &draws {
            self.lot_mut(*lot).unwrap().held += part;
        }
        self.calls.push(Call {
            number: ask.hold,
            amount,
            draws,
            counted,
            budgets,
            node: ask.node,
            boot: ask.boot,
            deadline: self.now + ask.lasts,
            presumed: false,
            presumed_at: 0,
            key: ask.key,
            who: ask.who(),
            tokens: ask.tokens_of(units),
        });
        self.calls.sort_by_key(|call| call.number);
        Answer::Granted {
            amount,
            units,
            fitted: units < ask.units,
        }
    }

    /// Who pays `amount`: first the reserved parts, then what is left of all lots in their order, then the last of the
    /// reserved lots, or the last of all.
    pub(super) fn pay(&self, amount: i64, reserved: &[(u8, i64)]) -> Vec<(u8, i64)> {
        let mut order: Vec<&super::Lot> = self.lots.iter().filter(|lot| lot.free() > 0).collect();
        order.sort_by_key(|lot| {
            (
                lot.priority,
                lot.lapses_at.unwrap_or(i64::MAX),
                lot.added_at,
                lot.number,
            )
        });
        let free = order.into_iter().map(|lot| (lot.number, lot.free()));
        let mut missing = amount;
        let mut parts = Vec::new();
        for (lot, most) in reserved.iter().copied().chain(free) {
            let part = missing.min(most);
            missing -= part;
            parts.push((lot, part));
        }
        if missing > 0 {
            let last = reserved.last().map(|part| part.0);
            parts.push((
                last.unwrap_or_else(|| self.lots.last().unwrap().number),
                missing,
            ));
        }
        parts.retain(|(_, part)| *part > 0);
        parts
    }

    /// `None`: nobody knows the charge, or the tokens.
    pub(super) fn settle(&mut self, hold: u16, ended: Ended) -> Answer {
        let (charge, tokens) = match ended {
            Ended::Charged(charge, tokens) => (Some(charge), tokens),
            Ended::Released => (Some(0), Some(0)),
            Ended::Unknown => (None, None),
        };
        let place = self.calls.iter().position(|call| call.number == hold);
        let Some(place) = place else {
            return Answer::Closed {
                charged: 0,
                overrun: 0,
                changed: false,
            };
        };
        let (amount, presumed) = (self.calls[place].amount, self.calls[place].presumed);
        match charge.filter(|charge| *charge == 0 || *charge > 0 && !self.lots.is_empty()) {
            None if presumed => Answer::Closed {
                charged: amount,
                overrun: 0,
                changed: false,
            },
            None => {
                self.presume(place);
                Answer::Closed {
                    charged: amount,
                    overrun: 0,
                    changed: true,
                }
            }
            Some(charge) => {
                let call = self.calls[place].clone();
                // What never was made counts nowhere, whatever was presumed of it.
                if ended != Ended::Released {
                    let tokens = tokens.unwrap_or(call.tokens);
                    self.guard(&call, charge, tokens);
                    self.spend(&call, charge, tokens);
                }
                self.end(place, charge);
                Answer::Closed {
                    charged: charge,
                    overrun: (charge - amount).max(0),
                    changed: true,
                }
            }
        }
    }

    fn end(&mut self, place: usize, charge: i64) {
        let call = self.calls[place].clone();
        let draws = self.pay(charge, &call.draws);
        for (lot, part) in &call.draws {
            let lot = self.lot_mut(*lot).unwrap();
            *if call.presumed {
                &mut lot.spent
            } else {
                &mut lot.held
            } -= part;
        }
        for (lot, part) in draws {
            self.lot_mut(lot).unwrap().spent += part;
        }
        let before = if call.presumed { call.amount } else { 0 };
        self.count(&call.budgets, charge - before);
        self.calls.remove(place);
    }

    fn presume(&mut self, place: usize) {
        let mut call = self.calls[place].clone();
        self.guard(&call, call.amount, call.tokens);
        call.presumed = true;
        call.presumed_at = self.now;
        for (lot, part) in &call.draws {
            let lot = self.lot_mut(*lot).unwrap();
            lot.held -= part;
            lot.spent += part;
        }
        for counted in &mut call.counted {
            let found = self.limits.iter().find(|limit| limit.made == counted.limit);
            counted.charged_after = found.map_or(0, |limit| limit.resets);
        }
        self.count(&call.budgets, call.amount);
        self.calls[place] = call;
    }

    /// Presumes the first `most` open holds that are due, in this order.
    pub(super) fn presume_all(
        &mut self,
        most: usize,
        due: impl Fn(&Call) -> bool,
        order: fn(&Call) -> (i64, u16),
    ) -> Answer {
        let due = |call: &Call| !call.presumed && due(call);
        let mut all: Vec<usize> = (0..self.calls.len())
            .filter(|at| due(&self.calls[*at]))
            .collect();
        all.sort_by_key(|at| order(&self.calls[*at]));
        let chosen: Vec<usize> = all.iter().copied().take(most).collect();
        let amount = chosen.iter().map(|at| self.calls[*at].amount).sum();
        for at in &chosen {
            self.presume(*at);
        }
        Answer::Presumed {
            holds: chosen.len(),
            amount,
            more: all.len() > chosen.len(),
        }
    }

    pub(super) fn renew(&mut self, first: u16, count: u16, lasts: i64) -> Answer {
        let until = self.now + lasts;
        for call in &mut self.calls {
            let named = (first..first + count).contains(&call.number);
            if named && !call.presumed && call.deadline < until {
                call.deadline = until;
            }
        }
        Answer::Done
    }
}
